#!/bin/sh
# The article, end to end: chmod tied to CAP_WAKE_ALARM, in a real engine.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need_segen gen
need_engine
engine_start
root_busybox "$T/bb"
image_import bb "$T/bb"
cd "$T" || exit 1
tie=--tie=chmod,fchmod,fchmodat=CAP_WAKE_ALARM

# chmod_in PROFILE OPTIONS…: what the article types; output in $T/out
chmod_in()
{
	profile=$1
	shift
	run drun --security-opt "seccomp=$profile" "$@" bb \
		sh -c 'cd /tmp && touch foo.sh && chmod +x foo.sh && echo done'
	cat "$T/err" >>"$T/out"
}

# behaves PROFILE NAME: refused without the capability, allowed with it
behaves()
{
	chmod_in "$1"
	has "$T/out" "chmod: foo.sh: Operation not permitted" "$2: chmod is refused"
	hasnt "$T/out" done "$2: and nothing else went wrong before"
	is "$st" 1 "$2: status 1"
	chmod_in "$1" --cap-add WAKE_ALARM
	is "$st $(cat "$T/out")" "0 done" "$2: works with --cap-add WAKE_ALARM"
	chmod_in "$1" --cap-add WAKE_ALARM --user 1000
	is "$st $(cat "$T/out")" "0 done" "$2: the bounding set counts, not the user"
}

chmod_in unconfined
is "$st $(cat "$T/out")" "0 done" "no profile: chmod works"

base=$SEGEN_REFERENCE/base/docker-20.10.json
if [ -n "$SEGEN_REFERENCE" ] && [ -r "$base" ]; then
	run "$SEGEN" gen --base "$base" "$tie" -o published.json
	behaves published.json "Engine 20.10's published profile"
else
	skip "Engine 20.10's published profile" "no reference folder"
fi

run "$SEGEN" gen "$tie" -o embedded.json
is "$st" 0 "embedded base: can be edited"
has "$T/err" "fchmodat2" "the embedded base: a sibling that does the same is named"
has "$T/err" "--(tie|deny)" "the embedded base: and the option that closes it"
behaves embedded.json "the embedded base"

# The lines of README.md, as they stand, with an image of this name.
image_import alpine "$T/bb"
run "$SEGEN" gen "$tie" -o chmod-wake-alarm.json
sed -n 's/^docker \(run .*chmod-wake-alarm.*\)/\1/p' "$SRC/README.md" >lines
is "$(wc -l <lines)" 2 'README.md: there are two lines to try'
while IFS= read -r line; do
	eval "run docker_ $line"
	case $line in
	*'# refused') isnt "$st" 0 "README.md: docker ${line%%#*}is refused" ;;
	*) is "$st" 0 "README.md: docker $line: works" || diag_file "$T/err" ;;
	esac
done <lines
done_testing
