#!/bin/sh
# bench.sh: what tracing costs: build a release, run every workload natively, under segen
# and under strace in turn, and print medians and ratios.
#
# usage: sh tests/bench.sh [OPTION…] [WORKLOAD…]     see --help
# The build folder is build-bench in the source tree.
set -eu
src=$(cd "$(dirname "$0")/.." && pwd)
build=$src/build-bench

[ -e "$build/build.ninja" ] ||
	meson setup --buildtype=release -Ddocs=disabled "$build" "$src" >&2
ninja -C "$build" >&2
exec python3 "$src/tests/bench/bench.py" --segen "$build/gen/segen" \
	--programs "$build/tests/bench" "$@"
