#!/bin/sh
# A container under segen-runtime is like one under runc: what it sees of itself, terminals,
# signals, docker exec and all that an engine does with a container.  Each scene is played
# under runc, under segen, and under segen in full mode; the outputs have to be equal.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3 stty
need_segen runtime
need_engine
CONTAINERS=${CONTAINERS:-50}
export SEGEN_STATE="$T/state"
RT=$(dirname "$SEGEN")/segen-runtime
printf '#!/bin/sh\nSEGEN_MODE=full exec "%s" "$@"\n' "$RT" >"$T/full"
chmod 755 "$T/full"
engine_start --add-runtime "segen=$RT" --add-runtime "full=$T/full"
engine_images
client="docker -H unix://$ENGINE/s"
cd "$T" || exit 1

# scene NAME CMD…: CMD starts its containers with --runtime $rt
scene()
{
	scene_name=$1
	shift
	for rt in runc segen full; do
		rm -f cid
		"$@" </dev/null >"$scene_name.$rt" 2>&1
		echo "status $?" >>"$scene_name.$rt"
		[ $rt = runc ] || same "$scene_name.runc" "$scene_name.$rt" "$scene_name, $rt"
		[ -z "$($client ps -q)" ] || $client rm -f $($client ps -q) >/dev/null
	done
}

# seen NAME ERE: what runc did is what the scene is about
seen()
{
	has "$1.runc" "$2" "$1: it is about $2"
}

# background OPTIONS… IMAGE CMD…: in $id
background()
{
	id=$($client run -d --network none --runtime "$rt" "$@") || return
	wait_for 10 sh -c "$client logs $id 2>&1 | grep -q ready" || echo "not ready"
}

state()
{
	$client inspect -f "{{.State.Status}} {{.State.ExitCode}} ${1-}" "$id"
}

is_state()
{
	[ "$(state "$1")" = "$2" ]
}

remove()
{
	$client rm -f "$id" >/dev/null
}

# --- what it sees of itself -----------------------------------------------------------

# Everything but what differs from one run to the next under runc, too, and the number of
# filters: in fast mode segen puts its own beside the container's.
look='
	exec 2>/dev/null; ls -l /proc/1/fd >/tmp/fd
	sed -E "/^(State|Vm|Rss|Hugetlb|SigQ|voluntary|nonvoluntary|Seccomp_filters)/d" /proc/1/status
	cat /proc/1/limits /proc/1/oom_score_adj /proc/1/timerslack_ns /proc/1/personality
	tr "\0" "\n" </proc/1/environ | sort; tr "\0" " " </proc/1/cmdline; echo
	sed -E "s/.* [0-9:]+ ([0-9]+ ->)/\1/; s/[0-9]{3,}/N/" /tmp/fd
	cut -d" " -f4-8 /proc/1/stat; ls -l /proc/1/exe | sed "s/.*->//"
	sed -E "s/^[0-9]+ [0-9]+ [0-9:]+ //; s/[0-9a-f]{64}/ID/g; s/master:[0-9]+//
		s#(lowerdir|upperdir|workdir)=[^ ,]*##g" /proc/1/mountinfo
	sed -E "s/[0-9a-f]{64}/ID/" /proc/1/cgroup; umask; id; pwd; ls -a / | wc -l'
look_at()
{
	$client run --rm --hostname h --network none --tmpfs /tmp --runtime "$rt" "$@" \
		bb sh -c "$look"
}
n=0
while read -r options; do
	n=$((n + 1))
	scene "look-$n" look_at $options
	[ "$(wc -l <"look-$n.runc")" -gt 60 ]
	ok $? "look-$n: ${options:-no options}: there is much to see" || diag_file "look-$n.runc"
done <<'OPTIONS'

--user 1000:1000 --cap-drop ALL --read-only --security-opt no-new-privileges
--init --ulimit nofile=100:200 -w /tmp -e A=b --ipc host --shm-size 1m
--cap-add SYS_ADMIN --security-opt seccomp=unconfined --oom-score-adj 100
OPTIONS

join()
{
	background --name first --ipc shareable bb sh -c 'echo ready; exec sleep 100'
	$client run --rm --runtime "$rt" --network container:first --pid container:first \
		--ipc container:first bb sh -c 'tr "\0" " " </proc/1/cmdline; echo $(($$ > 1))'
	remove
	$client run --rm --runtime "$rt" --network none --pid host bb sh -c '
		[ "$(tr "\0" " " </proc/1/cmdline)" ] && echo $(($$ > 1)); exit 4'
}
scene join join
seen join 'sleep 100 1'
seen join 'status 4'

# --- terminals and pipes --------------------------------------------------------------

