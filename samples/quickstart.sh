#!/bin/sh
# quickstart.sh: from a fresh clone to a workload that runs under its own profile.
#
# usage: sh samples/quickstart.sh              trace a tar and gzip job
#        sh samples/quickstart.sh -- CMD…      trace CMD, here, as you are
#
# It installs what building segen takes (with apt, dnf, apk, pacman or zypper; through
# sudo unless you are root; nothing when all is there), builds into build/, traces the
# workload, and proves its profile: where a Docker Engine answers, by running the workload
# in a container under it, else with 'segen verify' on this machine.  It prints a line for
# each step; the details are in build/quickstart/log.  The container's image is made from
# this machine's own files: nothing is downloaded but the packages.  Run it as often as you
# like.
#
# Environment: DOCKER (the docker command, default: docker), BUILD (default: build).
set -eu

src=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$src/build}
docker=${DOCKER:-docker}
image="segen-quickstart:$$"
segen=$build/gen/segen
out=$build/quickstart
log=
tmp=
made_image=

# say WHAT TEXT…: one of the lines that matter; the log has it as a heading.
say()
{
	what=$1
	shift
	printf '%-9s %s\n' "$what" "$*"
	printf '\n==> %s: %s\n' "$what" "$*" >>"$log"
}

die()
{
	printf 'quickstart: %s\n' "$*" >&2
	[ ! -s "$log" ] || printf 'quickstart: the end of %s:\n%s\n' "$log" \
		"$(tail -n 8 "$log" | sed 's/^/  /')" >&2
	exit 1
}

# logged CMD…: with its output in the log.
logged()
{
	printf '$ %s\n' "$*" >>"$log"
	"$@" >>"$log" 2>&1
}

