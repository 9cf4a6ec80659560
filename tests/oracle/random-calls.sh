#!/bin/sh
# Nothing missed, attacked: a program that makes random calls from random threads and
# processes knows best what it did, and its log must agree with the trace.
#
# usage: random-calls.sh MODE      MODE: full, fast, known (fast, with --known of the
#                                  run before: what neither has was missed), base (fast,
#                                  under the rules of a base); late-MODE: segen
#                                  learns of stops late (segen-late)
# Environment: SEEDS is how many (default 12), FIRST the first one (default 1), LIMIT how
# many seconds one run may take (default 120).
. "$(dirname "$0")/../lib.sh"

need python3
need_segen
mode=${1:-full}
case $mode in
late-*)
	SEGEN=$SEGEN_LATE
	mode=${mode#late-}
	;;
esac
first=${FIRST:-1}
seeds=${SEEDS:-12}
RANDOM_CALLS=${RANDOM_CALLS:-$(dirname "$SEGEN")/../tests/random-calls}
ORACLE=$SRC/tests/oracle/random-calls.py

# counts are exact in full mode, and lower bounds in fast mode
exact=sets
[ "$mode" = full ] && exact=exact

# patience SEED: a filter at once, in the start-up, now and then, or as by default
patience()
{
	set -- $(($1 % 5))
	case $1 in
	0) ;;
	1) echo --patience=1 ;;
	2) echo --patience=12 ;;
	3) echo --patience=80 ;;
	4) echo --patience=700 ;;
	esac
}

# traced MODE OUT SEED [idle]: one run and its calls
traced()
{
	python3 "$ORACLE" make "$T/log"
	traced_out=$2
	observe=free
	case $1 in
	base)
		observe=base
		set -- fast "$3" "${4-}" "$(patience "$3")"
		;;
	known) set -- fast "$3" "${4-}" "--known=$T/known $(patience "$3")" ;;
	*) set -- "$1" "$3" "${4-}" "$(patience "$3")" ;;
	esac
	SHUFFLE=$2 timeout "${LIMIT:-120}" "$SEGEN" trace --quiet --mode="$1" \
		--observe=$observe --no-profile $4 \
		-o "$T/trace" -- "$RANDOM_CALLS" "$T/log" "$2" $3 2>"$T/err" &&
		calls_of "$T/trace" >"$traced_out"
}

# with_known FILE: what was known counts as seen, and as the C library's
with_known()
{
	calls_of "$T/known" >"$T/known.calls"
	sort -u "$T/known.calls" "$T/own" >"$T/may"
	cat "$T/known.calls" >>"$1"
}

# verdict: the log against what was seen
verdict()
{
	if grep -q 'ended without a report' "$T/trace"; then
		echo "threads were lost from sight" >"$T/verdict"
		return 1
	fi
	[ "$mode" != known ] || with_known "$T/seen"
	python3 "$ORACLE" check "$T/log" "$T/seen" "$T/may" "$exact" >"$T/verdict"
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

cp "$T/own" "$T/may"
[ "$mode" != known ] || traced fast "$T/seen" $((first + 10000))
missed=0
seed=$first
while [ "$seed" -lt $((first + seeds)) ]; do
	[ "$mode" != known ] || mv "$T/trace" "$T/known"
	if ! traced "$mode" "$T/seen" "$seed"; then
		missed=$((missed + 1))
		diag "seed $seed: segen failed"
		diag_file "$T/err" 5
	elif ! verdict; then
		missed=$((missed + 1))
		diag "seed $seed"
		diag_file "$T/verdict"
	fi
	seed=$((seed + 1))
done
is "$missed" 0 "$seeds seeds in mode '${1:-full}': every call made is in the trace, and no other"
done_testing
