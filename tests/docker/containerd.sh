#!/bin/sh
# containerd without Docker, as under Kubernetes: recorded by segen-runtime with the
# annotations that containerd's CRI gives, then ROUNDS times under the profile, in the form
# that it reads.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
is_root || skip_all "containerd is root's"
need containerd ctr runc crun busybox unshare python3
need_segen runtime
own_mounts "$0" "$@"
export SEGEN_STATE="$T/state"
segen_runtimes "$T/bin"
cd "$T" || exit 1
root_busybox "$T/bb"
mkdir -p bb/tmp bb/proc bb/sys bb/dev
cat >config.toml <<EOF2
version = 2
root = "$T/root"
state = "$T/run"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"]
[grpc]
address = "$T/s"
EOF2
containerd --config config.toml >log 2>&1 &
containerd=$!
defer "kill $containerd; wait $containerd"
ctr="ctr -a $T/s"
answers()
{
	$ctr version >/dev/null 2>&1
}
wait_for 20 answers || skip_all "containerd does not start: $(tail -n 1 log)"
script='mkdir /tmp/d.$$; ls / >/dev/null; rmdir /tmp/d.$$; echo a | cat; exit 5'

# once ID OPTION…: one container
once()
{
	id=$1
	shift
	run timeout 60 $ctr run --rm --cpu-shares 0 --env PATH=/bin "$@" \
		--rootfs "$T/bb" "$id" sh -c "$script"
}

# starts TITLE OPTION…: all of them
starts()
{
	title=$1 bad=0
	shift
	for n in $(seq "${ROUNDS:-4}"); do
		once "$runtime-$n" --runc-binary "$T/bin/$runtime" --seccomp \
			--seccomp-profile "$T/$runtime.oci.json" "$@"
		[ "$st $(cat out)" = "5 a" ] || bad=$((bad + 1))
	done
	is "$bad" 0 "$runtime: $title, none of ${ROUNDS:-4} fails" || diag_file err
}

for runtime in runc crun; do
	once "$runtime-plain" --runc-binary "$T/bin/$runtime" --seccomp
	[ "$st $(cat out)" = "5 a" ] || {
		skip "$runtime" "containerd starts nothing with it here: $(tail -n 1 err)"
		continue
	}
	once "$runtime-sandbox" --runc-binary "$T/bin/segen-$runtime" --seccomp \
		--annotation io.kubernetes.cri.container-type=sandbox
	is "$st $(cat out)" "5 a" "$runtime: what holds a pod starts" || diag_file err
	once "$runtime-pod" --runc-binary "$T/bin/segen-$runtime" --seccomp \
		--annotation io.kubernetes.cri.container-type=container \
		--annotation io.kubernetes.cri.sandbox-namespace=shop \
		--annotation io.kubernetes.cri.sandbox-name=web-1 \
		--annotation io.kubernetes.cri.container-name=nginx \
		--annotation io.kubernetes.cri.image-name=nginx:1
	is "$st $(cat out)" "5 a" "$runtime: recorded, the output is the same" || diag_file err
	run "$SEGEN" runtime --collect "$runtime-sandbox" -o no.json
	is "$st" 1 "$runtime: what holds a pod is not recorded"
	run "$SEGEN" runtime --collect "$runtime-pod" -o "$runtime.json"
	is "$st" 0 "$runtime: the trace is collected" || diag_file err
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))["runs"][0]; c = r["container"]
print(c.get("namespace"), c.get("pod"), c.get("name"), r.get("image"))' \
		"$runtime.json" >names 2>&1
	is "$(cat names)" "shop web-1 nginx nginx:1" \
		"$runtime: the trace has the names of namespace, pod, container and image"
	run "$SEGEN" gen "$runtime.json" -o "$runtime.seccomp.json"
	run "$SEGEN" export --format oci "$runtime.seccomp.json" -o "$runtime.oci.json"
	is "$st" 0 "$runtime: the profile is exported for it" || diag_file err
	starts "starts under the profile"
	# ctr's containers have no_new_privs unless they are told otherwise.
	starts "starts under the profile and may get privileges" --allow-new-privs
done
done_testing
