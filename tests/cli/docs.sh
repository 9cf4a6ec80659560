#!/bin/sh
# The pages for people: their links lead somewhere, their commands exist.
. "$(dirname "$0")/../lib.sh"
need_segen
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
done_testing
