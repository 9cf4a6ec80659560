/* gate-blocks.c: gates for equal answers, found again from the cells. */
#include "answer/gate-space.h"

#include <string.h>

/* A block of cells that a pair of gates can describe. */
struct gate_block {
	unsigned with, without; /* capabilities */
	unsigned arches;	/* a bit per architecture */
	unsigned from, to;	/* kernels */
	size_t id;		/* of the answer */
};

struct block_search {
	const struct gate_space *space;
	size_t *ids; /* of each cell's answer: the first cell with an equal one */
	bool *done;
};

static bool in_block(const struct gate_axes *x, const struct gate_block *b, size_t i)
{
	struct gate_cell at = gate_cell_at(x, i);

	return (at.caps & b->with) == b->with && !(at.caps & b->without) &&
	       (b->arches & 1u << at.arch) && at.kernel >= b->from && at.kernel <= b->to;
}

/* Whether all cells of the block have its answer. */
static bool fits(const struct block_search *p, const struct gate_block *b)
{
	for (size_t i = 0; i < gate_cell_count(&p->space->axes); i++)
		if (in_block(&p->space->axes, b, i) && p->ids[i] != b->id)
			return false;
	return true;
}

static bool try_block(const struct block_search *p, struct gate_block *b,
		      const struct gate_block *wider)
{
	if (!fits(p, wider))
		return false;
	*b = *wider;
	return true;
}

/* Make it as wide as its answer goes: kernels, then architectures, then capabilities. */
static void widen(const struct block_search *p, struct gate_block *b)
{
	const struct gate_axes *x = &p->space->axes;
	struct gate_block w;

	for (w = *b, w.to++; w.to < x->n_kernels && try_block(p, b, &w); w.to++)
		;
	for (w = *b; w.from-- > 0 && try_block(p, b, &w);)
		;
	for (unsigned i = 0; i < x->n_arches; i++) {
		w = *b;
		w.arches |= 1u << i;
		try_block(p, b, &w);
	}
	/* A gate says "with" rather than "without": drop the latter first. */
	for (unsigned i = 0; i < x->n_caps; i++) {
		w = *b;
		w.without &= ~(1u << i);
		try_block(p, b, &w);
	}
	for (unsigned i = 0; i < x->n_caps; i++) {
		w = *b;
		w.with &= ~(1u << i);
		try_block(p, b, &w);
	}
}

static struct gate_block block_of_cell(const struct block_search *p, size_t i)
{
	const struct gate_axes *x = &p->space->axes;
	struct gate_cell at = gate_cell_at(x, i);

	return (struct gate_block){
		.with = at.caps,
		.without = ~at.caps & ((1u << x->n_caps) - 1),
		.arches = 1u << at.arch,
		.from = at.kernel,
		.to = at.kernel,
		.id = p->ids[i],
	};
}

static size_t find_blocks(struct block_search *p, struct gate_block *blocks)
{
	size_t n = 0, count = gate_cell_count(&p->space->axes);

	for (size_t i = 0; i < count; i++) {
		struct gate_block b;

		if (p->done[i] || p->space->answers[i].kind == ANSWER_DEFAULT)
			continue;
		b = block_of_cell(p, i);
		widen(p, &b);
		for (size_t k = 0; k < count; k++)
			if (in_block(&p->space->axes, &b, k))
				p->done[k] = true;
		blocks[n++] = b;
	}
	return n;
}

/* Whether the cells of blocks[i] are all in some other block. */
static bool is_redundant(const struct block_search *p, const struct gate_block *blocks,
			 size_t n, size_t i)
{
	const struct gate_axes *x = &p->space->axes;

	for (size_t k = 0; k < gate_cell_count(x); k++) {
		bool elsewhere = false;

		if (!in_block(x, &blocks[i], k))
			continue;
		for (size_t m = 0; m < n && !elsewhere; m++)
			elsewhere = m != i && in_block(x, &blocks[m], k);
		if (!elsewhere)
			return false;
	}
	return true;
}

