#!/bin/sh
# The quick start, where no Docker Engine answers.
. "$(dirname "$0")/../lib.sh"
need meson ninja cc
need_segen

# The build that is being tested: nothing is left to do in it.
BUILD=$(cd "$(dirname "$SEGEN")/.." && pwd)
[ -w "$BUILD" ] || skip_all "'$BUILD' belongs to somebody else"
export BUILD
cat >"$T/no-docker" <<'EOF2'
#!/bin/sh
echo "Cannot connect to the Docker daemon" >&2
exit 1
EOF2
chmod 755 "$T/no-docker"
export DOCKER="$T/no-docker"
cd "$T" || exit 99

run sh "$SRC/samples/quickstart.sh"
is $st 0 'the quick start succeeds' || diag_file "$T/err"
is "$(wc -l <"$T/out")" 8 'it prints the eight lines that matter' || diag_file "$T/out"
is "$(cat "$T/err")" '' 'and nothing else'
has "$T/out" '^install .*all that the build takes is there' 'it installs nothing here'
files=$(ls "$SRC"/include/segen/*.h | wc -l)
has "$T/out" "^trace .* printed $((files + 1))$" 'the job has listed its archive'
has "$T/out" "^proof .*nothing denied.* printed $((files + 1))," \
	'without an engine the profile is proved on the host'
has "$T/out" '^refused .*mkdir: .*Operation not permitted' \
	'without an engine what the job never did is refused'
has "$T/out" "^exposure .*; Docker's default [0-9.]+" 'the exposure is compared'
has "$T/out" "^profile .*: [0-9]+ of [0-9]+ calls; Docker's default [0-9]+$" \
	'the profile is compared'
has "$BUILD/quickstart/log" '"SCMP_ACT_ERRNO"' 'the profile is in the log'
has "$BUILD/quickstart/log" '^Cannot connect to the Docker daemon' \
	'why there is no engine is in the log'
[ -s "$BUILD/quickstart/archive.seccomp.json" ]
ok $? 'the profile is where it says'
is "$(ls -A "$T" | tr '\n' ' ')" 'err no-docker out ' 'nothing is left in the current folder'
run sh "$SRC/samples/quickstart.sh"
is $st 0 'a second time'

mkdir mine
cd mine || exit 99
run sh "$SRC/samples/quickstart.sh" -- sh -c 'echo of my own; exit 5'
is $st 0 'a command of my own' || diag_file "$T/err"
is "$(grep -c '^of my own$' "$T/out")" 2 'it runs, and again under its profile'
has "$T/out" '^proof .*nothing was denied.* status 5$' 'a command of my own: is verified'
is "$(ls -A | tr '\n' ' ')" 'sh.seccomp.json sh.trace.json ' 'its files are here'
long=$T/a-folder-with-a-name-that-is-so-long/that-no-line-of-eighty-columns/could-hold-it
mkdir -p "$long"
cd "$long" || exit 99
run sh "$SRC/samples/quickstart.sh" -- true
has "$T/out" "^profile .*: [0-9]+ of [0-9]+ calls; Docker's default [0-9]+$" \
	'a long path: the profile is compared'
has "$T/out" "^exposure .*; Docker's default [0-9.]+" 'a long path: the exposure is compared'
run sh "$SRC/samples/quickstart.sh" -- no-such-program
isnt $st 0 'a command that is not there fails'
has "$T/err" "'no-such-program'" 'a missing command: is named'
run sh "$SRC/samples/quickstart.sh" --help
is $st 0 '--help'
has "$T/out" '^usage: sh samples/quickstart.sh' '--help says how to use it'
run sh "$SRC/samples/quickstart.sh" --
isnt $st 0 "nothing behind '--'"
run sh "$SRC/samples/quickstart.sh" what
is $st 2 'anything else is a usage error'
done_testing
