/*
 * cells.h: how a profile treats one call, for every target that makes a difference.
 *
 * The gates of a call's rules name a few capabilities, architectures and kernels.  These
 * are the axes of a small space; each cell stands for all targets alike.  An answer per
 * cell is exact; gates for equal answers are then found again from the cells, so that
 * they can neither contradict nor overlap with different answers.  Pure.
 */
#pragma once

#include "answer/answer.h"
#include "target/target.h"

#define CELLS_CAPS 8	/* capabilities in the gates of one call */
#define CELLS_ARCHES 24 /* libseccomp's architectures, and a bit */
#define CELLS_KERNELS 8

struct cell_axes {
	const char *caps[CELLS_CAPS]; /* borrowed */
	unsigned n_caps;
	const struct segen_arch *arches[CELLS_ARCHES];
	unsigned n_arches;
	bool other; /* the last one stands for all that no gate names */
	struct {
		const char *version; /* "4.8", borrowed; NULL: older than all */
		unsigned kernel, major;
	} kernels[CELLS_KERNELS]; /* ascending */
	unsigned n_kernels;
	bool fixed; /* gates are settled for the target (--gates=none) */
};

/* Cells are numbered; their coordinates. */
struct cell {
	unsigned caps; /* a bit per capability */
	unsigned arch, kernel;
};
struct cell cell_at(const struct cell_axes *x, size_t i);
size_t cell_count(const struct cell_axes *x);

struct cells {
	struct cell_axes axes;
	struct answer *answers; /* cell_count() */
};
void cells_done(struct cells *c);

/* What the cells are for. */
struct cells_for {
	const struct segen_arch *const *natives; /* architectures of the hosts */
	size_t n_natives;
	const struct target *target;
	bool fixed; /* the target's capabilities and kernel only */
	bool wide;  /* no conditions in place of an unconditional answer */
	bool args;  /* narrow unconditional answers (--args) */
};

/*
 * Fill @ret for @rules, the rules of @p that name the call, in order.  -E2BIG: more
 * gates than any real profile has.
 */
int cells_init(struct cells *ret, const struct profile *p, const struct rule_ref *rules,
	       size_t n, const struct seen_args *seen, const struct cells_for *f);

/* The cell that @t falls into. */
size_t cells_find(const struct cells *c, const struct target *t);

/* A gate in the terms of includes/excludes, with the answer it opens. */
struct placed {
	struct gate includes, excludes;
	const struct answer *answer; /* borrowed from the cells */
};
struct placed_list {
	struct placed *v;
	size_t n, cap;
};
void placed_list_done(struct placed_list *l);

/*
 * The gates for all answers but ANSWER_DEFAULT, as few as can be found, without those
 * that no native architecture passes.
 */
void cells_place(const struct cells *c, const struct cells_for *f,
		 struct placed_list *ret);
