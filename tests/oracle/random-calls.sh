#!/bin/sh
# Nothing missed, attacked: a program that makes random calls from random threads and
# processes knows best what it did, and its log must agree with the trace.
#
# usage: random-calls.sh MODE      MODE: full, fast
# Environment: SEEDS is how many (default 12), FIRST the first one (default 1).
. "$(dirname "$0")/../lib.sh"

need python3
need_segen
mode=${1:-full}
first=${FIRST:-1}
seeds=${SEEDS:-12}
RANDOM_CALLS=${RANDOM_CALLS:-$(dirname "$SEGEN")/../tests/random-calls}
ORACLE=$SRC/tests/oracle/random-calls.py
"$SEGEN" trace --help 2>/dev/null | grep -qw "$mode" ||
	skip_all "this segen has no mode '$mode'"

# counts are exact in full mode, and lower bounds in fast mode
exact=sets
[ "$mode" = full ] && exact=exact

# traced MODE OUT SEED [idle]: one run and its calls
traced()
{
	python3 "$ORACLE" make "$T/log"
	timeout 120 "$SEGEN" trace --quiet --mode="$1" --observe=free --no-profile \
		-o "$T/trace" -- "$RANDOM_CALLS" "$T/log" "$3" ${4-} 2>"$T/err" &&
		calls_of "$T/trace" >"$2"
}

# What the C library does by itself: the same threads, processes and programs, idle.
i=0
while [ $i -lt 6 ]; do
	i=$((i + 1))
	traced full "$T/own.$i" $i idle || diag_file "$T/err"
done
sort -u "$T"/own.* >"$T/own"
[ -s "$T/own" ]
ok $? "the program runs under segen when it makes no calls"

missed=0
seed=$first
while [ "$seed" -lt $((first + seeds)) ]; do
	if ! traced "$mode" "$T/seen" "$seed"; then
		missed=$((missed + 1))
		diag "seed $seed: segen failed"
		diag_file "$T/err" 5
	elif ! python3 "$ORACLE" check "$T/log" "$T/seen" "$T/own" "$exact" >"$T/verdict"; then
		missed=$((missed + 1))
		diag "seed $seed"
		diag_file "$T/verdict"
	fi
	seed=$((seed + 1))
done
is "$missed" 0 "$seeds seeds in mode '$mode': every call made is in the trace, and no other"
done_testing
