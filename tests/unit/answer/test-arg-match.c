/* test-arg-match.c: ranges of argument values as blocks. */
#include "answer/arg-match.h"

#include <string.h>

#include "tests/tap.h"

static bool any_holds(const struct cond_set *l, uint64_t value)
{
	for (size_t i = 0; i < l->n; i++)
		if (cond_holds(&l->v[i], value))
			return true;
	return false;
}

/* The edges of @c and of an int, and what is between. */
static bool same_values(const struct segen_cond *c, const struct cond_set *l)
{
	for (uint64_t v = 0; v < 300; v++)
		if (cond_holds(c, v) != any_holds(l, v))
			return false;
	for (uint64_t v = UINT32_MAX - 300; v <= UINT32_MAX; v++)
		if (cond_holds(c, v) != any_holds(l, v))
			return false;
	return true;
}

static void test_blocks(void)
{
	static const enum segen_cmp ops[] = {SEGEN_CMP_NE, SEGEN_CMP_LT, SEGEN_CMP_LE,
					     SEGEN_CMP_GE, SEGEN_CMP_GT, SEGEN_CMP_EQ};
	static const uint64_t values[] = {
		0, 1, 2, 38, 39, 40, 41, 127, 128, UINT32_MAX - 1, UINT32_MAX};
	bool same = true, small = true, eq = true, low = true;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
			_cleanup_(cond_set_done) struct cond_set l = {};
			struct segen_cond c = {.op = ops[i], .value = values[k]};

			cond_set_blocks(&l, &c);
			same &= same_values(&c, &l);
			small &= l.n <= 64;
			low &= !any_holds(&l, (uint64_t)1 << 32 | values[k]);
			for (size_t n = 0; n < l.n; n++)
				eq &= l.v[n].op == SEGEN_CMP_EQ ||
				      l.v[n].op == SEGEN_CMP_MASKED_EQ;
		}
	}
	ok(same, "blocks: they hold for the values of the range");
	ok(small, "blocks: at most 64 for a range");
	ok(eq, "blocks: compared with EQ and MASKED_EQ only");
	ok(low, "blocks: no value above 32 bits holds");
}

static struct arg_match one(enum segen_cmp op, uint64_t value, uint64_t value_two)
{
	struct arg_match c = {.n = 1};

	c.c[0].op = op;
	c.c[0].value = value;
	c.c[0].value_two = value_two;
	return c;
}

/* Whether some value below 1024 fulfils both, tried out. */
static bool meet(const struct arg_match *a, const struct arg_match *b)
{
	for (uint64_t v = 0; v < 1024; v++)
		if (cond_holds(&a->c[0], v) && cond_holds(&b->c[0], v))
			return true;
	return false;
}

static void test_overlap(void)
{
	static const uint64_t values[] = {0, 1, 7, 8, 9, 64, 100};
	bool sound = true, exact = true;

	for (unsigned i = 0; i < 7 * ARRAY_SIZE(values); i++) {
		for (unsigned k = 0; k < 7 * ARRAY_SIZE(values); k++) {
			struct arg_match a =
				one((enum segen_cmp)(i % 7), values[i / 7], 8);
			struct arg_match b =
				one((enum segen_cmp)(k % 7), values[k / 7], 0);
			bool can = arg_match_overlap(&a, &b), do_meet = meet(&a, &b);
			bool masks = a.c[0].op == SEGEN_CMP_MASKED_EQ ||
				     b.c[0].op == SEGEN_CMP_MASKED_EQ;

			sound &= can || !do_meet;
			exact &= masks || can == do_meet;
		}
	}
	ok(sound, "overlap: conditions that share a value overlap");
	ok(exact, "overlap: without masks, others do not");
}

/* Comparisons that hold for no value at all. */
static void test_empty(void)
{
	struct arg_match above = one(SEGEN_CMP_GT, UINT64_MAX, 0);
	struct arg_match below = one(SEGEN_CMP_LT, 0, 0);
	struct arg_match some = one(SEGEN_CMP_GE, 5, 0);

	ok(!arg_match_overlap(&above, &some), "overlap: nothing is above the highest");
	ok(!arg_match_overlap(&below, &some), "overlap: nothing is below 0");
}

static void test_indices(void)
{
	struct arg_match a = one(SEGEN_CMP_EQ, 1, 0), b = one(SEGEN_CMP_EQ, 2, 0);

	ok(!arg_match_overlap(&a, &b), "overlap: not with two values of one argument");
	b.c[0].index = 1;
	ok(arg_match_overlap(&a, &b), "overlap: with values of two arguments");
}

static void test_seen(void)
{
	struct segen_values v = {.n = 3, .v = {2, 10, 40}};
	struct segen_cond c = {.op = SEGEN_CMP_LT, .value = 38};
	_cleanup_(cond_set_done) struct cond_set l = {};

	cond_set_seen(&l, &c, &v);
	is_int(l.n, 2, "values seen: a range becomes those in it");
	is_int(l.v[0].op, SEGEN_CMP_EQ, "values seen: compared with EQ");
	is_int(l.v[0].value, 2, "values seen: the first");
	is_int(l.v[1].value, 10, "values seen: the second");
}

int main(void)
{
	test_blocks();
	test_overlap();
	test_empty();
	test_indices();
	test_seen();
	return done();
}
