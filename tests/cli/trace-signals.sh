#!/bin/sh
# Signals: what is typed and what is sent reaches the workload as without segen, and
# whatever happens the trace is whole.
. "$(dirname "$0")/../lib.sh"
need python3 timeout
need_segen

# on_terminal STEPS… -- SEGEN-ARGS…: segen trace on a terminal; $st, $T/out, trace.json
on_terminal()
{
	rm -f "$T/trace.json"
	timeout 90 python3 "$SRC/tests/terminal.py" "$@" >"$T/out" 2>&1 </dev/null
	st=$?
}

# whole NAME: there is a trace, it is valid, and it saw the workload's start
whole()
{
	calls_of "$T/trace.json" >"$T/calls" 2>"$T/calls.err"
	has "$T/calls" ' execve [1-9]' "$1: the trace is whole" || diag_file "$T/calls.err" 3
}

trace="$SEGEN trace --mode=full --observe=free --no-profile -o $T/trace.json"

on_terminal --after ready '^C' -- $trace -- \
	sh -c 'trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.1; done'
is "$st" 5 '^C: the workload handles it, its exit status counts'
has "$T/out" caught '^C: reached the workload'
whole '^C'

on_terminal --after ready '^C' -- $trace -- sh -c 'echo ready; sleep 30'
is "$st" 130 '^C: ends a workload that does not handle it'
whole '^C and default action'

on_terminal --after ready '^C' --after ready2 '^C' -- $trace -- \
	sh -c 'trap "" INT; echo ready; sleep 1; echo ready2; sleep 30; echo never'
[ "$st" -gt 128 ]
ok $? "second ^C: ends a workload that ignores the first (status $st)"
hasnt "$T/out" never 'second ^C: at once'
whole 'second ^C'

printf 'echo ready\nsleep 1\necho the end\n' >"$T/job.sh"
on_terminal --after '' "$trace -- sh $T/job.sh\$" --after ready '^Z' --after topped 'fg$' \
	--after 'the end' 'exit 6$' -- sh -i
has "$T/out" 'the end' '^Z and fg: the workload goes on'
is "$st" 6 '^Z and fg: the shell sees its job end'
whole '^Z and fg'

on_terminal --after ready '' --hangup -- $trace -- \
	sh -c "trap 'echo hangup >$T/hup; exit 3' HUP; echo ready; while :; do sleep 0.1; done"
is "$(cat "$T/hup" 2>/dev/null)" hangup 'a closed terminal: the workload gets SIGHUP'
whole 'a closed terminal'

# start SEGEN-ARGS… -- CMD…: in the background, until the workload says it is ready
start()
{
	rm -f "$T/trace.json" "$T/out"
	# a background job of this shell starts with SIGINT ignored; not here
	python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])' \
		$trace "$@" >"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	wait_for 10 grep -q ready "$T/out"
}

finish()
{
	wait_for 20 gone "$pid" || kill -9 "$pid"
	wait "$pid" 2>/dev/null
	st=$?
}

start -- sh -c 'trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.1; done'
kill -TERM "$pid"
finish
is "$st $(tail -n 1 "$T/out")" "7 caught" 'SIGTERM to segen: the workload gets it'
whole 'SIGTERM'

start -- sh -c 'echo ready; exec sleep 30'
kill -INT "$pid"
finish
is "$st" 130 'SIGINT to segen alone: the workload gets it'
whole 'SIGINT'

start -- sh -c "echo \$\$ >$T/pid; echo ready; exec sleep 30"
kill -9 "$pid"
finish
wait_for 5 gone "$(cat "$T/pid")"
ok $? 'segen killed by SIGKILL: the workload dies with it'

start -- sh -c "echo \$\$ >$T/pid; echo ready; kill -STOP \$\$; echo on; exit 8"
wait_for 10 grep -q '^State:.*T' "/proc/$(cat "$T/pid")/status"
kill -CONT "$(cat "$T/pid")"
finish
is "$st $(tail -n 1 "$T/out")" "8 on" 'kill -STOP and -CONT from outside'

t0=$(date +%s)
start --for 1s -- sh -c 'trap "echo polite; exit 9" TERM; echo ready; while :; do sleep 0.1; done'
finish
is "$st $(tail -n 1 "$T/out")" "9 polite" '--for: SIGTERM first'
whole '--for'

start --for 1s -- sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
finish
is "$st" 137 '--for: SIGKILL for those who do not listen'
whole '--for and SIGKILL'
[ $(($(date +%s) - t0)) -lt 40 ]
ok $? '--for: both runs of one second end within 40 s'

start --for 1s -- sh -c '(trap "" HUP; setsid sleep 31.7 &) ; echo ready; exit 4'
finish
is "$st" 4 '--for: ends a daemon; the status is that of the command'
! pgrep -f 'sleep 31[.]7' >/dev/null
ok $? '--for: nothing is left running'

t0=$(date +%s%N)
run $trace --for 300ms -- "$WORKLOADS/multiply" 25
is "$st" 137 '--for: a workload that multiplies faster than it is killed'
t0=$((($(date +%s%N) - t0) / 1000000))
[ $t0 -lt 7000 ]
ok $? '--for: it ends within seconds all the same' || diag "$t0 ms"
! pgrep -f "$WORKLOADS/multiply" >/dev/null
ok $? '--for: no child of it is left'
hasnt err 'without a report' '--for: the end of each of its threads was reported'
whole '--for and a workload that multiplies'

start -- sh -c "sleep 60 & echo \$! >$T/pid; kill -STOP \$!; echo ready; exit 4"
wait_for 10 grep -q '^State:.*T' "/proc/$(cat "$T/pid")/status"
kill -HUP "$pid"
wait_for 10 gone "$pid"
ok $? 'SIGHUP to segen: ends a stopped process whose parent is gone'
gone "$pid" || kill -CONT "$(cat "$T/pid")"
finish
is "$st" 4 'SIGHUP and a stopped process: the status is that of the command'

$trace -- yes 2>/dev/null | head -n 1 >"$T/out"
whole 'SIGPIPE'
run sh -c "{ $trace -- yes; echo \$? >$T/status; } | head -n 1"
is "$(cat "$T/status")" 141 'SIGPIPE: status 141'

# Random moments.
bad=
for i in $(seq "${KILLS:-40}"); do
	start -- sh -c 'echo ready; exec "$0"' "$WORKLOADS/busy"
	victim=$(pgrep -P "$pid" | head -n 1)
	sleep "0.0$((i * 7 % 90 + 9))"
	kill -9 "$victim"
	finish
	[ "$st" -eq 137 ] || bad="$bad status:$st"
	calls_of "$T/trace.json" >/dev/null 2>&1 || bad="$bad trace:$i"
	pgrep -f "$WORKLOADS/busy" >/dev/null && bad="$bad left:$i"
done
is "$bad" "" "a workload killed at random moments: status 137, whole trace, nothing left"
done_testing
