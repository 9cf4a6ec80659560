#!/bin/sh
# Fallbacks: under Docker a program does not get clone3 or io_uring and goes another way.
# segen observes a command under the base's rules, so that way is in the profile; with
# --observe=free it is not, and the difference shows in the engine.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3
need_segen
need_engine
ROUNDS=${ROUNDS:-10}
engine_start
engine_images
NATIVE=$(uname -m)
cd "$T" || exit 1

# record NAME OBSERVE CMD…: the trace, the profile and the output in $T/NAME.OBSERVE.*
record()
{
	rec=$1.$2
	rec_observe=$2
	shift 2
	run "$SEGEN" trace -q --observe="$rec_observe" -o "$rec.trace.json" \
		--profile "$rec.seccomp.json" -- "$@"
	cp "$T/out" "$rec.out"
}

# contained NAME OBSERVE CMD…: in the engine, under that profile
contained()
{
	con=$1.$2
	shift 2
	run drun --security-opt "seccomp=$con.seccomp.json" glibc "$@"
}

# outcome TRACE CALL: "seen" and the outcomes of a call, or "absent"
outcome()
{
	python3 -c 'import json, sys
calls = json.load(open(sys.argv[1]))["calls"][sys.argv[2]]
seen = calls.get(sys.argv[3], {}).get("seen", {}).values()
print(*sorted({o for s in seen for o in s.get("outcomes", {})}) or ["absent"])' \
		"$1" "$NATIVE" "$2"
}

# In the base's world: refused as the base refuses, and the other way taken.
record threads base "$WORKLOADS"/fallbacks
is "$st" 0 "fallbacks: works while it is observed under the base"
is "$(outcome threads.base.trace.json clone3)" ENOSYS "fallbacks: clone3 is refused with ENOSYS"
is "$(outcome threads.base.trace.json clone)" ok "fallbacks: so clone is taken"
record ring base "$WORKLOADS"/io-uring -v
is "$(tail -n 1 ring.base.out)" "with preadv" "--observe=base: io_uring is not there"
is "$(outcome ring.base.trace.json io_uring_setup)" EPERM "io_uring: refused with EPERM"
is "$(outcome ring.base.trace.json preadv)" ok "io_uring: preadv is taken instead"

for i in $(seq "$ROUNDS"); do
	contained threads base fallbacks
	[ "$st" -eq 0 ] && cmp -s "$T/out" threads.base.out || break
	contained ring base io-uring -v
	[ "$st" -eq 0 ] && cmp -s "$T/out" ring.base.out || break
done
is "$i $st" "$ROUNDS 0" "profiles of both programs: they run in the engine, $ROUNDS times" ||
	diag_file "$T/out"

# What libcs probe for and a profile does not allow is answered with ENOSYS by a rule,
# never with the default's EPERM.
python3 - ring.base.seccomp.json >"$T/eperm" <<-'EOF'
import json, sys
allowed, enosys = set(), set()
for rule in json.load(open(sys.argv[1]))["syscalls"]:
    if rule["action"] == "SCMP_ACT_ALLOW":
        allowed.update(rule["names"])
    elif rule.get("errnoRet") == 38:
        enosys.update(rule["names"])
probed = {"clone3", "statx", "openat2", "faccessat2", "close_range", "io_uring_setup"}
print(*sorted(probed - allowed - enosys))
EOF
is "$(cat "$T/eperm")" "" "probes: are allowed or answered with ENOSYS"

# Unhindered: the program takes the modern way, and the profile misses the old one.
record threads free "$WORKLOADS"/fallbacks
is "$(outcome threads.free.trace.json clone3)" ok "--observe=free: clone3 succeeds"
is "$(outcome threads.free.trace.json clone)" absent "--observe=free: clone is never seen"
record ring free "$WORKLOADS"/io-uring -v
is "$(tail -n 1 ring.free.out)" "with io_uring" "--observe=free: io_uring is there"
is "$(outcome ring.free.trace.json preadv)" absent "--observe=free: preadv is never seen"
contained ring free io-uring -v
[ -s ring.free.seccomp.json ] && [ "$st" -eq 1 ]
ok $? "--observe=free: the profile does not let the program run in the engine" ||
	diag_file "$T/out"
done_testing
