# export.sh: segen export: every format, and what a format cannot express.
. "$(dirname "$0")/../lib.sh"

need_segen export
need python3

profiles="$SRC/tests/data/profiles"

cat >"$T/p.json" <<'EOF'
{
	"defaultAction": "SCMP_ACT_ERRNO",
	"architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
	"syscalls": [
		{"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
		{"names": ["mount"], "action": "SCMP_ACT_ALLOW",
			"includes": {"caps": ["CAP_SYS_ADMIN"]}},
		{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
			"excludes": {"caps": ["CAP_SYS_ADMIN"]}}
	]
}
EOF
arch="--arch amd64"

# --- oci --------------------------------------------------------------------------------

run "$SEGEN" export $arch --compact "$T/p.json"
is "$st" 0 "oci is the default"
is "$(cat "$T/out")" '{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],"syscalls":[{"names":["read","write"],"action":"SCMP_ACT_ALLOW"},{"names":["clone3"],"action":"SCMP_ACT_ERRNO","errnoRet":38}]}' \
	"resolved for docker's default capabilities"
run "$SEGEN" export $arch --compact --cap-add sys_admin "$T/p.json"
has "$T/out" '"names":\["mount"\]' "--cap-add opens the gate"
hasnt "$T/out" 'clone3' "--cap-add: closes the gate of those without it"
run "$SEGEN" export $arch --caps CAP_SYS_ADMIN --cap-drop ALL "$T/p.json"
hasnt "$T/out" 'mount' "--cap-drop ALL"
run "$SEGEN" export $arch --cap-drop ALL --cap-add SYS_ADMIN "$T/p.json"
has "$T/out" 'mount' "adding wins, as in docker"
run "$SEGEN" export $arch --cap-add ALL --cap-drop SYS_ADMIN "$T/p.json"
hasnt "$T/out" 'mount' "all but one"
run "$SEGEN" export --cap-add FOO "$T/p.json"
is "$st" 2 "an unknown capability is a usage error"
has "$T/err" "unknown capability 'FOO'" "an unknown capability: is named"
run "$SEGEN" export --arch z80 "$T/p.json"
is "$st" 2 "an unknown architecture is a usage error"
run "$SEGEN" export --kernel new "$T/p.json"
is "$st" 2 "an unknown kernel is a usage error"

for v in 4.7 4.8 5.0 10.1; do
	"$SEGEN" export --arch amd64 --kernel "$v" --compact docker >"$T/$v" 2>"$T/err"
done
hasnt "$T/4.7" '"ptrace"' "kernel 4.7: no ptrace"
has "$T/4.8" '"ptrace"' "kernel 4.8: ptrace"
same "$T/4.8" "$T/5.0" "5.0 as 4.8"
same "$T/4.8" "$T/10.1" "10.1 is newer than 4.8"
"$SEGEN" export --arch s390x docker >"$T/s390x" 2>"$T/err"
has "$T/s390x" '"s390_pci_mmio_read"' "s390x has its own calls"
hasnt "$T/s390x" '"arch_prctl"' "s390x: has no calls of x86"

run "$SEGEN" export -o "$T/sub.json" "$T/p.json"
is "$(cat "$T/out")" "" "-o leaves standard output alone"
has "$T/sub.json" defaultAction "-o: writes the file"
"$SEGEN" export --format docker docker 2>"$T/err" | "$SEGEN" export - \
	>"$T/piped" 2>"$T/err"
"$SEGEN" export docker >"$T/direct" 2>"$T/err"
same "$T/piped" "$T/direct" "from standard input"

# --- docker -----------------------------------------------------------------------------

for f in "$profiles"/*.json; do
	name=$(basename "$f" .json)
	"$SEGEN" export --format docker "$f" >"$T/once" 2>"$T/err" &&
		"$SEGEN" export --format docker "$T/once" >"$T/twice" 2>"$T/err"
	same "$T/once" "$T/twice" "docker: $name is stable"
	"$SEGEN" export "$f" >"$T/a" 2>"$T/err" &&
		"$SEGEN" export "$T/once" >"$T/b" 2>"$T/err"
	same "$T/a" "$T/b" "docker: $name resolves to the same"
done

# --- k8s --------------------------------------------------------------------------------

run "$SEGEN" export $arch -f k8s --name "My App.v2" "$T/p.json"
is "$st" 0 "k8s"
cat >"$T/want" <<'EOF'
# In the securityContext of a pod or container:
#   seccompProfile:
#     type: Localhost
#     localhostProfile: operator/my-app-v2.json
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SeccompProfile
metadata:
  name: my-app-v2
spec:
  defaultAction: SCMP_ACT_ERRNO
  architectures:
  - SCMP_ARCH_X86_64
  - SCMP_ARCH_X86
  syscalls:
  - action: SCMP_ACT_ALLOW
    names:
    - read
    - write
  - action: SCMP_ACT_ERRNO
    names:
    - clone3
    errnoRet: 38
EOF
same "$T/out" "$T/want" "k8s: the object"
has "$T/err" "the name is 'my-app-v2'" "k8s: a name that had to be changed is told"
run "$SEGEN" export $arch -f k8s --k8s-api v1beta1 "$T/p.json"
has "$T/out" "^apiVersion: security-profiles-operator.x-k8s.io/v1beta1$" "k8s: --k8s-api v1beta1"
hasnt "$T/err" "the name is" "k8s: a name that can stay is not told"
run "$SEGEN" export $arch -f k8s --k8s-api v2 "$T/p.json"
is "$st" 2 "k8s: an unknown version is a usage error"
cat >"$T/listener.json" <<'EOF'
{"defaultAction": "SCMP_ACT_ERRNO", "listenerPath": "/run/agent.sock",
 "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "comment": "a\nb: c"}]}
EOF
run "$SEGEN" export -f k8s "$T/listener.json"
is "$st" 1 "k8s: a listenerPath elsewhere is refused"
has "$T/err" "/var/run/security-profiles-operator/" "k8s: with the folder where it may be"
run "$SEGEN" export -f k8s --approximate "$T/listener.json"
hasnt "$T/out" "listenerPath" "k8s: or left out"
has "$T/out" "^  # a b: c$" "k8s: a rule's comment is kept in one line"
run "$SEGEN" export -f k8s "$profiles/errnos.json"
is "$st" 1 "k8s: a default errno is refused"
has "$T/err" "k8s cannot express: default errno 38" "k8s: with the reason"
is "$(cat "$T/out")" "" "k8s: and nothing is written"
run "$SEGEN" export -f k8s "$profiles/args.json"
is "$st" 1 "k8s: a value above 2^63 is refused"
run "$SEGEN" export -f k8s --approximate "$profiles/args.json"
is "$st" 0 "k8s: or left out"
hasnt "$T/out" "ioctl" "k8s: together with the call it lets in"
# The facts of deploy/base-crds/crds/seccompprofile.yaml in the Security Profiles Operator.
cat >"$T/crd.py" <<'EOF'
import re, sys, yaml
actions = {"SCMP_ACT_" + a for a in ("KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP", "ERRNO",
                                     "TRACE", "ALLOW", "LOG", "NOTIFY")}
ops = {"SCMP_CMP_" + o for o in ("NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ")}
def integer(v, most):
    assert type(v) is int and 0 <= v <= most, v
def only(d, *keys):
    assert set(d) <= set(keys), d
p = yaml.safe_load(sys.stdin)
only(p, "apiVersion", "kind", "metadata", "spec")
assert p["apiVersion"] in ("security-profiles-operator.x-k8s.io/v1",
                           "security-profiles-operator.x-k8s.io/v1beta1")
assert p["kind"] == "SeccompProfile"
assert re.fullmatch("[a-z0-9]([-a-z0-9]*[a-z0-9])?", p["metadata"]["name"])
spec = p["spec"]
only(spec, "defaultAction", "architectures", "flags", "listenerPath", "listenerMetadata",
     "syscalls")
assert spec["defaultAction"] in actions
assert all(a.startswith("SCMP_ARCH_") for a in spec.get("architectures", []))
for r in spec.get("syscalls", []):
    only(r, "action", "names", "errnoRet", "args")
    assert r["action"] in actions
    assert r["names"] and all(isinstance(n, str) for n in r["names"])
    assert len(set(r["names"])) == len(r["names"])
    integer(r.get("errnoRet", 0), 2**31 - 1)
    assert len(r.get("args", [])) <= 6
    for c in r.get("args", []):
        only(c, "index", "op", "value", "valueTwo")
        assert c["op"] in ops
        integer(c["index"], 5)
        integer(c.get("value", 0), 2**63 - 1)
        integer(c.get("valueTwo", 0), 2**63 - 1)
EOF
sed '1s/{/{"comment": "made by hand",/' "$T/p.json" >"$T/commented.json"
"$SEGEN" export $arch -f k8s "$T/commented.json" >"$T/commented.yaml" 2>"$T/err"
if python3 -c 'import yaml' 2>/dev/null; then
	for name in docker "$T/commented.json" "$T/p.json"; do
		for api in v1 v1beta1; do
			"$SEGEN" export -f k8s --k8s-api $api "$name" 2>"$T/err" |
				python3 "$T/crd.py" >"$T/crd" 2>&1
			ok $? "k8s: $api of $(basename "$name") is what the operator takes" ||
				diag_file "$T/crd"
		done
	done
	has "$T/commented.yaml" "^# made by hand$" "k8s: the profile's own comment is kept"
	sed 's/errnoRet: 38/errnoRet: "38"/' "$T/want" | python3 "$T/crd.py" >"$T/crd" 2>&1
	is $? 1 "k8s: an errno in quotes is not what the operator takes"
else
	skip "k8s: what the operator takes" "python has no yaml module"
fi

# --- systemd ----------------------------------------------------------------------------

cat >"$T/s.json" <<'EOF'
{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 13,
 "syscalls": [
	{"names": ["read", "exit"], "action": "SCMP_ACT_ALLOW"},
	{"names": ["socket"], "action": "SCMP_ACT_ALLOW",
		"args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
	{"names": ["socket"], "action": "SCMP_ACT_ALLOW",
		"args": [{"index": 0, "value": 10, "op": "SCMP_CMP_EQ"}]},
	{"names": ["clone"], "action": "SCMP_ACT_ALLOW",
		"args": [{"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}]},
	{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
	{"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}
EOF
run "$SEGEN" export $arch -f systemd --name web "$T/s.json"
is "$st" 0 "systemd"
cat >"$T/want" <<'EOF'
# /etc/systemd/system/web.service.d/seccomp.conf
# for systemd 247 or newer, which always allows its group @default
[Service]
SystemCallArchitectures=native
SystemCallErrorNumber=EACCES
SystemCallFilter=clone exit read socket
SystemCallFilter=~clone3:ENOSYS
RestrictAddressFamilies=AF_UNIX AF_INET6
RestrictNamespaces=yes
EOF
same "$T/out" "$T/want" "systemd: the drop-in"
run "$SEGEN" export $arch -f systemd docker
is "$st" 1 "systemd: what it cannot express is refused"
has "$T/err" "cannot express: 'personality' with 0x20000" "systemd: with the reason"
run "$SEGEN" export $arch -f systemd --approximate docker
is "$st" 0 "systemd: or left out"
has "$T/out" "^# left out: 'personality' with 0x8" "systemd: the file says so"
has "$T/out" "^RestrictAddressFamilies=~AF_ALG AF_VSOCK$" "systemd: all families but two"
hasnt "$T/out" "^SystemCallFilter=(.* )?mount( |$)" "systemd: no mount"
run "$SEGEN" export $arch -f systemd "$profiles/order.json"
is "$st" 0 "systemd: the first unconditional rule counts"
cat >"$T/deny.json" <<'EOF'
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
	{"names": ["mount"], "action": "SCMP_ACT_ERRNO"},
	{"names": ["reboot"], "action": "SCMP_ACT_KILL_PROCESS"},
	{"names": ["ioctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 25,
		"args": [{"index": 1, "value": 21522, "op": "SCMP_CMP_EQ"}]}]}
EOF
run "$SEGEN" export -f systemd "$T/deny.json"
is "$st" 1 "systemd: a condition in a deny list is refused"
run "$SEGEN" export -f systemd --approximate "$T/deny.json"
has "$T/out" "^SystemCallFilter=~ioctl mount:EPERM reboot:kill$" \
	"systemd: or the call is denied wholly"
for rules in '' '{"names": ["read"], "action": "SCMP_ACT_ERRNO"}' \
	'{"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_BPF"]}}' \
	'{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 1,
		"op": "SCMP_CMP_EQ"}]}'; do
	printf '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [%s]}' "$rules" >"$T/none.json"
	run "$SEGEN" export $arch -f systemd --approximate "$T/none.json"
	is "$st" 1 "systemd: nothing let in is refused: ${rules:-no rules}"
	is "$(cat "$T/out")" "" "systemd: then nothing is written: ${rules:-no rules}"
	has "$T/err" "no filter at all" "systemd: with the reason: ${rules:-no rules}"
done
rm "$T/none.json"
cat >"$T/noop.json" <<'EOF'
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
	{"names": ["personality"], "action": "SCMP_ACT_ALLOW",
		"args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}]},
	{"names": ["mount"], "action": "SCMP_ACT_ERRNO"}]}
EOF
run "$SEGEN" export $arch -f systemd "$T/noop.json"
is "$st" 0 "systemd: a rule that says what the default does is no loss"
has "$T/out" "^SystemCallFilter=~mount:EPERM$" "systemd: such a rule needs no word"
cat >"$T/service.json" <<'EOF'
{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
	{"names": ["read", "execve"], "action": "SCMP_ACT_ALLOW", "comment": "observed"},
	{"names": ["capset", "statx"], "action": "SCMP_ACT_ALLOW",
		"comment": "runtime floor: runc >= 1.1"},
	{"names": ["kill"], "action": "SCMP_ACT_ALLOW",
		"comment": "docker-init: only for docker run --init"},
	{"names": ["cachestat", "mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
	{"names": ["reboot"], "action": "SCMP_ACT_KILL_PROCESS"}]}
EOF
run "$SEGEN" export $arch -f systemd --name "a b[1]" "$T/service.json"
is "$st" 0 "systemd: other answers than the default's can be said"
cat >"$T/want" <<'EOF'
# /etc/systemd/system/a-b-1-.service.d/seccomp.conf
# for systemd 247 or newer, which always allows its group @default
[Service]
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
# without 3 calls of a container's runtime and init, which a service does not have
SystemCallFilter=execve read
SystemCallFilter=~cachestat:ENOSYS mount:ENOSYS reboot:kill
EOF
same "$T/out" "$T/want" "systemd: a service has no container's runtime"
has "$T/err" "the name is 'a-b-1-'" "systemd: a name that had to be changed is told"
if command -v systemd-analyze >/dev/null 2>&1; then
	for name in docker "$T/service.json"; do
	"$SEGEN" export $arch -f systemd --approximate "$name" >"$T/drop" 2>"$T/err"
	{ printf '[Unit]\nDescription=x\n' && cat "$T/drop" && echo ExecStart=/bin/true; } \
		>"$T/seg.service"
	# Names newer than its libseccomp are the one thing it may not know.
	systemd-analyze verify "$T/seg.service" 2>&1 |
		grep -v 'Failed to parse system call' >"$T/verify"
	hasnt "$T/verify" "seg.service:.*(Unknown|Failed|Invalid|ignoring)" \
		"systemd: it understands every line of $(basename "$name")"
	done
	systemd-analyze security --offline=yes "$T/seg.service" >"$T/security" 2>&1
	has "$T/security" "SystemCallArchitectures=.*native|.✓.*SystemCallArchitectures=" \
		"systemd: its own security check sees native calls only"
else
	skip "systemd: it understands every line" "systemd-analyze is not installed"
fi

# --- errors -----------------------------------------------------------------------------

run "$SEGEN" export
is "$st" 2 "no profile is a usage error"
run "$SEGEN" export a b
is "$st" 2 "two profiles are a usage error"
run "$SEGEN" export "$T/none.json"
is "$st" 1 "a missing file"
has "$T/err" "none.json" "is named"
echo '{}' >"$T/empty.json"
run "$SEGEN" export "$T/empty.json"
is "$st" 1 "an empty profile is refused"
has "$T/err" "unconfined" "with the reason"
echo '{"ociVersion": "1.2.0", "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ERRNO"}}}' \
	>"$T/config.json"
run "$SEGEN" export "$T/config.json"
is "$st" 1 "a runtime's config.json is refused"
has "$T/err" ".linux.seccomp" "a runtime's config.json: where its profile is"
echo '[{"Id": "1", "HostConfig": {"SecurityOpt": ["seccomp={}"]}}]' >"$T/inspect.json"
run "$SEGEN" export "$T/inspect.json"
is "$st" 1 "what docker inspect prints is refused"
has "$T/err" "HostConfig.SecurityOpt" "what docker inspect prints: where the profile is"
"$SEGEN" export $arch -f k8s "$T/p.json" >"$T/p.yaml" 2>"$T/err"
run "$SEGEN" export "$T/p.yaml"
is "$st" 1 "a Kubernetes object is refused"
has "$T/err" "\.spec" "a Kubernetes object: where its profile is"
run "$SEGEN" export -o "$T/no/where" docker
is "$st" 1 "an output that cannot be written"
run "$SEGEN" export --format pdf docker
is "$st" 2 "an unknown format"

done_testing
