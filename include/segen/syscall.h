/*
 * syscall.h: names and numbers of system calls.
 *
 * Numbers are libseccomp's job; syscall-new.def adds the calls that are newer than the
 * installed libseccomp.  No name is ever invented: an unknown number has none.
 */
#pragma once

#include <segen/arch.h>

#include <errno.h>

/*
 * The name of (arch, nr), to be freed by the caller, or NULL when unknown.  @nr is what
 * segen_arch_of_call() left: without the x32 bit.
 */
char *segen_syscall_name(const struct segen_arch *arch, int64_t nr);

/*
 * The number of @name on @arch (without the x32 bit), or -ENOENT: no such call there.
 * Real numbers are never negative.
 */
int segen_syscall_nr(const struct segen_arch *arch, const char *name);

/*
 * Whether another segen, built with the oldest libseccomp that it can be, may not know
 * this name of @arch.
 */
bool segen_syscall_is_new(const struct segen_arch *arch, const char *name);

/* Whether the name exists on any architecture. */
bool segen_syscall_known(const char *name);

/* The highest number that can be a system call of any ABI plus one: size for tables. */
#define SEGEN_NR_TABLE 1024

/* The version of the library that knows the numbers, "2.5.4"; the caller frees it. */
char *segen_syscall_library(void);

/*
 * The arguments whose values are worth recording: those that Docker's base has
 * conditions on, and those of --args.  The rows are in syscall-args.def.
 */
struct segen_arg_fact {
	const char *name; /* the call */
	const char *what; /* "family", "flags", ...: the word for people */
	uint64_t mask;	  /* the bits that the kernel looks at */
	unsigned index;	  /* which argument, 0..5 */
	bool base;	  /* Docker's base has a condition on it */
};
const struct segen_arg_fact *segen_arg_facts(size_t *ret_n);

/* How many arguments a call has, by syscall-nargs.def; -1: not known. */
int segen_syscall_nargs(const char *name);

/* The arguments that point to a path or another text, as rows of syscall-paths.def. */
struct segen_path_fact {
	const char *name; /* the call */
	unsigned index;	  /* which argument, 0..5 */
};
const struct segen_path_fact *segen_path_facts(size_t *ret_n);

/*
 * The symbolic word of a value ("AF_INET", "ENOENT"), or NULL when there is none; static.
 */
const char *segen_errno_name(int err);
int segen_errno_by_name(const char *name); /* > 0, or -ENOENT */