clean_up()
{
	[ -z "$tmp" ] || rm -rf "$tmp"
	[ -z "$made_image" ] || "$docker" rmi -f "$image" >/dev/null 2>&1 || :
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- what building takes --------------------------------------------------------------

# The compiler and the libraries, looked for in the way that the build will.
all_there()
{
	for tool in cc meson pkg-config tar gzip; do
		command -v "$tool" >/dev/null 2>&1 || return 1
	done
	pkg-config --exists 'libseccomp >= 2.5.4'
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "installing packages takes root and there is no sudo; as root, run: $*"
	fi
}

install_packages()
{
	if command -v apt-get >/dev/null 2>&1; then
		as_root apt-get -q update
		as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy \
			--no-install-recommends install gcc libc6-dev meson ninja-build \
			pkg-config libseccomp-dev libunwind-dev liblzma-dev \
			tar gzip
	elif command -v dnf >/dev/null 2>&1; then
		as_root dnf -y install gcc meson ninja-build pkgconf-pkg-config \
			libseccomp-devel libunwind-devel xz-devel tar gzip
	elif command -v apk >/dev/null 2>&1; then
		as_root apk add gcc musl-dev linux-headers meson pkgconf libseccomp-dev \
			libunwind-dev xz-dev tar gzip
	elif command -v pacman >/dev/null 2>&1; then
		as_root pacman -S --needed --noconfirm gcc meson ninja pkgconf libseccomp \
			libunwind xz tar gzip
	elif command -v zypper >/dev/null 2>&1; then
		as_root zypper --non-interactive install gcc meson ninja pkgconf \
			libseccomp-devel libunwind-devel xz-devel tar gzip
	else
		die "no known package manager; install a C compiler, meson, ninja," \
			"pkg-config, libseccomp and libunwind with their headers"
	fi
}

prepare()
{
	if all_there; then
		say install 'nothing: all that the build takes is there'
		return
	fi
	say install 'a compiler, meson, libseccomp and libunwind'
	install_packages >>"$log" 2>&1 || die 'the packages could not be installed'
	all_there || die 'something that the build takes is still missing'
}

build()
{
	[ -e "$build/build.ninja" ] || logged meson setup "$build" "$src" ||
		die 'meson setup failed'
	logged meson compile -C "$build" gen/segen || die 'building failed'
	say build "$("$segen" --version | head -n 1), in $build"
}

# --- the default workload -------------------------------------------------------------

# An archive is made, packed, unpacked and listed: four programs and a shell.
job='tar -cf - data | gzip -9 | gzip -dc | tar -tf - | sort | wc -l'
job_programs='sh tar gzip sort wc'

# copy_program NAME: the program and the libraries it is linked with, into the new root.
copy_program()
{
	for file in "$(command -v "$1")" $(ldd "$(command -v "$1")" 2>/dev/null |
		grep -o '/[^ )]*'); do
		[ ! -e "$tmp/root$file" ] || continue
		mkdir -p "$tmp/root$(dirname "$file")"
		cp -L "$file" "$tmp/root$file"
	done
}

make_data()
{
	mkdir -p "$tmp/root/job/data"
	cp "$src"/include/segen/*.h "$tmp/root/job/data"
}

make_root()
{
	for name in $job_programs mkdir; do
		copy_program "$name"
	done
	mkdir -p "$tmp/root/tmp" "$tmp/root/etc"
}

trace_default()
{
	make_data
	name=archive
	profile=$out/$name.seccomp.json
	trace=$out/$name.trace.json
	(cd "$tmp/root/job" && "$segen" trace -o "$trace" -- sh -c "$job") \
		>"$tmp/traced" 2>>"$log" || die 'the job failed'
	say trace "'$job' printed $(cat "$tmp/traced")"
}

# run_in_container ARG…: under the profile, with nothing else taken away or given.
run_in_container()
{
	"$docker" run --rm --network none --security-opt "seccomp=$profile" -w /job \
		"$image" "$@"
}

docker_default()
{
	make_root
	tar -C "$tmp/root" -cf - . | logged "$docker" import - "$image" ||
		die 'the image could not be made'
	made_image=1
	run_in_container sh -c "$job" >"$tmp/contained" 2>>"$log" ||
		die 'the job failed in the container'
	cmp -s "$tmp/traced" "$tmp/contained" ||
		die 'the container printed something else than the traced job'
	say proof "in a container under the profile it printed $(cat "$tmp/contained"), too"
	if run_in_container mkdir /tmp/new 2>"$tmp/refused"; then
		die 'mkdir was not refused'
	fi
	say refused "what the job never did: $(head -n 1 "$tmp/refused")"
}

host_default()
{
	(cd "$tmp/root/job" && "$segen" verify "$profile" -- sh -c "$job") \
		>"$tmp/verified" 2>>"$log" || die 'the profile denies something to the job'
	cmp -s "$tmp/traced" "$tmp/verified" ||
		die 'under the profile the job printed something else'
	say proof "segen verify: nothing denied; the job printed $(cat "$tmp/verified"), too"
	(cd "$tmp" && "$segen" verify -o "$tmp/denied" "$profile" -- mkdir new) \
		2>"$tmp/refused" && die 'mkdir was not refused'
	cat "$tmp/denied" >>"$log"
	say refused "what the job never did: $(head -n 1 "$tmp/refused")"
}

# --- a workload of your own -----------------------------------------------------------

trace_yours()
{
	name=$(basename "$1")
	profile=$PWD/$name.seccomp.json
	trace=$PWD/$name.trace.json
	rm -f "$profile"
	traced=0
	"$segen" trace -q -o "$trace" --profile "$profile" -- "$@" || traced=$?
	[ -e "$profile" ] || die "no profile was made (status $traced)"
	say trace "'$*' ended with status $traced"
}

host_yours()
{
	verified=0
	"$segen" verify -o "$tmp/denied" --exit-status workload "$profile" -- "$@" ||
		verified=$?
	cat "$tmp/denied" >>"$log"
	[ "$verified" -eq "$traced" ] ||
		die "traced, it ended with status $traced, under the profile with $verified"
	say proof "$(tr '\n' ' ' <"$tmp/denied" | sed 's/ *This \(was\|ran\).*//')"
}

# On the folders of this machine, read-only but for the current one: your command finds
# its files, and the container has a name of its own for everything else.
docker_yours()
{
	mkdir "$tmp/root"
	tar -C "$tmp/root" -cf - . | logged "$docker" import - "$image" ||
		die 'the image could not be made'
	made_image=1
	[ -t 0 ] && [ -t 1 ] && tty=-t || tty=
	mounts=
	for dir in /bin /sbin /lib /lib32 /lib64 /libx32 /usr /etc /opt /nix; do
		[ ! -d "$dir" ] || mounts="$mounts -v $dir:$dir:ro"
	done
	contained=0
	# shellcheck disable=SC2086 # lists of words
	"$docker" run --rm -i $tty --security-opt "seccomp=$profile" $mounts \
		-v "$PWD:$PWD" -w "$PWD" --tmpfs /tmp --user "$(id -u):$(id -g)" \
		-e HOME=/tmp -e PATH="$PATH" "$image" "$@" || contained=$?
	[ "$contained" -eq "$traced" ] ||
		die "traced, it ended with status $traced, in the container with" \
			"$contained: it may miss a file or a service that is not in there"
	say proof "in a container under the profile it ended with status $contained, too"
}

# --------------------------------------------------------------------------------------

case ${1-} in
'') kind=default ;;
--)
	kind=yours
	shift
	[ $# -gt 0 ] || die "write your command behind '--'"
	;;
*)
	sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
	[ "$1" = --help ] || [ "$1" = -h ] || exit 2
	exit 0
	;;
esac

mkdir -p "$out"
log=$out/log
: >"$log"
tmp=$(mktemp -d)
chmod 755 "$tmp"
prepare
build
"trace_$kind" "$@"
# in their folder, as long paths would break the lines that are read here
(cd "$(dirname "$profile")" && "$segen" audit "$name.seccomp.json" "$name.trace.json") \
	>"$tmp/audit"
cat "$profile" "$tmp/audit" >>"$log"
say profile "$profile: $(sed -n '3s/^ *//p' "$tmp/audit")"

if "$docker" info >"$tmp/info" 2>&1; then
	"docker_$kind" "$@"
else
	cat "$tmp/info" >>"$log"
	"host_$kind" "$@"
fi
say exposure "$(sed -n '1s/^EXPOSURE //p' "$tmp/audit"); $(sed -n '2s/.*; //p' "$tmp/audit")"
say next "docker run --security-opt seccomp=$profile IMAGE"
