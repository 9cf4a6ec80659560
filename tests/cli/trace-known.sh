#!/bin/sh
# The drift alarm: --known and --new-is-error, from profiles and from traces.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen
cd "$T" || exit 99

cat >job.py <<'EOS'
import os, socket, sys, threading

thread = threading.Thread(target=lambda: socket.socket(socket.AF_UNIX).close())
thread.start()
thread.join()
if "family" in sys.argv:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
if "mkdir" in sys.argv:
    os.mkdir("made")
EOS
python=$(readlink -f "$(command -v python3)")
alarm()
{
	rm -rf made
	run "$SEGEN" trace -q --new-is-error -o now.json "$@"
}

run "$SEGEN" trace -q -o job.trace.json -- python3 job.py
is "$st" 0 'recording: the job succeeds'
has job.seccomp.json 'SCMP_CMP_MASKED_EQ' 'recording: the profile has conditions'

alarm --known job.seccomp.json -- python3 job.py
is "$st" 0 'the same job, known by its profile: no alarm'
is "$(cat err)" '' 'the same job, known by its profile: nothing is new'
alarm --known job.trace.json -- python3 job.py
is "$st" 0 'the same job, known by its trace: no alarm'

alarm --known job.seccomp.json -- python3 job.py mkdir
is "$st" 3 'another call: exit status 3'
has err "^segen: new: mkdir by '$python'" 'another call: its name and the program'
has err 'arguments 0x[0-9a-f]+ 0x1ff ' 'another call: its arguments'
has err 'from [a-z_]*mkdir\+0x[0-9a-f]+ \(libc' 'another call: its stack'
is "$(grep -c 'new:' err)" 1 'another call: no false alarm beside it'

# Known by arguments: a family that the profile does not let in.
run "$SEGEN" gen --args socket -o narrow.json job.trace.json
alarm --known narrow.json -- python3 job.py
is "$st" 0 'the same arguments: no alarm'
alarm --known narrow.json -- python3 job.py family
is "$st" 3 'other arguments: exit status 3'
has err '^segen: new: socket by' 'other arguments: the call is named'

alarm -- true
is "$st" 125 '--new-is-error without --known: a usage error'
has err 'needs --known FILE' '--new-is-error without --known: says what is missing'
[ ! -e now.json ] || rm now.json
done_testing
