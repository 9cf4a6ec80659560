#!/bin/sh
# table.sh [ROUNDS]: profiles under the engines of this machine, or of the box in which it
# runs: each way to record, each way to start, ROUNDS times.  Rows of a Markdown table on
# standard output: engine | runtime | recorded from | started as | starts | failures.
# Without SRC it takes the tree that it is in.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
. "$(dirname "$0")/../container.sh"
is_root || skip_all "engines are root's"
need docker dockerd containerd podman runc crun busybox python3 unshare
need_segen runtime
own_mounts "$0" "$@"
rounds=${1:-5}
export SEGEN_STATE="$T/state"
segen_runtimes "$T/bin"
podman_conf "$T/containers.conf" \
	"conmon_env_vars = [\"PATH=$PATH\", \"SEGEN_STATE=$T/state\"]"
export CONTAINERS_CONF="$T/containers.conf"
engine_start --add-runtime "segen=$T/bin/segen-runtime" --add-runtime "mycrun=$T/bin/crun"
podman="podman --root $T/store --runroot $T/run --tmpdir $T/tmp --storage-driver vfs"
docker="docker -H unix://$ENGINE/s"
defer "$podman rm -fa"
cd "$T" || exit 1
root_busybox "$T/bb"
image_import bb "$T/bb" 'CMD ["/bin/sh"]'
mkdir -p "$T/bb/sys" "$T/bb/dev"
tar -C "$T/bb" --owner 0 --group 0 -c . | $podman import - bb >import 2>&1

workload='mkdir /tmp/d.$$; echo a >/tmp/d.$$/a; ls / >/dev/null; rm -r /tmp/d.$$
	echo b | cat; exit 7'
service='trap "exit 7" TERM; echo ready; while :; do sleep 0.1; done'
command='echo inside | cat; exit 5'

version()
{
	"$@" --version | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1
}

# client ENGINE RUNTIME: in $client, and what chooses the runtime in $choice
client_of()
{
	choice=
	case $1-$2 in
	docker-runc) client=$docker ;;
	docker-crun) client=$docker choice='--runtime mycrun' ;;
	podman-*) client="$podman --runtime $T/bin/$2" ;;
	esac
}

# ready ID: the service is there
ready()
{
	$client logs "$1" | grep -q ready
}

# start_service OPTION…: in $id; 1 when it does not come
start_service()
{
	id=$($client run -d $choice --network none "$@" bb sh -c "$service") &&
		wait_for 20 ready "$id"
}

# recorded HOW PROFILE OPTION…: a container of this kind, recorded, into PROFILE
recorded()
{
	how=$1 profile=$2
	shift 2
	rm -f trace.json "$profile"
	case $how in
	host)
		PATH=$T/bb/bin "$SEGEN" trace -q --no-profile -o trace.json -- \
			"$T/bb/bin/sh" -c "$workload"
		PATH=$T/bb/bin "$SEGEN" trace -q --no-profile --append -o trace.json \
			--for 500ms -- "$T/bb/bin/sh" -c "$service"
		;;
	run)
		"$SEGEN" trace -q --no-profile -o trace.json -- \
			$client run --rm $choice --network none "$@" bb sh -c "$workload"
		;;
	exec)
		"$SEGEN" trace -q --no-profile -o trace.json -- $client run -d --cidfile cid \
			$choice --network none "$@" bb sh -c "$service" &
		tracing=$!
		wait_for 20 test -s cid && wait_for 20 ready "$(cat cid)"
		$client exec "$(cat cid)" sh -c "$command"
		sleep 0.3
		$client stop "$(cat cid)"
		wait "$tracing"
		$client rm "$(cat cid)"
		rm -f cid
		;;
	esac >record.out 2>&1 </dev/null
	"$SEGEN" gen trace.json -o "$profile" 2>>record.out
}

# starts PROFILE OPTION…: $failures of $rounds
starts()
{
	profile=$1
	shift
	for _ in $(seq "$rounds"); do
		$client run --rm $choice --network none --security-opt "seccomp=$profile" \
			"$@" bb sh -c "$workload" >start.out 2>&1 </dev/null
		[ $? -eq 7 ] || failures=$((failures + 1))
	done
}

execs()
{
	start_service --security-opt "seccomp=$1" 2>start.out || {
		failures=$rounds
		return
	}
	for _ in $(seq "$rounds"); do
		$client exec "$id" sh -c "$command" >start.out 2>&1 </dev/null
		[ $? -eq 5 ] || failures=$((failures + 1))
	done
	$client stop "$id" >/dev/null 2>&1
	[ "$($client inspect -f '{{.State.ExitCode}}' "$id")" = 7 ] ||
		failures=$((failures + 1))
	$client rm "$id" >/dev/null 2>&1
}

# row FROM AS: after recorded and starts
row()
{
	echo "| $engine $(version $daemon) | $runtime $(version "$runtime") | $1 | $2 |" \
		"$rounds | $failures |"
	[ "$failures" -eq 0 ] || {
		tail -n 2 record.out start.out | cut -c 1-300 >&2
		worst=1
	}
	failures=0
}

nnp='--security-opt no-new-privileges'
worst=0 failures=0
for engine in docker podman; do
	daemon=podman
	[ "$engine" != docker ] || daemon=dockerd
	for runtime in runc crun; do
		client_of "$engine" "$runtime"
		$client run --rm $choice --network none bb true >start.out 2>&1 || {
			echo "| $engine | $runtime | starts nothing here without segen | | | |"
			continue
		}
		recorded host host.json
		starts host.json
		row 'host trace' plain
		starts host.json $nnp
		row 'host trace' no-new-privileges
		execs host.json
		row 'host trace' exec
		recorded run plain.json
		starts plain.json
		row container plain
		recorded run nnp.json $nnp
		starts nnp.json $nnp
		row container no-new-privileges
		recorded exec exec.json
		execs exec.json
		row container exec
	done
done
tap_done=1
exit "$worst"
