#!/bin/sh
# Short programs that a shell runs one after the other are kept on the tracer's CPU; the
# workload is never told, and who lasts longer or runs beside others is set free.
. "$(dirname "$0")/../lib.sh"
need python3 nproc grep
need_segen
[ "$(nproc)" -ge 2 ] || skip_all "there is only one CPU"
all=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)

# many: short programs first, so that a pattern is seen
many()
{
	echo "i=0; while [ \$i -lt 40 ]; do /bin/true; i=\$((i+1)); done"
}

# traced SCRIPT: its output, when all its calls are known before
traced()
{
	echo "$1" >"$T/script"
	"$SEGEN" trace -q --mode=full --observe=free --no-profile -o "$T/known.json" -- \
		sh "$T/script" >"$T/native" 2>"$T/err"
	run "$SEGEN" trace -q --observe=free --no-profile --known "$T/known.json" \
		-o "$T/t.json" -- sh "$T/script"
}

# cpus_are WANTED WHAT: what the program has printed of its CPUs
cpus_are()
{
	is "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$T/out")" "$1" "$2"
}
status='grep Cpus_allowed_list /proc/self/status'
# Busy for long enough, then the same.
spin='python3 -c "import time
end = time.monotonic() + 0.5
while time.monotonic() < end: pass
print(*[l for l in open(\"/proc/self/status\") if \"Cpus_allowed_list\" in l])"'

traced "$(many); $status"
[ "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$T/out")" != "$all" ]
ok $? "a short program after others is kept on one CPU" || diag_file "$T/out"
traced "$(many); nproc; $(many)
	python3 -c 'import os; print(sorted(os.sched_getaffinity(0)))'"
is "$(head -1 "$T/out")" "$(nproc)" "nproc tells how many CPUs there are"
same "$T/out" "$T/native" "sched_getaffinity: the same as without segen"
traced "$(many); exec $spin"
cpus_are "$all" "the shell becomes a long program: it is set free"
traced "$(many); $spin"
cpus_are "$all" "a long program after short ones is set free"
traced "$(many); sleep 2 & $(many); $status; kill %1"
cpus_are "$all" "short programs beside another run where they like"
traced "$(many); sleep 2 & $spin; kill %1"
cpus_are "$all" "one that was born of who was kept until then, too"
traced "$(many); taskset -p \$\$ 2>/dev/null | sed 's/.*mask: //'"
same "$T/out" "$T/native" "another process is told its mask as well"
done_testing
