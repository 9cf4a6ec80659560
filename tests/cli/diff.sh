# diff.sh: segen diff: profiles and traces by meaning.
. "$(dirname "$0")/../lib.sh"
need_segen diff
need python3

# less NAME…: docker's default profile without these calls
less()
{
	"$SEGEN" export --format docker docker | python3 -c '
import json, sys
p = json.load(sys.stdin)
for r in p["syscalls"]:
    r["names"] = [n for n in r["names"] if n not in sys.argv[1:]]
p["syscalls"] = [r for r in p["syscalls"] if r["names"]]
json.dump(p, sys.stdout)' "$@"
}

"$SEGEN" export --format docker docker >"$T/base.json"
less chmod fchmod fchmodat >"$T/less.json"

run "$SEGEN" diff docker "$T/base.json" --all-targets
is "$st" 0 'equal profiles: exit status 0'
has "$T/out" '^0 wider, 0 changed, 0 narrower' 'equal profiles: says so'

run "$SEGEN" diff "$T/base.json" "$T/less.json"
is "$st" 1 'narrower: exit status 1'
has "$T/out" '^- chmod +allowed -> refused \(EPERM\)$' 'narrower: the call and both answers'
has "$T/out" 'still open, does the same: fchmodat2' 'narrower: the way that stays open'
has "$T/out" '^0 wider, 0 changed, 3 narrower' 'narrower: the totals'
awk 'length($0) > 80 { exit 1 }' "$T/out"
ok $? 'text: fits 80 columns'
run "$SEGEN" diff "$T/base.json" "$T/less.json" --fail-on wider
is "$st" 1 'narrower: is no reason for --fail-on wider'
run "$SEGEN" diff "$T/less.json" "$T/base.json" --fail-on wider
is "$st" 3 'wider: exit status 3 with --fail-on wider'

less bpf >"$T/no-bpf.json"
run "$SEGEN" diff "$T/no-bpf.json" docker
is "$st" 0 'gated call: no difference without the capability'
run "$SEGEN" diff "$T/no-bpf.json" docker --cap-add BPF
is "$st" 1 'gated call: a difference with it'
has "$T/out" 'kernel-code: loads programs into the kernel' 'gated call: its danger'
run "$SEGEN" diff "$T/no-bpf.json" docker --all-targets
has "$T/out" 'on all architectures: with CAP_BPF, with CAP_SYS_ADMIN' \
	'all targets: where it makes a difference'

run "$SEGEN" diff --format json --all-targets "$T/less.json" docker
python3 "$SRC/tests/schema.py" "$SRC/docs/diff.schema.json" "$T/out"
ok $? 'json: profiles follow docs/diff.schema.json'

# --- traces -----------------------------------------------------------------------------

trace()
{
	"$SEGEN" trace -q --no-profile -o "$1" -- sh -c "$2" >/dev/null 2>&1
}
if trace "$T/a" 'true' && trace "$T/b" 'mkdir "$0.d"; rmdir "$0.d"; exec /bin/true'; then
	run "$SEGEN" diff "$T/a" "$T/b"
	is "$st" 1 'traces: exit status 1'
	has "$T/out" '^\+ (mkdir|mkdirat)' 'traces: a call that only one made'
	has "$T/out" 'programs +\+/' 'traces: its program'
	awk 'length($0) > 80 { exit 1 }' "$T/out"
	ok $? 'traces: fits 80 columns'
	run "$SEGEN" diff "$T/a" "$T/a"
	is "$st" 0 'traces: one equals itself'
	run "$SEGEN" diff --format json "$T/a" "$T/b"
	python3 "$SRC/tests/schema.py" "$SRC/docs/diff.schema.json" "$T/out"
	ok $? 'json: traces follow docs/diff.schema.json'
	run "$SEGEN" diff "$T/a" docker
	is "$st" 2 'a trace and a profile: exit status 2'
	has "$T/err" "is a trace and 'docker' is a profile" 'a trace and a profile: says so'
else
	skip 'traces' 'nothing can be traced here'
fi

# --- trouble ----------------------------------------------------------------------------

run "$SEGEN" diff docker
is "$st" 2 'one file: exit status 2'
run "$SEGEN" diff docker "$T/none"
is "$st" 2 'a file that is not there: exit status 2'
has "$T/err" "$T/none" 'a file that is not there: is named'
done_testing