pipes()
{
	seq 20000 | $client run -i --rm --network none --runtime "$rt" bb \
		sh -c 'md5sum; echo err >&2; exit 4' 2>err
	echo "$?"
	cat err
	background -i bb sh -c 'echo ready; read line; echo "read $line"'
	# what the attached client prints may come before or after the line is logged
	echo hello | $client attach "$id" >/dev/null
	wait_for 10 is_state '' 'exited 0 '
	$client logs "$id"
	remove
}
scene pipes pipes

tty_script='
	until [ "$(stty size)" = "31 91" ]; do sleep 0.1; done 2>/dev/null
	tty; test -t 0 && test -t 1 && test -t 2 && echo terminal; stty size
	trap "echo interrupted" INT; trap winch=yes WINCH
	echo "go 1"; read line; echo "read $line"; echo "go 2"; sleep 20
	echo "go 3"; until [ "$(stty size)" = "41 101" ]; do sleep 0.1; done
	sleep 0.1; echo "resized, signal: $winch"; echo "go 4"; read line; exit 6'
# Typed: a line, ^C for sleep, then the terminal gets another size, a line.
on_terminal()
{
	: >typed
	python3 "$SRC/tests/terminal.py" --after 'go 1' 'hello$' --after 'go 2' '^C' \
		--after 'go 4' 'end$' -- sh -c 'stty rows 31 cols 91
		(	while ! grep -q "go 3" typed; do sleep 0.1; done
			stty rows 41 cols 101 </dev/tty ) &
		"$@"; echo "status $?"' sh "$@" | tee typed | tr -d '\r'
}
run_tty()
{
	on_terminal $client run -it --rm --network none --runtime "$rt" bb sh -c "$tty_script"
	background bb sh -c 'echo ready; sleep 100'
	on_terminal $client exec -it "$id" sh -c "$tty_script"
	$client exec -it "$id" true 2>&1 | sed 's/.*the input/the input/'
	remove
}
scene terminal run_tty
seen terminal '^31 91$'
seen terminal '^resized, signal: yes$'
seen terminal 'interrupted$'

# --- docker exec ----------------------------------------------------------------------

execs()
{
	background --user 1000 -e A=1 bb sh -c 'echo ready; while :; do sleep 0.1; done'
	$client exec "$id" sh -c 'echo $A; id -u; exit 5' || echo $?
	$client exec -u 0 -w /tmp -e A=2 "$id" sh -c 'echo $A; id -u; pwd
		grep -E "^(Cap|Seccomp:|NoNew|Sig[^Q])" /proc/self/status'
	echo input | $client exec -i "$id" cat
	$client exec "$id" /no/such/program || echo $?
	$client exec "$id" /tmp || echo $?
	$client exec -d "$id" sh -c 'echo detached >/tmp/d'
	wait_for 10 $client exec "$id" test -e /tmp/d
	$client exec "$id" sh -c 'cat /tmp/d; kill -9 $$' || echo $?
	$client exec "$id" sh -c '
		sleep 100 & kill -TERM $!; wait $! 2>/dev/null; echo $?' 2>/dev/null
	jobs=
	for i in 1 2 3 4; do
		$client exec "$id" sh -c "sleep 0.$i; echo $i" >"at-once.$i" &
		jobs="$jobs $!"
	done
	wait $jobs
	cat at-once.*
	# what was started by exec ends with the container
	$client exec "$id" sleep 100 &
	wait_for 20 sh -c "$client top $id | grep 'sleep 100'"
	$client kill "$id" >/dev/null
	wait $! || echo $?
	state
	remove
}
scene exec execs
seen exec '^detached$'

# --- signals and ends -----------------------------------------------------------------

signals()
{
	background bb sh -c 'trap "echo usr1" USR1; trap "echo hup" HUP
		trap "echo term; exit 7" TERM; echo ready; while :; do sleep 0.1; done'
	for n in 2 3 4; do
		$client kill -s "$([ $n = 3 ] && echo HUP || echo USR1)" "$id" >/dev/null
		wait_for 10 sh -c "$client logs $id | sed -n ${n}p | grep ."
	done
	$client top "$id" -o pid,args | grep -o 'sh -c' | uniq
	$client stop "$id" >/dev/null
	$client logs "$id"
	state
	remove
	background bb sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
	$client stop -t 1 "$id" >/dev/null
	state
	remove
	background --init bb sh -c 'echo ready; sleep 100 & sleep 100'
	$client stop "$id" >/dev/null
	state
	remove
	background --stop-signal INT bb sh -c 'trap "exit 3" INT; echo ready
		while :; do sleep 0.1; done'
	$client stop "$id" >/dev/null
	state
	remove
	$client run --rm --network none --runtime "$rt" --init bb sh -c 'kill -SEGV $$'
	echo $?
	$client run --network none --name fg --runtime "$rt" bb sh -c '
		trap "echo int; exit 2" INT; echo ready; while :; do sleep 0.1; done' &
	wait_for 10 sh -c "$client logs fg 2>&1 | grep -q ready"
	kill -INT $!
	wait $!
	echo $?
	$client rm fg >/dev/null
	# a process that was left behind, and a zombie
	$client run --rm --network none --runtime "$rt" bb sh -c '
		(setsid sh -c "sleep 100 & :" &); (exit 3) & sleep 0.2; exit 8'
}
scene signals signals
seen signals '^sh -c'
seen signals '^exited 7'
seen signals '^exited 137'

