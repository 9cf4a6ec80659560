#!/usr/bin/env python3
"""Traces for the page: page-input.py hostile|large SEGEN OUTPUT

hostile: one run whose names,
arguments and stack try to be more than text; large: every call of three ABIs in 100 runs.
"""
import json
import subprocess
import sys

HOSTILE = '</script><script>document.title="taken"</script><img src=x onerror=alert(1)>' \
    '\u202e\u0007\u001b[31m<!--'


def run_of(i, command):
    return {"id": "%08x%016x" % (0x66000000 + i, i), "command": command, "mode": "fast",
            "observe": "base", "start": "2025-01-01T00:00:%02dZ" % (i % 60),
            "duration-ms": 1000, "exit": 0, "processes": 1, "threads": 1,
            "host": {"kernel": "6.1.0", "machine": "x86_64", "libseccomp": "2.5.4"}}


def call(runs, program, stack, us):
    return {"seen": {r["id"]: {"count": 3, "outcomes": {"ok": 2, "ENOENT": 1},
                               "programs": [program]} for r in runs},
            "first": {"run": runs[0]["id"], "us": us, "program": program, "pid": 7,
                      "tid": 7, "args": ["0x1"] * 6, "stack": stack}}


def hostile(segen):
    runs = [run_of(1, ["sh", "-c", HOSTILE])]
    runs[0]["notes"] = [HOSTILE]
    program = "/bin/" + HOSTILE.replace("/", "|")
    seen = call(runs, program, ["evil<b>+0x1 lib<i>.so"], 5)
    first = dict(seen["first"], args=["0x7f00"] * 6)
    return {"segen-trace": 1, "runs": runs,
            "modules": {"lib<i>.so": {"path": "/lib/lib<i>.so"}},
            "calls": {"x86_64": {"read": seen, "openat": seen}},
            "denied": [{"abi": "x86_64", "call": "mount", "answer": "errno", "errno": "EPERM",
                        "count": 2, "first": first, "text": {"0": HOSTILE}}]}


def names_of(segen, abi):
    text = subprocess.check_output([segen, "audit", "--format", "json", "--arch", abi, "docker"])
    return [c["name"] for c in json.loads(text)["profiles"][0]["every-call"]]


def large(segen):
    runs = [run_of(i, ["server", "--run", str(i)]) for i in range(100)]
    stack = ["f%d+0x10 server" % i for i in range(20)]
    calls = {abi: {name: call(runs, "/usr/bin/server%d" % (i % 20), stack, i * 1000)
                   for i, name in enumerate(names_of(segen, abi))}
             for abi in ("aarch64", "i386", "x86_64")}
    return {"segen-trace": 1, "runs": runs,
            "modules": {"server": {"path": "/usr/bin/server"}}, "calls": calls}


def main():
    kind, segen, output = sys.argv[1:]
    with open(output, "w", encoding="utf-8") as f:
        json.dump({"hostile": hostile, "large": large}[kind](segen), f)


main()
