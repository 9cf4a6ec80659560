#!/bin/sh
# Native speed on a busy machine: a child may be far ahead of its parent's report of its
# birth, and end, or start others, before it.  What it was born with is not known until
# then, so it is followed; nothing is missed.
#
# Environment: ROUNDS, how often (4).
. "$(dirname "$0")/../lib.sh"
need python3 timeout
need_segen
ROUNDS=${ROUNDS:-4}

# traced FILE ARGS…: a run under segen, which learns of stops late; its calls in FILE
seed=0
traced()
{
	traced_file=$1
	shift
	seed=$((seed + 1))
	rm -f "$T/trace.json"
	run timeout -k 5 60 env SHUFFLE=$seed "$SEGEN_LATE" trace --quiet \
		--observe=free --no-profile -o "$T/trace.json" "$@"
	calls_of "$T/trace.json" | cut -d' ' -f1,2 >"$traced_file"
}

for way in threads forks vforks exec thread-filter heirs; do
	prog="$WORKLOADS/fast-races $way"
	$prog </dev/null >"$T/want" 2>/dev/null
	want=$?
	traced "$T/full" --mode=full -- $prog
	bad=
	[ -s "$T/full" ] || bad="no trace"
	! grep -q 'ended without a report' "$T/trace.json" || bad="$bad lost with --mode=full"
	: >"$T/missed"
	for i in $(seq "$ROUNDS"); do
		traced "$T/fast" --patience=9 -- $prog
		[ "$st" = "$want" ] || bad="$bad status $st not $want"
		cmp -s "$T/out" "$T/want" || bad="$bad another output"
		! grep -q 'ended without a report' "$T/trace.json" || bad="$bad lost"
		comm -23 "$T/full" "$T/fast" >>"$T/missed"
	done
	[ -z "$bad" ] && [ ! -s "$T/missed" ]
	ok $? "$way: nothing is missed, nothing disturbed" || {
		diag "$bad"
		diag_file "$T/missed"
	}
done

# Once the parent has told, nothing is in the way of a filter any more.
traced "$T/fast" --patience=9 -- "$WORKLOADS/fast-races" forks
has "$T/trace.json" '"at-least": true' "such a child gets its filter in the end"
done_testing
