#!/bin/sh
# segen-runtime: all that a container is asked goes to the runtime that made it.
. "$(dirname "$0")/../lib.sh"
need_segen runtime
RT=$(dirname "$SEGEN")/segen-runtime
[ -e "$RT" ] || skip_all "no segen-runtime here"
export SEGEN_STATE="$T/state" XDG_RUNTIME_DIR="$T"
cd "$T" || exit 1
for name in one two; do
	cat >$name <<-EOF
	#!/bin/sh
	echo "$name \$1"
	[ ! -e "$T/refuse" ]
	EOF
	chmod 755 $name
done
id=segen-test-$$

# asked RUNTIME ARG…: the usual one is RUNTIME
asked()
{
	usual=$1
	shift
	SEGEN_RUNTIME=$T/$usual run "$RT" "$@"
}

asked one create "$id"
is "$(cat out)" "one create" "create: goes to the usual runtime" || diag_file err
asked two start "$id"
is "$(cat out)" "one start" "start: goes to the runtime that made it, whatever is usual now"
is "$(cat err)" "" "start: nothing is said when all is well"
: >refuse
asked two delete "$id"
is "$st $(cat out)" "1 one delete" "delete: has the status of the runtime"
rm refuse
asked two kill "$id"
is "$(cat out)" "one kill" "delete that was refused: the runtime is not forgotten"
mv one three
asked two kill "$id"
is "$st" 1 "runtime that is gone: no other one is asked"
has err "was made by '$T/one'" "runtime that is gone: segen says so"
mv three one
asked two delete "$id"
is "$st $(cat out)" "0 one delete" "delete: succeeds"
asked two state "$id"
is "$(cat out err)" "two state" "container of nobody: the usual runtime is asked in silence"
asked two start "$id"
is "$(cat out)" "two start" "start without a note: goes to the usual runtime"
has err "made the container '$id' is noted nowhere.*'$T/two'" "start without a note: segen says so"
done_testing