# --- what else an engine does -----------------------------------------------------------

count='n=0; echo ready; while :; do n=$((n + 1)); echo $n >/tmp/m; mv /tmp/m /tmp/n
	sleep 0.05; done'
pauses()
{
	background bb sh -c "trap 'exit 6' TERM; $count"
	for i in 1 2 3; do
		# runc gives up now and then on a machine with much to do
		wait_for 20 $client pause "$id"
		state
		first=$($client cp "$id":/tmp/n - | tar -xO)
		sleep 0.3
		echo $(($($client cp "$id":/tmp/n - | tar -xO) - first))
		$client unpause "$id" >/dev/null
		sleep 0.3
		echo $(($($client cp "$id":/tmp/n - | tar -xO) > first))
	done
	$client update --memory 64m --memory-swap 64m "$id" >/dev/null
	$client exec "$id" sh -c 'cat /sys/fs/cgroup/memory*/memory.limit_in_bytes \
		/sys/fs/cgroup/memory.max 2>/dev/null' | head -n 1
	$client stop "$id" >/dev/null
	state
	remove
}
scene pause pauses
seen pause '^paused'

restarts()
{
	background bb sh -c 'trap "exit 0" TERM; echo ready; echo x >>/n; wc -l </n
		while :; do sleep 0.1; done'
	for i in 2 3; do
		$client restart "$id" >/dev/null
		wait_for 10 sh -c "$client logs $id | grep -x $i"
	done
	$client stop "$id" >/dev/null
	$client start "$id" >/dev/null
	wait_for 10 sh -c "$client logs $id | grep -x 4"
	$client kill "$id" >/dev/null
	$client logs "$id"
	state '{{.RestartCount}}'
	[ "$rt" = runc ] || "$SEGEN" runtime --collect "$id" -o restart.json
	remove
	background --restart on-failure:2 bb sh -c 'echo ready; exit 3'
	wait_for 30 is_state '{{.RestartCount}}' 'exited 3 2'
	state '{{.RestartCount}}'
	remove
}
scene restart restarts
seen restart '^exited 3 2$'
python3 -c 'import json
print(len(json.load(open("restart.json"))["runs"]))' >runs
is "$(cat runs)" 4 "restart: each of the starts is in the trace"

is_health()
{
	[ "$($client inspect -f '{{.State.Health.Status}}' "$id")" = "$1" ]
}
health()
{
	background --health-cmd 'cat /tmp/ok && echo fine' --health-interval 1s \
		--health-retries 2 bb sh -c 'echo yes >/tmp/ok; echo ready; sleep 100'
	wait_for 20 is_health healthy
	echo $?
	$client exec "$id" rm /tmp/ok
	wait_for 20 is_health unhealthy
	echo $?
	$client inspect -f '{{range .State.Health.Log}}{{.ExitCode}} {{.Output}}{{end}}' "$id" |
		sort -u
	$client kill "$id" >/dev/null
	[ "$rt" = runc ] || "$SEGEN" runtime --collect "$id" -o health.json
	remove
}
scene health health
seen health 'fine'
has health.json '"exec"' "health: the checks are in the trace, and marked"

# --- many at once -----------------------------------------------------------------------

for i in $(seq "$CONTAINERS"); do
	drun --cidfile "cid$i" --runtime segen bb sh -c "echo $i; exit $((i % 100))" \
		</dev/null >"out$i" 2>&1 &
	eval "pid$i=$!"
done
bad=0
for i in $(seq "$CONTAINERS"); do
	eval "wait \$pid$i"
	[ $? -eq "$((i % 100))" ] && [ "$(cat "out$i")" = "$i" ] || {
		bad=$((bad + 1))
		diag_file "out$i" 3
	}
done
is "$bad" 0 "$CONTAINERS at once: output and status"
bad=0
for i in $(seq "$CONTAINERS"); do
	"$SEGEN" runtime --collect "$(cat "cid$i")" -o many.json 2>/dev/null || bad=$((bad + 1))
	"$SEGEN" gen many.json >/dev/null 2>&1 || bad=$((bad + 1))
done
is "$bad" 0 "$CONTAINERS at once: each has its trace"
done_testing
