# gen.sh: segen gen: profiles from traces, its options, its answers to nonsense.
. "$(dirname "$0")/../lib.sh"

need_segen gen
need_segen trace
need python3

mkdir "$T/w" && cd "$T/w" || exit 99

# The words that a rule for CALL has in its comment: comment PROFILE CALL.
comment()
{
	python3 - "$1" "$2" <<'EOF'
import json, sys
for rule in json.load(open(sys.argv[1]))["syscalls"]:
    if sys.argv[2] in rule["names"]:
        print(rule["action"], rule.get("errnoRet", ""), rule["comment"])
EOF
}

run "$SEGEN" trace -q -o a.trace.json --no-profile -- /bin/true
is "$st" 0 "a first trace"
run "$SEGEN" trace -q -o b.trace.json --no-profile -- /bin/sh -c 'umask 022; kill -0 $$'
is "$st" 0 "a second trace"

# --- from traces ------------------------------------------------------------------------

run "$SEGEN" gen a.trace.json
is "$st" 0 "a profile on standard output"
cp "$T/out" a.json
is "$(comment a.json brk)" "SCMP_ACT_ALLOW  observed" "what was seen is allowed"
is "$(comment a.json clone3)" \
	"SCMP_ACT_ERRNO 38 not there: programs fall back to older calls on ENOSYS only" \
	"probes answer ENOSYS"
has a.json "essential: " "essentials say so"
is "$(sed -n 2p a.json)" "	\"comment\": \"$("$SEGEN" --version | head -n 1): 1 run of 'true', base docker\"," \
	"provenance: the leading comment says what the profile was made from"
has a.json "runtime floor: runc >= 1.1" "the runtime floor says for whom"
has "$T/err" "note: programs of other ABIs \((i386,x32|arm)\) will be killed.*--arch" \
	"other ABIs: a note says that they are out"
run "$SEGEN" gen a.trace.json -o b.json
same a.json b.json "-o FILE gives the same"
run "$SEGEN" gen -o b.json a.trace.json --compact
is "$(wc -l <b.json)" 1 "--compact: one line"
"$SEGEN" gen - <a.trace.json >b.json 2>/dev/null
same a.json b.json "a trace on standard input"
run "$SEGEN" gen --runtime none a.trace.json
hasnt "$T/out" "runtime floor" "--runtime none"
run "$SEGEN" gen --allow io_uring_setup,io_uring_enter a.trace.json
has "$T/err" "io_uring.*passes the filter" "--allow io_uring_setup: what it opens is said"
run "$SEGEN" gen --allow mount a.trace.json
hasnt "$T/err" "passes the filter" "--allow mount: no word of io_uring"
run "$SEGEN" gen --runtime exact a.trace.json
hasnt "$T/out" "runtime floor" "--runtime exact: nothing but what was recorded"
# These starts were of x86-64.
if [ "$(uname -m)" != x86_64 ]; then
	:
