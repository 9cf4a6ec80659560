# trace-live.sh: the live line is drawn on a terminal, and nowhere else.
. "$(dirname "$0")/../lib.sh"
need_segen
need python3
cd "$T" || exit 99

# on_terminal CMD…: raw bytes in $T/raw, the screen in the end in $T/out
on_terminal()
{
	python3 "$SRC/tests/terminal.py" -- "$@" >"$T/raw" 2>"$T/err" </dev/null
	st=$?
	python3 "$SRC/tests/screen.py" <"$T/raw" >"$T/out"
}

export TERM=xterm NO_COLOR=1
cat >work <<'EOF2'
sleep 1.2
echo first
sleep 0.5
printf 'no end of line: '
sleep 0.5
echo here
exit 7
EOF2
on_terminal "$SEGEN" trace --no-profile -- sh work
is $st 7 'on a terminal: the status' || diag_file "$T/err"
has "$T/raw" 'segen: [0-9.]+s, [0-9]+ process(es)?, [0-9]+ calls, last new: [a-z0-9_]+' \
	'elapsed time, processes, calls and the last new one'
is "$(head -n 2 "$T/out" | tr '\n' '/')" 'first/no end of line: here/' \
	'what the command has printed is all there and whole'
hasnt "$T/out" 'last new' 'the line is gone in the end'
tr '\033\n' '~ ' <"$T/raw" |
	grep -q "last new: [a-z0-9_]*~8~M[^~]*~\[J[^~]*segen: 'work' ended"
ok $? 'it was erased, not only written over'
is "$(sed -n '3s/ after.*//p' "$T/out")" "segen: 'work' ended with status 7" \
	'the summary follows at once'

# On the last row of the screen, where it scrolls.
on_terminal "$SEGEN" trace --no-profile -- sh -c 'seq 20; sleep 1.2; echo 21'
is "$(grep -cE '^[0-9]+$' "$T/out")" "$(grep -E '^[0-9]+$' "$T/out" | sort -un | wc -l)" \
	'at the bottom: no line is there twice'
is "$(grep -E '^[0-9]+$' "$T/out" | tail -n 3 | tr '\n' ' ')" '19 20 21 ' \
	'at the bottom: none is lost'
hasnt "$T/out" 'last new' 'at the bottom: the line is gone in the end'

on_terminal "$SEGEN" trace -q --no-profile -- sleep 1.2
is "$(cat "$T/raw")" '' '--quiet: nothing'
on_terminal env TERM=dumb "$SEGEN" trace --no-profile -- sleep 1.2
hasnt "$T/raw" 'last new' 'a dumb terminal: no live line'
on_terminal "$SEGEN" trace --no-profile -- sh -c 'stty raw -echo; sleep 1.2'
hasnt "$T/raw" 'last new' 'a program that has taken the terminal: no live line'

run "$SEGEN" trace --no-profile -- sleep 1.2
hasnt "$T/err" 'last new' 'no terminal: no live line'
is "$(cat "$T/out")" '' 'nothing on standard output'
done_testing
