#!/bin/sh
# Signals at the last moment: those that end the workload reach segen, too, and an
# impatient user sends them twice; the results are written all the same.
. "$(dirname "$0")/../lib.sh"
need setsid python3
need_segen
cd "$T" || exit 99

lost=0
other=0
for _ in $(seq 60); do
	rm -f trace.json
	setsid -w "$SEGEN" trace -q --no-profile --observe=free -o trace.json -- \
		sh -c 'trap "exit 5" INT; kill -INT 0; exit 6' </dev/null 2>"$T/err"
	[ $? -eq 5 ] || other=$((other + 1))
	[ -s trace.json ] || lost=$((lost + 1))
done
is $lost 0 'an interrupt that ends the workload at once: no trace is lost, 60 times'
is $other 0 "an interrupt that ends the workload at once: the status is its own, 60 times"

# twice SIGNAL: within 8 ms, to the group; how many of 25 runs left what
cat >twice.py <<'EOS'
import glob, os, random, signal, subprocess, sys, time

random.seed(2)
number = getattr(signal, sys.argv[1])
bad = []
for i in range(25):
    for f in glob.glob("*.json") + glob.glob(".segen*"):
        os.unlink(f)
    p = subprocess.Popen([os.environ["SEGEN"], "trace", "-q", "-o", "t.json", "--profile",
                          "p.json", "--", "sh", "-c", "echo on; ls >/dev/null; sleep 5"],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, start_new_session=True)
    p.stdout.readline()
    os.killpg(p.pid, number)
    time.sleep(random.uniform(0, 0.008))
    try:
        os.killpg(p.pid, number)
    except ProcessLookupError:
        pass
    p.stdout.read()
    p.wait(10)
    left = sorted(glob.glob("*.json") + glob.glob(".segen*"))
    if left != ["p.json", "t.json"]:
        bad.append(f"{i}: {left}")
print(" ".join(bad))
EOS
export SEGEN
for signal in SIGINT SIGTERM SIGHUP; do
	is "$(python3 twice.py $signal)" '' \
		"$signal twice: trace and profile are there, and nothing else"
done
# Signals to segen at any moment; 1000 of them: MOMENTS=1000 SEED=2.
mkdir any && cd any || exit 99
is "$(python3 "$SRC/tests/cli/kill-at-random.py" segen "${MOMENTS:-48}" "$SEGEN" \
	2>../counts)" '' \
	'a signal to segen at any moment: results are whole or absent, and nothing is left'
diag "$(cat ../counts)"
done_testing
