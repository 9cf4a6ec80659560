#!/bin/sh
# An interrupt that ends the workload at once reaches segen, too, at the last moment: the
# trace is written all the same.
. "$(dirname "$0")/../lib.sh"
need setsid
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
is $lost 0 'no trace is lost, 60 times'
is $other 0 "the status is the workload's, 60 times"
done_testing
