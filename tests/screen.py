#!/usr/bin/env python3
"""What is on the screen after a terminal has got the bytes of standard input.

Prints the lines of a screen of 12 rows and 80 columns.  Knows the few control sequences
that are needed here, and fails on any other.
"""
import re
import sys

ROWS, COLUMNS = 12, 80


class Screen:
    def __init__(self):
        self.rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self.row = self.column = 0
        self.saved = (0, 0)

    def down(self):
        if self.row == ROWS - 1:
            self.rows = self.rows[1:] + [[" "] * COLUMNS]
        else:
            self.row += 1

    def up(self):
        if self.row == 0:
            self.rows = [[" "] * COLUMNS] + self.rows[:-1]
        else:
            self.row -= 1

    def start(self):
        self.column = 0

    def save(self):
        self.saved = (self.row, self.column)

    def restore(self):
        self.row, self.column = self.saved

    def erase_below(self):
        blank = " " * COLUMNS
        self.rows[self.row][self.column:] = blank[self.column:]
        for i in range(self.row + 1, ROWS):
            self.rows[i] = list(blank)

    def put(self, c):
        if self.column == COLUMNS:
            self.column = 0
            self.down()
        self.rows[self.row][self.column] = c
        self.column += 1

    def feed(self, text):
        control = {"\r": self.start, "\n": self.down, "\033D": self.down,
                   "\033M": self.up, "\0337": self.save, "\0338": self.restore,
                   "\033[J": self.erase_below}
        for token in re.findall(r"\033\[[0-9;]*[A-Za-z]|\033.|[^\033]", text, re.S):
            if token in control:
                control[token]()
            elif token.isprintable():
                self.put(token)
            else:
                sys.exit(f"unknown control sequence {token!r}")


screen = Screen()
screen.feed(sys.stdin.buffer.read().decode())
print("\n".join("".join(row).rstrip() for row in screen.rows).rstrip())
