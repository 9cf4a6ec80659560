#!/bin/sh
# packages.sh FOLDER: Debian's arm64 packages, downloaded and unpacked into FOLDER/root (a
# userland, and the libraries to link with) and FOLDER/linux (a kernel).
#
# With lists and a cache of its own: nothing is installed on this machine, its list of
# architectures stays as it is, and it need not be root.  What is there is kept: with a
# FOLDER that was filled before, nothing is downloaded.
# Environment: DEBIAN_MIRROR.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
wanted=$(sed '/^#/d' "$here/packages.txt")
# the same packages, unpacked the same way
stamp=$(cat "$here/packages.txt" "$here/packages.sh" | cksum)
[ "$(cat stamp 2>/dev/null)" != "$stamp" ] || exit 0

mkdir -p lists/partial cache/archives/partial
: >status
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
	"${DEBIAN_MIRROR:-http://deb.debian.org/debian} bookworm main" >sources.list
cat >apt.conf <<-END
	APT::Architecture "arm64";
	APT::Architectures { "arm64"; "armhf"; };
	APT::Install-Recommends "false";
	APT::Sandbox::User "$(id -un)";
	Acquire::Retries "3";
	Dir::State "$PWD";
	Dir::State::lists "$PWD/lists";
	Dir::State::status "$PWD/status";
	Dir::Cache "$PWD/cache";
	Dir::Etc::sourcelist "$PWD/sources.list";
	Dir::Etc::sourceparts "-";
END
export APT_CONFIG="$PWD/apt.conf"
apt-get -qq update
# what linux-image-arm64 depends on is a kernel; it needs none of its own dependencies
kernel=$(apt-cache depends linux-image-arm64 | sed -n 's/^ *Depends: \(linux-image-[0-9]\)/\1/p')
apt-get -qq -y --download-only install $wanted
(cd cache/archives && rm -f linux-image-*.deb && apt-get -qq download "$kernel")

# unpack PACKAGE FOLDER TAR-OPTIONS…
unpack()
{
	unpack_deb=$1
	unpack_to=$2
	shift 2
	dpkg-deb --fsys-tarfile "$unpack_deb" |
		tar -x -C "$unpack_to" --keep-directory-symlink --no-same-owner "$@"
}

rm -rf root linux
for dir in bin sbin lib; do
	mkdir -p root/usr/$dir
	ln -s usr/$dir root/$dir
done
mkdir linux
for deb in cache/archives/*.deb; do
	case $deb in
	*/linux-image-*) unpack "$deb" linux ./boot ;;
	*) unpack "$deb" root --exclude './usr/share/doc' --exclude './usr/share/locale' \
		--exclude './usr/share/man' --exclude './usr/lib/*/gconv' ;;
	esac
done
# the linker is to find what they point to here
find root -type l -lname '/*' | while read -r link; do
	ln -sfr "root$(readlink "$link")" "$link"
done
echo "$stamp" >stamp
