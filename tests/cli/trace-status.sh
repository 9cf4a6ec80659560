# trace-status.sh: exit statuses of segen trace, and what it leaves behind when it fails.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen
cd "$T" || exit 99

# status WANT NAME CMD…: the exit status of segen with these arguments
status()
{
	want=$1
	name=$2
	shift 2
	run "$SEGEN" "$@"
	is "$st" "$want" "$name: status $want" || diag_file "$T/err"
}

# nothing_left NAME: no trace, no profile, no temporary file
nothing_left()
{
	is "$(find . -name '*.json*' -o -name '.segen*')" '' "$1: nothing is left behind"
}

# --- the workload's own ---------------------------------------------------------------

status 0 'true' trace -q -- true
[ -s true.trace.json ] && [ -s true.seccomp.json ]
ok $? 'both files are there'
is "$(cat "$T/err")" '' '--quiet says nothing'
rm -f ./*.json*
status 42 'exit 42' trace -q --no-profile -- sh -c 'exit 42'
[ -s sh.trace.json ] && [ ! -e sh.seccomp.json ]
ok $? '--no-profile: the trace only'
rm -f ./*.json*
status 143 'SIGTERM' trace -q --no-profile -- sh -c 'kill -TERM $$'
status 137 'SIGKILL' trace -q --no-profile -- sh -c 'kill -KILL $$'
status 125 'a workload that exits with 125' trace -q --no-profile -- sh -c 'exit 125'
status 0 'without --' trace -q --no-profile true -- --what
rm -f ./*.json*

# --- nothing to run -------------------------------------------------------------------

status 127 'a missing program' trace -- no-such-program-here
has "$T/err" "^segen: .*'no-such-program-here'" 'a missing program: named'
nothing_left 'a missing program'
status 127 'a missing path' trace -- ./no-such-program-here
nothing_left 'a missing path'
mkdir dir
status 126 'a directory' trace -- ./dir
has "$T/err" "^segen: .*'./dir'" 'a directory: named'
nothing_left 'a directory'
echo 'exit 0' >not-executable
status 126 'a file that is not executable' trace -- ./not-executable
nothing_left 'a file that is not executable'
printf '#!/no/such/interpreter\n' >script
chmod 755 script
status 126 'a script without its interpreter' trace -- ./script
nothing_left 'a script without its interpreter'

# --- killed in its execve -------------------------------------------------------------

# An ELF program whose only segment lies where no program may be.
python3 - <<'END'
import platform, struct
machine = {"x86_64": 62, "aarch64": 183}.get(platform.machine(), 0)
with open("no-memory", "wb") as f:
    f.write(struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 2,
                        machine, 1, 0x400000, 64, 0, 0, 64, 56, 1, 0, 0, 0))
    f.write(struct.pack("<IIQQQQQQ", 1, 5, 0, 0xffff << 48, 0, 4096, 4096, 4096))
    f.write(bytes(4096 - 120))
END
chmod 755 no-memory
(exec ./no-memory) 2>/dev/null
want=$?
for mode in fast full; do
	status "$want" "killed in its first execve, $mode" trace --mode=$mode -- ./no-memory
	has "$T/err" 'killed before its first instruction' "killed in its first execve, $mode"
done
rm -f ./*.json*

# --- the command line -----------------------------------------------------------------

status 125 'no command' trace
has "$T/err" '^segen: .*COMMAND' 'no command: how it is written'
status 125 'an unknown option' trace --obsrve=free -- true
has "$T/err" "did you mean '--observe'" 'an unknown option: a suggestion'
status 125 'a value that is no choice' trace --observe=fre -- true
status 125 'a duration that is none' trace --for 5x -- true
has "$T/err" "^segen: --for: '5x'" 'a duration that is none: named'
status 125 'one file for two things' trace -o x.json --profile x.json -- true
status 125 'an unknown capability' trace --cap-add FLY -- true
nothing_left 'usage errors'

# --- files that cannot be written or read ---------------------------------------------

# ran: the command left a mark
marked='touch ran'
status 125 'a folder that is not there' trace -o no/where/x.json -- sh -c "$marked"
has "$T/err" "^segen: .*'no/where/x.json'" 'a folder that is not there: named'
status 125 'a profile in a folder that is not there' \
	trace --profile no/where/p.json -- sh -c "$marked"
status 125 'a folder as output' trace -o dir -- sh -c "$marked"
echo 'no JSON at all' >base.json
status 125 'a base that is no JSON' trace --base base.json -- sh -c "$marked"
has "$T/err" "^segen: .*base.json" 'a base that is no JSON: named'
status 125 'a base that is not there' trace --base none.json -- sh -c "$marked"
echo '{}' >base.json
status 125 'an empty base' trace --base base.json -- sh -c "$marked"
rm base.json
echo 'no JSON at all' >old.trace
status 125 'an earlier trace that is no JSON' \
	trace --append -o old.trace -- sh -c "$marked"
is "$(cat old.trace)" 'no JSON at all' 'an earlier trace that is no JSON is left alone'
[ ! -e ran ]
ok $? 'in all these cases the command was not started'
nothing_left 'files that cannot be written or read'

mkdir read-only
chmod 555 read-only
chmod 777 .
if is_root; then
	as_user "$SEGEN" trace -o "$T/read-only/x.json" -- true 2>"$T/err"
	is $? 125 'a folder that is read-only: status 125'
else
	status 125 'a folder that is read-only' trace -o read-only/x.json -- true
fi
has "$T/err" "^segen: .*x.json'.*: Permission denied" 'a folder that is read-only: named'

if mkdir full && mount -t tmpfs -o size=16k,mode=777 none full 2>/dev/null; then
	defer umount "$T/full"
	head -c 16k /dev/zero >full/filler 2>/dev/null
	mkdir tmp
	run env TMPDIR="$T/tmp" "$SEGEN" trace -o full/x.trace.json -- true
	is $st 125 'a full disk: status 125'
	has "$T/err" "^segen: .*'full/x.trace.json': No space left" 'a full disk: named'
	is "$(ls -A full)" filler 'a full disk: nothing half-written'
	saved=$(sed -n "s/^segen: .*; the trace is in '\(.*\)' instead$/\1/p" "$T/err")
	is "${saved%-*}" "$T/tmp/true" 'a full disk: the message says where the trace is'
	[ -n "$saved" ] && calls_of "$saved" | grep -q exit_group
	ok $? 'a full disk: there it is'
	run env TMPDIR="$T/full" "$SEGEN" trace -o full/x.trace.json -- true
	is $st 125 'no place at all: status 125'
	is "$(ls -A full)" filler 'no place at all: nothing half-written'

	run "$SEGEN" trace -q -o kept.trace.json --profile full/p.json -- sh -c 'exit 3'
	is $st 125 'only the profile fails: status 125'
	has "$T/err" "^segen: .*'kept.trace.json'.*'full/p.json': No space left" \
		'only the profile fails: the message names both'
	is "$(ls -A full)" filler 'only the profile fails: nothing half-written'
	run "$SEGEN" gen -o from-kept.json kept.trace.json
	is $st 0 'only the profile fails: the trace is whole' || diag_file "$T/err"
else
	skip 'a full disk' 'a tmpfs cannot be mounted here'
fi

if [ -e /dev/full ]; then
	export TMPDIR="$T"
	status 125 'a device that is full' trace -q --no-profile -o /dev/full -- true
fi
done_testing
