#!/bin/sh
# segen trace -p and --container: what runs already is recorded, and nothing of it changes:
# not while it is traced, not when segen detaches, and not when segen is killed.
. "$(dirname "$0")/../lib.sh"
need python3 setsid unshare timeout
need_segen
cd "$T" || exit 99

# start NAME PROGRAM ARGS…: in the background; its pid is in $pid, its output in NAME.out
start()
{
	start_name=$1
	shift
	"$@" </dev/null >"$start_name.out" 2>&1 &
	pid=$!
	defer "kill -9 $pid"
	wait_for 5 is_program "$pid" "${1##*/}"
}

is_program()
{
	[ "$(basename "$(readlink "/proc/$1/exe")")" = "$2" ]
}

# attach ARGS…: a bounded segen trace without a profile
attach()
{
	run timeout -s KILL 30 "$SEGEN" trace -q --no-profile "$@"
}

# field PID NAME: of all its threads, each value once
field()
{
	cat /proc/"$1"/task/*/status 2>/dev/null | sed -n "s/^$2:[[:space:]]*//p" | sort -u
}

# free PID: nobody traces any of its threads, and none is in a stop of a tracer
free()
{
	[ "$(field "$1" TracerPid)" = 0 ] && ! field "$1" State | grep -q '^t'
}

traced()
{
	field "$1" TracerPid | grep -qv '^0$'
}

# --- calls that last ------------------------------------------------------------------

"$WORKLOADS/blocked" 2 >want 2>&1
start blocked "$WORKLOADS/blocked" 3
sleep 0.5
attach -p "$pid" --for 300ms -o blocked.json
is "$st" 0 "blocked: attached, and detached after a time"
free "$pid"
ok $? "blocked: nobody traces it afterwards"
attach -p "$pid" --for 300ms -o again.json
is "$st" 0 "blocked: twice"
wait "$pid"
is $? 7 "blocked: its status"
same blocked.out want "blocked: each call returned what it should, when it should"
if [ "$(uname -m)" = x86_64 ]; then
	calls_of blocked.json >got
	# the last of two futexes is the main thread's, which waits for the others
	printf 'x86_64 %s\n' 'accept 1' 'clock_nanosleep 1' 'futex 2' 'poll 1' 'read 1' >calls
	same got calls "blocked: the calls that they were in are in the trace, no others"
else
	skip "blocked: the calls that they were in" "their names are those of x86-64"
fi
has blocked.json 'what it did before is not in the trace' "blocked: the trace says how"
has blocked.json '"observe": "free"' "blocked: without rules"
hasnt blocked.json '"exit"' "blocked: how it will end is not known"

# To its end, and with the facts that a summary and a profile are made of.
start ending "$WORKLOADS/blocked" 1
run timeout -s KILL 30 "$SEGEN" trace -p "$pid"
is "$st" 0 "ending: segen ends with it, by its own status"
has err "'blocked' ended with status 7" "ending: and tells that of the process"
has err 'what it did before' "ending: and what is not in the trace"
has blocked.trace.json '"exit": 7' "ending: it is in the trace"
has blocked.trace.json '"command": \[".*/blocked", "1"\]' "ending: as is the command line"
has blocked.seccomp.json '"exit_group"' "ending: a profile is made"
has blocked.seccomp.json 'runtime floor' "ending: with the runtime's floor"

# --- signals to segen -----------------------------------------------------------------

for sig in INT TERM HUP QUIT; do
	start "sig$sig" "$WORKLOADS/blocked" 2
	timeout -s KILL 30 setsid -w "$SEGEN" trace -q -o "sig$sig.trace.json" -p "$pid" \
		</dev/null >out 2>err &
	wait_for 5 traced "$pid"
	tracer=$(field "$pid" TracerPid | grep -v '^0$')
	kill "-$sig" "$tracer"
	kill "-$sig" "$tracer"
	wait $!
	is $? 0 "SIG$sig: detaches"
	[ -s "sig$sig.trace.json" ] && [ -s "sig$sig.seccomp.json" ]
	ok $? "SIG$sig: the result is written"
	free "$pid"
	ok $? "SIG$sig: nobody traces the process"
	eval "pid$sig=$pid"
done
for sig in INT TERM HUP QUIT; do
	eval "wait \$pid$sig"
	is $? 7 "SIG$sig: the process ends as it should"
	same "sig$sig.out" want "SIG$sig: undisturbed"
done

# --- stopped --------------------------------------------------------------------------

