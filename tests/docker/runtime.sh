#!/bin/sh
# Containers under segen-runtime: they behave as under runc, what they do is recorded from
# their filter on, and with the profile made of it, without any other provision for the
# runtime, they run under plain runc.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3
need_segen runtime
need_engine
ROUNDS=${ROUNDS:-4}
export SEGEN_STATE="$T/state"
RT=$(dirname "$SEGEN")/segen-runtime
printf '#!/bin/sh\nSEGEN_MODE=full exec "%s" "$@"\n' "$RT" >"$T/full"
chmod 755 "$T/full"
engine_start --add-runtime "segen=$RT" --add-runtime "segen-full=$T/full"
engine_images
cd "$T" || exit 1

# collect ID NAME: the trace of a container that has ended
collect()
{
	run "$SEGEN" runtime --collect "$1" -o "$2.trace.json"
	ok "$st" "$2: the trace is collected" || diag_file "$T/err"
}

# both NAME OPTIONS… IMAGE CMD…: the same output and status with and without segen
both()
{
	both_name=$1
	shift
	drun "$@" </dev/null >want 2>&1
	echo "status $?" >>want
	rm -f cid
	drun --cidfile cid --runtime segen "$@" </dev/null >got 2>&1
	echo "status $?" >>got
	same want got "$both_name: output and status are those of runc"
	collect "$(cat cid)" "$both_name"
}

# alone NAME OPTIONS… IMAGE CMD…: recorded, then ROUNDS times under its own profile
alone()
{
	both "$@"
	alone_name=$1
	shift
	run "$SEGEN" gen "$alone_name.trace.json" -o "$alone_name.seccomp.json"
	ok "$st" "$alone_name: a profile is made" || diag_file "$T/err"
	has "$alone_name.seccomp.json" 'runtime floor: runc >= 1.2' \
		"$alone_name: the profile provides for newer versions of runc"
	hasnt "$alone_name.seccomp.json" 'crun|docker-init' \
		"$alone_name: the profile holds nothing for another runtime"
	bad=0
	for _ in $(seq "$ROUNDS"); do
		drun --security-opt "seccomp=$alone_name.seccomp.json" "$@" \
			</dev/null >got 2>&1
		echo "status $?" >>got
		cmp -s got want || {
			bad=$((bad + 1))
			cp got differs
		}
	done
	is "$bad" 0 "$alone_name: $ROUNDS runs under its profile, each the same" ||
		diag_file differs
}

script='echo $$; mkdir /tmp/d; echo a >/tmp/d/f; cat /tmp/d/f | wc -c; ls /; rm -r /tmp/d
	grep -E "^(Seccomp|NoNewPrivs|CapBnd|Cpus_allowed):" /proc/self/status; exit 3'
alone true bb true
alone script bb sh -c "$script"
alone nnp --security-opt no-new-privileges bb sh -c "$script"
alone user --user 1000 bb sh -c "$script"
alone bare --cap-drop ALL --read-only --tmpfs /tmp bb sh -c "$script"
if [ -x "$T/musl/bin/alpine-app-musl" ]; then
	alone musl musl alpine-app-musl
else
	skip musl "there is no musl-gcc"
fi
alone glibc glibc alpine-app
both unconfined --security-opt seccomp=unconfined bb sh -c "$script"
has unconfined.trace.json "has no seccomp filter" "unconfined: the trace says so"
has true.trace.json '"observe": "container"' "true: the trace says where it was observed"
has true.trace.json '"runtime": "runc"' "true: the trace says that runc started it"
has true.trace.json CAP_SYS_CHROOT "true: the trace has the container's capabilities"
has bare.trace.json '"caps": \[\]' "bare: the trace says that it has no capabilities"

