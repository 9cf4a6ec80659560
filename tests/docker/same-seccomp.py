"""Whether an engine's config.json has the filter that a file says, rule for rule.

usage: same-seccomp.py [--sets] CONFIG.json EXPORTED.json|none
--sets: rules in any order, their names too, rules that differ in names only joined.
Empty lists and absent keys are the same thing: Go's encoder drops some and not others;
so are SCMP_ACT_KILL and SCMP_ACT_KILL_THREAD.
"""
import json
import sys


def plain(value):
    if isinstance(value, dict):
        kept = {k: plain(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v not in ([], None, "")}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return "SCMP_ACT_KILL" if value == "SCMP_ACT_KILL_THREAD" else value


def args_as_go_does(seccomp):
    """valueTwo is left out when zero."""
    for rule in seccomp.get("syscalls", []):
        for arg in rule.get("args", []):
            if not arg.get("valueTwo", 1):
                del arg["valueTwo"]
    return seccomp


def filter_of(value):
    return args_as_go_does(plain(value or {}))


def as_sets(seccomp):
    joined = {}
    for rule in seccomp.get("syscalls", []):
        names = rule.pop("names", [])
        joined.setdefault(json.dumps(rule, sort_keys=True), set()).update(names)
    seccomp["syscalls"] = sorted([k, sorted(v)] for k, v in joined.items())
    return seccomp


sets = sys.argv[1] == "--sets"
config, exported = sys.argv[-2:]
with open(config) as f:
    engine = filter_of(json.load(f)["linux"].get("seccomp"))
ours = {}
if exported != "none":
    with open(exported) as f:
        ours = filter_of(json.load(f))
if sets:
    engine, ours = as_sets(engine), as_sets(ours)

if engine == ours:
    sys.exit(0)
for key in sorted(set(engine) | set(ours)):
    a, b = engine.get(key), ours.get(key)
    if a == b:
        continue
    if key != "syscalls":
        print(f"{key}: engine {a}, segen {b}")
        continue
    for i in range(max(len(a or []), len(b or []))):
        x = a[i] if a and i < len(a) else None
        y = b[i] if b and i < len(b) else None
        if x != y:
            print(f"syscalls[{i}]: engine {json.dumps(x)[:300]}")
            print(f"syscalls[{i}]: segen  {json.dumps(y)[:300]}")
            break
sys.exit(1)
