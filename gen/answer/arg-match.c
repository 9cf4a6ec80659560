/* arg-match.c: sets of argument values as conditions with EQ and MASKED_EQ. */
#include "answer/arg-match.h"

bool cond_holds(const struct segen_cond *c, uint64_t value)
{
	switch (c->op) {
	case SEGEN_CMP_NE: return value != c->value;
	case SEGEN_CMP_LT: return value < c->value;
	case SEGEN_CMP_LE: return value <= c->value;
	case SEGEN_CMP_EQ: return value == c->value;
	case SEGEN_CMP_GE: return value >= c->value;
	case SEGEN_CMP_GT: return value > c->value;
	case SEGEN_CMP_MASKED_EQ: return (value & c->value) == c->value_two;
	}
	return false;
}

/* Whether @c stands for the values from @lo to @hi. */
static bool is_block(const struct segen_cond *c, uint64_t *lo, uint64_t *hi)
{
	if (c->op == SEGEN_CMP_EQ) {
		*lo = *hi = c->value;
		return true;
	}
	if (c->op != SEGEN_CMP_MASKED_EQ || (~c->value & (~c->value + 1)))
		return false;
	*lo = c->value_two;
	*hi = c->value_two | ~c->value;
	return true;
}

/* The values for which an ordering operator holds, as at most two ranges. */
static unsigned cond_ranges(const struct segen_cond *c, uint64_t lo[2], uint64_t hi[2])
{
	unsigned n = 0;

	if (c->op == SEGEN_CMP_GE || (c->op == SEGEN_CMP_GT && c->value < UINT64_MAX) ||
	    (c->op == SEGEN_CMP_NE && c->value < UINT64_MAX)) {
		lo[n] = c->value + (c->op != SEGEN_CMP_GE);
		hi[n++] = UINT64_MAX;
	}
	if (c->op == SEGEN_CMP_LE || (c->op == SEGEN_CMP_LT && c->value > 0) ||
	    (c->op == SEGEN_CMP_NE && c->value > 0)) {
		lo[n] = 0;
		hi[n++] = c->value - (c->op != SEGEN_CMP_LE);
	}
	return n;
}

static bool ranges_meet(const struct segen_cond *c, uint64_t lo, uint64_t hi)
{
	uint64_t from[2], to[2];
	unsigned n = cond_ranges(c, from, to);

	for (unsigned i = 0; i < n; i++)
		if (from[i] <= hi && to[i] >= lo)
			return true;
	return false;
}

static bool both_ranges_meet(const struct segen_cond *a, const struct segen_cond *b)
{
	uint64_t from[2], to[2];
	unsigned n = cond_ranges(a, from, to);

	for (unsigned i = 0; i < n; i++)
		if (ranges_meet(b, from[i], to[i]))
			return true;
	return false;
}

/* True when in doubt. */
static bool cond_overlap(const struct segen_cond *a, const struct segen_cond *b)
{
	uint64_t lo, hi;

	if (a->op == SEGEN_CMP_EQ)
		return cond_holds(b, a->value);
	if (b->op == SEGEN_CMP_EQ)
		return cond_holds(a, b->value);
	if (a->op == SEGEN_CMP_MASKED_EQ && b->op == SEGEN_CMP_MASKED_EQ)
		return !((a->value_two ^ b->value_two) & a->value & b->value);
	if (a->op != SEGEN_CMP_MASKED_EQ && b->op != SEGEN_CMP_MASKED_EQ)
		return both_ranges_meet(a, b);
	if (is_block(a, &lo, &hi))
		return ranges_meet(b, lo, hi);
	return !is_block(b, &lo, &hi) || ranges_meet(a, lo, hi);
}

bool arg_match_overlap(const struct arg_match *a, const struct arg_match *b)
{
	for (unsigned i = 0; i < a->n; i++)
		for (unsigned k = 0; k < b->n; k++)
			if (a->c[i].index == b->c[k].index &&
			    !cond_overlap(&a->c[i], &b->c[k]))
				return false;
	return true;
}

