# command-line.sh: segen itself: help, versions, unknown words, standard output that is full.
. "$(dirname "$0")/../lib.sh"
need_segen

run "$SEGEN" --help
is $st 0 '--help succeeds'
has "$T/out" '^usage: segen COMMAND' '--help goes to standard output'
is "$(cat "$T/err")" '' '--help says nothing on standard error'

run "$SEGEN" --version
is $st 0 '--version succeeds'
has "$T/out" '^segen [0-9]+\.[0-9]+' 'the version'
has "$T/out" "^kernel Linux $(uname -r | sed 's/[.+]/\\&/g')" 'the version of the kernel'
has "$T/out" '^libseccomp [0-9]+\.[0-9]+\.[0-9]+$' 'the version of libseccomp'
has "$T/out" '^native arch [a-z0-9_]+$' 'the native architecture'

"$SEGEN" --help >"$T/help"
run "$SEGEN" help
is $st 0 'help: succeeds'
same "$T/help" "$T/out" 'help: the same as --help'
"$SEGEN" gen --help >"$T/help"
run "$SEGEN" help gen
same "$T/help" "$T/out" 'help VERB: the same as VERB --help'
run "$SEGEN" help gne
is $st 2 'help of an unknown command: a usage error'
has "$T/err" "did you mean 'gen'" 'help of an unknown command: has a suggestion'
run "$SEGEN" -v
has "$T/out" '^segen [0-9]+\.[0-9]+' '-v: the same as --version'
"$SEGEN" trace -q -o "$T/kind.json" --profile "$T/kind.profile.json" -- true
run "$SEGEN" export "$T/kind.json"
has "$T/err" "kind.json' is a trace.*segen gen" 'export: a trace is named, and the verb for it'
for verb in gen merge; do
	run "$SEGEN" $verb "$T/kind.profile.json"
	is $st 1 "$verb: a profile is refused"
	has "$T/err" "kind.profile.json' is a profile.*lint" \
		"$verb: a profile is named, and the verbs for it"
done
P=$T/kind.profile.json
# wrong_kind WORD…: segen WORD… says that a trace is in a profile's place
wrong_kind()
{
	run "$SEGEN" "$@"
	has "$T/err" "kind.json' is a trace, but a profile is needed" \
		"$1 ${2%%/*}: a trace in a profile's place is named"
}

wrong_kind lint "$T/kind.json"
wrong_kind verify "$T/kind.json" -- true
wrong_kind verify --base "$T/kind.json" "$P" -- true
wrong_kind gen --base "$T/kind.json"
wrong_kind trace --base "$T/kind.json" -- true
cp "$P" "$T/copy.json"
run "$SEGEN" trace --append -o "$T/copy.json" -- true
has "$T/err" "copy.json' is a profile, but a trace is needed" \
	'trace --append: a profile in the place of the trace is named'
same "$P" "$T/copy.json" 'trace --append: the profile stays as it was'

# meant TEXT WORD…: the message of segen WORD… says that TEXT was meant
meant()
{
	text=$1
	shift
	run "$SEGEN" "$@"
	isnt $st 0 "$*: is refused"
	has "$T/err" "; did you mean '$text'\?" "$*: '$text' is suggested"
}

meant openat gen --deny opnat
meant CAP_WAKE_ALARM gen --tie chmod=CAP_WAK_ALARM
meant NET_ADMIN lint --cap-add NET_ADMN docker
meant amd64 gen --arch amd46
meant arm64 lint --arch arm46 docker
meant k8s export --format k8 docker
meant podman lint --engine padman docker
meant risky audit --fail-on riskky docker
meant openat2 facts openta2
meant openat2 why openta2 docker
meant bash completion bsh

run "$SEGEN" version
has "$T/out" '^segen [0-9]+\.[0-9]+' 'version: the same as --version'

run "$SEGEN"
is $st 2 'no command is a usage error'
is "$(cat "$T/out")" '' 'no command: nothing on standard output'
has "$T/err" "^segen: .*--help" 'no command: says where to look'

run "$SEGEN" completoin
is $st 2 'an unknown command is a usage error'
has "$T/err" "^segen: unknown command 'completoin'; did you mean 'completion'\?$" \
	'an unknown command: has a suggestion'
run "$SEGEN" --vresion
is $st 2 'an unknown option is a usage error'
has "$T/err" "^segen: unknown option '--vresion'; did you mean '--version'\?$" \
	'an unknown option: has a suggestion'
is "$(wc -l <"$T/err")" 1 'an unknown option: one line says it all'

run "$SEGEN" "x$(printf '\033[31m\302\233y')"
grep -qF "segen: unknown command 'x\x1b[31m\u009by'" "$T/err"
ok $? 'messages: what a terminal would obey is quoted' || diag_file "$T/err"

"$SEGEN" gen -o "$T/p.json" <&- 2>"$T/err"
is $? 0 'a closed standard input: gen goes on'
"$SEGEN" gen -o - >&- 2>"$T/err"
is $? 1 'a closed standard output: gen fails'
has "$T/err" '^segen: cannot write' 'a closed standard output: gen says so'

