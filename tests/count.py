#!/usr/bin/env python3
"""Count what ran: each TAP point of each test in meson's testlog.json is one test.

A test that is not TAP, or that ended without saying why (a crash, a timeout), is one.
Prints what failed and what was skipped, with the reasons, and at last "P F S".
"""
import json
import re
import sys

POINT = re.compile(r"^(not )?ok\b[ \d]*-? ?(.*?)(?: # (SKIP|TODO)\b ?(.*))?$", re.I)
PLAN_SKIP = re.compile(r"^1\.\.0 # SKIP ?(.*)$", re.I)
BAD = ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS")


class Counts:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def skip(self, test, what, why):
        self.skipped += 1
        print("skipped: %s: %s%s" % (test, what + ": " if what else "", why))

    def fail(self, test, what):
        self.failed += 1
        print("FAILED: %s: %s" % (test, what))

    def point(self, test, m):
        bad, what, directive, why = m.groups()
        if directive:
            self.skip(test, what, why)
        elif bad:
            self.fail(test, what)
        else:
            self.passed += 1

    def test(self, t):
        before = (self.passed, self.failed, self.skipped)
        failed = self.failed
        for line in (t.get("stdout") or "").splitlines():
            plan, m = PLAN_SKIP.match(line), POINT.match(line)
            if plan:
                self.skip(t["name"], "", plan.group(1))
            elif m:
                self.point(t["name"], m)
        if t["result"] in BAD and self.failed == failed:
            self.fail(t["name"], "%s (status %s)" % (t["result"], t.get("returncode")))
        elif before == (self.passed, self.failed, self.skipped):
            self.whole(t)

    def whole(self, t):
        if t["result"] == "SKIP":
            self.skip(t["name"], "", "it says no reason")
        else:
            self.passed += 1


def main(paths):
    counts = Counts()
    for path in paths:
        with open(path) as f:
            for line in f:
                counts.test(json.loads(line))
    print(counts.passed, counts.failed, counts.skipped)


if __name__ == "__main__":
    main(sys.argv[1:])
