# audit.sh: segen audit --container: what the kernel has for a container is, for every call
# of every ABI, what segen resolves from the profile that the engine was given.
. "$SRC/tests/lib.sh"
. "$SRC/tests/engine.sh"

need_engine
need_segen audit
need python3

engine_start
root_busybox "$T/bb"
root_glibc "$T/glibc" "$WORKLOADS/outer-filter"
image_import glibc "$T/glibc"
image_import bb "$T/bb" 'CMD ["/bin/sh"]'
export DOCKER_HOST="unix://$ENGINE/s"
case $(docker_ version --format '{{.Server.Version}}') in
20.*) base=docker-20.10 ;;
*) base=docker ;;
esac

cat >"$T/differ.py" <<'P'
import json, sys
a, b = (json.load(open(p))["profiles"][0]["answers"] for p in sys.argv[1:3])
one = lambda d: {(abi, c): k for abi, g in d.items() for k, l in g.items() for c in l}
a, b = one(a), one(b)
for abi, call, answer in (w.split("/") for w in sys.argv[3:]):
    b[abi, call] = answer
wrong = sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))
for k in wrong[:20]:
    print(*k, "kernel:", a.get(k), "resolved:", b.get(k))
print(len(a), "calls")
sys.exit(bool(wrong) or len(a) < 1000)
P

# start NAME DOCKER-ARG…: a container that stays.
start()
{
	name=$1
	shift
	docker_ run -d --network none --name "$name" "$@" bb sleep 1000 >/dev/null
}

# same NAME PROFILE [CAP-OPTION…]: its filter and the profile answer alike.
same_answers()
{
	name=$1
	profile=$2
	shift 2
	"$SEGEN" audit --format json --container "docker:$name" >"$T/kernel.json" 2>"$T/err"
	is $? 0 "$name: read" || diag_file "$T/err"
	"$SEGEN" audit --format json --engine "$base" "$@" "$profile" >"$T/resolved.json"
	python3 "$T/differ.py" "$T/kernel.json" "$T/resolved.json" >"$T/wrong"
	ok $? "$name: each call of each ABI as resolved" || diag_file "$T/wrong"
}

start default
same_answers default "$base"
start added --cap-add SYS_ADMIN --cap-add SYS_PTRACE
same_answers added "$base" --cap-add SYS_ADMIN --cap-add SYS_PTRACE
start dropped --cap-drop ALL
same_answers dropped "$base" --cap-drop ALL

cat >"$T/custom.json" <<'P'
{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
 "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]}],
 "syscalls": [
  {"names": ["ptrace", "kexec_load"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13},
  {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
  {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]},
  {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_LT"}]},
  {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]},
  {"names": [NAMES], "action": "SCMP_ACT_ALLOW"}]}
P
# Names that the runtime's libseccomp does not know yet are passed over by it, so the kernel
# does not let them in: here are those that it knows.
"$SEGEN" audit --format json docker |
	python3 -c '
import ctypes, json, sys
known = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name
p = json.load(sys.stdin)["profiles"][0]
names = sorted({c for g in p["answers"].values() for c in g["allowed"]
                if known(c.encode()) != -1} -
               {"ptrace", "mount", "personality", "socket", "clone"})
text = open(sys.argv[1]).read()
open(sys.argv[1], "w").write(text.replace("NAMES", ", ".join(map(json.dumps, names))))' "$T/custom.json"
start custom --security-opt "seccomp=$T/custom.json"
same_answers custom "$T/custom.json"
start custom-added --security-opt "seccomp=$T/custom.json" --cap-add SYS_ADMIN
same_answers custom-added "$T/custom.json" --cap-add SYS_ADMIN

# A second filter: the workload's own refuses seccomp, and number 317 of i386 with it.
docker_ run -d --network none --name stacked glibc outer-filter errno sleep 1000 >/dev/null
second_is_there()
{
	"$SEGEN" audit --container docker:stacked | grep -q ': 2 filters'
}
wait_for 20 second_is_there
ok $? 'stacked: two filters'
"$SEGEN" audit --format json --container docker:stacked >"$T/kernel.json"
"$SEGEN" audit --format json --engine "$base" "$base" >"$T/resolved.json"
python3 "$T/differ.py" "$T/kernel.json" "$T/resolved.json" \
	'x86_64/seccomp/refused (EPERM)' 'i386/move_pages/refused (EPERM)' >"$T/wrong"
ok $? 'stacked: each call as both together answer' || diag_file "$T/wrong"
python3 "$T/differ.py" "$T/kernel.json" "$T/resolved.json" >"$T/wrong"
is $? 1 'stacked: one filter alone says otherwise'

start unconfined --security-opt seccomp=unconfined
run "$SEGEN" audit --container docker:unconfined
has "$T/out" '^EXPOSURE 10\.0' 'unconfined: all is let in'
has "$T/out" 'unconfined, process [0-9]+: 0 filters' 'unconfined: it has no filter'

run "$SEGEN" audit --container docker:default
has "$T/out" 'container default, process [0-9]+: 1 filter;' 'default: one filter'

run "$SEGEN" audit --all-containers
is "$st" 0 'all: exit status 0'
has "$T/out" '^default +bb +default +[0-9]\.[0-9] +1$' 'all: the default profile'
has "$T/out" '^custom +bb +custom +[0-9]\.[0-9] +1$' 'all: a profile of its own'
has "$T/out" '^stacked +glibc +default +[0-9]\.[0-9] +2$' 'all: two filters'
has "$T/out" '^unconfined +bb +unconfined +10\.0 +0$' 'all: no filter'
"$SEGEN" audit --all-containers --format json >"$T/all.json"
python3 "$SRC/tests/schema.py" "$SRC/docs/audit.schema.json" "$T/all.json"
ok $? 'all: JSON follows its schema'
done_testing
