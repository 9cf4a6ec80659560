# gen-article.sh: a call tied to a capability, as in the article "Writing your own Seccomp
# profiles for Docker": the edited profile differs from its base by that and nothing else.
. "$(dirname "$0")/../lib.sh"

need_segen gen
need python3

tie=chmod,fchmod,fchmodat=CAP_WAKE_ALARM

# by_hand BASE RULE: the base edited as the article does it: three lines go, a rule comes
# before that of personality.
by_hand()
{
	python3 - "$1" "$2" <<'EOF'
import re, sys
text = open(sys.argv[1]).read().rstrip("\n")
text = re.sub(r'\t*"(chmod|fchmod|fchmodat)",\n', "", text)
at = text.index('\t\t{\n\t\t\t"names": [\n\t\t\t\t"personality"')
print(text[:at] + open(sys.argv[2]).read() + text[at:])
EOF
}

# The rule as the article has it.
cat >"$T/rule" <<'EOF'
		{
			"names": [
				"chmod",
				"fchmod",
				"fchmodat"
			],
			"action": "SCMP_ACT_ALLOW",
			"args": [],
			"comment": "",
			"includes": {
				"caps": [
					"CAP_WAKE_ALARM"
				]
			},
			"excludes": {}
		},
EOF
# And as newer Engines write rules, without empty keys.
sed '/"args"/d; /"comment"/d; /"excludes"/d; s/^\t\t\t},$/\t\t\t}/' "$T/rule" >"$T/rule-new"

# --- from the published profile ---------------------------------------------------------

base="$SEGEN_REFERENCE/base/docker-20.10.json"
if [ -n "$SEGEN_REFERENCE" ] && [ -r "$base" ]; then
	run "$SEGEN" gen --base "$base" --tie "$tie" -o "$T/tied.json"
	is "$st" 0 "the published profile of Engine 20.10 is edited"
	by_hand "$base" "$T/rule" >"$T/want.json"
	same "$T/want.json" "$T/tied.json" "as in the article, line by line"
	run "$SEGEN" gen --base "$base"
	# The published file's last line has no end; the article's diff shows the same.
	{ cat "$base" && echo; } >"$T/want.json"
	same "$T/want.json" "$T/out" "without a wish nothing changes"
else
	skip "the published profile of Engine 20.10 is edited" "no reference folder"
fi

# --- from what is built in --------------------------------------------------------------

run "$SEGEN" gen --base docker-20.10 -o "$T/base.json"
is "$st" 0 "the built-in profile of Engine 20.10"
run "$SEGEN" gen --base docker-20.10 --tie "$tie" -o "$T/tied.json"
is "$st" 0 "is edited"
by_hand "$T/base.json" "$T/rule-new" >"$T/want.json"
same "$T/want.json" "$T/tied.json" "as in the article, line by line"
hasnt "$T/err" "fchmodat2" "fchmodat2 is younger than that profile"
has "$T/err" "setxattr.*POSIX ACL" "the way around by access control lists is named"

run "$SEGEN" gen -o "$T/base.json"
run "$SEGEN" gen --tie "$tie" -o "$T/tied.json"
is "$st" 0 "the newest built-in profile is edited"
by_hand "$T/base.json" "$T/rule-new" >"$T/want.json"
same "$T/want.json" "$T/tied.json" "as in the article, line by line"
has "$T/err" "'fchmodat2' can still change a file's mode; to close this as well: --tie chmod,fchmod,fchmodat,fchmodat2=CAP_WAKE_ALARM" \
	"a warning that fchmodat2 stays allowed, with the option that closes it"
run "$SEGEN" gen --tie chmod,fchmod,fchmodat,fchmodat2=CAP_WAKE_ALARM -o "$T/tied.json"
hasnt "$T/err" "'fchmodat2'" "the article: the complete list draws no warning"
has "$T/tied.json" '"fchmodat2"' "fchmodat2 is tied"
is "$(grep -c fchmodat2 "$T/tied.json")" 1 "the article: fchmodat2 is in one rule"
run "$SEGEN" gen --tie chmod=WAKE_ALARM --tie fchmod,fchmodat=wake_alarm -o "$T/tied.json"
is "$(grep -c '"CAP_WAKE_ALARM"' "$T/tied.json")" 2 \
	"two ties make two rules, in any spelling of the capability"

done_testing
