#!/bin/sh
# docs/trace-format.md and docs/trace.schema.json: real traces are as they say, one fact to
# a line, and the questions to a trace can be asked.
. "$(dirname "$0")/../lib.sh"
need python3 jq
need_segen trace
cd "$T" || exit 1

# valid FILE: by the schema
valid()
{
	python3 "$SRC/tests/schema.py" "$SRC/docs/trace.schema.json" "$1" >why 2>&1
}

run "$SEGEN" trace -q --no-profile --mode=full -o app.trace.json -- \
	python3 -c 'import socket; socket.socket(); open("/nonexistent/x")'
run "$SEGEN" trace -q --no-profile --append -o app.trace.json -- ls -l /
printf '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], %s}]}\n' \
	'"action": "SCMP_ACT_ALLOW"' >known.json
run "$SEGEN" trace -q --no-profile --known known.json -o known.trace.json -- true

for trace in app.trace.json known.trace.json; do
	valid "$trace"
	ok $? "the schema takes $trace" || diag_file why 5
done
for change in '.runs[0].mode = "slow"' 'del(.calls.x86_64.read.first)' \
	'.calls.x86_64.read.first.args[0] = 1' '.runs[0].exit = 256' \
	'.calls.x86_64.read.seen = {}' '.calls.x86_64."Read" = .calls.x86_64.read'; do
	jq "$change" app.trace.json >wrong.json
	! valid wrong.json
	ok $? "the schema refuses $change"
done
is "$(jq -r '.runs[] | .mode' known.trace.json | sort | tr '\n' ' ')" 'fast known ' \
	'a profile given to --known is a run of its own'
awk 'length($0) > 200 && !/"command"|"caps"/ { print; exit 1 }' app.trace.json >long
ok $? 'one fact to a line: no line is longer than 200 characters' || diag_file long

# The examples of the page, as they stand there.
grep '^jq ' "$SRC/docs/trace-format.md" >examples
n=0
while IFS= read -r example; do
	n=$((n + 1))
	sh -c "$example" >answer 2>err
	st=$?
	[ "$st" -eq 0 ] && [ -s answer ]
	ok $? "an example of the page has an answer: $example" || diag_file err
done <examples
[ "$n" -ge 5 ]
ok $? "the page has examples ($n)"
done_testing