static size_t drop_redundant(const struct block_search *p, struct gate_block *blocks,
			     size_t n)
{
	for (size_t i = 0; i < n;) {
		if (!is_redundant(p, blocks, n, i)) {
			i++;
			continue;
		}
		memmove(&blocks[i], &blocks[i + 1], (n - i - 1) * sizeof(*blocks));
		n--;
	}
	return n;
}

/* Whether a host of one of the native architectures is in the block. */
static bool reaches_native(const struct gate_axes *x, const struct gate_block *b,
			   const struct gate_scope *scope)
{
	for (unsigned i = 0; i < x->n_arches; i++) {
		bool other = x->other && i == x->n_arches - 1;

		if (!(b->arches & 1u << i))
			continue;
		for (size_t k = 0; k < scope->n_natives; k++) {
			bool named = false;

			for (unsigned m = 0; m < x->n_arches - x->other; m++)
				named |= x->arches[m] == scope->natives[k];
			if (x->arches[i] == scope->natives[k] || (other && !named))
				return true;
		}
	}
	return false;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void gate_caps(struct gate *g, const struct gate_axes *x, unsigned bits)
{
	for (unsigned i = 0; i < x->n_caps; i++)
		if (bits & 1u << i)
			profile_string_add(&g->caps, &g->n_caps, x->caps[i]);
	if (g->n_caps)
		qsort(g->caps, g->n_caps, sizeof(*g->caps), compare_strings);
}

static void gate_arches(struct gated_answer *p, const struct gate_axes *x, unsigned bits)
{
	unsigned all = (1u << x->n_arches) - 1;
	bool but = x->other && (bits & 1u << (x->n_arches - 1));
	struct gate *g = but ? &p->excludes : &p->includes;

	if (bits == all)
		return;
	if (but)
		bits = all & ~bits;
	for (unsigned i = 0; i < x->n_arches; i++)
		if (bits & 1u << i)
			profile_string_add(&g->arches, &g->n_arches,
					   x->arches[i]->docker);
	if (g->n_arches)
		qsort(g->arches, g->n_arches, sizeof(*g->arches), compare_strings);
}

static void add_block(const struct gate_space *space, const struct gate_block *b,
		      struct gated_answers *ret)
{
	const struct gate_axes *x = &space->axes;
	struct gated_answer *p;

	GROW(ret->v, ret->n, ret->cap);
	p = &ret->v[ret->n++];
	*p = (struct gated_answer){.answer = &space->answers[b->id]};
	gate_caps(&p->includes, x, b->with);
	gate_caps(&p->excludes, x, b->without);
	gate_arches(p, x, b->arches);
	if (b->from > 0)
		p->includes.min_kernel = xstrdup(x->kernels[b->from].version);
	if (b->to + 1 < x->n_kernels)
		p->excludes.min_kernel = xstrdup(x->kernels[b->to + 1].version);
}

void gate_space_answers(const struct gate_space *space, const struct gate_scope *scope,
			struct gated_answers *ret)
{
	size_t n = gate_cell_count(&space->axes);
	_cleanup_free_ size_t *ids = xcalloc(n, sizeof(*ids));
	_cleanup_free_ bool *done = xcalloc(n, sizeof(*done));
	_cleanup_free_ struct gate_block *blocks = xcalloc(n, sizeof(*blocks));
	struct block_search p = {.space = space, .ids = ids, .done = done};

	for (size_t i = 0; i < n; i++)
		for (ids[i] = 0;
		     !answer_equal(&space->answers[ids[i]], &space->answers[i]);)
			ids[i]++;
	n = find_blocks(&p, blocks);
	n = drop_redundant(&p, blocks, n);
	for (size_t i = 0; i < n; i++)
		if (reaches_native(&space->axes, &blocks[i], scope))
			add_block(space, &blocks[i], ret);
}

void gated_answers_done(struct gated_answers *l)
{
	for (size_t i = 0; i < l->n; i++) {
		gate_done(&l->v[i].includes);
		gate_done(&l->v[i].excludes);
	}
	free(l->v);
	*l = (struct gated_answers){};
}
