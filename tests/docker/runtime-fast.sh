#!/bin/sh
# Native speed in containers: what is known does not stop, nothing is missed, what the
# container's filter refuses is answered as ever and recorded, and where a process cannot
# get a filter it is followed, and segen says so.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3
need_segen runtime
need_engine
SEEDS=${SEEDS:-2}
RANDOM_CALLS=${RANDOM_CALLS:-$(dirname "$SEGEN")/../tests/random-calls}
ORACLE=$SRC/tests/oracle/random-calls.py
export SEGEN_STATE="$T/state"
engine_start --add-runtime "segen=$(dirname "$SEGEN")/segen-runtime"
root_glibc "$T/glibc" "$WORKLOADS/fast-state" "$WORKLOADS/own-filter" \
	"$WORKLOADS/restart" "$WORKLOADS/fast-races" "$WORKLOADS/fast-signals" \
	"$WORKLOADS/fault" "$RANDOM_CALLS"
image_import glibc "$T/glibc"
client="docker -H unix://$ENGINE/s"
cd "$T" || exit 1

# traced OPTIONS… -- RUN-OPTIONS… IMAGE CMD…: through the runtime; NAME is t
traced()
{
	traced_opts=
	while [ "$1" != -- ]; do
		traced_opts="$traced_opts $1"
		shift
	done
	shift
	rm -f t.trace.json
	# shellcheck disable=SC2086
	run timeout 120 "$SEGEN" trace -q --no-profile -o t.trace.json $traced_opts -- \
		$client run --rm --network none "$@"
}

# seen CALL KEY: a number that the newest run of a container has of the call
seen()
{
	python3 -c 'import json, sys
t = json.load(open("t.trace.json"))
run = [r["id"] for r in t["runs"] if r["observe"] in ("container", "free")][-1]
call = t["calls"]["'"$(uname -m)"'"].get(sys.argv[1], {"seen": {}})
print(call["seen"].get(run, {}).get(sys.argv[2], 0))' "$1" "$2"
}

# --- a loop gets a filter, and what comes after is seen --------------------------------

loop='i=0; while [ $i -lt 4000 ]; do i=$((i + 1)); : </dev/null; done'
status='grep -E "^(Seccomp|NoNewPrivs):" /proc/self/status | tr -d "\n"'
traced -- glibc sh -c "$loop; $status; mkdir /tmp/x; unshare -m true 2>/dev/null; chmod 700 /tmp/x"
is "$(cat out)" "NoNewPrivs:	1Seccomp:	2" "a filter: with no_new_privs"
is "$(seen dup2 at-least)" True "a filter: counts are lower bounds"
isnt "$(seen mkdir count)" 0 "a filter: what is new afterwards is seen"
isnt "$(seen chmod count)" 0 "a filter: also by what is started then"
is "$(seen unshare refused)" 1 "a filter: what the container refuses is recorded as refused"
cp t.trace.json known.json
traced --mode=full -- glibc sh -c "$loop; $status; unshare -m true 2>/dev/null; true"
is "$(cat out)" "NoNewPrivs:	0Seccomp:	2" "--mode=full: without no_new_privs"
is "$(seen dup2 at-least)" 0 "--mode=full: counts are exact"
is "$(seen unshare refused)" 1 "--mode=full: what the container refuses is recorded, too"
traced --known=known.json --new-is-error -- \
	glibc sh -c "$loop; $status; mkdir /tmp/x; unshare -m true 2>/dev/null; chmod 700 /tmp/x"
is "$st" 0 "--known: nothing is new"
is "$(cat out)" "NoNewPrivs:	0Seccomp:	2" "--known: its filter comes without no_new_privs"
[ "$(seen dup2 count)" -lt 100 ]
ok $? "--known: a known call does not stop"
traced --known=known.json --new-is-error -- glibc sh -c "$loop; rmdir /tmp; ln -s a /b"
is "$st" 3 "--known: a new call is an error"
has err '^segen: new: symlink' "--known: which is named"
hasnt err 'new: (open|dup2|mkdir)' "--known: and no other"

# --- nothing of its own has changed ---------------------------------------------------

for opts in --patience=1 --patience=60 --mode=full; do
	traced $opts -- glibc fast-state
	has out 'registers kept: 400, masks kept: 400, maps kept: 1' \
		"$opts: registers, signal mask, memory map are as they were"
	for prog in "fault segv" "fault abort" restart fast-signals "own-filter errno 50 50" "own-filter trap 0 90" \
		"own-filter kill 50 50" "own-filter tsync 90 50"; do
		run drun glibc $prog
		echo "status $st" >>out
		mv out want
		traced $opts -- glibc $prog
		echo "status $st" >>out
		same want out "$opts: $prog: output and status are those of runc"
	done
done

# --- born with a filter of the workload's own ----------------------------------------

traced --mode=full -- glibc fast-races heirs
phase workload t.trace.json >heirs.full
: >missed
for i in 1 2 3; do
	traced --patience=9 -- glibc fast-races heirs
	calls_of t.trace.json | cut -d' ' -f2 | sort -u | comm -23 heirs.full - >>missed
done
same missed /dev/null "children far ahead of their parents: what they do is seen"

# --- nothing is missed: the program's own log ------------------------------------------

mkdir -m 777 logs
# random NAME OPTIONS…: one run, its calls as seen in NAME
random()
{
	random_out=$1
	shift
	python3 "$ORACLE" make logs/log
	chmod 666 logs/log
	random_args=$1
	shift
	traced "$@" -- -v "$T/logs:/logs" glibc random-calls /logs/log $random_args &&
		calls_of t.trace.json >"$random_out"
}
for seed in 1 2 3 4; do
	random own.$seed "$seed idle" --mode=full
