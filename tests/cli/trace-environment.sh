#!/bin/sh
# The workload keeps everything it would have without segen: standard streams, process
# group, terminal, folder, environment, signal dispositions and mask, limits, priorities.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen

# What a process inherits, as text.
cat >"$T/inherited.py" <<'E2'
import os, resource, signal, sys
print("args", sys.argv[1:])
print("cwd", os.getcwd(), "umask %o" % os.umask(0))
print("env", sorted(os.environ.items()))
print("ids", os.getresuid(), os.getresgid(), os.getgroups())
print("group of the caller", os.getpgid(0) == int(os.environ["CALLER_GROUP"]))
print("session of the caller", os.getsid(0) == int(os.environ["CALLER_SESSION"]))
print("nice", os.nice(0), os.sched_getscheduler(0), sorted(os.sched_getaffinity(0)))
for name in sorted(n for n in dir(resource) if n.startswith("RLIMIT_")):
    print(name, resource.getrlimit(getattr(resource, name)))
for line in open("/proc/self/status"):
    if line.startswith(("Sig", "Cap", "NoNewPrivs", "Seccomp:", "Groups", "THP")):
        if not line.startswith(("SigQ", "SigPnd")):
            print(line.strip())
for f in ("oom_score_adj", "timerslack_ns", "coredump_filter", "personality"):
    try:
        print(f, open("/proc/self/" + f).read().strip())
    except OSError as e:
        print(f, e.strerror)
for fd in sorted(int(f) for f in os.listdir("/proc/self/fd")):
    try:
        print("fd", fd, os.readlink("/proc/self/fd/%d" % fd))
    except OSError:
        pass
E2

# inherited OUT CMD…: run the program under CMD in an unusual but steady environment
inherited()
{
	out=$1
	shift
	CALLER_GROUP=$(ps -o pgid= -p $$ | tr -d ' ')
	CALLER_SESSION=$(ps -o sid= -p $$ | tr -d ' ')
	export CALLER_GROUP CALLER_SESSION
	(
		cd / && umask 027 && ulimit -n 99 && ulimit -s 4096 && ulimit -c 0
		trap '' USR1 WINCH
		exec python3 -c 'import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2, signal.SIGTERM])
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
os.nice(3)
os.dup2(1, 7)
os.execvp(sys.argv[1], sys.argv[1:])' "$@" python3 "$T/inherited.py" 'a b' ''
	) </dev/null >"$out" 2>"$T/err" 8>"$T/eight"
}

inherited "$T/native" env
has "$T/native" "^RLIMIT_NOFILE .99, 99" "without segen: what is inherited" || exit 1
for mode in full fast; do
	inherited "$T/out" "$SEGEN" trace -q --mode=$mode --observe=free --no-profile \
		-o "$T/t.json" --
	sed "s,$T/out,$T/native," "$T/out" >"$T/traced"
	same "$T/traced" "$T/native" "$mode: the workload inherits the same"
	diag_file "$T/err"
done

# stdin and stdout are the workload's.
printf 'one\ntwo\n' | "$SEGEN" trace -q --no-profile -o "$T/t.json" -- \
	sh -c 'read -r x; echo "read $x"; exec cat' >"$T/out"
is "$(cat "$T/out")" "read one
two" "stdin is the workload's, stdout holds nothing else"
"$SEGEN" trace --no-profile -o "$T/t.json" -- sh -c 'echo out; echo err >&2' \
	>"$T/out" 2>"$T/err" <&-
is "$(cat "$T/out")" out "with stdin closed"
"$SEGEN" trace -q --no-profile -o "$T/t.json" -- sh -c 'echo lost; exit 4' >&- 2>&-
is $? 4 "with stdout and stderr closed"

# The policy filter of --observe=base changes only what it says.
"$SEGEN" trace -q --no-profile -o "$T/t.json" -- sh -c 'echo $0 "$@"; ulimit -n' a 'b c' \
	>"$T/out"
is "$(cat "$T/out")" "$(sh -c 'echo $0 "$@"; ulimit -n' a 'b c')" \
	"under the base's rules"

# Traces hold command lines; profiles are for everybody whom the umask lets.
(umask 027 && "$SEGEN" trace -q -o "$T/mode.json" --profile "$T/modep.json" -- true)
is "$(stat -c %a "$T/mode.json" "$T/modep.json" | tr '\n' ' ')" "600 640 " \
	"files: a trace is for its owner alone, a profile has the modes of the umask"

# With the /proc of another PID namespace: its numbers are other processes.
if is_root; then
	run unshare -pf "$SEGEN" trace -q --no-profile -o "$T/other.json" -- mkdir "$T/made"
	is "$st" 0 "another /proc: the workload runs"
	has "$T/other.json" "belongs to another PID namespace: programs and stacks are unknown" \
		"another /proc: it is said"
	hasnt "$T/other.json" '"program"|"stack"' "another /proc: nothing is taken from it"
	has "$T/other.json" '"mkdir"' "another /proc: calls are recorded"
else
	skip "another /proc" "only root can have a PID namespace here"
fi

# As an unprivileged user: no privilege is needed.
install -D "$SEGEN" "$T/bin/segen"
as_user "$T/bin/segen" trace -q --no-profile -o t.json -- sh -c 'exit 3'
is $? 3 "an unprivileged user traces his own program"

# Nor may a workload of the same user look into segen, or change what it writes.
as_user sh -c 'exec 3<"/proc/$$/maps" && echo readable' >"$T/out" 2>&1
if grep -q readable "$T/out"; then
	as_user "$T/bin/segen" trace -q --no-profile -o t.json -- \
		sh -c 'head -n 1 "/proc/$PPID/maps"' >"$T/out" 2>"$T/err"
	is "$(cat "$T/out")" '' "a workload of the same user: segen's memory is closed to it"
	has "$T/err" 'Permission denied' "a workload of the same user: it is refused"
else
	skip "a workload of the same user: segen's memory" "/proc/PID/maps is closed here"
fi
as_user "$T/bin/segen" trace -q --append --no-profile -o t.json -- sh -c 'exit 3'
is $? 3 "a trace is appended to by an unprivileged user"
as_user sh -c 'echo "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mkdir\",
	\"getppid\"], \"action\": \"SCMP_ACT_ERRNO\"}]}" >few.json'
as_user "$T/bin/segen" verify --fix --until-clean 3 few.json -- \
	sh -c 'mkdir d && mkdir d/e' >"$T/out" 2>&1
is $? 0 "an unprivileged user verifies a profile in several rounds" || diag_file "$T/out"
if is_root; then
	for who in root user; do
		cd /
		as=
		[ $who = root ] || as=as_user
		$as "$T/bin/segen" trace -q --mode=full --no-profile -o "$T/home/$who.json" -- \
			sha256sum /etc/passwd >"$T/out"
		calls_of "$T/home/$who.json" >"$T/$who"
	done
	same "$T/user" "$T/root" "root records the same as an unprivileged user"
else
	skip "root records the same as a user" "needs root"
fi
done_testing
