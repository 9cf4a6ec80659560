#!/usr/bin/env python3
"""Run a command on a terminal of its own and type at it.

  terminal.py [--after TEXT TYPE]... [--hangup] -- COMMAND...

TYPE is typed once TEXT has appeared in the output (after what the step before waited
for); ^X stands for the control character, $ for the return key.  --hangup closes the
terminal after the last step.  The output goes to stdout; the exit status is the
command's, 128+N for signal N, 99 after 60 seconds.
"""
import os
import pty
import select
import signal
import sys
import time


def keys(text):
    out, i = b"", 0
    while i < len(text):
        if text[i] == "^" and i + 1 < len(text):
            out += bytes([ord(text[i + 1]) & 31])
            i += 1
        else:
            out += b"\r" if text[i] == "$" else text[i].encode()
        i += 1
    return out


def parse(argv):
    steps, hangup = [], False
    while argv and argv[0] != "--":
        if argv[0] == "--hangup":
            hangup, argv = True, argv[1:]
        else:
            steps.append((argv[1].encode(), keys(argv[2])))
            argv = argv[3:]
    return steps, hangup, argv[1:]


def drive(fd, steps, hangup):
    """Type each step's keys when its text comes up; True at the end, False on timeout."""
    deadline, seen = time.monotonic() + 60, b""
    while time.monotonic() < deadline:
        if not steps and hangup:
            os.close(fd)
            return True
        if select.select([fd], [], [], 0.1)[0]:
            try:
                data = os.read(fd, 4096)
            except OSError:
                data = b""
            if not data:
                return True
            os.write(1, data)
            seen += data
        if steps and steps[0][0] in seen:
            seen = seen[seen.index(steps[0][0]) + len(steps[0][0]):]
            time.sleep(0.2)
            os.write(fd, steps.pop(0)[1])
    return False


def main(argv):
    steps, hangup, command = parse(argv)
    pid, fd = pty.fork()
    if pid == 0:
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    in_time = drive(fd, steps, hangup)
    if not in_time:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not in_time:
        return 99
    return 128 - status if status < 0 else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
