#!/bin/sh
# box.sh: another Debian suite's engines in a folder, and a machine of sorts around them.
#
#   box.sh make SUITE FOLDER           debootstrap and the engines' packages; kept if whole
#   box.sh run FOLDER SRC CMD [ARG…]   CMD in the box as root; SRC, the source tree, is
#                                      there at its own path, read only
#
# Root only.  "run" gives the box namespaces of its own for mounts, processes and its
# name, cgroup2 alone, and an empty /run and /tmp in memory; all of it ends with CMD.
# pivot_root, not chroot: runc and crun refuse to work in a chroot.
set -eu

packages='docker.io docker-cli runc crun podman containerd busybox-static tini python3
	iproute2 procps strace uidmap kmod diffutils docker-compose
	libseccomp2 libjson-c5 libunwind8'

die()
{
	echo "box.sh: $*" >&2
	exit 1
}

# mirror: where this machine's own apt has Debian from
mirror()
{
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
		sed -n 's/^Debian|Debian|//p' | head -n 1
}

# A suite that is newer than debootstrap itself is made as sid is.
suite_script()
{
	for script in "$1" sid; do
		[ ! -e "/usr/share/debootstrap/scripts/$script" ] || {
			echo "/usr/share/debootstrap/scripts/$script"
			return
		}
	done
}

make_box()
{
	suite=$1 root=$2
	[ ! -e "$root/.whole" ] || return 0
	from=$(mirror)
	[ -n "$from" ] || die "apt knows no mirror of Debian"
	rm -rf "$root"
	mkdir -p "$root"
	debootstrap --variant=minbase \
		--keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
		"$suite" "$root" "$from" "$(suite_script "$suite")"
	# Nothing is started by being installed.
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	# A mirror may stand still, or this machine's clock be ahead of it.
	chroot "$root" apt-get -qq -o Acquire::Check-Valid-Until=false update
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive chroot "$root" \
		apt-get -qq -y --no-install-recommends install $packages
	chroot "$root" apt-get clean
	rm -rf "$root"/var/lib/apt/lists/*
	: >"$root/.whole"
}

# What runs within the new namespaces, up to CMD.
# shellcheck disable=SC2016
inside='
set -eu
root=$1 src=$2
shift 2
hostname box
mount --bind "$root" "$root"
mkdir -p "$root/.old"
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p "$root$src"
mount --bind "$src" "$root$src"
mount -o remount,bind,ro "$root$src"
pivot_root . .old
cd /
umount -l /.old
exec "$@"'

run_box()
{
	root=$1 src=$2
	shift 2
	[ -e "$root/.whole" ] || die "'$root' is not a box; 'box.sh make' makes it"
	exec unshare -m -p -f -u --kill-child --propagation private \
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C TMPDIR=/tmp sh -c "$inside" sh "$root" "$src" "$@"
}

[ "$(id -u)" -eq 0 ] || die "only root can make a box"
case ${1-} in
make)
	[ $# -eq 3 ] || die "make SUITE FOLDER"
	make_box "$2" "$3"
	;;
run)
	[ $# -ge 4 ] || die "run FOLDER SRC CMD…"
	shift
	run_box "$@"
	;;
*) die "make SUITE FOLDER | run FOLDER SRC CMD…" ;;
esac
