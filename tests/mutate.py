#!/usr/bin/env python3
"""Would a test notice?  Change one thing at a time in a copy of the tree, and run the tests.

Each mutant is one operator, constant, condition or call changed in one line of tracer/ or
gen/; they are drawn evenly over the rooms, from a seed.  A mutant is killed when it does
not pass the fast suites (unit, tree, cli), and survives when it does.  Survivors that
change nothing a user could see are listed in tests/mutants.txt, with the reason.

usage: python3 tests/mutate.py [--count N] [--seed N] [--room ROOM]... [--json FILE]

Needs root: the tests run in PID and mount namespaces of their own, where everything but
the copy is read-only, since a mutant of a program that sends signals and removes files
may do that to anything.  The source tree must not be in /tmp.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SUITES = ("segen:unit", "segen:tree", "segen:cli")
# Never built here, or only by some: other architectures, and what is there without them.
NOT_BUILT = re.compile(r"(-aarch64|-none|regs-none)\.c$")
KNOWN = os.path.join(SOURCE, "tests", "mutants.txt")

TOKEN = re.compile(r"""
	(?P<skip>/\*.*?\*/ | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | ^[ \t]*\#[^\n]*(?:\\\n[^\n]*)*)
	| (?P<op><<=?|>>=?|<=|>=|==|!=|&&|\|\||\+\+|--|\+=|-=|\|=|&=|->|[-+<>|&])
	| (?P<word>\b(?:true|false)\b)
	| (?P<number>\b(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b)
	""", re.X | re.S | re.M)
SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||",
         "||": "&&", "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=", "<<": ">>", ">>": "<<",
         "++": "--", "--": "++", "true": "false", "false": "true"}
CONDITION = re.compile(r"^(\t+(?:\} else )?(?:if|while) \()(.*)(\)(?: \{)?)$")
CALL = re.compile(r"^(\t+)[a-z_][a-z0-9_]*\(.*\);$")
BINARY = re.compile(r"[\w)\]] $")


class Mutant:
    """One change: the text at [begin, end) of a file becomes another."""

    def __init__(self, path, text, begin, end, new):
        self.path, self.begin, self.end, self.new = path, begin, end, new
        self.line = text.count("\n", 0, begin) + 1
        start = text.rfind("\n", 0, begin) + 1
        stop = text.find("\n", end)
        self.before = text[start:stop].strip()
        self.after = (text[start:begin] + new + text[end:stop]).strip()
        self.room = "/".join(path.split("/")[:2])

    def key(self):
        """What is the same until the line itself is edited."""
        return "%s: %s => %s" % (self.path, " ".join(self.before.split()),
                                 " ".join(self.after.split()))


def mutants_of(path, text):
    found = []
    for m in TOKEN.finditer(text):
        token = m.group()
        if m.group("skip"):
            continue
        if m.group("number"):
            digits = re.sub("[uUlL]", "", token)
            number = int(digits, 8 if re.fullmatch("0[0-7]+", digits) else 0)
            found.append(Mutant(path, text, m.start(), m.end(), str(number + 1)))
        elif token in ("+", "-", "|", "&"):
            if BINARY.search(text[max(0, m.start() - 2):m.start()]) and \
                    text[m.end():m.end() + 1] == " ":
                new = {"+": "-", "-": "+", "|": "&", "&": "|"}[token]
                found.append(Mutant(path, text, m.start(), m.end(), new))
        elif token in SWAPS:
            found.append(Mutant(path, text, m.start(), m.end(), SWAPS[token]))
    at = 0
    for line in text.split("\n"):
        m = CONDITION.match(line)
        if m:
            found.append(Mutant(path, text, at, at + len(line),
                                "%s!(%s)%s" % m.groups()))
        m = CALL.match(line)
        if m:
            found.append(Mutant(path, text, at, at + len(line), m.group(1) + ";"))
        at += len(line) + 1
    return found


def rooms_of(source):
    """Mutants by room."""
    rooms = {}
    for path in sorted(glob.glob(os.path.join(source, "*", "*", "*.c"))):
        name = os.path.relpath(path, source)
        if name.split("/")[0] not in ("tracer", "gen") or NOT_BUILT.search(name):
            continue
        with open(path) as f:
            for m in mutants_of(name, f.read()):
                rooms.setdefault(m.room, []).append(m)
    return rooms


def read_known():
    """Equivalent mutants: the key of each, and why."""
    known = {}
    if os.path.exists(KNOWN):
        with open(KNOWN) as f:
            lines = [line.rstrip("\n") for line in f if line.strip() and line[0] != "#"]
        for i in range(0, len(lines) - 1, 2):
            known[lines[i]] = lines[i + 1].strip()
    return known


# --- the copy --------------------------------------------------------------------------

class Tree:
    """A copy of the source tree that can be built and tested."""

    def __init__(self, folder, jobs):
        self.folder, self.jobs = folder, jobs
        self.source = os.path.join(folder, "tree")
        self.build = os.path.join(self.source, "build")
        self.kills = {}

    def make(self, reference):
        shutil.rmtree(self.source, ignore_errors=True)
        files = subprocess.check_output(["git", "ls-files", "-z"], cwd=SOURCE).split(b"\0")
        for name in (os.fsdecode(f) for f in files if f):
            target = os.path.join(self.source, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(os.path.join(SOURCE, name), target, follow_symlinks=False)
        subprocess.check_call(
            ["meson", "setup", "--buildtype=debug", "-Doptimization=1",
             "-Dreference=" + reference, self.build, self.source], stdout=subprocess.DEVNULL)
        if not self.compile():
            sys.exit("mutate: the tree does not build")
        tests = json.loads(subprocess.check_output(
            ["meson", "introspect", "--tests", self.build]))
        rooms = {os.path.basename(p)[5:-2]: p.split("/")[-2] for p in
                 glob.glob(os.path.join(self.source, "tests", "unit", "*", "test-*.c"))}
        self.tests = [{"name": t["name"], "cmd": t["cmd"], "env": t["env"],
                       "timeout": t["timeout"], "suite": t["suite"][0],
                       "room": rooms.get(t["name"])}
                      for t in tests if any(s in SUITES for s in t["suite"])]

    def compile(self):
        return subprocess.run(["ninja", "-C", self.build, "-j", str(self.jobs)],
                              stdout=subprocess.DEVNULL, check=False).returncode == 0

    def run(self, room, stop):
        """(name of a test that failed or None, {test: seconds}, [all that failed])"""
        order = sorted(self.tests, key=lambda t: (
            t["room"] != room, t["suite"] != "segen:unit", -self.kills.get(t["name"], 0),
            t.get("seconds", 0)))
        job = json.dumps({"tests": order, "stop": stop, "jobs": self.jobs,
                          "cwd": self.build})
        shell = ("mount --make-rprivate / && mount --bind {0} {0} && "
                 "mount -t tmpfs -o mode=1777 tmpfs /tmp && mount -o remount,bind,ro / && "
                 "exec {1} {2} --child").format(self.folder, sys.executable,
                                                os.path.abspath(__file__))
        r = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                            "--mount-proc", "sh", "-c", shell], input=job.encode(),
                           stdout=subprocess.PIPE, check=False)
        lines = r.stdout.decode(errors="replace").strip().splitlines()
        if r.returncode or not lines:
            return "(the whole run ended)", {}, ["(the whole run ended)"]
        result = json.loads(lines[-1])
        return (result["failed"] or [None])[0], result["seconds"], result["failed"]


def run_child():
    """In the namespaces: run the tests, two at a time; stop at the first that fails."""
    job = json.load(sys.stdin)
    failed, seconds, lock = [], {}, threading.Lock()

    def run(t):
        if failed and job["stop"]:
            return
        begin = time.monotonic()
        try:
            # Its own session: what a mutant leaves behind ends with the PID namespace.
            r = subprocess.run(t["cmd"], env=dict(os.environ, **t["env"]), cwd=job["cwd"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, timeout=t["timeout"], check=False,
                               start_new_session=True)
            good = r.returncode in (0, 77)
        except subprocess.TimeoutExpired:
            good = False
        with lock:
            seconds[t["name"]] = time.monotonic() - begin
            if not good:
                failed.append(t["name"])

    with concurrent.futures.ThreadPoolExecutor(job["jobs"]) as pool:
        list(pool.map(run, job["tests"]))
    print(json.dumps({"failed": failed, "seconds": seconds}), flush=True)
    os._exit(0)


# --- the experiment --------------------------------------------------------------------

def draw(rooms, count, seed):
    """Rooms in turn, each with its mutants in random order, for ever less."""
    rng = random.Random(seed)
    for room in sorted(rooms):
        rng.shuffle(rooms[room])
    queues = {r: list(m) for r, m in sorted(rooms.items())}
    while count and any(queues.values()):
        for room in sorted(queues):
            if queues[room]:
                yield queues[room].pop()


def try_one(tree, mutant):
    """'killed by TEST', 'survived', or None when it does not compile."""
    path = os.path.join(tree.source, mutant.path)
    with open(path) as f:
        text = f.read()
    with open(path, "w") as f:
        f.write(text[:mutant.begin] + mutant.new + text[mutant.end:])
    try:
        if not tree.compile():
            return None
        killer, _, _ = tree.run(mutant.room.split("/")[1], True)
    finally:
        with open(path, "w") as f:
            f.write(text)
    if killer:
        tree.kills[killer] = tree.kills.get(killer, 0) + 1
        return "killed by " + killer
    return "survived"


def options():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--count", type=int, default=200, help="mutants (default: 200)")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--room", action="append", help="of these rooms only, say tracer/state")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--folder", default=os.path.join(SOURCE, "build-mutate"),
                   help="where the copy is made")
    p.add_argument("--reference", default="", help="as the build option of that name")
    p.add_argument("--json", help="write the results there as well")
    p.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return p.parse_args()


def report(results, known):
    rooms = {}
    for m, result in results:
        score = rooms.setdefault(m.room, [0, 0, 0])
        score[0 if result.startswith("killed") else 1 if m.key() in known else 2] += 1
    print("\n%-18s killed  equivalent  survived" % "room")
    for room, score in sorted(rooms.items()):
        print("%-18s %6d  %10d  %8d" % (room, *score))
    total = [sum(s[i] for s in rooms.values()) for i in range(3)]
    counted = total[0] + total[2]
    print("%-18s %6d  %10d  %8d   %.1f %% of %d killed" % (
        "all", *total, 100 * total[0] / max(counted, 1), counted))


def main():
    args = options()
    if args.child:
        run_child()
    if os.geteuid() != 0:
        sys.exit("mutate: needs root, for the namespaces that the tests run in")
    if os.path.abspath(args.folder).startswith("/tmp/"):
        sys.exit("mutate: the copy must not be in /tmp, which the tests have for themselves")
    rooms = rooms_of(SOURCE)
    if args.room:
        rooms = {r: m for r, m in rooms.items() if r in args.room}
    tree = Tree(os.path.abspath(args.folder), args.jobs)
    tree.make(args.reference)
    _, seconds, failed = tree.run(None, False)
    if failed:
        print("left out, they fail without a mutant: " + " ".join(failed))
    tree.tests = [dict(t, seconds=seconds.get(t["name"], 0)) for t in tree.tests
                  if t["name"] not in failed]
    known, results = read_known(), []
    for mutant in draw(rooms, args.count, args.seed):
        if len(results) == args.count:
            break
        result = try_one(tree, mutant)
        if result is None:
            continue
        results.append((mutant, result))
        print("%3d %s:%d: %s\n    - %s\n    + %s" % (
            len(results), mutant.path, mutant.line,
            "equivalent: " + known[mutant.key()]
            if result == "survived" and mutant.key() in known else result,
            mutant.before, mutant.after), flush=True)
    report(results, known)
    if args.json:
        with open(args.json, "w") as f:
            json.dump([{"path": m.path, "line": m.line, "before": m.before,
                        "after": m.after, "result": r, "equivalent": known.get(m.key())}
                       for m, r in results], f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
