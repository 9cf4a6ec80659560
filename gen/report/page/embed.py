#!/usr/bin/env python3
"""Puts a page's text, style and script together as C strings:
embed.py PAGE.html PAGE.css PAGE.js OUTPUT.c

The page names the places: @style@ and @script@, each with the hash that its content
security policy allows alone, and @audit@ and @profiles@, where the data go.
"""
import base64
import hashlib
import sys


def digest(text):
    raw = hashlib.sha256(text.encode()).digest()
    return "'sha256-%s'" % base64.b64encode(raw).decode()


def c_string(name, text):
    lines = []
    for line in text.splitlines(keepends=True):
        quoted = "".join(
            "\\%03o" % b if b < 32 or b > 126 or b in b'"\\?' else chr(b)
            for b in line.encode())
        lines.append('\t"%s"' % quoted)
    return "const char %s[] =\n%s;\n" % (name, "\n".join(lines))


def main():
    html, css, js = (open(p, encoding="utf-8").read() for p in sys.argv[1:4])
    assert "</style" not in css and "</script" not in js
    for place, text in (("@style-hash@", digest(css)), ("@script-hash@", digest(js)),
                        ("@style@", css), ("@script@", js)):
        assert html.count(place) == 1, place
        html = html.replace(place, text)
    head, rest = html.split("@audit@")
    between, tail = rest.split("@profiles@")
    with open(sys.argv[4], "w", encoding="utf-8") as out:
        out.write("/* page-text.c: made by report/page/embed.py. */\n#include \"report/page-text.h\"\n\n")
        for name, text in (("page_head", head), ("page_between", between),
                           ("page_tail", tail)):
            out.write(c_string(name, text))


main()
