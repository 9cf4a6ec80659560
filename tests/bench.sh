#!/bin/sh
# bench.sh: what tracing costs: build a release, run every workload natively, under segen
# and under strace in turn, and print medians and ratios.
#
# usage: sh tests/bench.sh [OPTION…] [WORKLOAD…]     see --help
#        sh tests/bench.sh --containers [OPTION…]    what it costs to start a container
# The build folder is build-bench in the source tree.
set -eu
src=$(cd "$(dirname "$0")/.." && pwd)
build=$src/build-bench

[ -e "$build/build.ninja" ] ||
	meson setup --buildtype=release -Ddocs=disabled "$build" "$src" >&2
ninja -C "$build" >&2
if [ "${1-}" = --containers ]; then
	shift
	exec python3 "$src/tests/bench/containers.py" --segen "$build/gen/segen" "$@"
fi
exec python3 "$src/tests/bench/bench.py" --segen "$build/gen/segen" \
	--programs "$build/tests/bench" "$@"
