#!/bin/sh
# release.sh: a tarball with the static program and all that belongs to it.
#
# usage: sh samples/release.sh [VERSION]     VERSION: what git describes, else meson.build's
#
# Equal sources, compilers and libraries give equal bytes, wherever the tree lies: times are
# that of the last commit, or SOURCE_DATE_EPOCH; the tarball is sorted, and root's.
#
# Environment: OUT is the folder for segen-VERSION-linux-MACHINE.tar.gz and its .sha256
# (default: .); JOBS is how many compilers run at once (default: all CPUs).
set -eu
export LC_ALL=C TZ=UTC
umask 022

die()
{
	printf 'release: %s\n' "$*" >&2
	exit 1
}

src=$(cd "$(dirname "$0")/.." && pwd)
case ${1-} in
-*) die "usage: sh samples/release.sh [VERSION]" ;;
esac
out=$(mkdir -p "${OUT:-.}" && cd "${OUT:-.}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

version=${1:-$(git -C "$src" describe --tags --dirty 2>/dev/null ||
	sed -n "s/^\tversion : '\(.*\)',/\1/p" "$src/meson.build")}
version=${version#v}
case $version in
'' | *[!A-Za-z0-9.+~_-]*) die "'$version' is no version" ;;
esac

if [ -z "${SOURCE_DATE_EPOCH-}" ]; then
	SOURCE_DATE_EPOCH=$(git -C "$src" log -1 --format=%ct 2>/dev/null) ||
		die "'$src' is no git tree; set SOURCE_DATE_EPOCH"
fi
export SOURCE_DATE_EPOCH

# What the caller's shell has set for its own builds is not for this one.
unset CFLAGS CPPFLAGS LDFLAGS DESTDIR
# The compiler sees the same relative paths, wherever the tree lies.
mkdir "$tmp/src"
(cd "$src" && tar -cf - --exclude=./.git --exclude=./build --exclude='./build-[!d]*' .) |
	tar -xf - -C "$tmp/src"
meson setup -Dstatic=true -Dtests=false -Ddocs=enabled -Dunwind=enabled \
	-Dprefix=/usr/local -Dbuildtype=release -Dstrip=true -Dc_args="-ffile-prefix-map=$tmp=." \
	"$tmp/build" "$tmp/src" >"$tmp/log" 2>&1 ||
	{ tail -n 20 "$tmp/log" >&2; die "meson setup failed"; }
ninja -C "$tmp/build" ${JOBS:+-j "$JOBS"} >"$tmp/log" 2>&1 ||
	{ tail -n 20 "$tmp/log" >&2; die "the build failed"; }
DESTDIR=$tmp/root meson install -C "$tmp/build" --no-rebuild >"$tmp/log" 2>&1 ||
	{ tail -n 20 "$tmp/log" >&2; die "the installation failed"; }

name=segen-$version-linux-$(uname -m)
mv "$tmp/root/usr/local" "$tmp/$name"
(cd "$tmp" && tar --sort=name --owner=0 --group=0 --numeric-owner --format=gnu \
	--mtime="@$SOURCE_DATE_EPOCH" -cf "$name.tar" "$name" && gzip -9n "$name.tar")
mv "$tmp/$name.tar.gz" "$out/"
cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
echo "$out/$name.tar.gz"