done
sort -u own.? >own
missed=0
for seed in $(seq "$SEEDS"); do
	for opts in --patience=7 --patience=300 --known=t.json; do
		[ "$opts" != --known=t.json ] || cp t.trace.json t.json
		rm -f seen
		random seen "$seed" "$opts"
		cp own may
		[ "$opts" != --known=t.json ] || calls_of t.json | tee -a seen >>may
		python3 "$ORACLE" check logs/log seen may sets >verdict || {
			missed=$((missed + 1))
			diag "seed $seed $opts"
			diag_file verdict
			diag_file err 5
		}
	done
done
is "$missed" 0 "random calls, $SEEDS seeds: every call is in the trace, and no other"

# --- where it can get no filter ---------------------------------------------------------

# profile ACTION CALL…: Docker's, but these calls get the action
profile()
{
	"$SEGEN" gen --base docker -o base.json 2>/dev/null
	python3 -c 'import json, sys
action, calls = sys.argv[1], sys.argv[2:]
p = json.load(open("base.json"))
for rule in p["syscalls"]:
    rule["names"] = [n for n in rule["names"] if n not in calls]
p["syscalls"] = [r for r in p["syscalls"] if r["names"]]
p["syscalls"].append({"names": calls, "action": action})
json.dump(p, open("custom.json", "w"))' "$@"
}

for action in SCMP_ACT_ERRNO SCMP_ACT_KILL_PROCESS; do
	profile $action seccomp
	traced --patience=50 -- --security-opt "seccomp=$T/custom.json" glibc fast-state
	is "$st" 0 "seccomp(2) is forbidden by $action: the container runs" || diag_file err
	has out 'registers kept: 400, masks kept: 400' "$action: undisturbed"
	has t.trace.json "fast mode is unavailable under this container's filter" "$action: the trace says so"
	has t.trace.json '"mode": "full"' "$action: it was followed call by call"
done

# What a filter punishes is seen as well, though nothing stops for it.
for action in SCMP_ACT_KILL_PROCESS SCMP_ACT_KILL_THREAD SCMP_ACT_TRAP; do
	profile $action symlink symlinkat
	for opts in --patience=50 --mode=full; do
		traced $opts -- --security-opt "seccomp=$T/custom.json" glibc \
			sh -c "$loop; ln -s a /b; exit 5"
		is "$st" 5 "$action, $opts: the container goes on when a child is punished"
		is "$(seen symlink count)" 1 "$action, $opts: what for is in the trace"
		traced $opts -- --security-opt "seccomp=$T/custom.json" glibc \
			sh -c "$loop; exec ln -s a /b"
		is "$st" 159 "$action, $opts: the container ends for it"
		is "$(seen symlink count)" 1 "$action, $opts: which is in the trace"
	done
done

# A set-user-ID program that no_new_privs has taken its privileges from.
install -m 4755 "$WORKLOADS/who" "$T/glibc/bin/who-suid"
image_import suid "$T/glibc" 'USER 1000:1000'
traced -- suid sh -c "$loop; who-suid"
has out 'euid 1000' "set-user-ID after no_new_privs: without its privileges"
has t.trace.json 'who-suid ran without its privileges.*--mode=full' "lost privileges: the trace names the program"
traced --mode=full -- suid sh -c "$loop; who-suid"
has out 'euid 0' "--mode=full: with them"

# --- how it ends -----------------------------------------------------------------------

traced --for=4s -- glibc sh -c 'trap "exit 9" TERM; while :; do :; done'
is "$st" 9 "--for: the engine stops the container"
traced --for=4s -- -d glibc sh -c 'trap "exit 9" TERM; while :; do :; done'
is "$st" 0 "--for: also one in the background"
has t.trace.json '"exit": 9' "--for: whose end is in the trace"
traced --observe=free -- glibc true
is "$st" 125 "--observe=free: the filter is the engine's"
has err 'seccomp=unconfined' "--observe=free: what does it"

# --- who may --------------------------------------------------------------------------

group=$(sed -n 's/^docker:[^:]*:\([0-9]*\):.*/\1/p' /etc/group)
# as_group GID CMD…: an ordinary user whose one group is this
as_group()
{
	as_gid=$1
	shift
	setpriv --reuid=65534 --regid=65534 --groups="$as_gid" env HOME="$T/home" "$@"
}
if [ -n "$group" ]; then
	mkdir -p "$T/home" "$T/bin"
	chown 65534:65534 "$T/home"
	cp "$SEGEN" "$T/bin/"
	chmod 711 "$ENGINE"
	chgrp "$group" "$ENGINE/s"
	for opts in --mode=full --mode=fast; do
		run as_group "$group" "$T/bin/segen" trace -q -o "$T/home/t.json" $opts -- \
			$client run --rm --network none glibc true
		is "$st" 0 "group docker: may record with $opts" || diag_file err
	done
	is "$(ls "$SEGEN_STATE")" requests "group docker: takes away what was recorded"
	run drun --cidfile cid.group --runtime segen glibc true
	run as_group 65534 "$T/bin/segen" runtime --collect "$(cat cid.group)"
	is "$st" 1 "another group: may not read what was recorded"
	run as_group "$group" "$T/bin/segen" runtime --collect "$(cat cid.group)"
	is "$st" 0 "group docker: may read what was recorded"
else
	skip "the group docker may record" "there is no such group"
fi

[ -z "$(ls "$SEGEN_STATE/requests")" ]
ok $? "requests: none is left behind"
done_testing
