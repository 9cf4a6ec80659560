#!/usr/bin/env python3
"""One needed call at a time is taken out of a profile; what verify makes of it.

For each workload: its profile is generated; unchanged, nothing is denied.  Then each call
that was observed is left out in turn (a seeded sample of them, all with ALL=1).  verify has
to name it first, with the program and the function that made it; what else is denied can
only come of that, and is in no rule of the profile; --fix gives the rules back; output and
status are those of the same command under libseccomp's filter, without segen.
"""
import ctypes
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SEGEN, WORKLOADS, LAUNCHER = (os.environ[n] for n in ("SEGEN", "WORKLOADS", "UNDER_FILTER"))
ALL = os.environ.get("ALL") == "1"
SAMPLE = int(os.environ.get("SAMPLE", "2"))
ROUNDS = int(os.environ.get("ROUNDS", "20" if ALL else "3"))
SEED = os.environ.get("SEED", "1")
# Without these, processes or threads do not wait for one another: what they write is mixed.
MIXED = ("wait4", "futex")
PATIENCE = 5  # seconds, for a command that never ends for want of a call

# ((name, command, what it writes is the same each time)…)
COMMANDS = [
    ("ls", ["ls", "-la", "/etc/apt"], True),
    ("sh", ["sh", "-c", "mkdir d && cd d && echo x >f; cat f | tr x y; rm f; cd ..; rmdir d"],
     True),
    ("python", ["python3", "-I", "-c", "import os\nos.mkdir('d')\n"
                "open('d/f', 'w').write('x'); os.chmod('d/f', 0o600)\n"
                "print(os.listdir('d')); os.unlink('d/f'); os.rmdir('d')"], True),
    ("python-threads", ["python3", "-I", "-c", "import threading\n"
                        "t = [threading.Thread(target=lambda: open('/dev/null').read())\n"
                        "     for _ in range(3)]\n"
                        "[x.start() for x in t]; [x.join() for x in t]; print('done')"], True),
    ("sort", ["sort", "--parallel=2", "/etc/passwd"], True),
    ("tar", ["sh", "-c", "tar czf t.tar.gz /etc/apt 2>/dev/null; tar tf t.tar.gz; rm t.tar.gz"],
     True),
    ("find", ["find", "/etc/apt", "-type", "f"], True),
    ("sha256sum", ["sha256sum", "/etc/passwd"], True),
    ("perl", ["perl", "-e", "$p = fork; exec 'true' unless $p; wait; print \"$?\\n\""], True),
    ("threads", ["@threads"], False),
    ("thread-exec", ["@thread-exec"], False),
    ("vfork-exec", ["@vfork-exec"], False),
    ("i386", ["@abi32"], True),
    ("foreign-abi", ["@foreign-abi"], True),
    ("musl-static", ["@alpine-app-musl"], False),
]


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, good, title, *remarks):
        self.n += 1
        print("%sok %d - %s" % ("" if good else "not ", self.n, title))
        if not good:
            self.failed += 1
            for r in remarks:
                for line in str(r).splitlines()[:20]:
                    print("# " + line)
                    print("# " + line, file=sys.stderr)

    def skip(self, title, why):
        self.n += 1
        print("ok %d - %s # SKIP %s" % (self.n, title, why))


# --- the filter that the runtime would load -------------------------------------------

class Arg(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64),
                ("b", ctypes.c_uint64)]


# seccomp.h
OPS = ["", "NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"]
ERRNO, ALLOW = 0x00050000, 0x7fff0000
AUDIT_X86_64 = 0xc000003e


def action(name, errno):
    return {"SCMP_ACT_ALLOW": ALLOW, "SCMP_ACT_ERRNO": ERRNO | (errno or 1)}[name]


def load_rules(lib, ctx, oci):
    top = 0
    for rule in oci["syscalls"]:
        act = action(rule["action"], rule.get("errnoRet"))
        args = rule.get("args") or []
        array = (Arg * max(1, len(args)))(*[
            Arg(a["index"], OPS.index(a["op"][len("SCMP_CMP_"):]), a["value"],
                a.get("valueTwo", 0)) for a in args])
        for name in rule["names"]:
            nr = lib.seccomp_syscall_resolve_name(name.encode())
            if nr == -1:  # newer than libseccomp
                continue
            top = max(top, nr)
            if act != action(oci["defaultAction"], oci.get("defaultErrnoRet")):
                lib.seccomp_rule_add_array(ctx, act, nr, len(args), array)
    return top


