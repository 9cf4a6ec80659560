#!/bin/sh
# Whatever fails in segen, and whenever: it ends with a status of its own and says why, and
# each result is whole or absent.  SEGEN_FAIL (fault/fail.c) has one call after the other
# fail; EVERY=1 in the environment tries them all, not some 40 of each kind.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen
cd "$T" || exit 99
SEGEN_FAIL=${SEGEN_FAIL:-$(dirname "$SEGEN")/../tests/segen-fail}
export SEGEN_FAIL EVERY="${EVERY-}"

cat >sweep.py <<'EOS'
"""sweep.py memory|system ARGS…: what is wrong where the Nth call of the kind fails."""
import glob
import json
import os
import subprocess
import sys

kind, args = sys.argv[1], sys.argv[2:]
ENV = dict(os.environ, FAIL=kind)


def segen(**env):
    for f in glob.glob("res/*") + glob.glob("res/.*"):
        os.unlink(f)
    return subprocess.run([os.environ["SEGEN_FAIL"], *args], env=dict(ENV, **env), timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


def wrong(p):
    if p.returncode < 0:
        yield "killed by signal %d" % -p.returncode
    if p.returncode and not p.stderr.strip():
        yield "status %d and no word" % p.returncode
    for name in sorted(os.listdir("res")):
        if name.startswith("."):
            yield "left " + name
            continue
        try:
            json.load(open("res/" + name))
        except ValueError as e:
            yield "%s is not whole: %s" % (name, e)


first = segen(FAIL_COUNT=os.getcwd() + "/count")
if first.returncode or not os.path.exists("count"):
    sys.exit("not run: status %d, %s" % (first.returncode, first.stderr))
n = int(open("count").read())
# The first ones, the last ones, and some between.
points = set(range(n)) if os.environ["EVERY"] else \
    {*range(12), *range(0, n, n // 16 + 1), *range(n - 12, n)}
said = failed = 0
points = sorted(p for p in points if 0 <= p < n)
for at in points:
    p = segen(FAIL_AT=str(at))
    failed += p.returncode != 0
    said += "out of memory" in p.stderr or "annot" in p.stderr
    for what in wrong(p):
        print("%s %d of %d: %s: %s" % (kind, at, n, what, p.stderr[-300:].strip()))
if not said:
    print("nothing has failed")
print("%d of %d tried, %d ended with a failure" % (len(points), n, failed), file=sys.stderr)
EOS

mkdir res
run "$SEGEN" trace -q -o a.json --profile p.json -- sh -c 'ls; true'
is "$st" 0 'a trace and a profile to work with'
run "$SEGEN" trace -q -o b.json --no-profile -- mkdir d
# sweep NAME ARGS…
sweep()
{
	sweep_name=$1
	shift
	for kind in memory system; do
		python3 sweep.py $kind "$@" >found 2>counted
		is "$(cat found)" '' "$sweep_name: whatever of $kind fails, it says so"
		diag "$(cat counted)"
	done
}

sweep gen gen a.json -o res/p.json
sweep merge merge a.json b.json -o res/m.json
sweep export export -f oci p.json -o res/o.json
sweep audit audit p.json --format json
sweep trace trace -q -o res/t.json --profile res/p.json -- sh -c 'ls >/dev/null'

# --- limits --------------------------------------------------------------------------

# Few descriptors, processes, bytes: 125 and a word, or the work is done.
for limit in 'n 3' 'n 4' 'n 5' 'n 6' 'n 7' 'n 8' 'n 10' 'v 4000' 'v 8000' 'v 12000'; do
	rm -f res/*
	run sh -c "ulimit -$limit && exec '$SEGEN' trace -q -o res/t.json --no-profile -- true"
	[ "$st" -eq 0 ] && [ -s res/t.json ] || [ -s err ]
	ok $? "ulimit -$limit: done, or it says why (status $st)"
done
if is_root; then
	chmod 777 res
	run setpriv --reuid=65533 --regid=65533 --clear-groups sh -c \
		"ulimit -u 1; exec '$SEGEN' trace -q -o res/u.json --no-profile -- true"
	[ "$st" -eq 0 ] || [ -s err ]
	ok $? "no process may be started: it says so (status $st)" || diag_file err
fi

# Many threads that start and end, on a machine that is busy: four at once.
storm()
{
	for _ in 1 2 3 4 5; do
		rm -f res/$1.json
		"$SEGEN" trace -q -o res/$1.json --no-profile -- "$WORKLOADS/thread-storm" \
			</dev/null >/dev/null 2>res/$1.err
		storm_st=$?
		[ $storm_st -eq 3 ] && [ -s res/$1.json ] ||
			echo "status $storm_st: $(cat res/$1.err)"
	done >res/$1.found
}
for i in 1 2 3 4; do
	storm $i &
done
wait
is "$(cat res/?.found)" '' '64 threads that start and end threads: status and trace are there'

# --- nobody listens ------------------------------------------------------------------

rm -f res/*
"$SEGEN" trace -o res/t.json --no-profile -- sh -c 'exit 5' </dev/null >/dev/null 2>&-
is "$?" 5 'standard error is closed: the status is the workload'\''s'
calls_of res/t.json >calls
has calls ' execve ' 'standard error is closed: the trace is whole'
rm -f res/*
{
	"$SEGEN" trace -o res/t.json --no-profile -- sh -c 'sleep 0.3; exit 6' 3>&- </dev/null
	echo $? >status
} 2>&1 >/dev/null | :
is "$(cat status)" 6 'nobody reads the messages: the status is the workload'\''s'
calls_of res/t.json >calls
has calls ' execve ' 'nobody reads the messages: the trace is whole'

# A pipe that the workload has filled and made non-blocking, and a reader that is slow.
cat >fill.py <<'EOS'
import fcntl, os
fcntl.fcntl(2, fcntl.F_SETFL, os.O_NONBLOCK)
try:
    while True:
        os.write(2, b"." * 512)
except BlockingIOError:
    pass
EOS
"$SEGEN" trace -o res/t.json --no-profile -- python3 fill.py 2>&1 >/dev/null </dev/null |
	(sleep 1; tr -d . >err)
has err 'distinct' 'a full pipe that does not block: the summary arrives'
done_testing
