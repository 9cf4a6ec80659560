#!/usr/bin/env python3
"""Make docs/picture.svg: a terminal with what segen really prints.

  python3 docs/picture.py SEGEN >docs/picture.svg

Each command runs in an empty folder on a terminal of its own, with colour; what it writes
is what the picture shows.  Nothing is added but the prompt, and nothing left out but the
lines behind those that STEPS asks for.
"""
import fcntl
import html
import os
import pty
import re
import shutil
import struct
import sys
import tempfile
import termios

COLUMNS = 96
STEPS = (  # and how many lines of each are shown
    ("segen trace -- tar -czf docs.tgz docs", 9),
    ("segen verify tar.seccomp.json -- tar -xzf docs.tgz", 10),
    ("segen audit tar.seccomp.json tar.trace.json", 8),
)
CHAR, LINE, MARGIN, BAR = 8.4, 19, 16, 30
COLORS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341"}
ANSI = re.compile("\033\\[([0-9;]*)m")


def run(line, folder, segen):
    """What the command shows on a terminal, in lines."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(TERM="xterm", LC_ALL="C.UTF-8",
                          PATH=os.path.dirname(segen) + ":" + os.environ["PATH"])
        os.environ.pop("NO_COLOR", None)
        os.execvp("sh", ["sh", "-c", line])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    out = b""
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    os.waitpid(pid, 0)
    return out.decode().replace("\r", "").rstrip("\n").split("\n")


def spans(line):
    """One line as text of SVG: its colours become spans."""
    out, style = "", ""
    for i, part in enumerate(ANSI.split(line)):
        if i % 2:
            style = {"1": 'font-weight="bold"'}.get(
                part, 'fill="%s"' % COLORS[part] if part in COLORS else "")
        elif part:
            text = html.escape(part)
            out += "<tspan %s>%s</tspan>" % (style, text) if style else text
    return out


def svg(lines):
    width, height = COLUMNS * CHAR + 2 * MARGIN, len(lines) * LINE + BAR + 2 * MARGIN
    print('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" '
          'role="img" aria-label="segen in a terminal">' % (width, height, width))
    print('<rect width="100%" height="100%" rx="8" fill="#0d1117"/>')
    for i, color in enumerate(("#ff5f56", "#ffbd2e", "#27c93f")):
        print('<circle cx="%d" cy="18" r="6" fill="%s"/>' % (22 + 20 * i, color))
    print('<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" '
          'fill="#e6edf3">')
    for i, line in enumerate(lines):
        if line:
            print('<text x="%d" y="%d" xml:space="preserve">%s</text>'
                  % (MARGIN, BAR + MARGIN + (i + 1) * LINE - 5, spans(line)))
    print("</g>\n</svg>")


def main(argv):
    folder = tempfile.mkdtemp()
    try:
        os.mkdir(folder + "/docs")
        with open(folder + "/docs/page", "w", encoding="ascii") as f:
            f.write("words\n")
        lines = []
        for step, n in STEPS:
            shown = run(step, folder, os.path.abspath(argv[1]))
            lines += ["\033[32m$\033[0m \033[1m" + step + "\033[0m"] + shown[:n] + [""]
        svg(lines[:-1])
    finally:
        shutil.rmtree(folder)


main(sys.argv)
