#!/bin/sh
# Minimal: the profile of the smallest program holds its calls, the essentials and what
# runtimes need, and nothing else; and each of its calls is there for a reason.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3
need_segen
need_engine
engine_start
root_busybox "$T/bb"
image_import bb "$T/bb"
cd "$T" || exit 1

run "$SEGEN" trace -q --mode=full -o t.json --profile p.json -- busybox true
is "$st" 0 "workload: is recorded"
calls_of t.json | cut -d' ' -f2 | sort >traced

# rules WORD: the allowed names of the rules whose comment starts so
rules()
{
	python3 -c 'import json, sys
for rule in json.load(open("p.json"))["syscalls"]:
    if rule["action"] == "SCMP_ACT_ALLOW" and rule["comment"].startswith(sys.argv[1]):
        print(*rule["names"], sep="\n")' "$1" | sort -u
}
rules "" >all
rules observed >observed
rules essential >essential
{ rules "runtime floor"; rules docker-init; } | sort -u >floor
sort -u observed essential floor | comm -13 - all >rest
is "$(cat rest)" "" "profile: every rule is for the workload, essential, or for the runtime"
comm -23 observed traced >untraced
is "$(cat untraced)" "" "profile: the rules of the workload hold nothing that was not observed"
comm -23 traced all >missing
is "$(cat missing)" "" "profile: everything observed is allowed"

# What is essential is a short list, each with its reason in the comment.
for name in exit exit_group rt_sigreturn restart_syscall clock_getres clock_gettime \
	getcpu getrandom gettimeofday time; do
	echo "$name"
done | sort >known
comm -23 essential known >more
is "$(cat more)" "" "profile: the essentials are these and no more"

# The runtime floor holds no more than was measured, where the measurements are here.
measured=$SEGEN_REFERENCE/floor/runtime-floor.json
if [ -n "$SEGEN_REFERENCE" ] && [ -r "$measured" ]; then
	# Some calls are in notes, in sentences.
	grep -o '[a-z_0-9]*' "$measured" | sort -u >known
	comm -23 floor known >more
	is "$(cat more)" "" "profile: the floor of the runtime is measured"
else
	skip "profile: the floor of the runtime is measured" "no reference folder"
fi

# without NAME ACTION: the profile without one call, and with another default action
without()
{
	python3 - "$1" "$2" >less.json <<-'EOF'
	import json, sys
	doc = json.load(open("p.json"))
	doc["defaultAction"] = sys.argv[2]
	for rule in doc["syscalls"]:
	    if rule["action"] == "SCMP_ACT_ALLOW":
	        rule["names"] = [n for n in rule["names"] if n != sys.argv[1]]
	doc["syscalls"] = [r for r in doc["syscalls"] if r["names"]]
	json.dump(doc, sys.stdout)
	EOF
	run drun --security-opt seccomp=less.json bb busybox true
}

# Take away each call that only the workload needs.  Either it fails, or its C library
# goes on without; that it made the call shows when that kills.
without '' SCMP_ACT_ERRNO
is "$st" 0 "all calls allowed: the workload runs"
without '' SCMP_ACT_KILL_PROCESS
is "$st" 0 "all calls allowed, others kill: the workload runs"
sort -u essential floor | comm -23 observed - >own
[ -s own ]
ok $? "calls that only the workload makes: $(tr '\n' ' ' <own)"
while read -r call; do
	without "$call" SCMP_ACT_ERRNO
	if [ "$st" -ne 0 ]; then
		ok 0 "$call left out: the workload fails (status $st)"
		continue
	fi
	without "$call" SCMP_ACT_KILL_PROCESS
	is "$st" 159 "$call left out: the workload goes on, but did call it"
done <own
done_testing
