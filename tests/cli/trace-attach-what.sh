#!/bin/sh
# What segen trace -p and --container attach to, whom they leave alone, and what they say
# when it cannot be.
. "$(dirname "$0")/../lib.sh"
need python3 unshare nsenter timeout strace
need_segen
cd "$T" || exit 99

attach()
{
	run timeout -s KILL 30 "$SEGEN" trace --no-profile "$@"
}

# fails PATTERN NAME ARGS…: status 125 and one line that matches
fails()
{
	fails_pattern=$1
	fails_name=$2
	shift 2
	attach "$@"
	is "$st $(wc -l <err)" "125 1" "$fails_name: an error of one line" || diag_file err
	has err "$fails_pattern" "$fails_name: which says why"
}

traced()
{
	sed -n 's/^TracerPid:[[:space:]]*//p' /proc/"$1"/task/*/status | grep -qv '^0$'
}

# child_of PID: the first one
child_of()
{
	cat "/proc/$1/task/$1/children" | cut -d ' ' -f 1
}

# --- what cannot be -------------------------------------------------------------------

sleep 100 &
sleeper=$!
defer "kill $sleeper"
fails 'there is no process 4194305' 'no process' -p 4194305
fails "'12x' is not a process id" 'no number' -p 12x
fails 'choose one' 'two things at once' -p "$sleeper" -- true
fails 'choose one' 'a process and a container' -p "$sleeper" --container x
fails "process $$ .*started segen" 'who started it' -p $$
run sh -c 'exec "$0" trace -p $$' "$SEGEN"
is "$st" 125 'itself: an error'
has err 'is segen itself' 'itself: which says why'
if grep -q kthreadd /proc/2/comm; then
	fails 'kthreadd. is a kernel thread' 'a kernel thread' -p 2
else
	skip 'a kernel thread' 'there are none in this namespace'
fi
python3 -c 'import os, time
pid = os.fork()
if pid == 0: os._exit(0)
print(pid, flush=True)
time.sleep(100)' >zombie &
defer "kill $!"
wait_for 5 test -s zombie
zombie=$(cat zombie)
wait_for 5 grep -q '^State:.Z' "/proc/$zombie/status"
fails 'has already ended' 'a zombie' -p "$zombie"
strace -f -p "$sleeper" -o /dev/null 2>/dev/null &
strace=$!
wait_for 5 traced "$sleeper"
fails "is already traced by process $strace .strace." 'a traced process' -p "$sleeper"
"$WORKLOADS/blocked" 3 >/dev/null &
other=$!
wait_for 5 sh -c "[ \$(ls /proc/$other/task | wc -l) -gt 5 ]"
fails "process $sleeper .*is already traced" 'one of two' -p "$other,$sleeper"
! traced "$other"
ok $? 'one of two: the other one is left alone'
kill "$strace"
wait "$strace"
if is_root; then
	run as_user "$SEGEN" trace -p "$sleeper"
	is "$st $(wc -l <err)" "125 1" 'another user: an error of one line' || diag_file err
	has err 'belongs to user 0: run segen as' 'another user: which says what to do'
else
	skip 'another user' 'needs root'
fi
ls >files
fails 'there is no process' 'a mistake' -p 4194305 -o mistake.json
[ ! -e mistake.json ]
ok $? 'a mistake: writes nothing'

# --- processes ------------------------------------------------------------------------

# An ordinary user's own.
cat >user.sh <<-'EOF'
	"$1" 2 >blocked.out & pid=$!
	sleep 0.3
	"$2" trace -q --no-profile -p $pid --for 200ms -o user.json || exit 1
	wait $pid
EOF
run as_user sh "$T/user.sh" "$WORKLOADS/blocked" "$SEGEN"
case $(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null) in
[123])
	is "$st" 1 'user: Yama forbids it'
	has err 'ptrace_scope' 'user: segen names the setting'
	;;
*)
	is "$st" 7 'user: attached to a process of their own' || diag_file err
	;;
esac

# Several, as a list, by words, by a thread; what they start, not what they had started.
script='sleep 60 & while :; do mkdir "$0"; rmdir "$0"; sleep 0.1; done'
sh -c "$script" one &
one=$!
sh -c "$script" two &
two=$!
defer "kill $one $two; kill $(child_of $one) $(child_of $two)"
wait_for 5 sh -c "ls -d one && ls -d two"
attach -q -p "$one,$two" --for 600ms -o list.json
is "$st" 0 'a list of processes'
attach -q -p "$one $two" -p "$one" --for 600ms -o words.json
is "$st" 0 'words as pidof prints them'
python3 - list.json words.json <<-'EOF'
	import json, sys
	for path in sys.argv[1:]:
	    t = json.load(open(path))
	    calls = t["calls"]["x86_64" if "x86_64" in t["calls"] else "aarch64"]
	    run = t["runs"][0]
	    assert run["command"][:2] == ["sh", "-c"], run
	    assert run["processes"] > 4, run
	    assert "mkdir" in calls or "mkdirat" in calls, list(calls)
	    assert "execve" in calls, list(calls)
EOF
ok $? 'what both have started since is recorded'
"$WORKLOADS/blocked" 2 >/dev/null &
defer "kill $!"
wait_for 5 sh -c "[ \$(ls /proc/$!/task | wc -l) -gt 6 ]"
attach -q -p "$(ls "/proc/$!/task" | tail -n 1)" --for 100ms -o thread.json
is "$st" 0 "a thread's number"
has thread.json '"threads": 7' "stands for its process"

# The first thread has ended.
"$WORKLOADS/leader-exit" 2 >/dev/null &
leader=$!
wait_for 5 grep -q '^State:.Z' "/proc/$leader/status"
attach -q -p "$leader" -o leader.json
is "$st" 0 'the first thread has ended: attached all the same'
has leader.json '"getsid"' 'the first thread has ended: what the others do is recorded'
wait "$leader"
is $? 9 'the first thread has ended: its status'

# Names, options, drift.
attach -q -p "$one" --for 500ms
is "$(ls ./*.trace.json)" "./$(basename "$(readlink /proc/$one/exe)").trace.json" \
	'the files are named after the program'
attach -q -p "$one" --for 500ms --append -o list.json
is "$(grep -c '"command"' list.json)" 2 '--append adds a run'
attach -q -p "$one" --for 500ms --known list.json --new-is-error -o same.json
is "$st" 0 'no drift'
attach -q -p "$sleeper,$one" --for 500ms --known thread.json --new-is-error -o new.json
is "$st" 3 'drift'
has err 'new: wait4' 'drift: is named'
if [ -x "$WORKLOADS/abi32" ]; then
	sh -c 'kill -STOP $$; exec "$0"' "$WORKLOADS/abi32" >/dev/null &
	small=$!
	wait_for 5 grep -q '^State:.T' "/proc/$small/status"
	timeout -s KILL 30 "$SEGEN" trace -q -p "$small" --no-profile -o abi32.json &
	tracer=$!
	wait_for 5 traced "$small"
	kill -CONT "$small"
	wait "$small"
	small_status=$?
	wait "$tracer"
	is "$? $small_status" "0 0" '32 bits: traced to its end'
	calls_of abi32.json >calls
	has calls '^(i386|arm) exit_group ' '32 bits: under its own ABI'
else
	skip '32 bits' 'the compiler makes no 32-bit programs'
fi

# --- containers, without an engine ----------------------------------------------------

if ! is_root; then
	skip 'containers' 'needs root'
	done_testing
fi

# A client that knows one container, and how it is.
mkdir bin
cat >bin/docker <<-'EOF'
	#!/bin/sh
	case $* in
	"container inspect -f "*" web" | "container inspect -f "*" 0123abcd")
		cat "$ANSWER"
		;;
	*)
		echo "Error: No such container: $5" >&2
		exit 1
		;;
	esac
EOF
sed 's/Error/podman/' bin/docker >bin/podman
sed 's/^[[:space:]]*"container.*/nothing)/' bin/docker >bin/nerdctl
chmod 755 bin/*
PATH="$T/bin:$PATH"
export ANSWER="$T/answer"

cat >inside.sh <<-'EOF'
	unshare -fp sh -c 'while :; do sleep 0.1; rm -f nested; ln -s x nested; done' &
	while :; do
		sleep 0.1
		mkdir d
		rmdir d
	done
EOF
unshare -fpm --mount-proc --kill-child sh inside.sh &
outer=$!
defer "kill -9 $outer"
wait_for 5 sh -c "[ -L nested ] && ls -d d"
init=$(child_of "$outer")
echo "$init running /web" >answer
timeout -s KILL 30 "$SEGEN" trace -q --container web --for 1s -o web.json &
tracer=$!
wait_for 5 traced "$init"
nsenter -t "$init" -m -p sh -c 'sleep 0.4; chmod 700 "$0"' "$T/bin"
wait "$tracer"
is $? 0 'container: attached and detached'
! traced "$init"
ok $? 'container: nobody traces it afterwards'
phase workload web.json >workload
phase exec web.json >exec
has workload '^mkdir' 'container: its processes'
has workload '^symlink' 'container: and those of namespaces inside of it'
has exec '^f?chmod' 'container: what comes into it is recorded'
hasnt workload '^(setns|unshare)' 'container: who enters it is not part of it yet'
has web.json 'no seccomp filter' 'container: that it has no filter is in the trace'
has web.json 'CAP_CHOWN' 'container: as are its capabilities'
"$SEGEN" gen web.json -o web.seccomp.json 2>/dev/null
has web.seccomp.json 'runtime floor' 'container: the runtime is provided for'
run timeout -s KILL 30 "$SEGEN" trace -q --container docker:0123abcd --for 100ms
[ "$st" -eq 0 ] && [ -s web.trace.json ] && [ -s web.seccomp.json ]
ok $? 'container: by its id; the files have its name' || diag_file err
fails "no container 'wab'; docker: Error.*; podman: podman.*; nerdctl: " 'no container' \
	--container wab
fails "no container 'web'; nerdctl: Error: No such container: web" 'no container there' \
	--container nerdctl:web
echo "0 exited /web" >answer
fails "'web' is not running .exited.; start it" 'stopped' --container web
echo "$sleeper running /web" >answer
fails "not seem to run on this machine: process $sleeper" 'elsewhere' --container web
echo "4194305 running /web" >answer
fails "'web': there is no process" 'gone' --container web
echo "$init running /web" >answer
run env PATH="$T/none" "$SEGEN" trace --container web
has err 'is installed .*; use -p' 'no client: what to do'
timeout -s KILL 30 "$SEGEN" trace -q --container web -o end.json 2>err &
tracer=$!
wait_for 5 traced "$init"
sleep 0.5
kill -9 "$outer"
wait "$tracer"
is $? 0 'container: when it ends, so does segen' || diag_file err
has end.json '"exit": 137' 'container: with its status'
done_testing
