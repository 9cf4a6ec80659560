/* cells-place.c: gates for equal answers, found again from the cells. */
#include "answer/cells.h"

#include <string.h>

/* A block of cells that a pair of gates can describe. */
struct cube {
	unsigned with, without; /* capabilities */
	unsigned arches;	/* a bit per architecture */
	unsigned from, to;	/* kernels */
	size_t id;		/* of the answer */
};

struct placing {
	const struct cells *c;
	size_t *ids; /* of each cell's answer: the first cell with an equal one */
	bool *done;
};

static bool in_cube(const struct cell_axes *x, const struct cube *q, size_t i)
{
	struct cell at = cell_at(x, i);

	return (at.caps & q->with) == q->with && !(at.caps & q->without) &&
	       (q->arches & 1u << at.arch) && at.kernel >= q->from && at.kernel <= q->to;
}

/* Whether all cells of the cube have its answer. */
static bool fits(const struct placing *p, const struct cube *q)
{
	for (size_t i = 0; i < cell_count(&p->c->axes); i++)
		if (in_cube(&p->c->axes, q, i) && p->ids[i] != q->id)
			return false;
	return true;
}

static bool try_cube(const struct placing *p, struct cube *q, const struct cube *wider)
{
	if (!fits(p, wider))
		return false;
	*q = *wider;
	return true;
}

/* Make it as wide as its answer goes: kernels, then architectures, then capabilities. */
static void widen(const struct placing *p, struct cube *q)
{
	const struct cell_axes *x = &p->c->axes;
	struct cube w;

	for (w = *q, w.to++; w.to < x->n_kernels && try_cube(p, q, &w); w.to++)
		;
	for (w = *q; w.from-- > 0 && try_cube(p, q, &w);)
		;
	for (unsigned i = 0; i < x->n_arches; i++) {
		w = *q;
		w.arches |= 1u << i;
		try_cube(p, q, &w);
	}
	/* Rather "with" than "without": that is how people think of gates. */
	for (unsigned i = 0; i < x->n_caps; i++) {
		w = *q;
		w.without &= ~(1u << i);
		try_cube(p, q, &w);
	}
	for (unsigned i = 0; i < x->n_caps; i++) {
		w = *q;
		w.with &= ~(1u << i);
		try_cube(p, q, &w);
	}
}

static struct cube cube_of_cell(const struct placing *p, size_t i)
{
	const struct cell_axes *x = &p->c->axes;
	struct cell at = cell_at(x, i);

	return (struct cube){
		.with = at.caps,
		.without = ~at.caps & ((1u << x->n_caps) - 1),
		.arches = 1u << at.arch,
		.from = at.kernel,
		.to = at.kernel,
		.id = p->ids[i],
	};
}

static size_t find_cubes(struct placing *p, struct cube *cubes)
{
	size_t n = 0, count = cell_count(&p->c->axes);

	for (size_t i = 0; i < count; i++) {
		struct cube q;

		if (p->done[i] || p->c->answers[i].kind == ANSWER_DEFAULT)
			continue;
		q = cube_of_cell(p, i);
		widen(p, &q);
		for (size_t k = 0; k < count; k++)
			if (in_cube(&p->c->axes, &q, k))
				p->done[k] = true;
		cubes[n++] = q;
	}
	return n;
}

/* Whether the cells of cubes[i] are all in some other cube. */
static bool is_redundant(const struct placing *p, const struct cube *cubes, size_t n,
			 size_t i)
{
	const struct cell_axes *x = &p->c->axes;

	for (size_t k = 0; k < cell_count(x); k++) {
		bool elsewhere = false;

		if (!in_cube(x, &cubes[i], k))
			continue;
		for (size_t m = 0; m < n && !elsewhere; m++)
			elsewhere = m != i && in_cube(x, &cubes[m], k);
		if (!elsewhere)
			return false;
	}
	return true;
}

static size_t drop_redundant(const struct placing *p, struct cube *cubes, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (!is_redundant(p, cubes, n, i)) {
			i++;
			continue;
		}
		memmove(&cubes[i], &cubes[i + 1], (n - i - 1) * sizeof(*cubes));
		n--;
	}
	return n;
}

/* Whether a host of the wanted kind passes it. */
static bool reaches_native(const struct cell_axes *x, const struct cube *q,
			   const struct cells_for *f)
{
	for (unsigned i = 0; i < x->n_arches; i++) {
		bool other = x->other && i == x->n_arches - 1;

		if (!(q->arches & 1u << i))
			continue;
		for (size_t k = 0; k < f->n_natives; k++) {
			bool named = false;

			for (unsigned m = 0; m < x->n_arches - x->other; m++)
				named |= x->arches[m] == f->natives[k];
			if (x->arches[i] == f->natives[k] || (other && !named))
				return true;
		}
	}
	return false;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void gate_caps(struct gate *g, const struct cell_axes *x, unsigned bits)
{
	for (unsigned i = 0; i < x->n_caps; i++)
		if (bits & 1u << i)
			profile_string_add(&g->caps, &g->n_caps, x->caps[i]);
	if (g->n_caps)
		qsort(g->caps, g->n_caps, sizeof(*g->caps), compare_strings);
}

static void gate_arches(struct placed *p, const struct cell_axes *x, unsigned bits)
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

static void place_cube(const struct cells *c, const struct cube *q,
		       struct placed_list *ret)
{
	const struct cell_axes *x = &c->axes;
	struct placed *p;

	GROW(ret->v, ret->n, ret->cap);
	p = &ret->v[ret->n++];
	*p = (struct placed){.answer = &c->answers[q->id]};
	gate_caps(&p->includes, x, q->with);
	gate_caps(&p->excludes, x, q->without);
	gate_arches(p, x, q->arches);
	if (q->from > 0)
		p->includes.min_kernel = xstrdup(x->kernels[q->from].version);
	if (q->to + 1 < x->n_kernels)
		p->excludes.min_kernel = xstrdup(x->kernels[q->to + 1].version);
}

void cells_place(const struct cells *c, const struct cells_for *f,
		 struct placed_list *ret)
{
	size_t n = cell_count(&c->axes);
	_cleanup_free_ size_t *ids = xcalloc(n, sizeof(*ids));
	_cleanup_free_ bool *done = xcalloc(n, sizeof(*done));
	_cleanup_free_ struct cube *cubes = xcalloc(n, sizeof(*cubes));
	struct placing p = {.c = c, .ids = ids, .done = done};

	for (size_t i = 0; i < n; i++)
		for (ids[i] = 0; !answer_equal(&c->answers[ids[i]], &c->answers[i]);)
			ids[i]++;
	n = find_cubes(&p, cubes);
	n = drop_redundant(&p, cubes, n);
	for (size_t i = 0; i < n; i++)
		if (reaches_native(&c->axes, &cubes[i], f))
			place_cube(c, &cubes[i], ret);
}

void placed_list_done(struct placed_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		gate_done(&l->v[i].includes);
		gate_done(&l->v[i].excludes);
	}
	free(l->v);
	*l = (struct placed_list){};
}
