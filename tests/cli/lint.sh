# lint.sh: segen lint: findings with places, as text, JSON and SARIF; repairs.
. "$(dirname "$0")/../lib.sh"
need_segen lint
need python3

# less NAME…: docker's default profile without these calls
less()
{
	"$SEGEN" export --format docker docker | python3 -c '
import json, sys
p = json.load(sys.stdin)
for r in p["syscalls"]:
    r["names"] = [n for n in r["names"] if n not in sys.argv[1:]]
p["syscalls"] = [r for r in p["syscalls"] if r["names"]]
json.dump(p, sys.stdout, indent=1)' "$@"
}

run "$SEGEN" lint --fail-on error docker
is "$st" 0 "docker's default: no error"
hasnt "$T/out" 'SG00[1-8]' "docker's default: starts, and all its names are known"

# --- a profile that newer runtimes cannot start -------------------------------------------

less statx openat2 >"$T/frozen.json"
run "$SEGEN" lint "$T/frozen.json"
is "$st" 3 'frozen profile: exit status 3'
has "$T/out" "^$T/frozen.json:[0-9]+: error SG003: " 'frozen profile: place, level, rule'
has "$T/out" 'runc 1\.2\.8 and newer cannot start' 'frozen profile: since which version'
has "$T/out" 'could$|could not get mount id' 'frozen profile: what the engine says'
awk 'length($0) > 80 && !/:[0-9]+: / && !/^ *https:/ { exit 1 }' "$T/out"
ok $? 'text: fits 80 columns, but for places and addresses'
run "$SEGEN" lint --runtime crun --fail-on error "$T/frozen.json"
is "$st" 0 'frozen profile: crun starts it'

cp "$T/frozen.json" "$T/repaired.json"
run "$SEGEN" lint --fix --fail-on error "$T/repaired.json"
is "$st" 0 '--fix: no error is left'
has "$T/err" 'repaired.json: [1-9][0-9]* repairs' '--fix: says what it did'
run "$SEGEN" diff "$T/frozen.json" "$T/repaired.json" --format json
python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert {c["name"] for c in d["calls"]} == {"statx"}, d["calls"]' "$T/out"
ok $? '--fix: adds what the runtime needs and nothing else'
cp "$T/repaired.json" "$T/before.json"
run "$SEGEN" lint --fix "$T/repaired.json"
same "$T/before.json" "$T/repaired.json" '--fix: a second time changes nothing'

# --- the file as it is written --------------------------------------------------------------

cat >"$T/words.json" <<'EOF'
{
	"defaultAction": "SCMP_ACT_ERRNO",
	"segen-ignore": ["SG026"],
	"syscalls": [
		{
			"names": ["Read", "opnat"],
			"action": "SCMP_ACT_ALLOW",
			"segen-ignore": ["SG008"]
		},
		{
			"names": ["write", "opnat"],
			"action": "SCMP_ACT_ALLOW",
			"inlcudes": {"caps": ["CAP_CHOWN"]}
		}
	]
}
EOF
run "$SEGEN" lint --runtime none --ignore SG005,SG007,SG010 "$T/words.json"
has "$T/out" "words.json:11: warning SG008: " 'unknown name: its line'
has "$T/out" "did you mean 'openat'" 'unknown name: the nearest one'
has "$T/out" "did you mean 'includes'" 'unknown key: the nearest one'
hasnt "$T/out" ':6: ' 'segen-ignore: in a rule'
hasnt "$T/out" 'SG026|SG005' 'segen-ignore: in the file, and --ignore'
has "$T/out" '; [0-9]+ ignored$' 'segen-ignore: is counted'

run "$SEGEN" lint --ignore SG999 docker
is "$st" 2 '--ignore: an unknown rule is a usage error'
run "$SEGEN" lint --rules
is "$st" 0 '--rules: lists them'
has "$T/out" '^SG029 warning' '--rules: with their levels'

# --- what cannot be a profile -----------------------------------------------------------------

echo '{}' >"$T/empty.json"
run "$SEGEN" lint "$T/empty.json"
is "$st" 3 'empty profile: exit status 3'
has "$T/out" 'error SG002' 'empty profile: is found'
printf '{"defaultAction": "SCMP_ACT_ERRNO",\n"syscalls": [\n}' >"$T/half.json"
run "$SEGEN" lint "$T/half.json"
has "$T/out" 'half.json:3: error SG001' 'broken JSON: its line'
run "$SEGEN" lint "$T/none.json"
is "$st" 1 'a file that is not there: exit status 1'
run "$SEGEN" lint
is "$st" 2 'no file: a usage error'
"$SEGEN" lint - <"$T/empty.json" >"$T/out"
has "$T/out" 'SG002' 'standard input: is read'

# --- for programs -------------------------------------------------------------------------------

run "$SEGEN" lint --format json "$T/frozen.json" "$T/empty.json"
is "$st" 3 'json: the same exit status'
python3 "$SRC/tests/schema.py" "$SRC/docs/lint.schema.json" "$T/out"
ok $? 'json: follows docs/lint.schema.json'
run "$SEGEN" lint --format sarif "$T/frozen.json" "$T/empty.json"
python3 - "$T/out" <<'EOF'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["version"] == "2.1.0"
run = d["runs"][0]
rules = {r["id"] for r in run["tool"]["driver"]["rules"]}
assert run["results"]
for r in run["results"]:
    assert r["ruleId"] in rules and r["level"] in ("note", "warning", "error")
    place = r["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] and place.get("region", {"startLine": 1})["startLine"] >= 1
EOF
ok $? 'sarif: rules, results and places'
done_testing