#define CMP(x, y)                                  \
	do {                                       \
		if ((x) != (y))                    \
			return (x) < (y) ? -1 : 1; \
	} while (0)

int arg_match_cmp(const void *va, const void *vb)
{
	const struct arg_match *a = va, *b = vb;

	CMP(a->action, b->action);
	CMP(a->n, b->n);
	for (unsigned i = 0; i < a->n; i++) {
		CMP(a->c[i].index, b->c[i].index);
		CMP(a->c[i].op, b->c[i].op);
		CMP(a->c[i].value, b->c[i].value);
		CMP(a->c[i].value_two, b->c[i].value_two);
	}
	return 0;
}

void arg_matches_done(struct arg_matches *l)
{
	free(l->v);
	*l = (struct arg_matches){};
}

void arg_matches_add(struct arg_matches *l, const struct arg_match *c)
{
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = *c;
}

void arg_matches_sort(struct arg_matches *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), arg_match_cmp);
	for (size_t i = 0; i < l->n; i++)
		if (!n || arg_match_cmp(&l->v[n - 1], &l->v[i]))
			l->v[n++] = l->v[i];
	l->n = n;
}

void cond_set_done(struct cond_set *l)
{
	free(l->v);
	*l = (struct cond_set){};
}

static void list_add(struct cond_set *l, unsigned index, enum segen_cmp op,
		     uint64_t value, uint64_t value_two)
{
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = (struct segen_cond){
		.index = index,
		.op = op,
		.value = value,
		.value_two = value_two,
	};
}

void cond_set_seen(struct cond_set *l, const struct segen_cond *c,
		   const struct segen_values *v)
{
	for (unsigned i = 0; i < v->n; i++) {
		if (!cond_holds(c, v->v[i]))
			continue;
		if (c->op == SEGEN_CMP_MASKED_EQ || c->op == SEGEN_CMP_EQ) {
			list_add(l, c->index, c->op, c->value, c->value_two);
			return;
		}
		list_add(l, c->index, SEGEN_CMP_EQ, v->v[i], 0);
	}
}

/* Add [lo, hi] as blocks: from below, each as large as fits. */
static void add_range(struct cond_set *l, unsigned index, uint64_t lo, uint64_t hi)
{
	for (;;) {
		uint64_t size = 0; /* of the block, less one */

		while (size != UINT64_MAX) {
			uint64_t next = size << 1 | 1;

			if ((lo & next) || next > hi - lo)
				break;
			size = next;
		}
		if (size)
			list_add(l, index, SEGEN_CMP_MASKED_EQ, ~size, lo);
		else
			list_add(l, index, SEGEN_CMP_EQ, lo, 0);
		if (hi - lo == size)
			return;
		lo += size + 1;
	}
}

void cond_set_values(struct cond_set *l, const struct segen_cond *c,
		     const struct segen_values *v)
{
	for (unsigned i = 0; i < v->n; i++)
		if (cond_holds(c, v->v[i]))
			list_add(l, c->index, SEGEN_CMP_EQ, v->v[i], 0);
}

void cond_set_blocks(struct cond_set *l, const struct segen_cond *c)
{
	uint64_t lo[2], hi[2];
	unsigned n;

	if (c->op == SEGEN_CMP_MASKED_EQ || c->op == SEGEN_CMP_EQ) {
		list_add(l, c->index, c->op, c->value, c->value_two);
		return;
	}
	l->not_from_values = true;
	n = cond_ranges(c, lo, hi);
	for (unsigned i = 0; i < n; i++)
		if (lo[i] <= UINT32_MAX)
			add_range(l, c->index, lo[i], MIN(hi[i], UINT32_MAX));
}

void cond_set_same(struct cond_set *l, const struct segen_cond *c)
{
	l->not_from_values = true;
	list_add(l, c->index, c->op, c->value, c->value_two);
}
