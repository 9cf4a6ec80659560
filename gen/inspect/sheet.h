/*
 * sheet.h: everything that the tables know of one call, in one place.  Pure.
 */
#pragma once

#include "facts/call-facts.h"
#include "profile/profile.h"

#include <segen/arch.h>
#include <segen/util.h>

#define SHEET_ABIS 32

struct sheet_number {
	const struct segen_arch *arch;
	int nr;
};

/* One way in which the base answers the call. */
struct sheet_way {
	char *answer; /* "allowed", "refused (ENOSYS)" */
	char *gates;  /* "with CAP_SYS_ADMIN", or NULL: always */
	char *conds;  /* "flags without CLONE_NEWNS", or NULL: whatever the arguments */
};

struct sheet {
	const char *name;	      /* static */
	const struct call_fact *fact; /* NULL: no row */
	struct sheet_number numbers[SHEET_ABIS];
	size_t n_numbers;
	struct sheet_way *base; /* none: the base refuses it */
	size_t n_base, cap_base;
	struct segen_strset
		alternatives;	      /* that libcs, kernels, architectures differ in */
	struct segen_strset same_job; /* "open a file: creat, openat2" */
	const char *fallback;	      /* what is done on ENOSYS, or NULL */
	const char *essential;	      /* why any workload may make it, or NULL */
	struct segen_strset runtimes; /* "runc 1.1: run, exec" */
	struct segen_strset args;     /* "0: flags" */
};

/*
 * All but the numbers; @base is Docker's profile.  -ENOENT: no such call on any
 * architecture.
 */
int sheet_init(struct sheet *s, const char *name, const struct profile *base);
/* The numbers, which take longer: one on each architecture that has the call. */
void sheet_numbers(struct sheet *s);
void sheet_done(struct sheet *s);