def stub(top):
    """runc's (patchbpf): ENOSYS above the highest number that is named."""
    def insn(code, jt, jf, k):
        return struct.pack("=HBBI", code, jt, jf, k)
    return (insn(0x20, 0, 0, 4) + insn(0x15, 0, 4, AUDIT_X86_64) + insn(0x20, 0, 0, 0) +
            insn(0x35, 2, 0, 0x40000000) + insn(0x25, 0, 1, top) +
            insn(0x06, 0, 0, ERRNO | 38))


def write_filter(oci, path):
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    ctx = ctypes.c_void_p(lib.seccomp_init(
        ctypes.c_uint32(action(oci["defaultAction"], oci.get("defaultErrnoRet")))))
    for arch in oci.get("architectures", []):
        token = lib.seccomp_arch_resolve_name(arch[len("SCMP_ARCH_"):].lower().encode())
        lib.seccomp_arch_add(ctx, ctypes.c_uint32(token & 0xffffffff))
    top = load_rules(lib, ctx, oci)
    with open(path + ".bpf", "wb") as f:
        lib.seccomp_export_bpf(ctx, f.fileno())
    lib.seccomp_release(ctx)
    with open(path, "wb") as out, open(path + ".bpf", "rb") as f:
        out.write(stub(top) + f.read())


# --- runs -----------------------------------------------------------------------------

def run(argv):
    """(status, output), in an empty folder; a command that does not end: (None, "")"""
    shutil.rmtree("empty", ignore_errors=True)
    os.mkdir("empty")
    p = subprocess.Popen(argv, cwd="empty", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, start_new_session=True)
    try:
        out, _ = p.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, 9)
        p.communicate()
        return None, ""
    status = p.returncode if p.returncode >= 0 else 128 - p.returncode
    return status, out.decode(errors="replace")


