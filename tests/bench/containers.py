#!/usr/bin/env python3
"""What it costs to start a container through segen-runtime.

`docker run --rm … true` with runc and with segen-runtime in turn, in an engine of the
benchmark's own; a ratio is the median over the rounds of the results of one round.
Needs root and Docker.  The exit status is 0 when everything ran, with --check only when
the bar was kept.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BAR = 1.25
NEEDED = ["dockerd", "containerd", "runc", "docker", "busybox"]


def options():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--segen", required=True, help="the program")
    p.add_argument("--rounds", type=int, default=20)
    p.add_argument("--json", help="write the results there as well")
    p.add_argument("--check", action="store_true", help="fail when the bar is missed")
    return p.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


class Engine:
    """A Docker Engine without a network, all of it in one folder, and one image, bb."""

    def __init__(self, folder, runtimes):
        self.folder = folder
        self.client = ["docker", "-H", "unix://" + os.path.join(folder, "s")]
        self.log = open(os.path.join(folder, "log"), "wb")
        argv = ["dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false",
                "--data-root", os.path.join(folder, "d"),
                "--exec-root", os.path.join(folder, "e"),
                "-H", self.client[2], "--pidfile", os.path.join(folder, "pid")]
        for name, path in runtimes.items():
            argv += ["--add-runtime", "%s=%s" % (name, path)]
        # Runtimes get the environment of the engine.
        env = dict(os.environ, SEGEN_STATE=os.path.join(folder, "state"), SEGEN_MODE="fast")
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, env=env)

    def __enter__(self):
        for _ in range(600):
            if self.quiet("info").returncode == 0:
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.__exit__()
        sys.exit("bench: no Docker Engine can be started here")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()
        with open("/proc/mounts") as f:
            mounts = [line.split()[1] for line in f]
        for path in sorted((m for m in mounts if m.startswith(self.folder + "/")),
                           reverse=True):
            subprocess.run(["umount", "-l", path], check=False)

    def quiet(self, *args):
        return subprocess.run([*self.client, *args], check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def add_image(self):
        root = os.path.join(self.folder, "bb")
        os.makedirs(os.path.join(root, "bin"))
        shutil.copy(shutil.which("busybox"), os.path.join(root, "bin"))
        os.symlink("busybox", os.path.join(root, "bin/true"))
        tar = subprocess.run(["tar", "-C", root, "-c", "."], check=True,
                             stdout=subprocess.PIPE).stdout
        subprocess.run([*self.client, "import", "-", "bb"], check=True, input=tar,
                       stdout=subprocess.DEVNULL)

    def start(self, runtime, command):
        """Seconds that docker run takes."""
        begin = time.perf_counter()
        subprocess.run([*self.client, "run", "--rm", "--network", "none", "--runtime",
                        runtime, "bb", *command], check=True, stdin=subprocess.DEVNULL)
        return time.perf_counter() - begin


def full_mode(folder, runtime):
    """A runtime of its own: a script, which costs some ms."""
    path = os.path.join(folder, "full")
    with open(path, "w") as f:
        f.write('#!/bin/sh\nSEGEN_MODE=full exec %s "$@"\n' % runtime)
    os.chmod(path, 0o755)
    return path


def measure(engine, columns, rounds):
    samples = {name: [] for name in columns}
    for name in columns:
        engine.start(name, ["true"])
    for n in range(rounds):
        say("round %d of %d" % (n + 1, rounds))
        for name in columns:
            samples[name].append(engine.start(name, ["true"]))
    return samples


def count_traces(folder):
    return sum(f.endswith(".trace.json")
               for _, _, files in os.walk(os.path.join(folder, "state")) for f in files)


def check_recorded(folder, starts):
    """What was measured was recording: exits when it was not."""
    for _ in range(100):
        if count_traces(folder) == starts:
            return
        time.sleep(0.1)
    sys.exit("bench: of %d containers %d were recorded" % (starts, count_traces(folder)))


def ratio(samples, name):
    return statistics.median(s / r for s, r in zip(samples[name], samples["runc"]))


def print_table(samples):
    print("%-12s %10s %10s %8s" % ("docker run", "median", "fastest", "ratio"))
    for name, values in samples.items():
        mark = " !" if name == "fast" and ratio(samples, name) > BAR else ""
        print("%-12s %8.0f ms %8.0f ms %8.3f%s" %
              (name, statistics.median(values) * 1000, min(values) * 1000,
               ratio(samples, name), mark))
    print("Ratios to runc, medians of rounds; '!': over the bar of %.2f." % BAR)


def main():
    args = options()
    missing = [n for n in NEEDED if shutil.which(n) is None]
    if missing or os.geteuid() != 0:
        say("containers are not measured: " + (
            "'%s' is not installed" % missing[0] if missing else "not root"))
        return 0
    runtime = os.path.join(os.path.dirname(os.path.abspath(args.segen)), "segen-runtime")
    with tempfile.TemporaryDirectory(prefix="eng.", dir="/tmp") as folder:
        runtimes = {"fast": runtime, "full": full_mode(folder, runtime)}
        with Engine(folder, runtimes) as engine:
            engine.add_image()
            samples = measure(engine, ["runc", "fast", "full"], args.rounds)
            check_recorded(folder, 2 * (args.rounds + 1))
    print_table(samples)
    if args.json:
        with open(args.json, "w") as f:
            json.dump({"segen-bench-containers": 1, "rounds": args.rounds, "bar": BAR,
                       "samples": samples, "ratios": {n: ratio(samples, n)
                                                      for n in samples}}, f, indent=1)
            f.write("\n")
    return bool(args.check and ratio(samples, "fast") > BAR)


if __name__ == "__main__":
    sys.exit(main())
