# merge.sh: segen merge: unions of traces, and what cannot be united.
. "$(dirname "$0")/../lib.sh"

need_segen merge
need python3

trace() # FILE CMD…
{
	file=$1
	shift
	"$SEGEN" trace --no-profile -o "$file" -- "$@" >/dev/null 2>&1
}

runs_of()
{
	python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["runs"]))' "$1"
}

trace "$T/a" true
trace "$T/b" sh -c 'echo x | cat'
trace "$T/c" mkdir "$T/made"
if [ ! -s "$T/a" ] || [ ! -s "$T/c" ]; then
	skip_all "nothing can be traced here"
fi

# --- a union --------------------------------------------------------------------------

run "$SEGEN" merge "$T/a" "$T/b" "$T/c"
is "$st" 0 "three traces are united"
cp "$T/out" "$T/abc"
is "$(cat "$T/err")" "" "without a word"
is "$(runs_of "$T/abc")" 3 "into one of three runs"
for t in a b c; do
	calls_of "$T/$t"
done | cut -d' ' -f1,2 | sort -u >"$T/want"
calls_of "$T/abc" | cut -d' ' -f1,2 | sort -u >"$T/got"
same "$T/want" "$T/got" "it has the calls of all of them"

run "$SEGEN" merge "$T/c" "$T/a" "$T/b" "$T/a"
same "$T/abc" "$T/out" "order and repetition do not matter"
"$SEGEN" merge -o "$T/bc" "$T/b" "$T/c"
run "$SEGEN" merge "$T/a" "$T/bc"
same "$T/abc" "$T/out" "neither does grouping"
run "$SEGEN" merge "$T/abc"
same "$T/abc" "$T/out" "one trace is its own union"
cp "$T/b" "$T/own"
run "$SEGEN" merge -o "$T/own" "$T/own" "$T/a" "$T/c"
is "$st" 0 "the output may be one of the traces"
same "$T/abc" "$T/own" "an output that is a trace: holds the union"
"$SEGEN" merge - "$T/b" "$T/c" <"$T/a" >"$T/out"
same "$T/abc" "$T/out" "a trace can come from standard input"
run "$SEGEN" gen "$T/abc"
is "$st" 0 "a profile can be made of it"

# On one line and in alphabetical order, as other programs write it.
python3 - "$T/abc" "$T/sorted" <<'EOF'
import json, sys
with open(sys.argv[2], "w") as out:
    json.dump(json.load(open(sys.argv[1])), out, sort_keys=True)
EOF
run "$SEGEN" merge "$T/sorted"
same "$T/abc" "$T/out" "a reformatted trace says the same"

# --- the documentation ----------------------------------------------------------------

page=$SRC/docs/trace-format.md
sed -n '/^```json/,/^```/p' "$page" | sed '/^```/d' >"$T/example"
run "$SEGEN" merge "$T/example"
is "$st" 0 "the example of the page is a trace" || diag_file "$T/err"
# words of the format: keys that are none of a name, an id or a number
grep -oE '"[a-z][a-z-]*": ' "$T/abc" "$T/example" -h | tr -d '": ' | sort -u >"$T/keys"
"$SEGEN" merge "$T/abc" "$T/example" |
	python3 -c 'import json, sys
t = json.load(sys.stdin)
for abi in t["calls"].values():
    print("\n".join(abi))
print("\n".join(t["modules"]))' | sort -u >"$T/names"
comm -23 "$T/keys" "$T/names" >"$T/words"
while read -r word; do
	grep -q "\`$word\`" "$page"
	ok $? "the page explains '$word'"
done <"$T/words"

# --- what cannot be united ------------------------------------------------------------

run "$SEGEN" merge
is "$st" 2 "no trace is a usage error"
has "$T/err" "at least one trace" "no trace: is said to be missing"
run "$SEGEN" merge - "$T/a" -
is "$st" 2 "standard input twice is one, too"
run "$SEGEN" merge "$T/a" "$T/none"
is "$st" 1 "a file that is not there"
has "$T/err" "'$T/none'" "a file that is not there: is named"
is "$(cat "$T/out")" "" "a file that is not there: nothing is written"
head -c 2000 "$T/b" >"$T/half"
cp "$T/abc" "$T/before"
run "$SEGEN" merge -o "$T/abc" "$T/a" "$T/half"
is "$st" 1 "half a trace is refused"
has "$T/err" "half:[0-9]+:[0-9]+: " "half a trace: has its name and line"
same "$T/before" "$T/abc" "half a trace: the output is as before"
echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}' >"$T/profile"
run "$SEGEN" merge "$T/profile"
is "$st" 1 "a profile is no trace"
has "$T/err" "is a profile, but a trace is needed" "a profile: is called one"
sed 's/"segen-trace": 1/"segen-trace": 2/' "$T/a" >"$T/newer"
run "$SEGEN" merge "$T/newer"
is "$st" 1 "a newer format is refused"
has "$T/err" "newer than this segen" "for what it is"
run "$SEGEN" merge -o "$T/no/where" "$T/a"
is "$st" 1 "an output that cannot be written"
done_testing
