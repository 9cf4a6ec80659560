# export.sh: segen export: every format, and what a format cannot say.
. "$SRC/tests/lib.sh"

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
hasnt "$T/out" 'clone3' "and closes the other one"
run "$SEGEN" export $arch --caps CAP_SYS_ADMIN --cap-drop ALL "$T/p.json"
hasnt "$T/out" 'mount' "--cap-drop ALL"
run "$SEGEN" export $arch --cap-drop ALL --cap-add SYS_ADMIN "$T/p.json"
has "$T/out" 'mount' "adding wins, as in docker"
run "$SEGEN" export $arch --cap-add ALL --cap-drop SYS_ADMIN "$T/p.json"
hasnt "$T/out" 'mount' "all but one"
run "$SEGEN" export --cap-add FOO "$T/p.json"
is "$st" 2 "an unknown capability is a usage error"
has "$T/err" "unknown capability 'FOO'" "and named"
run "$SEGEN" export --arch z80 "$T/p.json"
is "$st" 2 "an unknown architecture is a usage error"
run "$SEGEN" export --kernel new "$T/p.json"
is "$st" 2 "so is an unknown kernel"

for v in 4.7 4.8 5.0 10.1; do
	"$SEGEN" export --arch amd64 --kernel "$v" --compact docker >"$T/$v" 2>"$T/err"
done
hasnt "$T/4.7" '"ptrace"' "kernel 4.7: no ptrace"
has "$T/4.8" '"ptrace"' "kernel 4.8: ptrace"
same "$T/4.8" "$T/5.0" "5.0 as 4.8"
same "$T/4.8" "$T/10.1" "10.1 is newer than 4.8"
"$SEGEN" export --arch s390x docker >"$T/s390x" 2>"$T/err"
has "$T/s390x" '"s390_pci_mmio_read"' "s390x has its own calls"
hasnt "$T/s390x" '"arch_prctl"' "and not those of x86"

run "$SEGEN" export -o "$T/sub.json" "$T/p.json"
is "$(cat "$T/out")" "" "-o leaves standard output alone"
has "$T/sub.json" defaultAction "and writes the file"
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
apiVersion: security-profiles-operator.x-k8s.io/v1beta1
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
    errnoRet: "38"
EOF
same "$T/out" "$T/want" "k8s: the object"
run "$SEGEN" export -f k8s "$profiles/errnos.json"
is "$st" 1 "k8s: a default errno is refused"
has "$T/err" "k8s cannot say: default errno 38" "k8s: with the reason"
is "$(cat "$T/out")" "" "k8s: and nothing is written"
run "$SEGEN" export -f k8s "$profiles/args.json"
is "$st" 1 "k8s: a value above 2^63 is refused"
run "$SEGEN" export -f k8s --approximate "$profiles/args.json"
is "$st" 0 "k8s: or left out"
hasnt "$T/out" "ioctl" "k8s: together with the call it lets in"
if python3 -c 'import yaml' 2>/dev/null; then
	"$SEGEN" export -f k8s docker 2>"$T/err" | python3 -c '
import sys, yaml
p = yaml.safe_load(sys.stdin)
assert all(isinstance(n, str) for r in p["spec"]["syscalls"] for n in r["names"])'
	ok $? "k8s: YAML, and every name in it is a string"
else
	skip "k8s: YAML" "python has no yaml module"
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
# systemd lets its group @default in besides.
[Service]
SystemCallArchitectures=native
SystemCallErrorNumber=EACCES
SystemCallFilter=clone clone3 exit read socket
RestrictAddressFamilies=AF_UNIX AF_INET6
RestrictNamespaces=yes
EOF
same "$T/out" "$T/want" "systemd: the drop-in"
run "$SEGEN" export $arch -f systemd docker
is "$st" 1 "systemd: what it cannot say is refused"
has "$T/err" "cannot say: 'personality' with 0x20000" "systemd: with the reason"
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
if command -v systemd-analyze >/dev/null 2>&1; then
	"$SEGEN" export $arch -f systemd --approximate docker >"$T/drop" 2>"$T/err"
	{ printf '[Unit]\nDescription=x\n' && cat "$T/drop" && echo ExecStart=/bin/true; } \
		>"$T/seg.service"
	# Names newer than its libseccomp are the one thing it may not know.
	systemd-analyze verify "$T/seg.service" 2>&1 |
		grep -v 'Failed to parse system call' >"$T/verify"
	hasnt "$T/verify" "seg.service:.*(Unknown|Failed|Invalid|ignoring)" \
		"systemd: it understands every line"
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
run "$SEGEN" export -o "$T/no/where" docker
is "$st" 1 "an output that cannot be written"
run "$SEGEN" export --format pdf docker
is "$st" 2 "an unknown format"

done_testing
