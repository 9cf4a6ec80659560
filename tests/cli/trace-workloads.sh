#!/bin/sh
# Each sample workload behaves under segen as it does without, and the calls it says it
# makes are in the trace, with their counts.
. "$(dirname "$0")/../lib.sh"
need python3 timeout
need_segen
CALLS=$SRC/tests/oracle/calls.py

# traced PROGRAM ARGS…: output in $T/out, status in $st, trace in $T/trace.json
traced()
{
	rm -f "$T/trace.json"
	run timeout -k 5 60 "$SEGEN" trace --mode=full --observe=free --no-profile \
		-o "$T/trace.json" -- "$@"
}

# check NAME ARGS…: same output and status; what was said is there
check()
{
	check_name=$*
	prog=$WORKLOADS/$1
	shift
	if [ ! -x "$prog" ]; then
		skip "$check_name" "not built here"
		return
	fi
	(exec "$prog" "$@") </dev/null >"$T/want" 2>/dev/null
	want=$?
	traced "$prog" "$@"
	is "$st" "$want" "$check_name: exit status" || diag_file "$T/err"
	same "$T/out" "$T/want" "$check_name: output"
	said "$check_name"
}

# said NAME: every "call" line of the output is in the trace, with its count
said()
{
	grep -q '^call ' "$T/out" || return 0
	python3 "$CALLS" segen "$T/trace.json" >"$T/calls"
	python3 "$CALLS" within "$T/out" "$T/calls" >"$T/diff"
	ok $? "$1: its calls are in the trace, with their counts" || diag_file "$T/diff"
}

check threads
check thread-storm
check thread-exec
check vfork-exec
check fork-storm
check siginfo
check group-stop
check leader-exit
check restart
check stopped
# Elsewhere a tracer cannot take EINTR back (docs/native-speed.md).
[ "$(uname -m)" != x86_64 ] || check ignored-signals
check exit-race
check invalid-numbers
# not on architectures whose programs have one ABI
[ ! -x "$WORKLOADS/foreign-abi" ] || check foreign-abi
check abi32
check non-dumpable
check user-dispatch
check fallbacks
check io-uring -v
check alpine-app /tmp
# built by musl-gcc, which makes programs of its own machine only
[ "$(uname -m)" != x86_64 ] || check alpine-app-musl /tmp
for action in errno trap kill log notify kill-thread trace tsync strict; do
	check own-filter "$action"
done

# Unknown numbers are kept by number.
traced "$WORKLOADS/invalid-numbers"
calls_of "$T/trace.json" >"$T/calls"
sed -n 's/^number \([^ ]*\) \(.*\) \(.*\)/\1 #\2 \3/p' "$T/out" >"$T/numbers"
grep -F -x -f "$T/numbers" "$T/calls" >"$T/found"
is "$(wc -l <"$T/found")" "$(wc -l <"$T/numbers")" "unknown numbers are in the trace"

# Not followed by its own wish; but it runs, and ends.
check untraced

# Inside another tracer nobody else can trace: reported to the program as the kernel does.
traced "$WORKLOADS/inner-trace"
is "$st $(cat "$T/out")" "0 tracing allowed: no" "a debugger inside is refused"
is "$(grep -c 'could not trace with ptrace' "$T/trace.json") $(grep -c \
	'could not trace with ptrace' "$T/err")" "1 1" \
	"a debugger inside: the trace and the summary say why, once"

# Processes in a PID namespace of their own.
if "$WORKLOADS/pid-namespace" >"$T/want" 2>/dev/null; then
	check pid-namespace
else
	skip pid-namespace "no new PID namespaces for this user"
fi

# A daemon is followed until its end, although its parent has ended long before.
traced "$WORKLOADS/daemon" "$T/file"
is "$st" 3 "daemon: exit status of the command itself"
is "$(cat "$T/file" 2>/dev/null)" "done" "daemon: the trace ends after its last process"
has_call "$T/trace.json" "$(uname -m)" getsid
ok $? "daemon: its last calls are in the trace"
done_testing
