#!/bin/sh
# Exit statuses and failures of segen trace: whatever fails, the message says what and
# where, nothing is half-written, and what was recorded is not lost.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen
cd "$T" || exit 1

trace()
{
	rm -f "$T/t.json" "$T/p.json"
	run "$SEGEN" trace -o "$T/t.json" --profile "$T/p.json" "$@"
}

# refused STATUS ERE NAME: it ended so, said so, and left nothing behind
refused()
{
	is "$st" "$1" "$3: status $1" || diag_file "$T/err"
	has "$T/err" "$2" "$3: says why"
	is "$(ls "$T"/t.json* "$T"/p.json* 2>/dev/null)" "" "$3: leaves no file"
}

for status in 0 1 77 255; do
	trace -- sh -c "exit $status"
	is "$st" "$status" "exit status $status is passed through"
done
for signal in 1 2 3 6 9 10 11 15; do
	trace -- sh -c "ulimit -c 0; kill -$signal \$\$; sleep 1"
	is "$st" $((128 + signal)) "signal $signal is 128 + its number"
done
[ -s t.json ] && [ -s p.json ]
ok $? "both files are written when the workload fails"

trace -- no-such-program-here
refused 127 "no-such-program-here" "a missing program"
trace -- ./no/such/program
refused 127 "no/such/program" "a missing path"
trace -- /
refused 126 "'?/'?" "a folder as program"
echo text >plain
trace -- ./plain
refused 126 "plain" "a file that cannot be executed"
echo 'exit 8' >text
chmod 755 text
trace -- ./text
is "$st" 8 "a file of commands without #!: run by sh, as execvp does"
printf '#!/no/such/interpreter\n' >script
chmod 755 script
trace -- ./script
refused 126 "script.*interpreter" "a script without its interpreter"
trace --no-such-option -- true
refused 125 "no-such-option" "an unknown option"
trace
refused 125 "command" "no command"
trace --base "$T/plain" -- sh -c "touch $T/ran"
refused 125 "plain" "a base that is not JSON"
[ ! -e ran ]
ok $? "a base that is not JSON: found before the workload is started"

# Where nothing can be written the workload must not run for nothing.
run "$SEGEN" trace -o /no/such/folder/t.json -- sh -c "touch $T/ran"
is "$st" 125 "an unwritable output: status 125"
has "$T/err" "/no/such/folder" "an unwritable output: says where"
run "$SEGEN" trace -o "$T" -- sh -c "touch $T/ran"
is "$st" 125 "a folder as output: status 125"

# Where the profile cannot be written: found before the run.
run "$SEGEN" trace -o "$T/t.json" --profile /no/such/folder/p.json -- \
	sh -c "touch $T/ran"
is "$st" 125 "an unwritable profile: status 125"
has "$T/err" "/no/such/folder" "an unwritable profile: says where"
[ ! -e "$T/ran" ]
ok $? "an unwritable profile: found before the workload is started"

# A full disk.
if is_root && mkdir -p small && mount -t tmpfs -o size=8k none small 2>/dev/null; then
	defer "umount $T/small"
	run "$SEGEN" trace -o "$T/small/t.json" --profile "$T/p.json" -- ls -lR /etc/apt/
	is "$st" 125 "a full disk: status 125"
	has "$T/err" "[Nn]o space left" "a full disk: says so"
	is "$(ls -A small)" "" "a full disk: nothing half-written"
	dd if=/dev/zero of=small/fill 2>/dev/null
	run "$SEGEN" trace -o "$T/full.json" --profile "$T/small/p.json" -- ls -lR /etc/apt/
	is "$st" 125 "a full disk for the profile: status 125"
	calls_of "$T/full.json" >"$T/calls"
	has "$T/calls" " getdents64 " "a full disk for the profile: the trace is kept"
	is "$(ls -A small)" fill "a full disk for the profile: nothing half-written"
else
	skip "a full disk" "mounting a small tmpfs needs root"
fi

# A limit on the size of files (some shells count KiB, others blocks).
mkdir -p limit tmp
cat >limited <<-EOF
	ulimit -f 4
	export TMPDIR="$T/tmp"
	exec "$SEGEN" trace -o "$T/limit/t.json" -- ls -lR /etc/apt/
EOF
run sh limited
is "$st" 125 "a file size limit: status 125" || diag_file err
has "$T/err" "File too large" "a file size limit: the error says so" || diag_file err
is "$(ls -A limit tmp | grep -v :)" "" "a file size limit: no file is left"
run "$SEGEN" trace -q --no-profile -o xfsz.json -- sh -c 'kill -XFSZ $$'
is "$st" 153 "a file size limit: the signal still ends a workload"

# An earlier trace survives a run that cannot be merged into it.
echo '{"segen-trace": 1, "runs": oops' >broken.json
cp broken.json before.json
run "$SEGEN" trace --append -o "$T/broken.json" --no-profile -- true
is "$st" 125 "--append to a broken trace: status 125"
has "$T/err" "broken.json" "--append to a broken trace: says which"
same broken.json before.json "--append to a broken trace: leaves it as it was"

# Default names.
mkdir names && cd names || exit 1
run "$SEGEN" trace -- /bin/true
is "$(ls)" "true.seccomp.json
true.trace.json" "default names are those of the command"
run "$SEGEN" trace --append -- /bin/true
is "$st $(python3 -c 'import json; print(len(json.load(open("true.trace.json"))["runs"]))')" \
	"0 2" "--append adds a run"
run "$SEGEN" trace --no-profile -o only.json -- /bin/true
[ -e only.json ] && [ ! -e only.seccomp.json ]
ok $? "--no-profile writes the trace only"
done_testing
