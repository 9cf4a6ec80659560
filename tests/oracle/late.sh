#!/bin/sh
# late.sh: run a command of segen that learns of stops late and in random order
# (shuffle-waits.c), as on a busy machine.
#
# usage: late.sh SEED SEGEN ARGS…
seed=$1
shift
LD_PRELOAD=$(dirname "$1")/../tests/shuffle-waits.so
# A sanitizer wants to be the first library.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
if [ ! -e "$LD_PRELOAD" ]; then
	echo "late.sh: $LD_PRELOAD is not built" >&2
	exit 125
fi
exec env SHUFFLE="$seed" LD_PRELOAD="$LD_PRELOAD" ASAN_OPTIONS="$ASAN_OPTIONS" "$@"
