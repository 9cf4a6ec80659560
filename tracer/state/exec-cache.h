/*
 * exec-cache.h: which program an execve starts, without asking /proc each time.
 *
 * A process's files in /proc are made by the kernel when they are looked at, and taken
 * down when it ends: for a short program that is a tenth of its life.  But most programs
 * run many times.  A file that was seen once to be the program that it starts, and to
 * give no privileges, is known by its inode from then on; its name is what the kernel
 * calls it now.  Scripts, set-user-ID programs, relative paths, and all that a process in
 * another root or mount namespace runs, are looked at each time.
 */
#pragma once

#include <segen/trace.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define EXEC_CACHE_SLOTS 64

/* A file at a time: a change of it, or of what it is allowed, changes its ctime. */
struct exec_file {
	dev_t dev;
	ino_t ino;
	struct timespec ctime;
};

struct exec_cache {
	struct exec_file files[EXEC_CACHE_SLOTS]; /* ino 0: empty */
};

/* An execve that is under way. */
struct exec_claim {
	struct exec_file file; /* what the path leads to; ino 0: cannot be told */
	char *name;	       /* it is known: the name of the program; owned */
};

void exec_claim_done(struct exec_claim *c);

/*
 * @tid is in execve, of the path at @address in its memory; it must have the root and the
 * mount namespace of this process.  Replaces *@c.
 */
void exec_claim_make(struct exec_claim *c, const struct exec_cache *cache, pid_t tid,
		     uint64_t address);

/* It succeeded: the file that @pid runs is remembered, if it is the claim's. */
void exec_cache_learn(struct exec_cache *cache, const struct exec_claim *c, pid_t pid);

/*
 * Whether a call of this name can take a process to another root or mount namespace, or
 * make a path one that must not be looked at (fuse.h).  clone(2) depends on its flags.
 */
bool exec_cache_is_move(const char *name);

/* Whether a process for which @known is let go may do so unseen.  NULL: no. */
bool exec_cache_may_move(const struct segen_trace *known);