# A service: signals, exec, logs, stop.
id=$(docker_ run -d --network none --runtime segen bb sh -c '
	trap "echo usr1" USR1; trap "echo term; exit 7" TERM; echo ready
	while :; do sleep 0.1; done')
wait_for 10 sh -c "docker -H unix://$ENGINE/s logs $id | grep -q ready"
docker_ kill -s USR1 "$id" >/dev/null
run docker_ exec "$id" sh -c 'chmod 700 /tmp; echo inside; exit 5'
is "$st $(cat out)" "5 inside" "service: docker exec has its output and status"
run docker_ exec "$id" sh -c 'unshare -m true 2>&1; exit 0'
docker_ top "$id" >out
has out 'sleep|sh -c' "service: docker top shows the programs"
run "$SEGEN" runtime --collect "$id" -o no.json
is "$st" 1 "service: cannot be collected while it runs"
has err "still running" "service: segen says why it cannot be collected"
docker_ stop "$id" >/dev/null
is "$(docker_ logs "$id" | tr '\n' ' ')" "ready usr1 term " "service: signals and logs"
is "$(docker_ inspect -f '{{.State.ExitCode}}' "$id")" 7 "service: docker stop"
docker_ rm "$id" >/dev/null
collect "$(echo "$id" | cut -c1-12)" service
phase exec service.trace.json >got
has got '^chmod$' "service: what was executed in it is marked"
phase workload service.trace.json >got
has got '^rt_sigaction$' "service: the workload is marked as such"
has service.trace.json '"unshare"' "service: a refused call is in the trace"
"$SEGEN" gen service.trace.json -o service.seccomp.json 2>/dev/null
python3 -c 'import json, sys
sys.exit(any("unshare" in r["names"] and not r.get("includes", {}).get("caps")
             for r in json.load(open("service.seccomp.json"))["syscalls"]
             if r["action"] == "SCMP_ACT_ALLOW"))'
ok $? "service: a refused call is not in the profile"
[ ! -e "$SEGEN_STATE/$id" ]
ok $? "service: what was collected is removed"

# segen trace -- docker run …: the same in one step.
client="docker -H unix://$ENGINE/s"
run "$SEGEN" trace -- $client run --rm --network none bb sh -c 'echo out; exit 4'
is "$st $(cat out)" "4 out" "trace: status and output of the container" || diag_file err
run drun --security-opt seccomp=bb.seccomp.json bb sh -c 'echo out; exit 4'
is "$st $(cat out)" "4 out" "trace: the container runs under the profile"
hasnt bb.seccomp.json 'crun|docker-init' "trace: nothing is there for another runtime"
run "$SEGEN" trace -q -o bg.trace.json -- $client run -d --network none bb \
	sh -c 'sleep 1; chmod 700 /tmp'
is "$st" 0 "trace: a container in the background is started"
has bg.trace.json '"chmod"' "trace: a container in the background is recorded until it stops"
docker_ rm "$(cat out)" >/dev/null
run "$SEGEN" trace -q -- $client run --rm --network none --runtime none bb true
is "$st" 125 "trace: a runtime that the engine does not know is refused"
has err "'--runtime none' is not a runtime" "trace: the message names the runtime"
run "$SEGEN" trace -q -- $client create bb
has err 'only a client' "trace: docker create is explained"
run "$SEGEN" trace -q --host -o host.trace.json -- $client ps
is "$st" 0 "trace: a client can be recorded"

# The recorder is killed: nothing claims to be a trace, and the container does not notice
# when it is followed call by call, or ends when it depends on the recorder.
recorder_of()
{
	sed -n 's/^TracerPid:[[:space:]]*//p' \
		"/proc/$(docker_ inspect -f '{{.State.Pid}}' "$1")/status"
}

# shared_pipes PID: its pipes and sockets that another process holds, too
shared_pipes()
{
	ls -l "/proc/$1/fd" | grep -o '\(pipe\|socket\):.*' | sort -u | while read -r pipe; do
		ls -l /proc/[0-9]*/fd 2>/dev/null | awk -v p="$pipe" -v own="/proc/$1/fd:" '
			/^\/proc/ { other = $0 != own }
			other && $NF == p { print p; exit }'
	done
}

# recorded RUNTIME NAME: a service; its id in $id, its recorder in $pid
recorded()
{
	id=$(docker_ run -d --network none --runtime "$1" bb sh -c '
		trap "exit 8" TERM; n=0; echo ready; while :; do n=$((n + 1)); sleep 0.02; done')
	wait_for 10 sh -c "docker -H unix://$ENGINE/s logs $id | grep -q ready"
	pid=$(recorder_of "$id")
	isnt "$pid" 0 "$2: there is a recorder"
	is "$(shared_pipes "$pid")" "" "$2: the recorder holds no pipe of another process"
}

exit_code()
{
	docker_ inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$id"
}

ended()
{
	[ "$(exit_code | cut -d' ' -f1)" = exited ]
}

for sig in KILL TERM; do
	recorded segen-full "full, SIG$sig"
	kill "-$sig" "$pid"
	wait_for 5 gone "$pid"
	sleep 0.3
	is "$(recorder_of "$id")" 0 "full, SIG$sig: the container goes on without it"
	docker_ stop "$id" >/dev/null
	is "$(exit_code)" "exited 8" "full, SIG$sig: the container ends as it should"
	docker_ rm "$id" >/dev/null
	run "$SEGEN" runtime --collect "$id" -o killed.json
	case $sig in
	KILL) has err "interrupted" "full, SIGKILL: segen says that there is no trace" ;;
	TERM) has killed.json "ended before the container" "full, SIGTERM: the trace says so" ;;
	esac

	recorded segen "fast, SIG$sig"
	kill "-$sig" "$pid"
	wait_for 10 ended
	case $sig in
	KILL) is "$(exit_code)" "exited 137" "fast, SIGKILL: the container ends, the engine sees it" ;;
	TERM) is "$(exit_code)" "exited 8" "fast, SIGTERM: the container is told to end" ;;
	esac
	docker_ rm "$id" >/dev/null
	run "$SEGEN" runtime --collect "$id" -o killed.json
	case $sig in
	KILL) has err "interrupted" "fast, SIGKILL: segen says that there is no trace" ;;
	TERM) has killed.json '"exit": 8' "fast, SIGTERM: the trace is whole" ;;
	esac
done

# What cannot be started is the engine's error; what cannot be recorded runs.
run drun bb /no/such/program
cp err want
want_st=$st
run drun --runtime segen bb /no/such/program
is "$st" "$want_st" "no such program: the status of runc"
# The client tells of its own hurry or not, as it comes.
for file in want err; do
	sed '/error waiting for container/d; s/[0-9a-f]\{64\}/ID/' $file >$file.id
done
same want.id err.id "no such program: the error of runc"
echo >"$T/file"
SEGEN_STATE="$T/file/x" run "$RT" --version
is "$st $(cat out)" "0 $(runc --version)" "other commands: are passed on"
SEGEN_RUNTIME="$RT" run "$RT" --version
is "$st" 1 "segen-runtime: is not a runtime for itself"
run "$RT" restore x
has err "cannot be recorded" "restore: is refused"
rm -rf "$SEGEN_STATE"
echo >"$SEGEN_STATE"
run drun --runtime segen bb echo hello
is "$st $(cat out)" "0 hello" "no place for the trace: the container runs"
done_testing
