#!/bin/sh
# Native speed changes nothing: under --mode=fast each sample workload behaves as it does
# by itself, and its set of calls is that of --mode=full, however early it gets its filter.
#
# Environment: PATIENCE, after how many known calls a process gets its filter: at once, in the
# start-up, in the loops; ROUNDS, how often all is done (1); ONLY, names of programs.
. "$(dirname "$0")/../lib.sh"
need python3 timeout
need_segen
CALLS=$SRC/tests/oracle/calls.py
PATIENCE=${PATIENCE:-1 9 70}
ROUNDS=${ROUNDS:-1}
ONLY=${ONLY-}

# traced FILE ARGS…: a run; its calls in FILE, output in $T/out, status in $st
traced()
{
	traced_file=$1
	shift
	rm -f "$T/trace.json"
	run timeout -k 5 60 "$SEGEN" trace --quiet --observe=free --no-profile \
		-o "$T/trace.json" "$@"
	calls_of "$T/trace.json" >"$traced_file"
}

# fulls N…: runs of --mode=full, in $T/full.N
fulls()
{
	for full_n; do
		traced "$T/full.$full_n" --mode=full -- "$prog" $args
	done
}

equal()
{
	python3 "$CALLS" sets "$T"/fast.* -- "$T"/full.* >"$T/verdict"
}

# again N: three runs of each, then
again()
{
	fulls 2 3
	for again_n in 2 3; do
		traced "$T/fast.$again_n" --patience="$1" -- "$prog" $args
	done
}

# round N: one run with a filter after N calls; complains in $bad
round()
{
	rm -f "$T"/fast.*
	traced "$T/fast.1" --patience="$1" -- "$prog" $args
	bad=
	[ "$st" = "$want" ] || bad="status $st not $want"
	cmp -s "$T/out" "$T/want" || bad="$bad, another output"
	! grep -q 'ended without a report' "$T/trace.json" ||
		bad="$bad, lost from sight"
	! grep -q 'could not be stopped' "$T/trace.json" || bad="$bad, not caught"
	equal || {
		again_why="$again_why $(sort -u "$T/verdict" | tr '\n' ';')"
		again "$1"
		equal || bad="$bad, another set"
	}
}

# check NAME ARGS…: where timing decides which calls are made, more runs say which
check()
{
	check_name=$*
	case " $ONLY " in
	'  ' | *" $1 "*) ;;
	*) return ;;
	esac
	prog=$WORKLOADS/$1
	shift
	args=$*
	if [ ! -x "$prog" ]; then
		skip "$check_name" "not built here"
		return
	fi
	(exec "$prog" "$@") </dev/null >"$T/want" 2>/dev/null
	want=$?
	rm -f "$T"/full.*
	fulls 1
	for n in $PATIENCE; do
		again_why=
		left=$ROUNDS
		bad=
		while [ "$left" -gt 0 ] && [ -z "$bad" ]; do
			left=$((left - 1))
			round "$n"
		done
		is "$bad" "" "$check_name: a filter after $n calls" || {
			diag_file "$T/verdict"
			diag_file "$T/out" 5
			diag_file "$T/err" 5
		}
		[ -z "$again_why" ] || diag "not in every run:$again_why"
	done
}

for way in threads forks vforks exec thread-filter; do
	check fast-races $way
done
check fast-tsync spin
check fast-tsync fork
# Elsewhere a tracer cannot take EINTR back (docs/native-speed.md).
if [ "$(uname -m)" = x86_64 ]; then
	check fast-tsync sleep
	check ignored-signals
fi
check fast-signals
check fast-state
check fast-stops 1
check threads
check thread-exec
check vfork-exec
check fork-storm
for how in segv abort trap handled; do
	check fault $how
	"$WORKLOADS/fault" $how ns >/dev/null 2>&1 && check fault $how ns
done
check siginfo
check group-stop
check leader-exit
check restart
check stopped
check exit-race
check invalid-numbers
# not on architectures whose programs have one ABI
[ ! -x "$WORKLOADS/foreign-abi" ] || check foreign-abi
check abi32
check non-dumpable
check user-dispatch
check fallbacks
"$WORKLOADS/pid-namespace" >/dev/null 2>&1 && check pid-namespace
for way in clone clone3; do
	check untraced $way 100
	check untraced $way 0
done

# Filters of its own, before segen's and after.
for action in errno trap kill log notify kill-thread trace tsync wide wide-prctl no-mmap; do
	check own-filter $action 100 0
	check own-filter $action 0 100
done
for action in strict strict-seccomp strict-thread strict-late state unasked; do
	check own-filter $action 100 100
done
done_testing