elif [ -n "$SEGEN_REFERENCE" ]; then
	for trace in "$SEGEN_REFERENCE"/cases/engines/*.trace.json; do
		run "$SEGEN" gen "$trace"
		for name in futex mmap statx openat2 tgkill setuid; do
			is "$(comment "$T/out" $name | cut -d ' ' -f 1)" SCMP_ACT_ALLOW \
				"$(basename "$trace"): $name is let in"
		done
	done
else
	skip "traces of starts that happened not to call futex" "no reference folder"
fi
run "$SEGEN" gen --arch amd64,i386 a.trace.json
has "$T/out" SCMP_ARCH_X86\" "--arch keeps another ABI"
hasnt "$T/err" "will be killed" "then nothing is to be said"

run "$SEGEN" gen a.trace.json b.trace.json
cp "$T/out" ab.json
is "$(comment ab.json umask)" "SCMP_ACT_ALLOW  observed in 1 of 2 runs" "a union of two"
is "$(comment ab.json brk)" "SCMP_ACT_ALLOW  observed in all 2 runs" "with the number of runs"
run "$SEGEN" gen b.trace.json a.trace.json
same ab.json "$T/out" "in any order"
run "$SEGEN" gen a.trace.json b.trace.json a.trace.json
same ab.json "$T/out" "the same run counts once"
run "$SEGEN" gen --min-runs 2 --runtime crun --no-init a.trace.json b.trace.json
hasnt "$T/out" '"kill"' "--min-runs leaves out what one of them made"
has "$T/err" "seen in fewer than 2 runs and left out: .*kill" "--min-runs: what is left out is named"

run "$SEGEN" gen --deny brk --allow keyctl --tie execve=SYS_BOOT a.trace.json
cp "$T/out" wishes.json
is "$(comment wishes.json brk)" "" "--deny"
is "$(comment wishes.json keyctl)" "SCMP_ACT_ALLOW  asked for: --allow" "--allow"
is "$(comment wishes.json execve)" "SCMP_ACT_ALLOW  observed, gated by CAP_SYS_BOOT" "--tie"

# --- what an option leads to ------------------------------------------------------------

run "$SEGEN" gen --deny openat a.trace.json
has "$T/err" "warning: the container may not start: .* refuses: openat" \
	"--deny: a warning that the container may not start"
run "$SEGEN" gen --deny execve,exit_group
has "$T/err" "warning: no program can start: " "--deny execve: a warning without a trace"
has "$T/err" "warning: programs cannot end: " "--deny exit_group: a warning without a trace"
is "$(sed -n 1p "$T/err" | grep -c 'no program can start')" 1 "warnings: the worst comes first"
run "$SEGEN" gen --deny keyctl
has "$T/err" "warning: --deny has no effect .*: keyctl" "--deny: a warning of no effect"

# --- nonsense ---------------------------------------------------------------------------

# usage NAME WORDS OPTION…: a usage error that says WORDS.
usage()
{
	usage_name=$1 usage_words=$2
	shift 2
	run "$SEGEN" gen "$@"
	is "$st" 2 "usage: $usage_name"
	has "$T/err" "$usage_words" "says what is wrong with it"
}
usage "an unknown call" "unknown system call 'chmot'" --deny chmot
usage "an unknown capability" "unknown capability 'CAP_NO'" --tie chmod=CAP_NO
usage "a tie to nothing" "CALL\[,CALL...\]=CAP" --tie chmod
usage "a contradiction" "'chmod' cannot be both" --allow chmod --deny chmod
usage "an unknown word" "choose one of observed|all|none" --gates some
usage "an unknown architecture" "unknown architecture 'vax'" --arch vax
usage "no number" "not a number of runs" --min-runs 0
usage "arguments that nobody records" "arguments of 'read' are not recorded" --args read

# fails NAME WORDS ARG…: a failure that says WORDS and writes nothing.
fails()
{
	fails_name=$1 fails_words=$2
	shift 2
	rm -f out.json
	run "$SEGEN" gen -o out.json "$@"
	is "$st" 1 "fails: $fails_name"
	has "$T/err" "$fails_words" "$fails_name: says why"
	ok "$([ ! -e out.json ]; echo $?)" "$fails_name: writes nothing"
}
echo '{' >broken.json
echo '{"segen-trace": 1, "runs": [], "calls": []}' >empty.trace.json
echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}' >none.json
fails "a base that allows nothing" "would allow no call at all" --base none.json
fails "a missing trace" "no.trace.json" no.trace.json
fails "a broken trace" "broken.json" broken.json
fails "a missing base" "base 'no.json'" --base no.json a.trace.json
fails "a broken base" "base 'broken.json'" --base broken.json a.trace.json
fails "a trace for a base" "a.trace.json" --base a.trace.json a.trace.json
run "$SEGEN" gen -o no/out.json a.trace.json
is "$st" 1 "fails: no such folder"
has "$T/err" "no/out.json" "no such folder: is named"
is "$(ls -A no 2>/dev/null)" "" "no such folder: none is made"

# --- what is nobody's concern -----------------------------------------------------------

printf '{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [{"names":
	["read", "execve", "exit_group"], "action": "SCMP_ACT_ALLOW"}]}\n' >enosys.json
run "$SEGEN" gen --base enosys.json -o out.json
has "$T/err" 'docker before 23.0' "engine docker: a base that old ones misread is noted"
run "$SEGEN" gen --engine podman --base enosys.json -o out.json
hasnt "$T/err" docker "engine podman: nothing is said of docker"

# phased PHASE FILE: a.trace.json with a refused setns in this phase
phased()
{
	python3 -c 'import json, sys
t = json.load(open("a.trace.json"))
run = t["runs"][0]["id"]
t["runs"][0]["observe"] = "container"
for calls in t["calls"].values():
    calls["setns"] = {"seen": {run: {"count": 1, "refused": 1, "outcomes": {"EPERM": 1},
                       "phases": [sys.argv[1]]}}}
    calls["setns"]["first"] = next(iter(calls.values()))["first"] | {"run": run}
json.dump(t, open(sys.argv[2], "w"))' "$1" "$2"
}
phased workload workload.trace.json
phased runtime runtime.trace.json
run "$SEGEN" gen workload.trace.json -o out.json
has "$T/err" 'setns' "refused call of the workload: is noted"
run "$SEGEN" gen runtime.trace.json -o out.json
hasnt "$T/err" 'setns' "refused call of the runtime alone: is not noted"

done_testing
