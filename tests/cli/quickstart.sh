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
has "$T/out" 'all that the build takes is installed' 'it installs nothing here'
files=$(ls "$SRC"/include/segen/*.h | wc -l)
has "$T/out" "^the job printed: $((files + 1))$" 'the job has listed its archive'
has "$T/out" '"SCMP_ACT_ERRNO"' 'the profile is printed'
has "$T/out" '^Cannot connect to the Docker daemon' 'it says why there is no engine'
[ -s "$BUILD/quickstart/archive.seccomp.json" ]
ok $? 'the profile is where it says'
is "$(ls -A "$T" | tr '\n' ' ')" 'err no-docker out ' 'nothing is left in the current folder'
run sh "$SRC/samples/quickstart.sh"
is $st 0 'a second time'

mkdir mine
cd mine || exit 99
run sh "$SRC/samples/quickstart.sh" -- sh -c 'echo of my own; exit 5'
is $st 0 'a command of my own' || diag_file "$T/err"
has "$T/out" '^of my own$' 'it runs'
is "$(ls -A | tr '\n' ' ')" 'sh.seccomp.json sh.trace.json ' 'its files are here'
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
