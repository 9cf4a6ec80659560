#!/bin/sh
# The static program needs nothing: it runs in an empty root, with no /proc, /dev, /tmp.
. "$(dirname "$0")/../lib.sh"
is_root || skip_all "chroot needs root"
need busybox
need_segen
! ldd "$SEGEN" >/dev/null 2>&1
ok $? "the program has no shared libraries"
mkdir "$T/root"
cp "$SEGEN" "$T/root/segen"
cp "$(command -v busybox)" "$T/root/busybox"
run chroot "$T/root" /segen --version
is "$st" 0 "--version"
run chroot "$T/root" /segen trace -o /t.json --profile /p.json -- /busybox sh -c 'exit 6'
is "$st" 6 "trace: the workload's status" || diag_file "$T/err"
calls_of "$T/root/t.json" >"$T/calls"
has "$T/calls" " exit_group 1" "trace: the calls are there"
run chroot "$T/root" /segen gen /t.json
is "$st" 0 "gen: status"
has "$T/out" SCMP_ACT_ALLOW "gen: a profile on stdout"
done_testing
