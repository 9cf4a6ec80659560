"""The workloads of the benchmark, one row each.

A workload is prepared once in a folder of its own, then run under different tools: as a
command whose time is taken, or as a server that a client loads.  Tools that stop at
every call get fewer units of work; costs are compared per unit.
"""
import glob
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time


class Failed(Exception):
    """A run did not do what it should."""


class Context:
    """Where things are."""

    def __init__(self, source, programs, folder):
        self.source = source
        self.programs = programs
        self.folder = folder

    def program(self, name):
        return os.path.join(self.programs, name)


def run(argv, **kwargs):
    """A helper command: its output, or Failed."""
    r = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False, **kwargs)
    if r.returncode:
        raise Failed("%s: %s" % (argv[0], r.stderr.decode(errors="replace")[-500:]))
    return r.stdout.decode(errors="replace")


class Row:
    """One line of the result.

    better: "lower" or "higher"; base: the column that ratios are to; bars: per column.
    """

    def __init__(self, name, unit, scale=1.0, better="lower", base="native", **bars):
        self.name, self.unit, self.scale, self.better = name, unit, scale, better
        self.base, self.bars = base, bars


class Command:
    """A command whose time is taken.

    argv(context, units) is the command; units the work it does, slow the same for tools
    that stop at every call; fixed is work that comes on top.  The command is run `times`
    times, and the median counts: what is short is disturbed easily.  When the program prints
    "ns-per-call N", that becomes the row `inner`.
    """

    def __init__(self, name, row, argv, units=1, slow=1, fixed=0, inner=None,
                 needs=(), prepare=None, before=None, times=1):
        self.name, self.row, self.argv, self.inner = name, row, argv, inner
        self.times = times
        self.units, self.slow, self.fixed = units, slow, fixed
        self.needs, self.prepare, self.before = needs, prepare, before
        self.rows = [r for r in (inner, row) if r]

    def setup(self, context):
        if self.prepare:
            self.prepare(context)

    def measure(self, context, tool, is_slow):
        results = [self.once(context, tool, is_slow) for _ in range(self.times)]
        return {name: statistics.median(r[name] for r in results) for name in results[0]}

    def once(self, context, tool, is_slow):
        units = self.slow if is_slow else self.units
        argv = tool + self.argv(context, units)
        if self.before:
            self.before(context)
        begin = time.perf_counter()
        r = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, cwd=context.folder, check=False)
        seconds = time.perf_counter() - begin
        if r.returncode:
            raise Failed("%s: status %d: %s" % (self.name, r.returncode,
                                                r.stderr.decode(errors="replace")[-500:]))
        result = {}
        if self.inner:
            words = r.stdout.split()
            result[self.inner.name] = float(words[words.index(b"ns-per-call") + 1])
        if self.row:
            result[self.row.name] = seconds / (units + self.fixed) * self.row.scale
        return result


class Server:
    """A server under the tool, a client beside it; the result is the client's."""

    def __init__(self, name, row, needs, start, load, stop):
        self.name, self.row, self.rows, self.needs = name, row, [row], needs
        self.start, self.load, self.stop = start, load, stop

    def setup(self, context):
        pass

    def measure(self, context, tool, is_slow):
        port = free_port()
        log = open(os.path.join(context.folder, self.name + ".log"), "wb")
        with log:
            p = subprocess.Popen(tool + self.start(context, port), cwd=context.folder,
                                 stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                wait_for_port(port, p)
                self.load(port, True)  # what comes first is learned
                rate = self.load(port, is_slow)
            finally:
                self.stop(context, port)
                p.wait(timeout=60)
        if p.returncode:
            raise Failed("%s: status %d" % (self.name, p.returncode))
        return {self.row.name: rate}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process):
    for _ in range(600):
        if process.poll() is not None:
            raise Failed("the server ended with status %d" % process.returncode)
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Failed("the server does not answer")


# --- shells ---------------------------------------------------------------------------

def shell_loop(command):
    def argv(_, units):
        return ["/bin/sh", "-c", "i=0; while [ $i -lt %d ]; do %s; i=$((i+1)); done"
                % (units, command)]
    return argv


