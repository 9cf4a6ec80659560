#!/bin/sh
# segen trace: a workload that does more than a trace can hold keeps its exit status, and
# its trace can be read.
. "$(dirname "$0")/../lib.sh"
need python3 cc
need_segen trace merge
cd "$T" || exit 1

cat >numbers.py <<'EOF'
import ctypes, sys
libc = ctypes.CDLL(None)
for nr in range(100000, 105000):
    libc.syscall(nr)
sys.exit(7)
EOF
run "$SEGEN" trace --no-profile --no-stacks -o numbers.json -- python3 numbers.py
is "$st" 7 "5000 numbers that are no call: the exit status is the workload's" || diag_file err
has err '4744 calls had numbers' "5000 numbers that are no call: the rest is counted"
run "$SEGEN" merge numbers.json -o again.json
is "$st" 0 "5000 numbers that are no call: the trace can be read" || diag_file err
same again.json numbers.json "5000 numbers that are no call: the trace is canonical"
is "$(grep -c '^	*"#10[0-9]*": ' numbers.json)" 256 "5000 numbers that are no call: 256 are listed"

# Each program is started once.
echo 'int main(void) { return 0; }' >p.c
cc -o p -static p.c 2>/dev/null || cc -o p p.c
cat >programs.py <<'EOF'
import os, sys
os.mkdir("d")
for i in range(10010):
    os.link("p", "d/p%d" % i)
    pid = os.posix_spawn("d/p%d" % i, ["p"], {})
    os.waitpid(pid, 0)
    os.unlink("d/p%d" % i)
sys.exit(9)
EOF
run "$SEGEN" trace --no-profile --no-stacks -o programs.json -- python3 programs.py
is "$st" 9 "10010 programs: the exit status is the workload's" || diag_file err
has err 'more programs were started than the 10000' "10010 programs: the rest is counted" ||
	diag_file err
has programs.json 'more programs were started than' "10010 programs: the trace says so"
run "$SEGEN" merge programs.json -o again.json
is "$st" 0 "10010 programs: the trace can be read" || diag_file err
done_testing
