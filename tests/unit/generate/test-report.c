/* test-report.c: warnings about a generated profile, in their order. */
#include "generate/report.h"

#include "tests/tap.h"

static const char *text(const struct gen_report *r, size_t i)
{
	return i < r->n_warnings ? r->warnings[i].text : NULL;
}

static void test_order(void)
{
	_cleanup_(gen_report_done) struct gen_report r = {};

	gen_warn(&r, WEIGHT_LEFT_OUT, "a: left out");
	gen_warn(&r, WEIGHT_OPEN, "c: open");
	gen_warn(&r, WEIGHT_START, "z: no start");
	gen_warn(&r, WEIGHT_OPEN, "b: open");
	gen_warn(&r, WEIGHT_OPEN, "c: open");
	is_int(r.n_warnings, 4, "gen_warn: the same warning is told once");
	is_str(text(&r, 0), "z: no start", "gen_warn: the worst comes first");
	is_str(text(&r, 1), "b: open", "gen_warn: of one weight by the alphabet");
	is_str(text(&r, 2), "c: open", "gen_warn: of one weight by the alphabet, next");
	is_str(text(&r, 3), "a: left out", "gen_warn: the lightest comes last");
}

static void test_list(void)
{
	_cleanup_(gen_report_done) struct gen_report r = {};
	_cleanup_(segen_strset_done) struct segen_strset names = {};

	gen_warn_list(&r, WEIGHT_BREAK, &names, "lost");
	is_int(r.n_warnings, 0, "gen_warn_list: an empty list is no warning");
	segen_strset_add(&names, "read");
	segen_strset_add(&names, "brk");
	gen_warn_list(&r, WEIGHT_BREAK, &names, "lost %s");
	is_str(text(&r, 0), "lost %s: brk, read", "gen_warn_list: names in order");
}

int main(void)
{
	test_order();
	test_list();
	return done();
}
