#!/bin/sh
# segen verify: the command gets exactly the filter's answers, each denied call is named
# with who wanted it, and --fix gives the rules back.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen verify
cd "$T" || exit 1

# without NAME FROM TO [DEFAULT]: a profile without one call, and with another default
without()
{
	python3 - "$@" <<-'EOT'
	import json, sys
	name, source, target = sys.argv[1:4]
	p = json.load(open(source))
	for rule in p["syscalls"]:
	    rule["names"] = [n for n in rule["names"] if n != name]
	p["syscalls"] = [r for r in p["syscalls"] if r["names"]]
	if len(sys.argv) > 4:
	    p["defaultAction"] = sys.argv[4]
	json.dump(p, open(target, "w"))
	EOT
}

# field KEY: of the only finding in out.json
field()
{
	python3 -c 'import json, sys
f = json.load(open("out.json"))["findings"]
assert len(f) == 1, f
print(f[0][sys.argv[1]])' "$1"
}

# verified PROFILE CMD…: findings as JSON in out.json
verified()
{
	verified_profile=$1
	shift
	run "$SEGEN" verify --format json -o out.json "$verified_profile" -- "$@"
}

job='mkdir d && ls d && rmdir d; echo "status $?"'
run "$SEGEN" trace -q -o t.json --profile p.json -- sh -c "$job"
is "$st" 0 'trace: the job is recorded'

# --- nothing is denied ----------------------------------------------------------------

run "$SEGEN" verify p.json -- sh -c "$job"
is "$st" 0 'unchanged profile: exit status 0'
is "$(cat out)" 'status 0' 'unchanged profile: the job does its work'
has err "^nothing was denied under 'p.json'" 'unchanged profile: it is said'
has err 'segen verify PROFILE -- docker' 'unchanged profile: what a run on the host does not prove'
run "$SEGEN" verify -q p.json -- sh -c 'exit 7'
is "$st" 0 'exit status: the verdict, not the command'
run "$SEGEN" verify -q --exit-status=workload p.json -- sh -c 'exit 7'
is "$st" 7 'exit status: with --exit-status=workload that of the command'

# --- one call is ----------------------------------------------------------------------

without rmdir p.json errno.json
verified errno.json sh -c "$job"
is "$st" 3 'denied: exit status 3'
is "$(cat out)" 'status 1' 'denied: the job goes on as under the filter'
rmdir d
is "$(field call)" rmdir 'denied: the call'
is "$(field answer)" EPERM 'denied: the errno'
is "$(field count)" 1 'denied: how often'
is "$(field text)" 'rmdir("d")' 'denied: arguments, a path as text'
is "$(basename "$(field program)")" rmdir 'denied: the program'
has out.json '"rmdir\+0x' 'denied: the stack begins in the function that made it'
is "$(field base)" allowed 'denied: how the base treats it'
is "$(field fix)" --fix 'denied: what would let it in'
python3 "$SRC/tests/schema.py" "$SRC/docs/verify.schema.json" out.json
ok $? 'denied: the JSON follows docs/verify.schema.json'
run "$SEGEN" verify errno.json -- sh -c "$job"
rmdir d
has err '^DENIED +rmdir EPERM 1x' 'denied: the text names call, errno and count'
has err '^1 call was denied at 1 place' 'denied: the text sums up'

# --- exactly the filter's answers -----------------------------------------------------

