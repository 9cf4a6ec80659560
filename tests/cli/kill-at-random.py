#!/usr/bin/env python3
"""Run a command of segen's again and again and kill or stop its workload.

  kill-at-random.py kill|stop ROUNDS SEGEN ARGS…

At a random moment of its first milliseconds the workload is killed, or stopped and
continued a few times and then killed.  segen must say so with its exit status, every
time.
"""
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


def main(how, rounds, *command):
    random.seed(1)
    for i in range(int(rounds)):
        segen = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        pid = workload_of(segen)
        time.sleep(random.uniform(0, 0.012))
        end(how, pid)
        said = segen.communicate(timeout=30)[1].decode()
        if segen.returncode != 128 + signal.SIGKILL:
            sys.exit("round %d: status %d: %s" % (i, segen.returncode, said))


main(*sys.argv[1:])
