#!/bin/sh
# Lint: what it says of a profile's start is what a real engine does, call by call; repaired
# profiles start.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3
need_segen lint
need_engine
engine_start
root_busybox "$T/bb"
image_import bb "$T/bb"
cd "$T" || exit 1
runc --version | sed -n 's/^runc version \([0-9.]*\).*/\1/p' >version

# less NAME…: docker's default profile without these calls, in less.json
less()
{
	"$SEGEN" export --format docker docker | python3 -c '
import json, sys
p = json.load(sys.stdin)
for r in p["syscalls"]:
    r["names"] = [n for n in r["names"] if n not in sys.argv[1:]]
p["syscalls"] = [r for r in p["syscalls"] if r["names"]]
json.dump(p, sys.stdout)' "$@" >less.json
}

# foretold: whether lint says that the runc which is installed starts nothing: yes, no
foretold()
{
	"$SEGEN" lint --runtime runc --format json less.json >lint.json
	python3 - <<'EOF'
import json, re
def version(s):
    return [int(n) for n in s.split(".") if n]
have = version(open("version").read().strip())
bad = any(f["rule"] == "SG003" and version(
    re.match(r"runc ([0-9.]+) and newer", f["text"])[1]) <= have
    for f in json.load(open("lint.json"))["findings"])
print("yes" if bad else "no")
EOF
}

# starts: whether a container does; a program that ends with an error of its own has started
starts()
{
	run drun --security-opt seccomp=less.json bb busybox true
	[ "$st" -eq 0 ]
}

less
is "$(foretold)" no "docker's default: lint says that it starts"
starts
ok $? "docker's default: it starts"

# Calls that runc makes under the filter, one by one.
for call in capget capset chdir close execve fstat fstatfs futex getcwd getdents64 getppid \
	newfstatat openat prctl read setgid setgroups setuid write \
	epoll_ctl fcntl getpid faccessat2 fchown openat2; do
	less "$call"
	want=$(foretold)
	starts && got=no || got=yes
	is "$want" "$got" "without $call: lint says what happens (fails: $got)"
done

# A profile that older runtimes start and newer ones do not.
less statx openat2
want=$(foretold)
starts && got=no || got=yes
is "$want" "$got" 'without statx and openat2: lint says what happens'
"$SEGEN" lint --fail-on never less.json >out
grep -q 'runc 1.2.8 and newer cannot start' out
ok $? 'without statx and openat2: it says which versions fail'

# Repairs.
for calls in 'capget capset setuid' 'fstatfs getcwd openat' 'execve exit_group' 'statx openat2'; do
	# shellcheck disable=SC2086
	less $calls
	"$SEGEN" lint --fix --fail-on never less.json >/dev/null 2>&1
	starts
	ok $? "without $calls: starts when it is repaired" || diag_file err
done
done_testing
