#!/usr/bin/env python3
"""What tracing costs: each workload natively, under segen, and under strace.

All columns of a workload are measured in turn within a round, so that what else the
machine does meets them alike.  A ratio is the median over the rounds of a column's
result to the native one of the same round.  The exit status is 0 when everything ran,
with --check only when every bar was kept.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import workloads

SEGEN = ["trace", "--quiet", "--no-profile"]
# Columns: name, stops at every call.
COLUMNS = [("native", False), ("bare", False),
           ("fast", False), ("other-fast", False), ("known", False), ("other-known", False),
           ("full", True), ("other-full", True), ("strace", True), ("strace-c", True)]
# A column of the segen that --against names.
OTHER = "other-"
# segen's own memory: a limit, and how far it may grow between a tenth of the processes
# and all of them.
MEMORY_KIB = 8 * 1024
MEMORY_GROWTH = 1.05
# What may not be slower than what, on any workload.
LIMITS = [("fast", "strace-c"), ("full", "strace")]


def options():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("workload", nargs="*", help="default: all")
    p.add_argument("--segen", required=True, help="the program")
    p.add_argument("--against", metavar="SEGEN",
                   help="another segen, say of before a change, to be compared with")
    p.add_argument("--programs", required=True, help="folder of the benchmark programs")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--columns", help="comma-separated; default: all that work here")
    p.add_argument("--processes", type=int, default=10000,
                   help="processes for the measurement of memory; 0: none")
    p.add_argument("--json", help="write the results there as well")
    p.add_argument("--check", action="store_true", help="fail when a bar is missed")
    p.add_argument("--list", action="store_true", help="list the workloads")
    return p.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


class Tools:
    """The prefix that puts a command under a tool."""

    def __init__(self, segen, other, programs, folder):
        self.segen = segen
        self.other = other
        self.bare = os.path.join(os.path.abspath(programs), "bare-filter")
        self.folder = folder
        self.trace = os.path.join(folder, "out.trace.json")

    def known(self, workload, other=False):
        return os.path.join(self.folder, "%s%s.known.json" % (OTHER if other else "", workload))

    def prefix(self, column, workload):
        if column == "native":
            return []
        if column == "bare":
            return [self.bare]
        if column == "strace":
            return ["strace", "-f", "-o", "/dev/null"]
        if column == "strace-c":
            return ["strace", "-f", "-c", "-o", "/dev/null"]
        other = column.startswith(OTHER)
        segen = self.other if other else self.segen
        column = column.removeprefix(OTHER)
        extra = ["--known", self.known(workload, other)] if column == "known" else []
        mode = "full" if column == "full" else "fast"
        if workload in workloads.AS_TYPED:
            return [segen, "trace", "--mode=" + mode, *extra, "-o", self.trace, "--"]
        return [segen, *SEGEN, "--mode=" + mode, *extra, "-o", self.trace, "--"]

    def learn(self, workload, other=False):
        """The prefix of a run whose trace is then known."""
        return [self.other if other else self.segen, *SEGEN, "--mode=fast", "--append", "-o",
                self.known(workload, other), "--"]

    def works(self, column):
        """Whether this column can be measured here."""
        if column.startswith("strace"):
            return shutil.which("strace") is not None
        if column.startswith(OTHER) and not self.other:
            return False
        if column.endswith("known"):
            prefix = self.learn("true", column.startswith(OTHER))
            subprocess.run(prefix + ["true"], check=False, stderr=subprocess.DEVNULL)
        r = subprocess.run(self.prefix(column, "true") + ["true"], check=False,
                           stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if r.returncode:
            say("no column '%s': %s" % (column, r.stderr.decode(errors="replace").strip()))
        return r.returncode == 0


class Results:
    """Samples by row and column."""

    def __init__(self):
        self.samples = {}

    def add(self, row, column, value):
        self.samples.setdefault(row.name, {}).setdefault(column, []).append(value)

    def median(self, row, column):
        return statistics.median(self.samples[row.name][column])

    def has(self, row, column):
        return column in self.samples.get(row.name, {})

    def ratio(self, row, column, to=None):
        samples = self.samples[row.name]
        pairs = zip(samples[column], samples[to or row.base])
        return statistics.median(value / base for value, base in pairs)

    def ratio_or_dash(self, row, column, to):
        if not self.has(row, column) or not self.has(row, to):
            return "-"
        return "%.3f" % self.ratio(row, column, to)

    def kept(self, row, column):
        """Whether the bar was kept; None: there is none, or no result."""
        if column not in row.bars or not self.has(row, column) or \
                not self.has(row, row.base):
            return None
        if row.better == "higher":
            return self.ratio(row, column) >= row.bars[column]
        return self.ratio(row, column) <= row.bars[column]


def chosen_workloads(names):
    by_name = {w.name: w for w in workloads.WORKLOADS}
    for name in names:
        if name not in by_name:
            sys.exit("bench: no workload '%s'; there are: %s" % (name, " ".join(by_name)))
    chosen = [by_name[n] for n in names] or workloads.WORKLOADS
    for w in list(chosen):
        missing = [n for n in w.needs if shutil.which(n) is None]
        if missing:
            say("no workload '%s': '%s' is not installed" % (w.name, missing[0]))
            chosen = [c for c in chosen if c is not w]
    return chosen


def contexts_for(chosen, args, folder):
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    contexts = {}
    for w in chosen:
        own = os.path.join(folder, w.name)
        os.mkdir(own)
        os.chmod(own, 0o777)  # servers give up being root
        contexts[w.name] = workloads.Context(source, os.path.abspath(args.programs), own)
        w.setup(contexts[w.name])
    return contexts


def warm_up(chosen, contexts, tools, columns):
    for w in chosen:
        w.measure(contexts[w.name], [], False)
        for column in ("known", OTHER + "known"):
            for _ in range(2 if column in columns else 0):
                w.measure(contexts[w.name], tools.learn(w.name, column.startswith(OTHER)),
                          False)


def measure(chosen, contexts, tools, columns, rounds):
    """(Results, failures)"""
    results, failures = Results(), []
    for n in range(rounds):
        for w in chosen:
            say("round %d of %d: %s" % (n + 1, rounds, w.name))
            for column, is_slow in COLUMNS:
                if column not in columns:
                    continue
                try:
                    values = w.measure(contexts[w.name], tools.prefix(column, w.name),
                                       is_slow)
                except workloads.Failed as e:
                    failures.append("%s, %s: %s" % (w.name, column, e))
                    say("FAILED: " + failures[-1])
                    values = {}
                for row in w.rows:
                    if row.name in values:
                        results.add(row, column, values[row.name])
    return results, failures


class HighWater(threading.Thread):
    """The peak of a process' resident memory over time, while it runs."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path = "/proc/%d/status" % pid
        self.samples = []  # (time, KiB)

    def run(self):
        begin = time.monotonic()
        while True:
            try:
                with open(self.path) as f:
                    fields = dict(line.split(":", 1) for line in f)
                self.samples.append((time.monotonic() - begin,
                                     int(fields["VmHWM"].split()[0])))
            except (OSError, KeyError):
                return
            time.sleep(0.05)

    def at(self, part):
        limit = self.samples[-1][0] * part
        return [kib for when, kib in self.samples if when <= limit][-1]


