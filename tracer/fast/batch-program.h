/*
 * batch-program.h: programs that do one piece of work and end.
 *
 * When a process gets segen's filter is a bet on its future (fast.h).  A compiler, or
 * git, does not turn into a server after thousands of calls, so the bet is safe for it.
 * What an interpreter does is told by its command line.  A row that is wrong costs time,
 * never a call.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct batch_program {
	const char *glob;   /* fnmatch(3), of a program's name without its folder */
	const char *sample; /* one that it is meant for */
};

struct interpreter {
	const char *glob, *sample; /* as above */
	const char *code;	   /* of the option whose argument is the program */
	const char *module;	   /* of the option whose argument is a module's name */
	bool shell;		   /* its code starts other programs, which may serve */
};

/* All of them, for the test. */
const struct batch_program *batch_programs(size_t *ret_n);
const struct interpreter *interpreters(size_t *ret_n);

/* Whether the program at @path is one. */
bool is_batch_program(const char *path);

/* The row of the program at @path; NULL: it is none. */
const struct interpreter *interpreter_find(const char *path);

/*
 * Whether an interpreter with the command line @argv is to do one piece of work: code on
 * the command line, or a script or module whose name is that of a program that does.
 */
bool interpreter_is_batch(const struct interpreter *i, char *const argv[]);
