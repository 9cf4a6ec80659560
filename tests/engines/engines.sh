#!/bin/sh
# engines.sh: what is proved with the engines of other Debian suites, in boxes (box.sh).
#
#   engines.sh test BOXES SUITE…    the tests of tests/docker and the table, in each box;
#                                   a line per script, the sums in the last one
#   engines.sh table BOXES SUITE…   the table alone, of this machine as well, written into
#                                   docs/engines.md; ROUNDS (20) starts each
#
# BOXES is the folder of the boxes, which are made when they are not there and kept.  SEGEN
# and WORKLOADS name the program and the samples, as for all tests (tests/lib.sh).
set -u
here=$(cd "$(dirname "$0")" && pwd)
src=$(cd "$here/../.." && pwd)
export SEGEN="${SEGEN:-$src/build/gen/segen}" WORKLOADS="${WORKLOADS:-$src/build/samples}"

# Those that are about the engines; the others are about segen's tracing and the same
# everywhere.
scripts='client compose runtime podman containerd minimal runs'
passed=0 failed=0 skipped=0

# in_box BOX SCRIPT [ARG…]
in_box()
{
	box=$1
	shift
	timeout 600 sh "$here/box.sh" run "$box" "$src" env SRC="$src" SEGEN="$SEGEN" \
		WORKLOADS="$WORKLOADS" ROUNDS="${ROUNDS:-2}" sh "$@" </dev/null
}

# tally NAME LOG: the results of a test in TAP
tally()
{
	good=$(grep -c '^ok' "$2") bad=$(grep -c '^not ok' "$2")
	skips=$(grep -cE '^(ok|1\.\.0).*# SKIP' "$2")
	grep -q '^1\.\.' "$2" || bad=$((bad + 1))
	good=$((good - $(grep -cE '^ok.*# SKIP' "$2")))
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
	echo "$1: $good passed, $bad failed, $skips skipped"
	[ "$bad" -eq 0 ] || grep -vE '^ok' "$2" | tail -n 40
}

test_box()
{
	for script in $scripts; do
		in_box "$1" "$src/tests/docker/$script.sh" >"$1.$script" 2>&1
		tally "$2 $script" "$1.$script"
	done
	in_box "$1" "$here/table.sh" "${ROUNDS:-2}" >"$1.table" 2>&1
	good=$(grep -c '| 0 |$' "$1.table") bad=$(grep -c '| [1-9][0-9]* |$' "$1.table")
	[ "$good" -gt 0 ] || bad=$((bad + 1))
	passed=$((passed + good)) failed=$((failed + bad))
	echo "$2 table: $good rows without a failure, $bad with"
	[ "$bad" -eq 0 ] || grep -v '| 0 |$' "$1.table"
}

# table of all, between the marks in the page
write_table()
{
	page=$src/docs/engines.md
	{
		sed '/^<!-- table -->$/q' "$page"
		echo '| engine | runtime | recorded | started as | starts | failures |'
		echo '| --- | --- | --- | --- | --- | --- |'
		cat "$boxes/rows"
		sed -n '/^<!-- end -->$/,$p' "$page"
	} >"$boxes/page" && cp "$boxes/page" "$page"
}

[ $# -ge 3 ] || {
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
job=$1 boxes=$2
shift 2
mkdir -p "$boxes"
boxes=$(cd "$boxes" && pwd)
[ "$job" = test ] || SRC=$src sh "$here/table.sh" "${ROUNDS:=20}" >"$boxes/rows"
for suite; do
	sh "$here/box.sh" make "$suite" "$boxes/$suite" >"$boxes/$suite.log" 2>&1 || {
		skipped=$((skipped + 1))
		echo "skipped: $suite: $(tail -n 1 "$boxes/$suite.log")"
		continue
	}
	case $job in
	test) test_box "$boxes/$suite" "$suite" ;;
	table) in_box "$boxes/$suite" "$here/table.sh" "$ROUNDS" >>"$boxes/rows" ;;
	esac
done
[ "$job" = test ] || write_table
[ "$job" = table ] || echo "$passed $failed $skipped"
[ "$failed" -eq 0 ]
