# engine.sh: a Docker Engine of the test's own, and images made without a registry.
#
# Source after lib.sh.  engine_start leaves a running engine with all its state under
# $ENGINE (a short path: sockets), and defers its end.  No bridge, no iptables: nothing
# outside of the folder changes, and containers run with --network none.

ENGINE=

# need_engine: root, and the programs; otherwise the whole script is skipped.
need_engine()
{
	is_root || skip_all "an engine of our own needs root"
	need dockerd containerd runc docker busybox
}

# docker_ ARGS…: the client, talking to our engine.
docker_()
{
	docker -H "unix://$ENGINE/s" "$@"
}

# drun ARGS…: docker run, removed afterwards, without a network.
drun()
{
	docker_ run --rm --network none "$@"
}

engine_up()
{
	docker_ info
}

# engine_storage: what the kernel here can do for layers.
engine_storage()
{
	if grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null; then
		echo overlay2
	else
		echo vfs
	fi
}

# engine_start [DOCKERD-ARG…]
engine_start()
{
	ENGINE=$(mktemp -d /tmp/eng.XXXXXX) || exit 99
	dockerd --bridge=none --iptables=false --ip6tables=false \
		--data-root "$ENGINE/d" --exec-root "$ENGINE/e" -H "unix://$ENGINE/s" \
		--pidfile "$ENGINE/pid" --storage-driver "$(engine_storage)" "$@" \
		</dev/null >"$ENGINE/log" 2>&1 &
	defer "engine_stop $! $ENGINE"
	wait_for 60 engine_up || {
		diag "dockerd does not start:"
		diag_file "$ENGINE/log"
		skip_all "no Docker Engine can be started here"
	}
}

# engine_stop PID FOLDER: containers first, then the engine, then what is left of it.
engine_stop()
{
	for c in $(docker_ ps -q); do
		docker_ kill "$c"
	done
	kill "$1"
	wait_for 20 gone "$1" || kill -9 "$1"
	awk -v d="$2/" 'index($2, d) == 1 { print $2 }' /proc/mounts | sort -r |
		while read -r m; do
			umount -l "$m"
		done
	rm -rf "$2"
}

# --- images ---------------------------------------------------------------------------

# image_import NAME FOLDER [CHANGE…]: a folder as an image; CHANGE as in a Dockerfile.
image_import()
{
	import_name=$1
	import_dir=$2
	shift 2
	mkdir -p "$import_dir/tmp" "$import_dir/etc" "$import_dir/proc"
	chmod 1777 "$import_dir/tmp"
	printf 'root:x:0:0:root:/:/bin/sh\napp:x:1000:1000:app:/:/bin/sh\n' \
		>"$import_dir/etc/passwd"
	printf 'root:x:0:\napp:x:1000:\n' >"$import_dir/etc/group"
	for change; do
		set -- "$@" --change "$change"
		shift
	done
	tar -C "$import_dir" --owner 0 --group 0 -c . |
		docker_ import "$@" - "$import_name" >/dev/null
}

# root_busybox FOLDER: the static busybox and its links, as in an Alpine image.
root_busybox()
{
	mkdir -p "$1/bin"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for applet in $("$1/bin/busybox" --list); do
		[ "$applet" = busybox ] || ln -sf busybox "$1/bin/$applet"
	done
}

# root_add FOLDER PROGRAM: a program and the libraries it is linked with, at the same
# paths as here; the program itself goes to /bin.
root_add()
{
	mkdir -p "$1/bin"
	cp "$2" "$1/bin/"
	ldd "$2" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
		mkdir -p "$1$(dirname "$lib")"
		cp -L "$lib" "$1$lib"
	done
}

# root_glibc FOLDER PROGRAM…: busybox, dynamic programs and what their loader reads.
root_glibc()
{
	glibc_dir=$1
	shift
	root_busybox "$glibc_dir"
	mkdir -p "$glibc_dir/etc"
	cp /etc/ld.so.cache "$glibc_dir/etc/"
	for prog; do
		root_add "$glibc_dir" "$prog"
	done
}

