# man-pages.sh: the man page of a verb names exactly the options that the verb has.
. "$(dirname "$0")/../lib.sh"
need_segen

# options_of VERB ('': segen itself): from the rows, by way of the completion script
options_of()
{
	sed -n "s/^	$1:-\*) kind=words words='\(.*\)' ;;/\1/p" "$T/completion" |
		tr ' ' '\n' | grep . | sort -u
}

# documented PAGE: the options that a paragraph of the page begins with
documented()
{
	sh "$SRC/docs/man/expand.sh" "$1" | grep '^\*-' | grep -oE '(^|[ *])--?[[:alnum:]][[:alnum:]-]*\*' |
		tr -d '* ' | sort -u
}

# shown VERB: the examples of --help, a command line each
shown()
{
	# shellcheck disable=SC2086 # no word at all for segen itself
	"$SEGEN" $1 --help | sed -n '/^examples:/,$s/^  \(segen .*\)/\1/p'
}

# refused VERB: options in its examples, and choices as values, that the verb has not
refused()
{
	shown "$1" | sed 's/ -- .*//; s/ --$//' >"$T/examples"
	tr ' ' '\n' <"$T/examples" | sed -n 's/^\(-[^=]*\).*/\1/p' | sort -u |
		grep -vxFf "$T/rows" | grep .
}

check()
{
	page=$SRC/docs/man/$2.1.scd
	if [ ! -r "$page" ]; then
		ok 1 "$2: there is a page"
		return
	fi
	options_of "$1" >"$T/rows"
	documented "$page" >"$T/page"
	same "$T/rows" "$T/page" "$2: the page has the options of the program"
	grep -q "^	'$2',$" "$SRC/docs/meson.build"
	ok $? "$2: the page is built and installed"
	head -n 1 "$page" | grep -qx "$2(1)"
	ok $? "$2: the page is about it"
}

# check_keys PAGE SOURCE…: the page of a format names every key that its reader has a row for
check_keys()
{
	page=$SRC/docs/man/$1.5.scd
	name=$1
	shift
	grep -hoE '^\s+(\{|[A-Z]+\()"[A-Za-z-]+", *[a-z]+_[a-z0-9_]+,' "$@" | cut -d'"' -f2 |
		sort -u >"$T/rows"
	[ "$(wc -l <"$T/rows")" -ge 20 ]
	ok $? "$name(5): the rows of the reader are found"
	sed '/^# NOTES/,$d' "$page" | grep -oE '\*[a-zA-Z-]+\*' | tr -d '*' | sort -u >"$T/page"
	is "$(comm -23 "$T/rows" "$T/page")" "" "$name(5): every key that is read is there"
	# what is no key is a word of the format, in capitals, or a key's page
	sed '/^# NOTES/,$d' "$page" | grep -E '^\*' | grep -oE '\*[a-zA-Z-]+\*' | tr -d '*' |
		sort -u >"$T/entries"
	is "$(comm -13 "$T/rows" "$T/entries")" "" "$name(5): every entry is a key that is read"
	grep -q "^	'$name',$" "$SRC/docs/meson.build"
	ok $? "$name(5): the page is built and installed"
	head -n 1 "$page" | grep -qx "$name(5)"
	ok $? "$name(5): the page is about it"
}
check_keys segen-profile "$SRC"/gen/profile/profile-read*.c
check_keys segen-trace "$SRC"/tracer/trace/tracefile-*.c

"$SEGEN" completion bash >"$T/completion"
check '' segen
isnt "$(shown '')" '' 'segen --help: has examples'
"$SEGEN" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$T/verbs"
while read -r verb; do
	check "$verb" "segen-$verb"
	grep -q "^\*segen-$verb\*(1)" "$SRC/docs/man/segen.1.scd"
	ok $? "segen(1) lists $verb"
	"$SEGEN" "$verb" --help >"$T/help" 2>&1
	is $? 0 "$verb --help"
	has "$T/help" "^usage: segen $verb " "$verb --help says how to use it"
	[ "$(shown "$verb" | grep -c "^segen $verb ")" -gt 0 ]
	ok $? "$verb --help: has examples"
	is "$(shown "$verb" | grep -v "^segen $verb ")" '' "$verb --help: the examples are its own"
	is "$(refused "$verb")" '' "$verb --help: the options of the examples exist"
	awk 'length($0) > 80 { exit 1 }' "$T/help"
	ok $? "$verb --help fits 80 columns"
done <"$T/verbs"
[ -s "$T/verbs" ]
ok $? 'there are verbs'
done_testing
