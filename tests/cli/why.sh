# why.sh: segen why: reasons, rules and provenance of calls.
. "$(dirname "$0")/../lib.sh"
need_segen why
need python3

trace() # NAME COMMAND…
{
	name=$1
	shift
	"$SEGEN" trace -q -o "$T/$name.trace.json" -- "$@" >/dev/null 2>&1
}
trace one sh -c 'mkdir / 2>/dev/null; ls /' || [ -s "$T/one.trace.json" ] ||
	skip_all 'nothing can be traced here'
profile=$T/one.seccomp.json

run "$SEGEN" why mkdir restart_syscall "$profile" "$T/one.trace.json"
is "$st" 0 'two calls: exit status 0'
has "$T/out" '^mkdir ALLOWED$' 'observed call: the verdict'
has "$T/out" '^  why +observed$' 'observed call: the reason'
has "$T/out" '^  rule +.*one.seccomp.json:[0-9]+' 'observed call: file and line of the rule'
has "$T/out" 'never succeeded$' 'observed call: that it never succeeded'
has "$T/out" '^  outcomes +EEXIST' 'observed call: how it ended'
has "$T/out" '^  by +/' 'observed call: the program'
has "$T/out" '^  stack +[^ ]' 'observed call: the stack'
has "$T/out" 'drop-probes' 'observed call: what would leave it out'
has "$T/out" 'essential: ' 'essential call: its reason'
awk 'length($0) > 80 && !/seccomp.json/ { exit 1 }' "$T/out"
ok $? 'text: fits 80 columns'

run "$SEGEN" why keyctl "$profile" "$T/one.trace.json"
is "$st" 1 'a call that is in none of them: exit status 1'
has "$T/out" '^keyctl REFUSED$' 'a call that is in none of them: the verdict'
has "$T/out" 'seen +never, in 1 run' 'a call that is in none of them: never seen'
run "$SEGEN" why mkdri "$profile"
is "$st" 1 'mistyped call: exit status 1'
has "$T/err" "did you mean 'mkdir'" 'mistyped call: the nearest one is offered'
run "$SEGEN" why mkdir
is "$st" 2 'no file: a usage error'

# --- every rule of ten generated profiles ---------------------------------------------------

trace two python3 -c 'import socket, threading; threading.Thread(target=print).start(); socket.socket()'
trace three dd if=/dev/zero of=/dev/null count=10
cd "$T" || exit 99
n=0
gen() # OPTIONS… TRACES…
{
	n=$((n + 1))
	"$SEGEN" gen -o "$T/gen$n.json" "$@" 2>/dev/null
}
gen one.trace.json
gen two.trace.json --portable
gen three.trace.json --runtime crun
gen one.trace.json two.trace.json three.trace.json --args all
gen two.trace.json --gates all
gen one.trace.json --tie chmod,fchmod=CAP_WAKE_ALARM
gen two.trace.json --allow ptrace --refused allow
gen three.trace.json --arch amd64,arm64 --portable
gen one.trace.json --no-new-privileges --runtime runc
gen two.trace.json --base docker-20.10
for i in 1 2 3 4 5 6 7 8 9 10; do
	"$SEGEN" why --format json "gen$i.json" ./*.trace.json >"$T/why.json"
	python3 "$SRC/tests/schema.py" "$SRC/docs/why.schema.json" "$T/why.json"
	ok $? "profile $i: the answer follows docs/why.schema.json"
	python3 - "$T/why.json" "gen$i.json" <<'EOF'
import json, sys
d = json.load(open(sys.argv[1]))
p = json.load(open(sys.argv[2]))
why = {c["name"]: c for c in d["calls"]}
for i, rule in enumerate(p["syscalls"]):
    for name in rule["names"]:
        got = why[name]["profiles"][0]
        reason = got.get("reason", "")
        assert reason and "unknown" not in reason, (name, reason)
        assert any(r["rule"] == i and r["line"] > 0 for r in got["rules"]), (name, got)
EOF
	ok $? "profile $i: every name of every rule has a reason and a line"
done
done_testing
