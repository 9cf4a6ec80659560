#!/bin/sh
# segen trace --container: a container that runs is recorded, with what is executed in it
# meanwhile, and does not notice.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3 timeout
need_segen
need_engine
export SEGEN_STATE="$T/state"
engine_start --add-runtime "segen=$(dirname "$SEGEN")/segen-runtime"
engine_images
cd "$T" || exit 1
export DOCKER_HOST="unix://$ENGINE/s"

# counts FILE: the numbers from 1 on, one per line, with nothing missing
counts()
{
	awk '$1 != NR { bad = 1 } END { exit bad || NR < 10 }' "$1"
}

pid_of()
{
	docker inspect -f '{{.State.Pid}}' "$1"
}

traced()
{
	! grep -q '^TracerPid:.0$' "/proc/$1/status"
}

# service NAME OPTIONS…: counts, makes and removes a folder, and ends by 7 when told so
service()
{
	service_name=$1
	shift
	docker run -d --name "$service_name" --network none "$@" bb sh -c '
		trap "exit 7" TERM; trap "mkdir /tmp/usr1" USR1
		n=0
		while :; do
			n=$((n + 1)); echo $n
			mkdir /tmp/d; rmdir /tmp/d; sleep 0.05
		done' 2>err
	wait_for 10 sh -c "docker logs $service_name | grep -q ."
}

# undisturbed NAME LABEL: it counts on, and ends as it should
undisturbed()
{
	before=$(docker logs "$1" | wc -l)
	wait_for 10 sh -c "[ \$(docker logs $1 | wc -l) -gt $((before + 10)) ]"
	ok $? "$2: the container goes on"
	docker stop -t 5 "$1" >/dev/null
	is "$(docker inspect -f '{{.State.ExitCode}}' "$1")" 7 "$2: and ends as it should"
	docker logs "$1" >log
	counts log
	ok $? "$2: its output is whole" || diag_file log
	docker rm "$1" >/dev/null
}

# attach ARGS…
attach()
{
	run timeout -s KILL 60 "$SEGEN" trace "$@"
}

# By its name, with docker exec and a signal while it is traced.
id=$(service web)
timeout -s KILL 60 "$SEGEN" trace --container web --for 3s >out 2>err &
tracer=$!
wait_for 10 traced "$(pid_of web)"
is "$(docker exec web sh -c 'sleep 0.5; chmod 700 /tmp; echo inside; exit 5'; echo $?)" \
	"inside
5" "web: docker exec while it is traced"
docker kill -s USR1 web >/dev/null
wait "$tracer"
is $? 0 "web: attached, and detached" || diag_file err
! traced "$(pid_of web)"
ok $? "web: nobody traces it afterwards"
has err "'web' was recorded for" "web: the summary"
phase workload web.trace.json >workload
phase exec web.trace.json >exec
has workload '^mkdir$' "web: what it does is recorded"
has workload '^rt_sigreturn$' "web: what a signal makes it do, too"
has exec '^chmod$' "web: and what is executed in it, marked"
hasnt exec '^rmdir$' "web: unlike the rest"
for call in setns capset seccomp mount pivot_root; do
	hasnt web.trace.json "\"$call\"" "web: the runtime's $call is not"
done
has web.trace.json '"observe": "container"' "web: under the engine's rules"
has web.trace.json CAP_AUDIT_WRITE "web: with its capabilities"
has web.trace.json '"command": \["sh", "-c"' "web: with its command line"
has web.seccomp.json 'runtime floor' "web: the profile provides for the runtime"
attach -q --container "$(echo "$id" | cut -c1-12)" --for 200ms --append -o web.trace.json
is "$st" 0 "web: by its id"
is "$(grep -c '"command"' web.trace.json)" 2 "web: a second run in the same trace"
undisturbed web web
service web2 --security-opt seccomp=web.seccomp.json >/dev/null
undisturbed web2 "web2, under the profile"

# Killed in the middle of it.
service killed >/dev/null
for delay in 0.05 0.2 0.5; do
	"$SEGEN" trace -q --no-profile --container killed -o killed.json 2>/dev/null &
	tracer=$!
	wait_for 10 traced "$(pid_of killed)"
	sleep $delay
	kill -9 $tracer
	wait $tracer 2>/dev/null
done 2>/dev/null
undisturbed killed killed

# Of other kinds.
service bare --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges >/dev/null
attach -q --container bare --for 300ms -o bare.json
has bare.json '"caps": \["CAP_CHOWN"\]' "bare: its capabilities"
has bare.json 'no-new-privileges' "bare: that it runs with no-new-privileges"
undisturbed bare bare
service open --security-opt seccomp=unconfined >/dev/null
attach -q --container docker:open --for 300ms -o open.json
has open.json 'no seccomp filter' "open: that it has no filter"
has open.json '"observe": "free"' "open: so it is free"
undisturbed open open

# In the PID namespace of the host: its cgroup tells who belongs to it.
service host --pid host >/dev/null
timeout -s KILL 60 "$SEGEN" trace -q --container host --for 2s -o host.json 2>err &
tracer=$!
wait_for 10 traced "$(pid_of host)"
docker exec host sh -c 'sleep 0.5; chmod 700 /tmp'
wait "$tracer"
is $? 0 "host: attached" || diag_file err
phase workload host.json >workload
phase exec host.json >exec
has workload '^mkdir$' "host: what it does is recorded"
has exec '^chmod$' "host: and what is executed in it"
hasnt host.json '"epoll_pwait"' "host: and of nobody else"
undisturbed host host

# Its processes may come as fast as they can.
docker run -d --name storm --network none bb sh -c '
	n=0; while :; do for i in 1 2 3 4 5 6 7 8; do (true) & done; wait; true | true
	n=$((n + 1)); echo $n; done' >/dev/null
wait_for 10 sh -c "docker logs storm | grep -q ."
bad=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	attach -q --container storm --for 50ms -o storm.json --no-profile
	[ "$st" -eq 0 ] || bad=$((bad + 1))
done
is "$bad" 0 "storm: attached again and again" || diag_file err
docker kill storm >/dev/null
docker logs storm >log
counts log
ok $? "storm: its output is whole"
docker rm storm >/dev/null

# What cannot be.
docker run -d --name own --runtime segen --network none bb sleep 100 >/dev/null
attach -q --container own -o own.json
is "$st" 125 "own: is being recorded already"
has err 'already traced by process .*segen' "own: which segen says"
docker kill own >/dev/null
attach -q --container own
has err "'own' is not running .exited." "own: has ended"
attach -q --container nothing
has err "no container 'nothing'; docker: .*[Nn]o such" "nothing: is not known"
done_testing
