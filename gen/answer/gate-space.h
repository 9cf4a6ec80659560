/*
 * gate-space.h: how a profile treats one call, for every target that makes a difference.
 *
 * The gates of a call's rules name a few capabilities, architectures and kernels.  These
 * are the axes of a small space; each cell of it stands for targets that the gates cannot
 * tell apart.  An answer per cell is exact.  Gates for equal answers are then found again
 * from the cells, so that they neither contradict each other nor overlap with different
 * answers.
 *
 * Pure.  Must not know: why a call is wanted, traces.  docs/generator.md has an example.
 */
#pragma once

#include "answer/answer.h"
#include "target/target.h"

#define GATE_CAPS_MAX 8	   /* capabilities in the gates of one call */
#define GATE_ARCHES_MAX 24 /* libseccomp's architectures, and a bit */
#define GATE_KERNELS_MAX 8

struct gate_axes {
	const char *caps[GATE_CAPS_MAX]; /* borrowed */
	unsigned n_caps;
	const struct segen_arch *arches[GATE_ARCHES_MAX];
	unsigned n_arches;
	bool other; /* the last one stands for all that no gate names */
	struct {
		const char *version; /* "4.8", borrowed; NULL: older than all */
		unsigned kernel, major;
	} kernels[GATE_KERNELS_MAX]; /* ascending */
	unsigned n_kernels;
	bool target_only; /* gates are settled for the target (--gates=none) */
};

/* Cells are numbered; their coordinates. */
struct gate_cell {
	unsigned caps; /* a bit per capability */
	unsigned arch, kernel;
};
struct gate_cell gate_cell_at(const struct gate_axes *x, size_t i);
size_t gate_cell_count(const struct gate_axes *x);

struct gate_space {
	struct gate_axes axes;
	struct answer *answers; /* gate_cell_count() */
};
void gate_space_done(struct gate_space *s);

/* For which targets, and how narrow. */
struct gate_scope {
	const struct segen_arch *const *natives; /* architectures of the hosts */
	size_t n_natives;
	const struct target *target;
	bool target_only;	 /* the target's capabilities and kernel only */
	bool keep_unconditional; /* no conditions in place of an unconditional answer */
	bool narrow;		 /* narrow unconditional answers, too (--args) */
};

/*
 * Fill @ret for @rules, the rules of @p that name the call, in order.  -E2BIG: more
 * gates than any real profile has.
 */
int gate_space_init(struct gate_space *ret, const struct profile *p,
		    const struct rule_ref *rules, size_t n, const struct seen_args *seen,
		    const struct gate_scope *scope);

/* The cell that @t falls into. */
size_t gate_space_find(const struct gate_space *s, const struct target *t);

/* A gate in the terms of includes/excludes, with the answer it opens. */
struct gated_answer {
	struct gate includes, excludes;
	const struct answer *answer; /* borrowed from the space */
};
struct gated_answers {
	struct gated_answer *v;
	size_t n, cap;
};
void gated_answers_done(struct gated_answers *l);

/*
 * The gates for all answers but ANSWER_DEFAULT, as few as can be found, without those
 * that no native architecture passes.
 */
void gate_space_answers(const struct gate_space *s, const struct gate_scope *scope,
			struct gated_answers *ret);