def segen(*words):
    return subprocess.run([SEGEN, *words], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def verify(profile, command, *options):
    """(findings or None when it did not end, status, output)"""
    if os.path.exists("out.json"):
        os.unlink("out.json")
    _, out = run([SEGEN, "verify", "-q", "--format", "json", "-o", os.path.abspath("out.json"),
                  "--for", "%ds" % (PATIENCE - 1), *options, os.path.abspath(profile), "--", *command])
    if not os.path.exists("out.json"):
        return None, None, out
    with open("out.json") as f:
        told = json.load(f)
    return told["findings"], told["status"], out


def without(name, source, target):
    with open(source) as f:
        p = json.load(f)
    for rule in p["syscalls"]:
        rule["names"] = [n for n in rule["names"] if n != name]
    p["syscalls"] = [r for r in p["syscalls"] if r["names"]]
    with open(target, "w") as f:
        json.dump(p, f)


def frame(text):
    """"+0x2 libc.so.6" of traces, "0x2 (libc.so.6)" of verify"""
    return text.replace("(", "").replace(")", "").removeprefix("+")


def observed(trace):
    """{call: (programs, innermost frames, counts)}"""
    seen = {}
    for calls in trace["calls"].values():
        for name, call in calls.items():
            s = seen.setdefault(name, (set(), set()))
            for r in call["seen"].values():
                s[0].update(r["programs"])
            s[1].update(frame(f) for f in call.get("first", {}).get("stack", [])[:1])
    return seen


def same_rules(profile, others):
    """The names whose rules differ, but for @others."""
    lines = segen("diff", profile, "fixed.json").stdout.decode().splitlines()
    changed = [l for l in lines if l[:2] in ("+ ", "- ", "~ ")]
    return [l for l in changed if not any(o in l.replace(",", " ").split() for o in others)]


def steadied(text):
    """Without addresses, of python's thread, and the names of sort's own files."""
    return re.sub("0x[0-9a-f]+|/tmp/sort\\w+", "", text)


class Case:
    """A workload without one call."""

    def __init__(self, name, command, steady, seen):
        self.name, self.command, self.steady, self.seen = name, command, steady, seen
        self.wrong = []

    def fail(self, call, what, *more):
        self.wrong.append("%s: %s %s" % (call, what, " ".join(map(str, more))))

    def check_first(self, call, findings):
        first = min(findings, key=lambda f: f["us"])
        programs, frames = self.seen[call]
        if first["call"] != call:
            self.fail(call, "is not the first one, but", first["call"], first["us"])
        elif first["program"] not in programs:
            self.fail(call, "by another program", first["program"], programs)
        elif not first.get("stack"):
            self.fail(call, "has no stack")
        elif call != "execve" and not any(
                frame(f["stack"][0]) in frames for f in findings
                if f["call"] == call and f.get("stack")):
            self.fail(call, "at another place", first["stack"][0], frames)

    def check(self, call):
        without(call, "p.json", "less.json")
        if os.path.exists("fixed.json"):
            os.unlink("fixed.json")
        findings, status, out = verify("less.json", self.command, "--fixed",
                                       os.path.abspath("fixed.json"))
        if findings is None:
            self.fail(call, "verify said nothing:", out)
            return
        names = {f["call"] for f in findings}
        if call not in names:
            self.fail(call, "is not named:", names)
            return
        self.check_first(call, findings)
        more = {n for n in names - {call} if n in self.seen}
        if more:
            self.fail(call, "others are denied that are allowed:", more)
        if not os.path.exists("fixed.json"):
            self.fail(call, "nothing was fixed")
            return
        differ = same_rules("p.json", names - {call})
        if differ:
            self.fail(call, "the rules are not those of before:", differ)
        self.check_plain(call, status, out)

    def check_plain(self, call, status, out):
        if call == "execve":  # segen runs the command all the same, to see more
            return
        oci = segen("export", "-f", "oci", "less.json")
        write_filter(json.loads(oci.stdout), "filter")
        plain, plain_out = run([LAUNCHER, os.path.abspath("filter"), shutil.which(self.command[0]),
                                *self.command])
        if plain is None:  # it does not end in either
            return
        if plain != status:
            self.fail(call, "another status than under the filter alone:", status, plain, out,
                      plain_out)
        elif self.steady and call not in MIXED and steadied(plain_out) != steadied(out):
            self.fail(call, "another output than under the filter alone:", out, plain_out)


def check_unchanged(tap, name, command, expected):
    bad = []
    for _ in range(ROUNDS):
        findings, status, out = verify("p.json", command)
        if findings is None or findings or status != expected:
            bad.append((findings, status, out))
    tap.ok(not bad, "%s, its own profile: nothing is denied in %d runs" % (name, ROUNDS), *bad)


def check_workload(tap, name, command, steady):
    command = [os.path.join(WORKLOADS, w[1:]) if w[0] == "@" else w for w in command]
    if not shutil.which(command[0]):
        tap.skip(name, "there is no '%s'" % command[0])
        return
    for _ in range(3):  # what depends on who comes first
        status, out = run([SEGEN, "trace", "-q", "--append", "-o", os.path.abspath("t.json"),
                           "--profile", os.path.abspath("p.json"), "--", *command])
        if not os.path.exists("p.json"):
            tap.ok(False, "%s: it is recorded" % name, out)
            return
    check_unchanged(tap, name, command, status)
    with open("t.json") as f:
        seen = observed(json.load(f))
    with open("p.json") as f:
        rules = json.load(f)["syscalls"]
    calls = sorted({n for r in rules if r["comment"].startswith("observed")
                    for n in r["names"]} & seen.keys())
    if not ALL:
        calls = random.Random(SEED + name).sample(calls, min(SAMPLE, len(calls)))
    case = Case(name, command, steady, seen)
    for call in calls:
        case.check(call)
    tap.ok(not case.wrong, "%s, each of %d calls left out: it is named, with its place, "
           "--fix gives the rules back, and it ends as under the filter alone" %
           (name, len(calls)), *case.wrong)


def main():
    tap = Tap()
    for name, command, steady in COMMANDS:
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory(prefix="segen.") as folder:
            os.chmod(folder, 0o755)
            os.chdir(folder)
            check_workload(tap, name, command, steady)
            os.chdir("/")
    print("1..%d" % tap.n)
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