for action in KILL_PROCESS:killed:159 KILL_THREAD:thread\ killed:159 TRAP:SIGSYS:159; do
	name=${action%%:*}
	status=${action##*:}
	word=${action#*:}
	word=${word%:*}
	without rmdir p.json forced.json "SCMP_ACT_$name"
	verified forced.json sh -c 'mkdir d; rmdir d; exit $?'
	rmdir d
	is "$st" 3 "$name: exit status 3"
	is "$(field answer)" "$word" "$name: the answer is named"
	is "$(field call)" rmdir "$name: the call is named"
	run "$SEGEN" verify -q --exit-status=workload forced.json -- sh -c 'mkdir d; rmdir d; exit $?'
	rmdir d
	is "$st" "$status" "$name: the program ends of SIGSYS as under the filter"
done
without rmdir p.json log.json SCMP_ACT_LOG
verified log.json sh -c 'mkdir d; rmdir d'
is "$st" 0 'LOG: exit status 0, the call is let through'
is "$(field kind)" logged 'LOG: but reported'
[ ! -e d ]
ok $? 'LOG: the folder is gone'

# ENOSYS of runc's stub: above the highest number that the profile names
run "$SEGEN" verify -q p.json -- \
	python3 -c 'import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
l.syscall(700, 0, 0, 0, 0)
print(os.strerror(ctypes.get_errno()))'
is "$(tail -n 1 out)" 'Function not implemented' 'stub: a number above the highest named one gets ENOSYS'

# a filter of the workload's own
echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}' >all.json
for action in trace errno; do
	"$WORKLOADS/own-filter" "$action" >native.out 2>/dev/null
	run "$SEGEN" verify -q all.json -- "$WORKLOADS/own-filter" "$action"
	same out native.out "own filter, $action: its answer is that of the kernel alone"
done

# the workload's own handler of SIGSYS; what it is told without segen
if [ -x "$WORKLOADS/trapped" ]; then
	cat >trap.json <<-'EOT'
		{"defaultAction": "SCMP_ACT_ALLOW", "architectures":
		 ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
		 "syscalls": [{"names": ["getsid"], "action": "SCMP_ACT_TRAP"}]}
	EOT
	cat >want <<-'EOT'
		call 124 of c000003e, register 7c, at its address: 1
		call 147 of 40000003, register 93, at its address: 1
		call 1073741948 of c000003e, register 4000007c, at its address: 1
		call 124 of c000003e, register 7c, at its address: 1
	EOT
	verified trap.json "$WORKLOADS/trapped"
	same out want 'TRAP, handled: the signal tells what it tells without segen'
	is "$(python3 -c 'import json
print(sum(f["count"] for f in json.load(open("out.json"))["findings"]))')" \
		4 'TRAP, handled: each call is counted, after those of other ABIs, too'
else
	skip 'TRAP, handled' 'the calls are those of x86-64'
fi

# --- --fix ----------------------------------------------------------------------------

run "$SEGEN" verify -q --fixed fixed.json errno.json -- sh -c "$job"
is "$st" 3 '--fixed: what was denied is still the verdict'
rmdir d
run "$SEGEN" diff p.json fixed.json
ok "$st" '--fixed: the rules are those of before' || diag_file out
run "$SEGEN" diff errno.json fixed.json
is "$(grep -c '^[+~-] ' out)" 1 '--fixed: nothing else is changed'
run "$SEGEN" verify -q fixed.json -- sh -c "$job"
is "$st" 0 '--fixed: under the widened profile nothing is denied'
cp errno.json inplace.json
without mkdir inplace.json inplace.json
run "$SEGEN" verify -q --until-clean 5 inplace.json -- sh -c "$job"
is "$st" 0 '--until-clean: calls that show after others are added, too'
run "$SEGEN" diff p.json inplace.json
ok "$st" '--until-clean: the rules are those of before' || diag_file out

# what the base refuses is not let in unless asked for
rm -f fixed.json
run "$SEGEN" trace -q -o t.json --profile user.json -- unshare -U true
run "$SEGEN" verify --format json -o out.json --fixed fixed.json user.json -- unshare -U true
is "$(field base)" 'allowed with CAP_SYS_ADMIN' 'gated by the base: it is said'
has out.json '"fix": "--cap-add SYS_ADMIN' 'gated by the base: the option that lets it in'
[ ! -e fixed.json ]
ok $? 'gated by the base: --fix does not add it'
uring='import ctypes
ctypes.CDLL(None).syscall(425, 1, 0)'
run "$SEGEN" trace -q -o t.json --profile ring.json -- python3 -c "$uring"
run "$SEGEN" verify --format json -o out.json --fixed fixed.json ring.json -- python3 -c "$uring"
is "$(field call)" io_uring_setup 'refused by the base: the call'
is "$(field base)" refused 'refused by the base: it is said'
has out.json '"fix": "--allow io_uring_setup' 'refused by the base: the option that lets it in'
[ ! -e fixed.json ]
ok $? 'refused by the base: --fix does not add it'
run "$SEGEN" verify -q --fixed fixed.json --allow io_uring_setup ring.json -- python3 -c "$uring"
run "$SEGEN" verify -q fixed.json -- python3 -c "$uring"
is "$st" 0 'refused by the base: --allow adds it'

# --- mistakes -------------------------------------------------------------------------

run "$SEGEN" verify p.json
is "$st" 125 'no command: exit status 125'
has err "give a command after the profile 'p.json'" 'no command: said what to give'
run "$SEGEN" verify t.json -- true
is "$st" 125 'a trace for a profile: exit status 125'
run "$SEGEN" verify p.json -- ./nosuch
is "$st" 127 'a command that is not there: exit status 127'
run "$SEGEN" verify nosuch.json -- true
is "$st" 125 'a profile that is not there: exit status 125'

# a call that is denied in a loop is one finding, counted
run "$SEGEN" verify --format json -o out.json errno.json -- \
	python3 -c 'import os
for i in range(5000):
    try:
        os.rmdir("/nonexistent")
    except OSError:
        pass'
is "$(python3 -c 'import json
print(sum(f["count"] for f in json.load(open("out.json"))["findings"] if f["call"] == "rmdir"))')" \
	5000 'a loop: each denial is counted'
# A signal that is ignored has a traced process start its call again (restart_syscall);
# without a tracer nothing of it would happen.
for action in SCMP_ACT_ERRNO SCMP_ACT_KILL_PROCESS; do
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
		[{"names": ["restart_syscall"], "action": "'$action'"}]}' >restart.json
	run "$SEGEN" verify restart.json -- \
		sh -c '(sleep 0.1; kill -WINCH $$) & exec sleep 0.3'
	is "$st" 0 "$action for restart_syscall, an ignored signal: nothing is denied" ||
		diag_file err
	run "$SEGEN" verify restart.json -- "$WORKLOADS/stopped"
	has err 'DENIED  *restart_syscall' "$action for restart_syscall, a stop: it is denied"
done
done_testing
