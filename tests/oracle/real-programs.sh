#!/bin/sh
# Nothing missed: real programs make the same calls under segen as under strace -f.
#
# Each program runs twice under each tracer, in the same world (--observe=free).  Where
# timing decides which calls a program makes, the claim is: a call that one tracer saw
# in each of its runs was seen by the other in at least one.  Where nothing varies, the
# claim is that every call has the same count in every run.
#
# "fast" is the same with calls allowed as soon as they are known: sets are compared, and
# processes get their filter very early, early, and when segen thinks best.
# usage: real-programs.sh [root|user|fast [NAME…]]
# Environment: ROUNDS, how often all is done (1).
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/programs.sh"

need strace python3
need_segen
who=${1:-root}
[ $# -eq 0 ] || shift
only=" $* "
INPUT=$T/input
prepare >"$T/prepare.log" 2>&1 || {
	diag_file "$T/prepare.log"
	exit 1
}
install -D "$SEGEN" "$T/bin/segen"
CALLS=$SRC/tests/oracle/calls.py

# segen_mode N: options for run N
segen_mode()
{
	case $who-$1 in
	fast-1) echo --mode=fast --patience=10 ;;
	fast-2) echo --mode=fast --patience=200 ;;
	fast-*) echo --mode=fast ;;
	*) echo --mode=full ;;
	esac
}

# one NAME TRACER N: one run; leaves its calls in $T/NAME.TRACER.N and its exit status
# in the same file with .st
one()
{
	one_out=$T/$1.$2.$3
	one_dir=$(mktemp -d "$T/run.XXXXXX")
	chmod 777 "$one_dir"
	case $2 in
	strace) set -- "$1" strace -f -qq -n -o "$one_dir/log" ;;
	segen) set -- "$1" "$T/bin/segen" trace $(segen_mode "$3") --observe=free \
		--no-profile -o "$one_dir/log" -- ;;
	esac
	one_prog=$1
	shift
	(cd "$one_dir" && "p_$one_prog" "$@") </dev/null >"$one_out.stdout" 2>"$one_out.stderr"
	echo $? >"$one_out.st"
	case $one_out in
	*.strace.*) python3 "$CALLS" strace "$one_dir/log" >"$one_out" ;;
	*) python3 "$CALLS" segen "$one_dir/log" >"$one_out" 2>>"$one_out.stderr" ;;
	esac
	rm -rf "$one_dir"
}

# compare KIND NAME EXIT: the verdict over the runs there are
compare()
{
	python3 "$CALLS" "$1" "$T/$2".segen.[0-9] -- "$T/$2".strace.[0-9] >"$T/verdict" &&
		[ -s "$T/$2.segen.1" ] &&
		[ "$(cat "$T/$2.segen.1.st")" = "$3" ]
}

# check KIND NAME EXIT: two runs each; a rare path (a lock that was contended once) gets three
# further runs on both sides before it counts.
check()
{
	for n in 1 2; do
		one "$2" strace $n
		one "$2" segen $n
	done
	if [ "$1" = sets ] && ! compare "$@"; then
		diag "not in every run: $(sort -u "$T/verdict" | tr '\n' ';')"
		for n in 3 4 5; do
			one "$2" strace $n
			one "$2" segen $n
		done
	fi
	compare "$@"
	ok $? "$2: $1 of calls equal ($(wc -l <"$T/$2.segen.1") calls)" || {
		diag_file "$T/verdict"
		diag "exit: segen $(cat "$T/$2.segen.1.st") strace $(
			cat "$T/$2.strace.1.st") want $3"
		diag_file "$T/$2.segen.1.stderr" 5
	}
}

# usable NAME NEEDS…: all it needs is here; otherwise skips it
usable()
{
	usable_name=$1
	shift
	for prog; do
		command -v "$prog" >/dev/null 2>&1 || {
			skip "$usable_name" "'$prog' is not installed"
			return 1
		}
	done
	case $usable_name in
	abi32) prog=abi32 ;;
	musl) prog=alpine-app-musl ;;
	*) return 0 ;;
	esac
	[ -x "$INPUT/$prog" ] && return 0
	skip "$usable_name" "no compiler for '$prog' here"
	return 1
}

# The unprivileged user gets this very script, with nothing of root's left.
if [ "$who" = user ] && is_root; then
	mkdir "$T/src"
	cp -r "$SRC/tests" "$T/src/"
	as_user env SRC="$T/src" SEGEN="$T/bin/segen" WORKLOADS="$INPUT" \
		sh "$T/src/tests/oracle/real-programs.sh" user $only
	tap_done=1
	exit $?
fi

while read -r name kind want needs; do
	[ -n "$name" ] || continue
	case $only in
	'  ' | *" $name "*) ;;
	*) continue ;;
	esac
	[ "$who" != fast ] || kind=sets
	usable "$name" $needs || continue
	round=0
	while [ $round -lt "${ROUNDS:-1}" ]; do
		round=$((round + 1))
		rm -f "$T/$name".segen.* "$T/$name".strace.*
		check "$kind" "$name" "$want"
	done
done <<EOF
$PROGRAMS
EOF
done_testing
