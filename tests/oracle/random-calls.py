#!/usr/bin/env python3
"""The log of random-calls against what a tracer saw.

  random-calls.py make LOG               an empty log
  random-calls.py calls LOG              its calls as "ABI NAME COUNT" lines
  random-calls.py loose LOG              how many calls may be missing in it
  random-calls.py check LOG SEEN OWN N   N: exact | sets

check: each call in the log was seen.  With "exact" the counts agree too, but for what the
log cannot know; with "sets" no count is higher than the log's.  Calls in the file OWN (the
C library's, as seen when the program is idle) may be seen more often, or without being in
the log; nothing else may.  SEEN and OWN hold such lines as calls.py prints.
"""
import platform
import struct
import sys

import calls

NR_MAX = 1024
FORMAT = "=%dIIii" % (3 * NR_MAX)  # struct log in random-calls.c


def read(path):
    with open(path, "rb") as f:
        values = struct.unpack(FORMAT, f.read(struct.calcsize(FORMAT)))
    counts = {}
    for abi, name in enumerate((platform.machine(), "i386", "x32")):
        for nr in range(NR_MAX):
            if values[abi * NR_MAX + nr]:
                # Two numbers may have one name.
                key = name, calls.name_of(name, nr)
                counts[key] = counts.get(key, 0) + values[abi * NR_MAX + nr]
    return counts, values[3 * NR_MAX]


def verdicts(log, loose, seen, own, exact):
    for key in sorted(log):
        if key not in seen:
            yield "missed", key
        elif exact and seen[key] < log[key]:
            yield "counted %d of %d" % (seen[key], log[key]), key
    for key in sorted(set(seen) - set(own)):
        # Signals to a process wake one thread, and another may take them: then the kernel
        # lets the first one sleep on, by this call.
        if key[1] == "restart_syscall":
            continue
        if key not in log and loose == 0:
            yield "never made", key
        elif seen[key] > log.get(key, 0) + loose:
            yield "counted %d, made %d" % (seen[key], log.get(key, 0)), key


def main(argv):
    verb, path = argv[1:3]
    if verb == "make":
        with open(path, "wb") as f:
            f.write(bytes(struct.calcsize(FORMAT)))
        return 0
    log, loose = read(path)
    if verb == "calls":
        calls.show(log)
        return 0
    if verb == "loose":
        print(loose)
        return 0
    seen, own = (calls.from_list(p) for p in argv[3:5])  # adds up what is there twice
    bad = False
    for what, key in verdicts(log, loose, seen, own, argv[5] == "exact"):
        print("%s: %s %s" % (what, *key))
        bad = True
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv))