# --- compilers ------------------------------------------------------------------------

def gcc_argv(context, units):
    compile_ = ("gcc -std=gnu11 -D_GNU_SOURCE -O2 -I%s/include -c %s/tracer/shared/util.c"
                " -o o.o" % (context.source, context.source))
    return shell_loop(compile_)(context, units)


MAKEFILE = """\
CFLAGS = -std=gnu11 -D_GNU_SOURCE -O1 -Iinclude -Itracer
objects = $(patsubst %.c,%.o,$(wildcard tracer/*/*.c))
lib.a: $(objects)
\tar rc $@ $^
clean:
\trm -f lib.a $(objects)
"""
# Modules that need nothing but the C library.
MAKE_MODULES = ("util", "error", "eh-frame", "elf-image", "elf-symtab",
                "procmaps", "proc-status", "program", "remote-mem")


def make_prepare(context):
    project = os.path.join(context.folder, "project")
    shutil.copytree(os.path.join(context.source, "include"),
                    os.path.join(project, "include"))
    for path in glob.glob(os.path.join(context.source, "tracer", "*", "*.[ch]")):
        name, ext = os.path.splitext(os.path.basename(path))
        if ext == ".h" or name in MAKE_MODULES:
            room = os.path.join(project, os.path.relpath(os.path.dirname(path),
                                                         context.source))
            os.makedirs(room, exist_ok=True)
            shutil.copy(path, room)
    with open(os.path.join(project, "Makefile"), "w") as f:
        f.write(MAKEFILE)


def make_clean(context):
    run(["make", "-s", "-C", os.path.join(context.folder, "project"), "clean"])


# --- git ------------------------------------------------------------------------------

def git_prepare(context):
    repo = os.path.join(context.folder, "repo")
    for part in ("include", "tracer", "gen", "tests"):
        shutil.copytree(os.path.join(context.source, part), os.path.join(repo, part),
                        ignore=shutil.ignore_patterns("__pycache__"))
    git = ["git", "-C", repo, "-c", "user.name=bench", "-c", "user.email=bench@localhost",
           "-c", "commit.gpgsign=false"]
    run(git + ["init", "-q"])
    run(git + ["add", "-A"])
    run(git + ["commit", "-q", "-m", "all"])


def git_clean(context):
    shutil.rmtree(os.path.join(context.folder, "clone"), ignore_errors=True)


def git_argv(context, _):
    return ["git", "clone", "-q", "--no-local", os.path.join(context.folder, "repo"),
            os.path.join(context.folder, "clone")]


# --- redis ----------------------------------------------------------------------------

def redis_start(context, port):
    return ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no",
            "--daemonize", "no", "--dir", context.folder]


def redis_load(port, is_slow):
    out = run(["redis-benchmark", "-p", str(port), "-t", "set,get", "-c", "20", "--csv",
               "-n", "4000" if is_slow else "40000"])
    rates = [float(line.split(",")[1].strip('"')) for line in out.splitlines()
             if line.startswith(('"SET"', '"GET"'))]
    if len(rates) != 2:
        raise Failed("redis-benchmark: %s" % out)
    return 2 / (1 / rates[0] + 1 / rates[1])