# engine_images: bb (static busybox), musl (our service as in an Alpine image), glibc
# (programs with their libraries) and user (the same, not run as root).
engine_images()
{
	root_busybox "$T/bb"
	image_import bb "$T/bb" 'CMD ["/bin/sh"]'
	if [ -x "$WORKLOADS/alpine-app-musl" ]; then
		root_busybox "$T/musl"
		cp "$WORKLOADS/alpine-app-musl" "$T/musl/bin/"
		image_import musl "$T/musl"
	fi
	root_glibc "$T/glibc" "$WORKLOADS/alpine-app" "$WORKLOADS/fallbacks" \
		"$WORKLOADS/io-uring"
	image_import glibc "$T/glibc"
	image_import user "$T/glibc" 'USER 1000:1000'
}

# engine_host_image: the image host has nothing in it; with /usr and /etc of this machine
# mounted over it, it has all programs of this machine.  $host_image says whether it is
# there: /bin and the others have to be links into /usr.
engine_host_image()
{
	host_image=
	[ -L /bin ] || return
	mkdir -p "$T/host/usr" "$T/host/dev" "$T/host/sys" "$T/host/run" "$T/host/data"
	for dir in /bin /sbin /lib*; do
		[ ! -L "$dir" ] || ln -s "usr$dir" "$T/host$dir"
	done
	image_import host "$T/host"
	host_image=host
}

# own_mounts SCRIPT ARG…: start the script again in a mount namespace of its own, where crun
# finds no hybrid cgroups.
own_mounts()
{
	[ -z "${OWN_MOUNTS-}" ] || return 0
	rm -rf "$T"
	export OWN_MOUNTS=1
	exec unshare -m --propagation private sh -c '
		[ ! -d /sys/fs/cgroup/unified ] || umount /sys/fs/cgroup/unified
		exec sh "$@"' sh "$@"
}

# podman_conf FILE [LINE…]: settings with which podman runs on machines of tests, too;
# LINEs are for the section engine
podman_conf()
{
	podman_conf=$1
	shift
	cat >"$podman_conf" <<-'EOF'
	[containers]
	default_ulimits = []
	netns = "none"
	pids_limit = 0
	[engine]
	events_logger = "file"
	cgroup_manager = "cgroupfs"
	EOF
	printf '%s\n' "$@" >>"$podman_conf"
}

# crun_options: what crun needs where not all controllers are in the cgroups of version 2
crun_options()
{
	if ! grep -qsw io /sys/fs/cgroup/cgroup.controllers; then
		echo --cgroup-manager=disabled
	fi
}

# segen_runtimes FOLDER: there, runc and crun for --runtime of podman, segen-runc and
# segen-crun, which record, and a segen that every user can execute.  To be called in
# own_mounts.
segen_runtimes()
{
	install -D "$SEGEN" "$1/segen"
	ln -s segen "$1/segen-runtime"
	SEGEN=$1/segen
	ln -s "$(command -v runc)" "$1/runc"
	cat >"$1/crun" <<-EOF
	#!/bin/sh
	exec $(command -v crun) $(crun_options) "\$@"
	EOF
	for real in runc crun; do
		cat >"$1/segen-$real" <<-EOF
		#!/bin/sh
		SEGEN_RUNTIME=$1/$real ${SEGEN_STATE:+SEGEN_STATE=$SEGEN_STATE} \\
			exec $1/segen-runtime "\$@"
		EOF
	done
	chmod 755 "$1"/*
}

# crun_wrapper FILE: crun for --add-runtime.  It refuses the hybrid cgroup layout that
# some machines have, so there it runs without.
crun_wrapper()
{
	cat >"$1" <<-EOF
	#!/bin/sh
	options='$(crun_options)'
	EOF
	cat >>"$1" <<-'EOF'
	if [ -d /sys/fs/cgroup/unified ]; then
		exec unshare -m --propagation private sh -c '
			umount /sys/fs/cgroup/unified
			exec crun --cgroup-manager=disabled "$@"' crun "$@"
	fi
	exec crun $options "$@"
	EOF
	chmod 755 "$1"
}