start stopped "$WORKLOADS/blocked" 4
sleep 0.3
kill -STOP "$pid"
wait_for 5 sh -c "grep -q '^State:.T' /proc/$pid/status"
sleep 0.1
field "$pid" State >before
attach -p "$pid" --for 300ms -o stopped.json
is "$st" 0 "stopped: attached to it"
free "$pid"
ok $? "stopped: detached from"
sleep 0.1
field "$pid" State >after
has before '^T' "stopped: it was"
same after before "stopped: it still is, all of it"
timeout -s KILL 30 "$SEGEN" trace -q --no-profile -o stopped.json -p "$pid" &
tracer=$!
wait_for 5 traced "$pid"
sleep 0.2
kill -CONT "$pid"
wait_for 5 sh -c "grep -q '^State:.[SR]' /proc/$pid/status"
ok $? "stopped: SIGCONT gets through"
kill -STOP "$pid"
wait_for 5 sh -c "grep -q '^State:.[tT]' /proc/$pid/status"
kill -9 "$(field "$pid" TracerPid | head -n 1)"
wait "$tracer" 2>/dev/null
wait_for 2 free "$pid"
# the one that waits for its vfork may have been released by it
is "$(field "$pid" State | grep -v '^D')" 'T (stopped)' \
	"stopped: it stays so when segen is killed"
kill -CONT "$pid"
wait "$pid"
is $? 7 "stopped: and ends as it should"

# --- restless -------------------------------------------------------------------------

# rounds COUNT PID: attach for a moment, so many times; how often it went wrong
rounds()
{
	rounds_bad=0
	for _ in $(seq "$1"); do
		[ -d "/proc/$2" ] || break
		gone "$2" && break
		attach -p "$2" --for 20ms -o round.json
		[ "$st" -eq 0 ] || gone "$2" || {
			rounds_bad=$((rounds_bad + 1))
			cp err round.err
		}
	done
	echo "$rounds_bad"
}

for mode in forks signals execs; do
	start "$mode" "$WORKLOADS/restless" "$mode" 3
	is "$(rounds 100 "$pid")" 0 "$mode: attached again and again" || diag_file round.err
	wait "$pid"
	is $? 7 "$mode: its status"
done
is "$(cat forks.out)" "forks: 0 wrong" "forks: nothing is lost"
is "$(sed 's/signals: \([0-9]*\) sent, \1 got/all got/' signals.out)" \
	"all got, in order" "signals: nothing is lost"
is "$(cat execs.out)" "execs: good" "execs: it goes on"

# Nobody escapes: threads that start the next one and end, while segen attaches.
cat >untraced.py <<-'EOF'
	import os, sys, time
	found = set()
	for _ in range(10):
	    for tid in os.listdir("/proc/%s/task" % sys.argv[1]):
	        try:
	            text = open("/proc/%s/task/%s/status" % (sys.argv[1], tid)).read()
	        except OSError:
	            continue
	        if "\nTracerPid:\t0\n" in text and "\nState:\tX" not in text:
	            found.add(tid)
	    time.sleep(0.01)
	print(*found)
EOF
start relay "$WORKLOADS/restless" relay 150
escaped=
for _ in $(seq 10); do
	timeout -s KILL 60 "$SEGEN" trace -q --no-profile -p "$pid" -o relay.json &
	tracer=$!
	wait_for 5 traced "$pid"
	# the last one may be ahead for a while, but not for good
	wait_for 10 sh -c "[ -z \"\$(python3 untraced.py $pid)\" ]"
	escaped="$escaped$(python3 untraced.py "$pid")"
	kill "$tracer"
	wait "$tracer" 2>/dev/null
done
kill -0 "$pid"
ok $? "relay: it runs"
kill -TERM "$pid"
is "$escaped" "" "relay: no thread escapes"
wait "$pid"
is "$? $(cat relay.out)" "7 relay: all arrived" "relay: undisturbed"

start killed "$WORKLOADS/restless" forks 3
round=0
while ! gone "$pid"; do
	"$SEGEN" trace -q --no-profile -p "$pid" -o killed.json 2>/dev/null &
	sleep "0.0$((round % 10))5"
	kill -9 $! && round=$((round + 1))
	wait $! 2>/dev/null
done 2>/dev/null
diag "killed $round times"
wait "$pid"
is $? 7 "killed: the process does not notice that segen is"
is "$(cat killed.out)" "forks: 0 wrong" "killed: nothing is lost"
done_testing
