# facts.sh: segen facts: what is known of calls, as text and as JSON.
. "$(dirname "$0")/../lib.sh"
need_segen facts

run "$SEGEN" facts openat2 bpf
is "$st" 0 'facts: two known calls'
has "$T/out" '^openat2$' 'text: begins with the name'
has "$T/out" '437 on x86_64' 'text: has the number'
has "$T/out" 'since +Linux 5\.6 \(syscalls\(2\)' 'text: since which kernel, and who says so'
has "$T/out" 'docker +allowed with CAP_SYS_ADMIN$' "text: Docker's gate"
has "$T/out" 'risk +kernel-code, weight 25$' 'text: class and weight'
has "$T/out" 'https://docs\.docker\.com/' "text: the reason's source"
has "$T/out" 'fallback +on ENOSYS' 'text: the fallback'
awk 'length($0) > 80 { exit 1 }' "$T/out"
ok $? 'text: fits 80 columns'
hasnt "$T/out" "$(printf '\033')" 'text: has no colour outside a terminal'

run "$SEGEN" facts openatt2
is "$st" 1 'unknown call: exit status 1'
has "$T/err" "did you mean 'openat2'" 'unknown call: the nearest one is offered'
run "$SEGEN" facts nosuchthing read
is "$st" 1 'one unknown call of two: exit status 1'
has "$T/out" '^read$' 'one unknown call of two: the other is shown'
run "$SEGEN" facts
is "$st" 2 'no call: a usage error'

need python3
run "$SEGEN" facts --format json clone read tuxcall
is "$st" 0 'json: three calls'
cp "$T/out" "$T/facts.json"
python3 - "$T/facts.json" <<'EOF'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["segen-facts"] == 1
by = {c["name"]: c for c in d["calls"]}
assert by["clone"]["numbers"]["x86_64"] == 56
assert by["clone"]["risk"]["class"] == "namespace"
assert by["read"]["risk"] == {"class": "ordinary", "weight": 1}
assert "since" not in by["tuxcall"]
EOF
ok $? 'json: holds the facts'
python3 "$SRC/tests/schema.py" "$SRC/docs/facts.schema.json" "$T/facts.json"
ok $? 'json: follows docs/facts.schema.json'

# The man page's table of weights is the program's.
"$SEGEN" audit --format json docker | python3 -c '
import json, sys
for c in json.load(sys.stdin)["profiles"][0]["classes"]:
    print(c["class"], c["weight"], c["what"])' | sort >"$T/program"
awk '/^\[\[ class/ { table = 1; next }
	/^$/ { table = 0 }
	table && /^\|/ { word = $2; next }
	table && /^: +[0-9]/ { weight = $2; next }
	table && /^: / && word { sub(/^: +/, ""); print word, weight, $0; word = "" }' \
	"$SRC/docs/man/segen-facts.1.scd" | sort >"$T/page"
same "$T/program" "$T/page" 'man page: classes and weights are those of the program'
done_testing
