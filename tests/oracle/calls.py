#!/usr/bin/env python3
"""Which calls were made, according to strace, to segen, or to the workload itself.

  calls.py strace LOG        a log of strace -f -n -o LOG
  calls.py segen TRACE       a trace file of segen
  calls.py said OUTPUT       "call ABI NAME COUNT" lines of a sample workload
  calls.py profile FILE      the names that a profile allows
  calls.py sets  A... -- B...    compare runs of a program whose calls vary
  calls.py exact A... -- B...    compare runs of a program whose calls do not
  calls.py within SAID TRACE     what was said is in the trace, with these counts

The first three print sorted "ABI NAME COUNT" lines, and the others take files with
such lines.  A call without a name is written as "#NUMBER".
"""
import collections
import ctypes
import json
import platform
import re
import sys

X32_BIT = 0x40000000
# ABI: token of libseccomp (seccomp.h: AUDIT_ARCH_*, and x32's own)
TOKENS = {"x86_64": 0xC000003E, "i386": 0x40000003, "x32": 0x4000003E,
          "aarch64": 0xC00000B7, "arm": 0x40000028}
COMPAT = {"x86_64": "i386", "aarch64": "arm"}

seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_syscall_resolve_num_arch.restype = ctypes.c_void_p
libc = ctypes.CDLL(None)
libc.free.argtypes = [ctypes.c_void_p]


def name_of(abi, nr):
    """The name libseccomp has for a number, or #NUMBER."""
    p = seccomp.seccomp_syscall_resolve_num_arch(ctypes.c_uint32(TOKENS[abi]), nr)
    if not p:
        return "#%d" % nr
    name = ctypes.string_at(p).decode()
    libc.free(p)
    return name


class StraceLog:
    """strace -n prints the number before the name; the pair tells the ABI.

    Only for calls that have one number in both ABIs (those since Linux 5.1) it does
    not; these belong to what the same thread did just before.
    """
    LINE = re.compile(r"^(\d+) +\[ *(\?+|-?\d+)\] (.*)$")
    CALL = re.compile(r"^([a-z_0-9]+)\(")

    def __init__(self):
        self.native = platform.machine()
        self.compat = COMPAT.get(self.native)
        self.last = {}
        self.counts = collections.Counter()

    def abi(self, tid, nr, name):
        native = name_of(self.native, nr) == name
        compat = self.compat and name_of(self.compat, nr) == name
        if native == bool(compat):
            return self.last.get(tid, self.native)
        self.last[tid] = self.native if native else self.compat
        return self.last[tid]

    def line(self, text):
        m = self.LINE.match(text)
        call = m and self.CALL.match(m.group(3))
        if not call:
            return
        if m.group(2).startswith("?"):
            self.counts[self.native, "#-1"] += 1
            return
        nr = int(m.group(2))
        if nr & X32_BIT and self.native == "x86_64":
            self.counts["x32", name_of("x32", nr)] += 1
            return
        abi = self.abi(m.group(1), nr, call.group(1))
        self.counts[abi, name_of(abi, nr)] += 1


def from_strace(path):
    log = StraceLog()
    with open(path, errors="replace") as f:
        for text in f:
            log.line(text)
    return log.counts


def from_segen(path):
    counts = collections.Counter()
    with open(path) as f:
        doc = json.load(f)
    for abi, calls in doc["calls"].items():
        for name, call in calls.items():
            # NAME#NUMBER where other segens may not know the name
            name = name.split("#")[0] or name
            counts[abi, name] += sum(s["count"] for s in call["seen"].values())
    return counts


def from_said(path):
    counts = collections.Counter()
    with open(path, errors="replace") as f:
        for text in f:
            word = text.split()
            if len(word) == 4 and word[0] == "call":
                counts[word[1], word[2]] += int(word[3])
    return counts


def from_list(path):
    counts = collections.Counter()
    with open(path) as f:
        for text in f:
            abi, name, count = text.split()
            counts[abi, name] += int(count)
    return counts


def show(counts):
    for (abi, name), count in sorted(counts.items()):
        print(abi, name, count)


def show_profile(path):
    """Names with an ALLOW rule, as if every group applied."""
    with open(path) as f:
        doc = json.load(f)
    names = set()
    for rule in doc["syscalls"]:
        if rule["action"] == "SCMP_ACT_ALLOW":
            names.update(rule.get("names") or [rule["name"]])
    print("\n".join(sorted(names)))


def complain(what, calls):
    for abi, name in sorted(calls):
        print("%s: %s %s" % (what, abi, name))
    return bool(calls)


def compare_sets(ours, theirs):
    """What one side saw in each of its runs, the other side saw at least once."""
    def always(runs):
        return set.intersection(*[set(r) for r in runs])

    def ever(runs):
        return set.union(*[set(r) for r in runs])
    bad = complain("missed", always(theirs) - ever(ours))
    bad |= complain("invented", always(ours) - ever(theirs))
    return bad


def compare_exact(ours, theirs):
    bad = False
    want = theirs[0]
    for i, run in enumerate(theirs[1:] + ours):
        who = "theirs" if i < len(theirs) - 1 else "ours"
        for key in sorted(set(want) | set(run)):
            if want[key] != run[key]:
                print("%s %s: %d, %s: %d" % (*key, want[key], who, run[key]))
                bad = True
    return bad


def compare_within(said, trace):
    bad = False
    for key in sorted(said):
        if said[key] != trace[key]:
            print("%s %s: made %d, seen %d" % (*key, said[key], trace[key]))
            bad = True
    return bad


def main(argv):
    verb, args = argv[1], argv[2:]
    if verb in ("strace", "segen", "said"):
        read = {"strace": from_strace, "segen": from_segen, "said": from_said}[verb]
        show(read(args[0]))
        return 0
    if verb == "profile":
        show_profile(args[0])
        return 0
    if verb == "within":
        return compare_within(from_said(args[0]), from_list(args[1]))
    cut = args.index("--")
    ours = [from_list(p) for p in args[:cut]]
    theirs = [from_list(p) for p in args[cut + 1:]]
    return {"sets": compare_sets, "exact": compare_exact}[verb](ours, theirs)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
