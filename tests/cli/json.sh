# json.sh: schemas are JSON Schema and fit real documents; the lines of docs/json.md work.
. "$(dirname "$0")/../lib.sh"
need_segen audit
need python3

for schema in "$SRC"/docs/*.schema.json; do
	python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["$schema"] == "https://json-schema.org/draft/2020-12/schema"
assert d["title"]' "$schema"
	ok $? "${schema##*/}: is a schema of draft 2020-12"
	grep -q "(${schema##*/})" "$SRC/docs/json.md"
	ok $? "${schema##*/}: docs/json.md lists it"
done

# A checker that let everything pass would be worth nothing.
echo '{"segen-lint": 1, "findings": [{"file": 3}]}' >"$T/wrong.json"
python3 "$SRC/tests/schema.py" "$SRC/docs/lint.schema.json" "$T/wrong.json" >"$T/out"
is $? 1 'schema.py: refuses a wrong document'

cd "$T" || exit 99
"$SEGEN" trace -q -o app.trace.json -- sh -c 'ls /; unshare -U true' >/dev/null 2>&1
[ -s app.trace.json ] || skip_all 'nothing can be traced here'
"$SEGEN" trace -q --append -o app.trace.json --mode=full -- sh -c 'ls | wc' >/dev/null 2>&1
python3 "$SRC/tests/schema.py" "$SRC/docs/trace.schema.json" app.trace.json
ok $? 'trace: follows docs/trace.schema.json'
sed -n '/^```json/,/^```/p' "$SRC/docs/trace-format.md" | sed '/^```/d' >example.json
python3 "$SRC/tests/schema.py" "$SRC/docs/trace.schema.json" example.json
ok $? 'trace: the example of docs/trace-format.md does, too'

need jq
ln -s "$SEGEN" segen
PATH=$T:$PATH
sed -n '/^```sh/,/^```/p' "$SRC/docs/json.md" | sed '/^```/d' >lines
is "$(wc -l <lines)" 10 'docs/json.md: ten lines'
while IFS= read -r line; do
	sh -c "$line" </dev/null >out 2>err
	is $? 0 "works: $line"
	is "$(cat err)" '' "no error: $line"
	case $line in
	*'"error"'* | *'.refused'* | *wider*) ;; # there may be none
	*)
		[ -s out ]
		ok $? "finds something: $line"
		;;
	esac
done <lines
done_testing