for words in --help --version 'completion bash'; do
	# shellcheck disable=SC2086
	"$SEGEN" $words >/dev/full 2>"$T/err"
	is $? 1 "$words: a full standard output is a failure"
	has "$T/err" '^segen: cannot write to standard output: No space' "$words: a full standard output is named"
done

for shell in bash zsh fish; do
	"$SEGEN" completion $shell >"$T/$shell"
	is $? 0 "completion for $shell"
	if command -v $shell >/dev/null 2>&1; then
		$shell -n "$T/$shell" 2>"$T/err"
		ok $? "$shell reads it" || diag_file "$T/err"
	else
		skip "$shell reads it" "'$shell' is not installed"
	fi
done

# complete WORD…: what bash offers for the last of these words
complete_words()
{
	bash -c '
		. "$0"
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_segen
		printf "%s\n" "${COMPREPLY[@]}"' "$T/bash" "$@" 2>/dev/null
}

# on_terminal COLUMNS COMMAND…: what COMMAND shows there, in $T/screen
on_terminal()
{
	columns=$1
	shift
	TERM=xterm python3 "$SRC/tests/terminal.py" -- sh -c \
		'stty cols "$0"; exec "$@"' "$columns" "$@" </dev/null 2>&1 |
		tr -d '\r' >"$T/screen"
}

ESC=$(printf '\033')
"$SEGEN" facts clone >"$T/screen"
hasnt "$T/screen" "$ESC" 'colour: none in a file'
"$SEGEN" facts --color=always clone >"$T/screen"
has "$T/screen" "^$ESC\[1mclone" '--color=always: a heading is bold, in a file, too'
on_terminal 80 "$SEGEN" facts clone
has "$T/screen" "^$ESC\[1mclone" 'colour: headings are bold on a terminal'
on_terminal 80 "$SEGEN" facts --color=never clone
hasnt "$T/screen" "$ESC" '--color=never: none on a terminal'
on_terminal 80 env NO_COLOR=1 "$SEGEN" facts clone
hasnt "$T/screen" "$ESC" 'NO_COLOR: no colour on a terminal'
on_terminal 80 env NO_COLOR=1 "$SEGEN" facts --color always clone
has "$T/screen" "$ESC" '--color=always: wins over NO_COLOR'
on_terminal 80 env TERM=dumb "$SEGEN" facts clone
hasnt "$T/screen" "$ESC" 'TERM=dumb: no colour'
on_terminal 80 "$SEGEN" lint --help
has "$T/screen" "^$ESC\[1mexamples" '--help: headings are bold on a terminal'

# widest: columns of the longest line of $T/screen; addresses are never broken
widest()
{
	awk '!/:\/\// && length($0) > n { n = length($0) } END { print n }' "$T/screen"
}

on_terminal 50 env NO_COLOR=1 "$SEGEN" gen --base "$T/kind.json"
[ "$(widest)" -le 50 ] || grep -q "^$T" "$T/screen"
ok $? 'a message: fits the terminal' || diag_file "$T/screen"
has "$T/screen" '^       [^ ]' 'a message: its later lines are indented'
on_terminal 110 env NO_COLOR=1 "$SEGEN" trace --help
[ "$(widest)" -gt 90 ]
ok $? '--help: uses the width of the terminal' || diag "widest: $(widest)"
on_terminal 60 env NO_COLOR=1 "$SEGEN" facts clone
[ "$(widest)" -le 60 ]
ok $? 'a report: fits the terminal' || diag_file "$T/screen"

# not_ascii FILE
not_ascii()
{
	LC_ALL=C grep -q '[^ -~	]' "$1"
}

for words in 'trace --help' 'facts clone' 'audit docker' 'lint docker'; do
	# shellcheck disable=SC2086
	LC_ALL=C "$SEGEN" $words >"$T/screen"
	not_ascii "$T/screen"
	is $? 1 "$words: ASCII in the C locale"
done
LC_ALL=C.UTF-8 "$SEGEN" trace --help >"$T/screen"
has "$T/screen" '\[ARG…\]' '--help: UTF-8 in a locale that has it'

if command -v bash >/dev/null 2>&1; then
	cd "$T" || exit 99
	: >some-file
	is "$(complete_words segen compl)" completion 'bash completes a verb'
	mkdir "$T/engines"
	printf '#!/bin/sh\n[ "$1 $2 $3" = "ps --format {{.Names}}" ] && printf "web-1\\nweb-2\\n"\n' \
		>"$T/engines/docker"
	chmod +x "$T/engines/docker"
	is "$(PATH=$T/engines:/usr/bin:/bin complete_words segen audit --container web-2)" \
		web-2 'bash completes the name of a container that runs'
	is "$(complete_words segen --vers)" --version 'an option of segen'
	is "$(complete_words segen export --form)" --format 'an option of a verb'
	is "$(complete_words segen export --format sys)" systemd 'a choice'
	is "$(complete_words segen export --format = sys)" systemd "a choice behind '='"
	is "$(complete_words segen trace -o some)" some-file 'a file'
	is "$(complete_words segen trace -o x -- some)" some-file "a command line behind '--'"
	is "$(complete_words segen trace --for 3)" '' 'nothing where there is nothing'
else
	skip 'bash completes' "'bash' is not installed"
fi
done_testing
