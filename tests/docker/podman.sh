#!/bin/sh
# Podman, with runc and with crun: recorded through segen-runtime, then ROUNDS times under
# the profile that was written, without segen.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
. "$(dirname "$0")/../container.sh"
is_root || skip_all "podman-rootless.sh is for other users"
need podman runc crun busybox unshare python3
need_segen runtime
own_mounts "$0" "$@"
AT_ONCE=2
export SEGEN_STATE="$T/state"
segen_runtimes "$T/bin"
podman_conf "$T/containers.conf" \
	"conmon_env_vars = [\"PATH=$PATH\", \"SEGEN_STATE=$T/state\"]" \
	"runtime = \"$T/bin/crun\""
export CONTAINERS_CONF="$T/containers.conf"
podman="podman --root $T/store --runroot $T/run --tmpdir $T/tmp --storage-driver vfs"
run_options=--rm
cd "$T" || exit 1
defer "$podman rm -fa"
root_busybox "$T/bb"
mkdir -p "$T/bb/tmp" "$T/bb/proc" "$T/bb/sys" "$T/bb/dev"
chmod 1777 "$T/bb/tmp"
tar -C "$T/bb" --owner 0 --group 0 -c . | $podman import - bb >import 2>&1
host_image=$T/host
[ -L /bin ] || host_image=
mkdir -p host/usr host/etc host/tmp host/dev host/proc host/sys host/run
for dir in /bin /sbin /lib*; do
	[ ! -L "$dir" ] || ln -s "usr$dir" "host$dir"
done
tar -C host -c . | $podman import - host >>import 2>&1

script='echo $$; mkdir /tmp/d; for i in 1 2 3; do echo $i >/tmp/d/$i; done
	cat /tmp/d/* | wc -l; rm -r /tmp/d; grep -E "^(NoNewPrivs|CapEff)" /proc/self/status
	echo hello | sed s/l/L/; id -u; exit 5'
for runtime in runc crun; do
	client="$podman --runtime $T/bin/$runtime"
	recording="$podman --runtime $T/bin/segen-$runtime"
	run $client run --rm bb true
	[ "$st" -eq 0 ] || {
		skip "$runtime" "podman runs nothing with it here: $(tail -n 1 err)"
		continue
	}
	proved once "$runtime-script" start bb sh -c "$script"
	proved once "$runtime-user" start --user 1000:1000 bb sh -c "$script"
	proved once "$runtime-bare" start --read-only --cap-drop ALL bb sh -c "$script"
	proved once "$runtime-nnp" start --security-opt no-new-privileges bb sh -c "$script"
	if [ -n "$host_image" ]; then
		proved settle "$runtime-python" start -v /usr:/usr:ro -v /etc:/etc:ro \
			-v "$SRC/tests/docker/programs:/w:ro" host python3 /w/work.py
	else
		skip "$runtime-python" "the folders of this machine are laid out in another way"
	fi

	# A service: podman exec, signals, podman stop.
	id=$($recording run -d bb sh -c '
		trap "echo usr1" USR1; trap "echo term; exit 7" TERM; echo ready
		while :; do sleep 0.1; done')
	wait_for 20 sh -c "$client logs $id | grep -q ready"
	$client kill -s USR1 "$id" >/dev/null
	run $recording exec "$id" sh -c 'chmod 700 /tmp; echo inside; exit 5'
	is "$st $(cat out)" "5 inside" "$runtime: podman exec has its output and status" || diag_file err
	sleep 0.5
	$client stop "$id" >/dev/null
	is "$($client logs "$id" | tr '\n' ' ')" "ready usr1 term " "$runtime: signals and logs are the container's"
	is "$($client inspect -f '{{.State.ExitCode}}' "$id")" 7 "$runtime: podman stop lets it end by itself"
	$client rm "$id" >/dev/null
	run "$SEGEN" runtime --collect "$id" -o "$runtime-service.json"
	has "$runtime-service.json" '"chmod"' "$runtime: the trace is collected" || diag_file err
	has "$runtime-service.json" '"exec"' "$runtime: what was executed is marked"
done

# Without a runtime on the command line: podman's own, crun here
run "$SEGEN" trace -q -o added.trace.json -- $podman run --rm bb sh -c 'echo out; exit 4'
is "$st $(cat out)" "4 out" "podman run: recorded, it is like one without segen" || diag_file err
has added.trace.json '"runtime": "crun"' "podman run: recorded with podman's own runtime"
has added.trace.json '"engine": "podman"' "podman run: the trace names the engine"
has added.trace.json '"image": "bb"' "podman run: the trace names the image"
run $podman run --rm --security-opt seccomp=added.seccomp.json bb sh -c 'echo out; exit 4'
is "$st $(cat out)" "4 out" "podman run: starts under the profile" || diag_file err
run "$SEGEN" trace -q -o runc.trace.json -- $podman --runtime "$T/bin/runc" run --rm bb true
has runc.trace.json '"runtime": "runc"' "podman --runtime: recorded with that runtime"
done_testing
