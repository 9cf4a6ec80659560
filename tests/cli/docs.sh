#!/bin/sh
# The pages for people: their links lead somewhere, their commands exist.
. "$(dirname "$0")/../lib.sh"
need_segen
need python3 tar gzip
cd "$SRC" || exit 99

# Pages with their links, one pair a line; addresses elsewhere are left out.
for page in *.md docs/*.md; do
	grep -oE '\]\([^)#]+' "$page" | sed "s|^](|$page |"
done | grep -v '://' >"$T/links"
while read -r page link; do
	[ -e "$(dirname "$page")/$link" ]
	ok $? "$page: $link is there"
done <"$T/links"
[ -s "$T/links" ]
ok $? 'there are links'

# "segen VERB" with something behind it, in shell lines of the pages.
"$SEGEN" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$T/verbs"
sh_lines='/^```/,/^```/p'
for page in *.md docs/*.md; do
	sed -n "$sh_lines" "$page"
done >"$T/lines"
# an example of a man page is a paragraph of its own
awk '/^\t/ && (last == "" || example) { example = 1; print substr($0, 2); next }
	{ example = 0; last = $0 }' docs/man/*.scd >>"$T/lines"
sed -n 's/^\($ \)\{0,1\}segen \([a-z][a-z]*\) .*/\2/p' "$T/lines" | sort -u >"$T/used"
while read -r verb; do
	grep -qx "$verb" "$T/verbs"
	ok $? "'segen $verb' exists"
done <"$T/used"
[ "$(wc -l <"$T/used")" -ge 3 ]
ok $? 'there are examples'

# The options of these lines, up to the command that follows "--".
"$SEGEN" completion bash >"$T/completion"
sed -n 's/^\($ \)\{0,1\}segen \([a-z][a-z]* .*\)/\2/p' "$T/lines" |
	sed 's/++$//; s/[[:space:]]#.*//; s/[[:space:]]--[[:space:]].*//' >"$T/commands"
while read -r verb words; do
	for word in $words; do
		case $word in --?*) printf '%s %s\n' "$verb" "${word%%=*}" ;; esac
	done
done <"$T/commands" | sort -u >"$T/options"
while read -r verb option; do
	grep "^	$verb:-\*)" "$T/completion" | grep -qw -- "$option"
	ok $? "'segen $verb $option' exists"
done <"$T/options"
[ "$(wc -l <"$T/options")" -ge 10 ]
ok $? 'there are examples with options'

# readme HEADING: the shell lines of this part of README.md
readme()
{
	sed -n "/^## $1/,/^## [^$]*\$/{/^\`\`\`sh/,/^\`\`\`/p}" README.md | grep -v '^```'
}

# The tutorial is typed, line by line.  A line fails when its remark says so.
readme 'Five minutes' | grep -v '^docker' >"$T/tutorial"
mkdir "$T/typed" "$T/bin"
ln -s "$SEGEN" "$T/bin/segen"
cd "$T/typed" || exit 99
while IFS= read -r line; do
	want=$(printf '%s\n' "$line" | sed -n 's/.*# .*exit status \([0-9]*\).*/\1/p')
	PATH=$T/bin:$PATH sh -c "$line" >"$T/out" 2>"$T/err" </dev/null
	is $? "${want:-0}" "README.md: $line" || diag_file "$T/err"
done <"$T/tutorial"
[ "$(wc -l <"$T/tutorial")" -ge 9 ]
ok $? 'README.md: there is a tutorial'
has "$T/typed/chmod-wake-alarm.json" CAP_WAKE_ALARM 'README.md: the tutorial ends with its profile'
cd "$SRC" || exit 99

# The picture is what segen prints: the same commands, the same words before the numbers.
# shape FILE: the first words of its lines, without numbers and addresses
shape()
{
	sed -n 's/<text [^>]*>//p' "$1" | sed 's/<[^>]*>//g' |
		sed -n 's/^\(\$ .*\|segen: .tar\|DENIED\|EXPOSURE\|  [a-z][a-z]* \).*/\1/p' |
		sed 's/ *$//'
}
if python3 "$SRC/docs/picture.py" "$T/bin/segen" >"$T/picture.svg" 2>"$T/err"; then
	shape "$T/picture.svg" >"$T/now"
	shape docs/picture.svg >"$T/then"
	same "$T/then" "$T/now" 'docs/picture.svg: is what docs/picture.py makes'
	[ "$(wc -l <"$T/then")" -ge 15 ]
	ok $? 'docs/picture.svg: has lines'
	python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' docs/picture.svg
	ok $? 'docs/picture.svg: is XML'
else
	ok 1 'docs/picture.py: runs'
	diag_file "$T/err"
fi
done_testing
