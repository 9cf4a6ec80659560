#!/usr/bin/env python3
"""Run a command of segen's again and again and kill or stop its workload, or segen.

  kill-at-random.py kill|stop ROUNDS SEGEN ARGS…
  kill-at-random.py segen ROUNDS SEGEN

At a random moment of its first milliseconds the workload is killed, or stopped and
continued a few times and then killed.  segen must say so with its exit status, every
time.

Or it is segen that gets a signal, at any moment of its life, while it makes or extends a
trace: the results are whole or absent, and there is no file, no process and no stopped
thread left.
"""
import glob
import json
import os
import random
import signal
import subprocess
import sys
import time


def workload_of(segen):
    """The first child of the process, as soon as it runs another program."""
    path = "/proc/%d/task/%d/children" % (segen.pid, segen.pid)
    mine = os.readlink("/proc/%d/exe" % segen.pid)
    while segen.poll() is None:
        try:
            with open(path) as f:
                for pid in f.read().split():
                    if os.readlink("/proc/%s/exe" % pid) != mine:
                        return int(pid)
        except OSError:
            pass
    sys.exit("the workload ended by itself")


def end(how, pid):
    for _ in range(random.randrange(1, 6) if how == "stop" else 0):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(random.uniform(0, 0.002))
        os.kill(pid, signal.SIGCONT)
        time.sleep(random.uniform(0, 0.002))
    os.kill(pid, signal.SIGKILL)


def disturb_workload(how, rounds, *command):
    for i in range(int(rounds)):
        segen = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        pid = workload_of(segen)
        time.sleep(random.uniform(0, 0.012))
        end(how, pid)
        said = segen.communicate(timeout=30)[1].decode()
        if segen.returncode != 128 + signal.SIGKILL:
            sys.exit("round %d: status %d: %s" % (i, segen.returncode, said))


# --- segen itself ---------------------------------------------------------------------

SIGNALS = ["KILL", "TERM", "HUP", "INT", "PIPE", "STOP"]
STATUS = 5
WORKLOAD = ["sh", "-c", "for i in 1 2 3 4 5; do (true; /bin/true) & /bin/true; "
            "ls >/dev/null; done; wait; exit %d" % STATUS]
WAYS = [[], ["--mode=full"], ["--patience=10"], ["--append"], ["--observe=free"]]
FILES = ["t.json", "p.json"]


def tagged(tag):
    """Processes that have this in their environment, and their states."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as f:
                if tag.encode() not in f.read():
                    continue
            with open("/proc/%s/stat" % pid) as f:
                state = f.read().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            found.append((int(pid), state))
    return found


def start(segen, way, tag):
    for f in glob.glob("*.json*") + glob.glob(".segen*"):
        if way != ["--append"] or f != "t.json":
            os.unlink(f)
    return subprocess.Popen([segen, "trace", "-q", *way, "-o", "t.json", "--profile",
                             "p.json", "--", *WORKLOAD], env=dict(os.environ, TAG=tag),
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, start_new_session=True)


def send(pid, name):
    try:
        os.kill(pid, getattr(signal, "SIG" + name))
        if name == "STOP":
            time.sleep(random.uniform(0, 0.03))
            os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


def wrong(name, segen, tag):
    said = b""
    try:
        said = segen.communicate(timeout=30)[1]
    except subprocess.TimeoutExpired:
        yield "it does not end: %s" % tagged(tag)
        segen.kill()
        segen.communicate()
    if segen.returncode == 125 and not said:
        yield "status 125 and no word"
    until = time.monotonic() + 5
    while tagged(tag) and time.monotonic() < until:
        time.sleep(0.01)
    for pid, state in tagged(tag):
        yield "left: process %d, state %s" % (pid, state)
        os.kill(pid, signal.SIGKILL)
    for f in filter(os.path.exists, FILES):
        try:
            with open(f) as text:
                json.load(text)
        except ValueError as e:
            yield "%s is not whole: %s" % (f, e)
    for f in glob.glob(".segen*"):
        yield "left: %s" % f
    # Before segen has begun, a signal ends it as it does any program.
    if segen.returncode == -signal.SIGPIPE and not any(map(os.path.exists, FILES)):
        return
    # What ends neither segen nor its workload changes nothing.
    if name in ("PIPE", "STOP") and (segen.returncode != STATUS or not
                                     all(map(os.path.exists, FILES))):
        yield "status %d, %s" % (segen.returncode, glob.glob("*.json"))


def disturb_segen(rounds, segen):
    # A background job of a shell begins with it ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    t0 = time.monotonic()
    for _ in range(5):
        start(segen, [], "none").communicate()
    life = (time.monotonic() - t0) / 5
    ended = {}
    for i in range(int(rounds)):
        name, way = SIGNALS[i % len(SIGNALS)], random.choice(WAYS)
        tag = "segen-killed-%d-%d" % (os.getpid(), i)
        p = start(segen, way, tag)
        moment = random.uniform(0, 1.1 * life)
        time.sleep(moment)
        send(p.pid, name)
        for what in wrong(name, p, tag):
            print("%d: %s after %.1f ms, %s: %s" % (i, name, moment * 1e3, way, what))
        key = name, p.returncode, os.path.exists("t.json")
        ended[key] = ended.get(key, 0) + 1
    for key in sorted(ended):
        print("SIG%s: status %d, trace %s: %d times" % (*key, ended[key]),
              file=sys.stderr)


random.seed(int(os.environ.get("SEED", "1")))
if sys.argv[1] == "segen":
    disturb_segen(*sys.argv[2:])
else:
    disturb_workload(*sys.argv[1:])