def measure_memory(tools, processes):
    """segen's peak after a tenth of the processes, and after all."""
    loop = workloads.shell_loop("/bin/true")(None, processes)
    p = subprocess.Popen(tools.prefix("fast", "") + loop, stdin=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    water = HighWater(p.pid)
    water.start()
    p.wait()
    water.join()
    return {"processes": processes, "kib_after_a_tenth": water.at(0.1),
            "kib_after_all": water.at(1.0)}


def cell(results, row, column):
    if not results.has(row, column) or not results.has(row, row.base):
        return "-"
    mark = {True: "", False: " !", None: ""}[results.kept(row, column)]
    return "%.3f%s" % (results.ratio(row, column), mark)


def print_table(chosen, results, columns):
    head = ["workload", "native", "unit"] + [c for c in columns if c != "native"]
    beside = [c for c in ("fast", "known") if c in columns and "bare" in columns]
    lines = [head + [c + "/bare" for c in beside]]
    for w in chosen:
        for row in w.rows:
            if not results.has(row, "native"):
                continue
            lines.append([row.name, "%.4g" % results.median(row, "native"), row.unit] +
                         [cell(results, row, c) for c in head[3:]] +
                         [results.ratio_or_dash(row, c, "bare") for c in beside])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        text = [line[0].ljust(widths[0]), line[1].rjust(widths[1]), line[2].ljust(widths[2])]
        text += [c.rjust(widths[i + 3]) for i, c in enumerate(line[3:])]
        print("  ".join(text).rstrip())
    print("Ratios to native (start-up: to strace), medians of rounds; '!': over the bar.")
    print("bare: under a filter that allows everything, without a tracer.")


def print_comparison(chosen, results, columns):
    """This segen's results by the other's, in the same round."""
    pairs = [(c, OTHER + c) for c in columns if OTHER + c in columns]
    print("\nThis segen to the other one (median of the ratios within a round):")
    for row in (row for w in chosen for row in w.rows):
        cells = ["%s %s" % (c, results.ratio_or_dash(row, c, other)) for c, other in pairs]
        print("%-24s %-9s %s" % (row.name, "(%s)" % row.better, "  ".join(cells)))


def slower_than_strace(chosen, results):
    """What is over one of the LIMITS, as sentences."""
    found = []
    for row in (row for w in chosen for row in w.rows):
        for column, limit in LIMITS:
            if not results.has(row, column) or not results.has(row, limit):
                continue
            ratio = results.ratio(row, column, limit)
            if ratio > 1 if row.better == "lower" else ratio < 1:
                found.append("%s: %s is slower than %s (%.3f)" % (row.name, column, limit,
                                                                  ratio))
    return found


def as_json(chosen, results, columns, memory, failures, args):
    rows = []
    for w in chosen:
        for row in w.rows:
            if not results.has(row, "native"):
                continue
            rows.append({"workload": w.name, "name": row.name, "unit": row.unit,
                         "base": row.base, "better": row.better, "bars": row.bars, "columns": {
                             c: {"samples": results.samples[row.name][c],
                                 "median": results.median(row, c),
                                 "ratio": results.ratio(row, c) if results.has(
                                     row, row.base) else None,
                                 "kept": results.kept(row, c)}
                             for c in columns if results.has(row, c)}})
    return {"segen-bench": 1, "kernel": platform.release(), "machine": platform.machine(),
            "cpus": os.cpu_count(), "rounds": args.rounds, "rows": rows,
            "memory": memory, "failures": failures}


def is_memory_kept(memory):
    return memory["kib_after_all"] < MEMORY_KIB and \
        memory["kib_after_all"] <= memory["kib_after_a_tenth"] * MEMORY_GROWTH


def is_over(chosen, results, columns):
    return any(results.kept(row, c) is False
               for w in chosen for row in w.rows for c in columns)


def main():
    args = options()
    if args.list:
        for w in workloads.WORKLOADS:
            print("%-14s %s" % (w.name, "; ".join(r.name for r in w.rows)))
        return 0
    memory = None
    with tempfile.TemporaryDirectory(prefix="segen-bench.") as folder:
        os.chmod(folder, 0o755)
        tools = Tools(os.path.abspath(args.segen),
                      args.against and os.path.abspath(args.against), args.programs, folder)
        wanted = args.columns.split(",") if args.columns else [c for c, _ in COLUMNS]
        columns = [c for c, _ in COLUMNS if c == "native" or (c in wanted and tools.works(c))]
        chosen = chosen_workloads(args.workload)
        contexts = contexts_for(chosen, args, folder)
        warm_up(chosen, contexts, tools, columns)
        results, failures = measure(chosen, contexts, tools, columns, args.rounds)
        if args.processes and "fast" in columns:
            memory = measure_memory(tools, args.processes)
    print_table(chosen, results, columns)
    if args.against:
        print_comparison(chosen, results, columns)
    slower = slower_than_strace(chosen, results)
    for sentence in slower:
        print(sentence)
    if memory:
        print("segen's memory (VmHWM): %(kib_after_a_tenth)d KiB after a tenth of "
              "%(processes)d processes, %(kib_after_all)d KiB after all" % memory +
              ("" if is_memory_kept(memory) else " !"))
    if args.json:
        with open(args.json, "w") as f:
            json.dump(as_json(chosen, results, columns, memory, failures, args), f, indent=1)
            f.write("\n")
    for failure in failures:
        print("failed: " + failure)
    over = slower or is_over(chosen, results, columns) or \
        (memory and not is_memory_kept(memory))
    return bool(failures) or (args.check and bool(over))


if __name__ == "__main__":
    sys.exit(main())
