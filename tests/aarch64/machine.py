#!/usr/bin/env python3
"""Run tests of a cross build in an emulated machine.

  machine.py BUILD PACKAGES WORK RESULT [SUITE/TEST...]

BUILD is meson's folder, PACKAGES what packages.sh made; WORK is for the machine's files.
The tests are those that tests.txt names, or SUITE/TEST...; what they said is written to RESULT
in the format of meson's testlog.json, for tests/count.py.  Exit status 0: the machine ran
to its end, whatever the tests say.
"""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.path.dirname(os.path.dirname(HERE))
# Emulated, everything takes so many times as long as it may natively.
SLOWER = 6
# For everything, in seconds.
LIMIT = 1200
LINE = re.compile(r"@(\S+) (out|err|status) ?(.*)$")


def wanted(names):
    """SUITE/TEST: what its environment has in addition."""
    ret = {}
    with open(os.path.join(HERE, "tests.txt")) as f:
        for line in f:
            words = shlex.split(line, comments=True)
            if words and (not names or words[0] in names):
                ret[words[0]] = dict(w.split("=", 1) for w in words[1:])
    for name in names:
        ret.setdefault(name, {})
    return ret


def tests_of(build, names):
    """Those that are wanted, in this order."""
    out = subprocess.run(["meson", "introspect", "--tests", build], check=True,
                         stdout=subprocess.PIPE).stdout
    known = {}
    for t in json.loads(out):
        for suite in t["suite"]:
            known["%s/%s" % (suite.split(":")[-1], t["name"])] = t
    for name, env in wanted(names).items():
        if name not in known:
            sys.exit("machine.py: there is no test '%s'" % name)
        yield dict(known[name], name=name, env=dict(known[name]["env"], **env))


def copy(path, root):
    """A file, at the same place."""
    to = root + os.path.abspath(path)
    os.makedirs(os.path.dirname(to), exist_ok=True)
    shutil.copy2(path, to, follow_symlinks=False)


def copy_sources(root):
    out = subprocess.run(["git", "-C", SRC, "ls-files", "-coz", "--exclude-standard"],
                         stdout=subprocess.PIPE).stdout.decode()
    names = out.split("\0") if out else glob.glob(SRC + "/[!b]*/**", recursive=True)
    for name in names:
        path = os.path.join(SRC, name)
        if os.path.isfile(path):
            copy(path, root)


def copy_build(build, root):
    for folder in ("gen", "samples", "tests", "tests/bench", "tests/fuzz"):
        for entry in os.scandir(os.path.join(build, folder)):
            if entry.is_symlink() or entry.is_file() and os.access(entry, os.X_OK):
                copy(entry.path, root)


def copy_reference(tests, root):
    for path in {t["env"].get("SEGEN_REFERENCE") for t in tests} - {None, ""}:
        for name in ("base", "floor", "seed"):
            for file in glob.glob("%s/%s/**" % (path, name), recursive=True):
                if os.path.isfile(file):
                    copy(file, root)
    for path in glob.glob("/usr/share/containers/seccomp.json"):
        copy(path, root)


def write_jobs(tests, root):
    os.makedirs(root + "/jobs")
    with open(root + "/jobs/list", "w") as f:
        for t in tests:
            job = t["name"].replace("/", "-")
            f.write("%s %d\n" % (job, t["timeout"] * SLOWER))
            with open("%s/jobs/%s.sh" % (root, job), "w") as script:
                for var, value in t["env"].items():
                    script.write("export %s=%s\n" % (var, shlex.quote(value)))
                script.write("exec %s\n" % shlex.join(t["cmd"]))


def make_root(tests, build, packages, work):
    """The machine's file system, as an archive for the kernel."""
    root = work + "/root"
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(work, exist_ok=True)
    subprocess.run(["cp", "-al", packages + "/root", root], check=True)
    for name in ("usr/include", "usr/lib/gcc", "usr/share", "var"):
        shutil.rmtree(os.path.join(root, name), ignore_errors=True)
    for path in glob.glob(root + "/usr/lib/*/*.a"):
        os.unlink(path)
    copy_sources(root)
    copy_build(build, root)
    copy_reference(tests, root)
    write_jobs(tests, root)
    shutil.copy2(HERE + "/init", root + "/init")
    if not os.path.lexists(root + "/bin/sh"):
        os.symlink("busybox", root + "/bin/sh")
    with open(root + "/etc/passwd", "w") as f:
        f.write("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
    archive = work + "/root.cpio"
    with open(archive, "wb") as f:
        files = subprocess.Popen(["find", ".", "-mindepth", "1", "-print0"], cwd=root,
                                 stdout=subprocess.PIPE)
        subprocess.run(["cpio", "--quiet", "-0", "-o", "-H", "newc", "-R", "0:0"],
                       cwd=root, stdin=files.stdout, stdout=f, check=True)
    return archive


def boot(packages, archive):
    """The lines on the console."""
    kernel = glob.glob(packages + "/linux/boot/vmlinuz-*")[0]
    # The architected way to sign pointers takes an emulator very long.
    qemu = subprocess.Popen(
        ["qemu-system-aarch64", "-M", "virt", "-cpu", "max,pauth-impdef=on", "-smp", "2",
         "-m", "2G", "-nographic", "-no-reboot", "-nic", "none", "-kernel", kernel,
         "-initrd", archive, "-append", "console=ttyAMA0 quiet loglevel=1 panic=-1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    timer = threading.Timer(LIMIT, qemu.kill)
    timer.start()
    try:
        for line in qemu.stdout:
            yield line.decode(errors="replace").rstrip("\r\n")
    finally:
        timer.cancel()
        qemu.kill()
        qemu.wait()


def collect(lines):
    """What each test said, and whether the machine came to its end."""
    said = {}
    complete = False
    for line in lines:
        m = LINE.search(line)
        if m:
            test = said.setdefault(m.group(1), {"out": [], "err": [], "status": []})
            test[m.group(2)].append(m.group(3))
            if m.group(2) == "status":
                print("%s: status %s after %s s" % (m.group(1), *m.group(3).split()),
                      flush=True)
        else:
            print(line, flush=True)
            complete |= line.startswith("@machine done")
    return said, complete


def result(test, said):
    got = said.get(test["name"].replace("/", "-"), {"out": [], "err": [], "status": []})
    status = int(got["status"][0].split()[0]) if got["status"] else None
    return {
        "name": "aarch64 " + test["name"],
        "stdout": "\n".join(got["out"]),
        "stderr": "\n".join(got["err"]),
        "result": "OK" if status == 0 else "FAIL" if status is not None else "TIMEOUT",
        "returncode": status,
    }


def main(argv):
    build, packages, work = (os.path.abspath(p) for p in argv[1:4])
    tests = list(tests_of(build, argv[5:]))
    start = time.time()
    archive = make_root(tests, build, packages, work)
    print("made %d MiB of files in %.1f s" % (os.path.getsize(archive) >> 20,
                                              time.time() - start), flush=True)
    said, complete = collect(boot(packages, archive))
    with open(argv[4], "w") as f:
        for test in tests:
            f.write(json.dumps(result(test, said)) + "\n")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
