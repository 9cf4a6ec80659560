#!/bin/sh
# run.sh: everything, on a fresh machine: install what is missing, build in every way,
# check the code, run all tests.  The last line is "N passed, N failed, N skipped".
#
# usage: sh tests/run.sh [STEP…]     steps: setup gcc format clang tidy asan static valgrind
#                                           aarch64 engines
#
# Environment: SEGEN_REFERENCE is the folder with published profiles and measured floors
# (default: ../shared beside the source tree, when it is there); JOBS (default: all CPUs).
# Build folders are build, build-clang, build-asan, build-static and build-aarch64 in the
# source tree; what the steps print is in build-logs.  build-engines has the boxes with
# other engines (tests/engines), which are made once and kept; the step "engines" runs only
# when it is named.
set -u

src=$(cd "$(dirname "$0")/.." && pwd)
cd "$src" || exit 1
jobs=${JOBS:-$(nproc)}
passed=0
failed=0
skipped=0
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"

reference=${SEGEN_REFERENCE:-}
if [ -z "$reference" ] && [ -d ../shared/base ]; then
	reference=$(cd ../shared && pwd)
fi

# A job in the background, or under nohup, ignores signals that the tests send.
unignored=
if env --default-signal=HUP true 2>/dev/null; then
	unignored='env --default-signal=HUP,INT,QUIT,PIPE'
fi

# wanted STEP: it was named, or none was
steps=" $* "
wanted()
{
	case $steps in
	'  ' | *" $1 "*) return 0 ;;
	esac
	return 1
}

# step NAME CMD…: one check; it is one test of the sum
step()
{
	name=$1
	shift
	t0=$(date +%s)
	if "$@" >"$logs/step.log" 2>&1; then
		passed=$((passed + 1))
		echo "ok: $name ($(($(date +%s) - t0)) s)"
		return 0
	fi
	failed=$((failed + 1))
	echo "FAILED: $name"
	tail -n 60 "$logs/step.log" | sed 's/^/    /'
	return 1
}

# suite BUILD NAME ARGS…: meson test; its points join the sums
suite()
{
	build=$1
	name=$2
	shift 2
	t0=$(date +%s)
	log=testlog-$(echo "$name" | tr ' ' -)
	rm -f "$build/meson-logs/$log"*.json
	$unignored meson test -C "$build" --num-processes "$jobs" --no-rebuild --logbase "$log" \
		--print-errorlogs "$@" >"$logs/$log" 2>&1
	# meson puts the name of a wrapper or of a setup behind
	for json in "$build/meson-logs/$log"*.json; do :; done
	count "$name" "$json" "$logs/$log" "$t0"
	[ "$f" -eq 0 ] || grep -E '^(not ok|# )|stderr' "$logs/$log" | head -n 100
}

# count NAME RESULTS LOG START: what is in a testlog of meson joins the sums; $f failed
count()
{
	name=$1
	if [ ! -e "$2" ]; then
		step "$name" false
		sed 's/^/    /' "$3"
		f=0
		return 1
	fi
	python3 tests/count.py "$2" >"$logs/count"
	sed '$d' "$logs/count" | sed 's/^/    /'
	read -r p f s <<-EOF
	$(tail -n 1 "$logs/count")
	EOF
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	echo "$name: $p passed, $f failed, $s skipped ($(($(date +%s) - $4)) s)"
}

# skip NAME REASON: one check that cannot be made here
skip()
{
	skipped=$((skipped + 1))
	echo "skipped: $1: $2"
}

# configure BUILD OPTIONS…: a fresh or known build folder, then ninja
configure()
{
	build=$1
	shift
	set -- "$@" "-Dreference=$reference"
	if [ -e "$build/build.ninja" ]; then
		set -- --reconfigure "$@"
	fi
	meson setup "$@" "$build" && ninja -C "$build" -j "$jobs"
}

configure_clang()
{
	(export CC=clang && configure build-clang --werror)
}

missing_packages()
{
	sed '/^#/d' tests/packages.txt | while read -r pkg; do
		dpkg-query -W -f '${Status}' "$pkg" 2>/dev/null | grep -q ' installed$' ||
			echo "$pkg"
	done
}

# install: with apt where there is apt; elsewhere the tests say what they miss
install_packages()
{
	command -v apt-get >/dev/null || return 0
	pkgs=$(missing_packages)
	[ -n "$pkgs" ] || return 0
	echo "installing: $(echo "$pkgs" | tr '\n' ' ')"
	sudo=
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	# Servers are installed for their programs: where there is no policy on starting them,
	# there is one meanwhile, and none is started.
	$sudo env DEBIAN_FRONTEND=noninteractive sh -c '
		policy=/usr/sbin/policy-rc.d
		if [ ! -e "$policy" ]; then
			trap "rm -f $policy" EXIT
			printf "#!/bin/sh\nexit 101\n" >"$policy" && chmod 755 "$policy"
		fi
		apt-get -qq update &&
		apt-get -qq -y --no-install-recommends install "$@"' sh $pkgs
}

