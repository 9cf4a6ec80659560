# resolve-podman.sh: podman as oracle for its dialect, in the manner of resolve-docker.sh.
. "$SRC/tests/lib.sh"

is_root || skip_all "podman is asked as root"
need_segen export
need podman python3

profiles="$SRC/tests/data/profiles"
cp "$SRC/tests/docker/capture-runtime.sh" "$T/runtime"
mkdir -p "$T/root/tmp"
export CONTAINERS_CONF="$T/containers.conf"
cat >"$CONTAINERS_CONF" <<EOF
[containers]
default_ulimits = []
netns = "none"
# Podman's own default; distributions differ.
default_capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]
[engine]
events_logger = "file"
cgroup_manager = "cgroupfs"
EOF

podman_()
{
	podman --root "$T/store" --runroot "$T/run" --tmpdir "$T/tmp" \
		--storage-driver vfs --runtime "$T/runtime" "$@"
}

# same_filter PROFILE NAME [CAP-ARG…]
same_filter()
{
	profile=$1
	name=$2
	shift 2
	rm -f "$T/config.json"
	podman_ run --rm --security-opt "seccomp=$profile" "$@" \
		--rootfs "$T/root" /x >"$T/run.out" 2>&1
	[ -e "$T/config.json" ] || {
		ok 1 "$name: podman takes the profile"
		diag_file "$T/run.out"
		return
	}
	"$SEGEN" export --format oci --engine podman "$@" -o "$T/ours.json" \
		"$profile" 2>"$T/err" || {
		ok 1 "$name: segen takes the profile"
		diag_file "$T/err"
		return
	}
	python3 "$SRC/tests/docker/same-seccomp.py" "$T/config.json" "$T/ours.json" \
		>"$T/diff"
	ok $? "$name $*: resolved as by podman" || diag_file "$T/diff"
}

podman_ run --rm --rootfs "$T/root" /x >"$T/run.out" 2>&1
[ -e "$T/config.json" ] || {
	diag_file "$T/run.out"
	skip_all "podman calls no runtime here"
}

for base in /usr/share/containers/seccomp.json "$SEGEN_REFERENCE"/base/*.json; do
	[ -e "$base" ] || continue
	name=$(basename "$base")
	same_filter "$base" "$name"
	same_filter "$base" "$name" --cap-drop ALL
	same_filter "$base" "$name" --cap-add ALL
	for cap in SYS_ADMIN BPF PERFMON AUDIT_WRITE SYS_TIME SYS_PTRACE; do
		same_filter "$base" "$name" --cap-add "$cap"
	done
done
for profile in "$profiles"/*.json; do
	name=$(basename "$profile" .json)
	same_filter "$profile" "$name"
	same_filter "$profile" "$name" --cap-drop ALL
	same_filter "$profile" "$name" --cap-add SYS_ADMIN
done

done_testing