def redis_stop(_, port):
    subprocess.run(["redis-cli", "-p", str(port), "shutdown", "nosave"], check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# --- nginx ----------------------------------------------------------------------------

NGINX_CONF = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
\taccess_log off;
\tserver {{
\t\tlisten 127.0.0.1:{port};
\t\troot {folder}/html;
\t}}
}}
"""


def nginx_start(context, port):
    html = os.path.join(context.folder, "html")
    os.makedirs(html, exist_ok=True)
    with open(os.path.join(html, "index.html"), "w") as f:
        f.write("hello\n" * 100)
    conf = os.path.join(context.folder, "nginx.conf")
    with open(conf, "w") as f:
        f.write(NGINX_CONF.format(folder=context.folder, port=port))
    return ["nginx", "-p", context.folder, "-c", conf,
            "-e", os.path.join(context.folder, "nginx-error.log")]


def wrk_load(port, is_slow):
    out = run(["wrk", "-t1", "-c16", "-d", "1s" if is_slow else "2s",
               "http://127.0.0.1:%d/" % port])
    for line in out.splitlines():
        if line.startswith("Requests/sec:"):
            return float(line.split()[1])
    raise Failed("wrk: %s" % out)


def nginx_stop(context, _):
    try:
        with open(os.path.join(context.folder, "nginx.pid")) as f:
            os.kill(int(f.read()), 3)  # SIGQUIT: finish and end
    except (OSError, ValueError):
        pass


# --- all ------------------------------------------------------------------------------

MODULES = ("json", "ssl", "http.client", "email.message", "asyncio", "xml.etree.ElementTree",
           "urllib.request", "decimal", "ctypes", "logging.handlers", "argparse", "unittest",
           "subprocess", "sqlite3")


def file_io_argv(context, units):
    return [context.program("file-io"), context.folder, "200", str(units)]


def hot_argv(threads):
    return lambda context, units: [context.program("hot-loop"), str(threads), str(units)]


WORKLOADS = [
    Command("getppid-1", Row("getppid, 1 thread: process", "ns/call", 1e9), hot_argv(1),
            units=2000000, slow=15000, fixed=15000,
            inner=Row("getppid, 1 thread: call", "ns/call", fast=1.03, known=1.03)),
    Command("getppid-4", Row("getppid, 4 threads: process", "ns/call", 1e9), hot_argv(4),
            units=500000, slow=4000, fixed=4000,
            inner=Row("getppid, 4 threads: call", "ns/call", fast=1.03, known=1.03)),
    Command("dd", Row("dd bs=1", "us/byte", 1e6, fast=1.25, known=1.05),
            lambda _, units: ["dd", "if=/dev/zero", "of=/dev/null", "bs=1",
                              "count=%d" % units, "status=none"],
            units=1000000, slow=12000),
    Command("gcc", Row("gcc -c, 12 times", "ms/file", 1e3, fast=1.10, known=1.06), gcc_argv,
            units=12, slow=4, needs=("gcc",)),
    Command("make", Row("make -j2", "ms", 1e3, fast=1.10, known=1.06),
            lambda context, _: ["make", "-s", "-j2", "-C",
                                os.path.join(context.folder, "project")],
            needs=("make", "gcc"), prepare=make_prepare, before=make_clean),
    Command("ls", Row("ls, 300 times from sh", "ms/ls", 1e3, fast=1.25, known=1.20),
            shell_loop("ls /usr/lib >/dev/null"), units=300, slow=60),
    Command("true", Row("true, 3000 times from sh", "ms/true", 1e3, fast=1.25, known=1.20),
            shell_loop("/bin/true"), units=3000, slow=200),
    Command("python", Row("python importing %d modules" % len(MODULES), "ms", 1e3,
                          fast=1.20, known=1.08),
            lambda _, __: [sys.executable, "-c", "import " + ", ".join(MODULES)]),
    Command("git", Row("git clone", "ms", 1e3, fast=1.20, known=1.08), git_argv,
            needs=("git",), prepare=git_prepare, before=git_clean),
    Server("redis", Row("redis-server", "requests/s", better="higher",
                        fast=0.95, known=0.97),
           ("redis-server", "redis-benchmark", "redis-cli"),
           redis_start, redis_load, redis_stop),
    Server("nginx", Row("nginx", "requests/s", better="higher", fast=0.95, known=0.97),
           ("nginx", "wrk"), nginx_start, wrk_load, nginx_stop),
    Command("phase-change", Row("phase change", "ns/call", 1e9, fast=2.0, known=1.05),
            lambda context, units: [context.program("phase-change"), str(units)],
            units=3000000, slow=10000, fixed=20000,
            inner=Row("phase change: second phase", "ns/call")),
    Command("file-io", Row("200 threads doing file I/O", "us/round", 1e6 / 200),
            file_io_argv, units=50, slow=5),
    Command("start-up", Row("start-up: true", "ms", 1e3, base="strace", fast=1.0),
            lambda _, __: ["true"], times=20),
]
# Workloads for which segen runs as it is typed, with its summary and profile.
AS_TYPED = ("start-up",)