sources()
{
	find include tracer gen tests samples -name '*.[ch]' | sort
}

check_format()
{
	sources | xargs clang-format --dry-run -Werror
}

check_tidy()
{
	rm -f "$logs"/tidy.*
	# what is built here: not the register files of other architectures
	sources | grep '\.c$' | while read -r file; do
		grep -q "/$file\"" build-clang/compile_commands.json && echo "$file"
	done | xargs -P "$jobs" -n 3 sh -c '
		clang-tidy -p build-clang --quiet "$@" >"$0.$$" 2>&1 && exit
		grep -Ev "^[0-9]+ warnings? generated\.$" "$0.$$"
		exit 1' "$logs/tidy"
}

# lacks PROGRAM…: the first that is not here
lacks()
{
	for prog; do
		command -v "$prog" >/dev/null || {
			echo "$prog"
			return
		}
	done
}

# arm64: packages into a folder of their own, a cross build with them, and its tests in
# an emulated machine with Debian's kernel
build_aarch64()
{
	printf "[constants]\nroot = '%s'\n" "$src/build-aarch64/packages/root" \
		>build-aarch64/root.ini
	configure build-aarch64/build --cross-file build-aarch64/root.ini \
		--cross-file tests/aarch64/cross.ini -Ddocs=disabled --werror
}

test_aarch64()
{
	t0=$(date +%s)
	rm -f build-aarch64/result.json
	step 'an arm64 machine runs to its end' python3 tests/aarch64/machine.py \
		build-aarch64/build build-aarch64/packages build-aarch64/machine \
		build-aarch64/result.json
	count 'arm64 machine' build-aarch64/result.json "$logs/step.log" "$t0"
}

aarch64()
{
	prog=$(lacks apt-get dpkg-deb cpio clang ld.lld llvm-ar qemu-system-aarch64)
	if [ -n "$prog" ]; then
		skip 'arm64 machine' "'$prog' is not installed"
		return
	fi
	mkdir -p build-aarch64
	if ! sh tests/aarch64/packages.sh build-aarch64/packages >"$logs/arm64-packages" 2>&1; then
		sed 's/^/    /' "$logs/arm64-packages" | tail -n 5
		skip 'arm64 machine' "Debian's arm64 packages cannot be fetched"
		return
	fi
	step 'cross build for arm64' build_aarch64 && test_aarch64
}

# engines: today's, each suite of Debian in a box of its own
engines()
{
	prog=$(lacks debootstrap unshare apt-get)
	if [ "$(id -u)" -ne 0 ] || [ -n "$prog" ]; then
		skip 'engines in boxes' "they take root${prog:+, and '$prog'}"
		return
	fi
	t0=$(date +%s)
	SEGEN=$src/build/gen/segen WORKLOADS=$src/build/samples \
		sh tests/engines/engines.sh test build-engines trixie forky >"$logs/engines" 2>&1
	sed '$d' "$logs/engines" | sed 's/^/    /'
	read -r p f s <<-EOF
	$(tail -n 1 "$logs/engines")
	EOF
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	echo "engines in boxes: $p passed, $f failed, $s skipped ($(($(date +%s) - t0)) s)"
}

logs=$src/build-logs
mkdir -p "$logs" || exit 1
echo "reference data: ${reference:-none}"

if wanted setup; then
	step 'install packages' install_packages
fi
if wanted gcc; then
	step 'build with gcc' configure build --buildtype=debugoptimized --werror &&
		suite build 'all tests' --setup all
fi
if wanted format; then
	step 'clang-format' check_format
fi
if wanted clang || wanted tidy; then
	step 'build with clang' configure_clang
fi
if wanted tidy; then
	step 'clang-tidy' check_tidy
fi
if wanted asan; then
	# They look at segen's own code: a filter at one moment is as good as at three.
	export PATIENCE=9
	step 'build with sanitizers' configure build-asan --native-file build-dev.ini &&
		suite build-asan 'sanitizers' --suite unit --suite cli
	unset PATIENCE
fi
if wanted static; then
	step 'static build' configure build-static -Dstatic=true --werror &&
		suite build-static 'static' --suite static
fi
if wanted valgrind; then
	suite build 'valgrind' --suite unit --no-suite bare \
		--timeout-multiplier 10 \
		--wrap 'valgrind -q --error-exitcode=99 --leak-check=full'
fi
if wanted aarch64; then
	aarch64
fi
# By name only: it makes two boxes of a gigabyte each.
case $steps in
*' engines '*) engines ;;
esac

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
