#!/bin/sh
# An ordinary user's containers: rootless podman, and runc and crun called directly.
# Recorded through segen-runtime, then ROUNDS times under the profile that was written.
# The user is made up, in a mount namespace of the test's own.  What cannot be run here
# without segen is skipped.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
. "$(dirname "$0")/../container.sh"
is_root || skip_all "the user is made by root"
need podman runc crun busybox unshare setpriv newuidmap python3
need_segen runtime
own_mounts "$0" "$@"
AT_ONCE=2
uid=61234
segen_runtimes "$T/bin"
mkdir "$T/u" "$T/u/home" "$T/u/run"
chown -R $uid:$uid "$T/u"
chmod 700 "$T/u/run"
{ cat /etc/passwd && echo "segentest:x:$uid:$uid::$T/u/home:/bin/sh"; } >"$T/passwd"
{ cat /etc/group && echo "segentest:x:$uid:"; } >"$T/group"
echo "segentest:2000000:65536" >"$T/subuid"
cp "$T/subuid" "$T/subgid"
for file in passwd group subuid subgid; do
	mount --bind "$T/$file" "/etc/$file" || skip_all "/etc/$file cannot be replaced"
done
podman_conf "$T/containers.conf"
# XDG_RUNTIME_DIR: podman gives it to the runtime, which is root of a namespace then
as="setpriv --reuid $uid --regid $uid --clear-groups env -i HOME=$T/u/home PATH=$PATH
	XDG_RUNTIME_DIR=$T/u/run CONTAINERS_CONF=$T/containers.conf"
podman="podman --storage-driver vfs"
run_options=--rm
cd "$T/u/home" || exit 1
# shellcheck disable=SC2086
user()
{
	$as "$@"
}

# Podman leaves a process that keeps the namespaces, and files of other users.
podman_end()
{
	user $podman rm -fa
	user $podman unshare rm -rf "$T/u/home" "$T/u/run/containers"
	kill "$(cat "$T/u/run/libpod/tmp/pause.pid")"
}
defer podman_end
root_busybox "$T/bb"
mkdir -p "$T/bb/tmp" "$T/bb/proc" "$T/bb/sys" "$T/bb/dev"
chmod 1777 "$T/bb/tmp"
tar -C "$T/bb" -c . | user $podman import - bb >"$T/import" 2>&1 || {
	diag_file "$T/import"
	skip_all "rootless podman cannot be used here"
}

# floor NAME RUNTIME: the profile provides for other versions of the runtime, for no other
floor()
{
	has "$1.seccomp.json" "runtime floor: $2 >=" "$1: there is the floor of $2"
	case $2 in
	runc) hasnt "$1.seccomp.json" 'crun >=' "$1: there is no floor of crun" ;;
	*) hasnt "$1.seccomp.json" 'runc >=' "$1: there is no floor of runc" ;;
	esac
}

script='echo $$; mkdir /tmp/d; echo x >/tmp/d/x; cat /tmp/d/*; rm -r /tmp/d
	cat /proc/self/uid_map; grep -E "^(NoNewPrivs|CapEff)" /proc/self/status
	echo hello | sed s/l/L/; id -u; exit 5'
for runtime in runc crun; do
	client="$podman --runtime $T/bin/$runtime"
	recording="$podman --runtime $T/bin/segen-$runtime"
	run user $client run --rm bb true
	if [ "$st" -ne 0 ]; then
		skip "podman-$runtime" "without segen neither: $(tail -n 1 "$T/err")"
		continue
	fi
	proved once "podman-$runtime" start bb sh -c "$script"
	floor "podman-$runtime" $runtime
	proved once "podman-$runtime-user" start --user 1000 --cap-drop ALL bb sh -c "$script"
done
if user $podman --runtime "$T/bin/runc" run --rm bb true >/dev/null 2>&1; then
	run user "$SEGEN" trace -q -o added.trace.json -- $podman run --rm bb sh -c 'exit 4'
	is "$st" 4 "podman run: the status is the container's" || diag_file "$T/err"
	has added.trace.json '"phases"' "podman run: what the runtime does is in the trace"
fi

# --- runc run, crun run -----------------------------------------------------------------

# bundle NAME PROFILE: a folder to run from, under a profile in Docker's format
bundle()
{
	rm -rf "$1"
	user mkdir "$1"
	user ln -s "$T/bb" "$1/rootfs"
	(cd "$1" && user runc spec --rootless)
	user "$SEGEN" export --format oci -o "$1/seccomp" "$2" 2>"$T/err"
	user python3 - "$1" "$script" "$T/bb" <<-'EOF2'
	import json, sys
	name, script, root = sys.argv[1:]
	with open(name + "/config.json") as f:
	    config = json.load(f)
	config["process"].update(terminal=False, args=["sh", "-c", script])
	config["root"] = {"path": root, "readonly": True}
	config["mounts"].append({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"})
	with open(name + "/seccomp") as f:
	    config["linux"]["seccomp"] = json.load(f)
	with open(name + "/config.json", "w") as f:
	    json.dump(config, f)
	EOF2
}

# run_bundle RUNTIME NAME ID
run_bundle()
{
	user sh -c 'cd "$2" && exec "$1" --root "$XDG_RUNTIME_DIR/r" run "$3"' sh \
		"$T/bin/$1" "$2" "$3"
}

user "$SEGEN" gen --base docker -o docker.json 2>"$T/err"
for runtime in runc crun; do
	name=$runtime-run
	bundle plain docker.json
	attempt "$name.want" run_bundle "$runtime" plain "$name"
	grep -q '^status 5$' "$name.want" || {
		skip "$name" "without segen neither: $(tail -n 2 "$name.want" | head -n 1)"
		continue
	}
	attempt "$name.got" run_bundle "segen-$runtime" plain "$name"
	same "$name.want" "$name.got" "$name: recorded, it is like one without segen"
	run user "$SEGEN" runtime --collect "$name" -o "$name.trace.json"
	ok "$st" "$name: the trace is collected" || diag_file "$T/err"
	run user "$SEGEN" gen -o "$name.seccomp.json" "$name.trace.json"
	has "$name.seccomp.json" SCMP_ACT_ALLOW "$name: a profile is made"
	floor "$name" $runtime
	bundle confined "$name.seccomp.json"
	bad=0
	for i in $(seq "$ROUNDS"); do
		attempt "$name.got" run_bundle "$runtime" confined "$name-$i"
		judge "$name.got"
	done
	no_bad "$ROUNDS runs under its profile, each like one without"
done
done_testing
