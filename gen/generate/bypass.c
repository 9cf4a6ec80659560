/* bypass.c: find calls that do what a closed one did. */
#include "generate/bypass.h"

#include <string.h>

#include "facts/facts.h"

/* One --tie, or --deny (cap NULL). */
struct closed {
	const struct segen_strset *names;
	const char *cap;
};

static bool has_cap(const struct gate *g, const char *cap)
{
	for (size_t i = 0; cap && i < g->n_caps; i++)
		if (!strcmp(g->caps[i], cap))
			return true;
	return false;
}

/* Whether a container without special capabilities may call @name. */
static bool is_open(const struct profile *p, const char *name, const char *cap)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *r = &p->rules[i];

		if (profile_action_allows(r->action) && !has_cap(&r->includes, cap) &&
		    !r->includes.n_caps && profile_rule_has(r, name))
			return true;
	}
	return false;
}

static void add_word(struct segen_buf *b, const char *word)
{
	segen_buf_printf(b, "%s%s", b->len ? "," : "", word);
}

/* The option that closes the others as well: the names of @c and @more. */
static char *fix(const struct closed *c, const struct segen_strset *more)
{
	struct segen_strset all = {};
	struct segen_buf b = {};
	char *s;

	for (size_t i = 0; i < c->names->n; i++)
		segen_strset_add(&all, c->names->v[i]);
	for (size_t i = 0; i < more->n; i++)
		segen_strset_add(&all, more->v[i]);
	for (size_t i = 0; i < all.n; i++)
		add_word(&b, all.v[i]);
	s = c->cap ? xasprintf("--tie %s=%s", b.s, c->cap) : xasprintf("--deny %s", b.s);
	segen_strset_done(&all);
	segen_buf_done(&b);
	return s;
}

static void add_names(struct segen_buf *b, const struct segen_strset *names)
{
	for (size_t i = 0; i < names->n; i++)
		segen_buf_printf(b, "%s'%s'", i ? ", " : "", names->v[i]);
}

static void warn(const struct closed *c, const char *job, const struct segen_strset *open,
		 const char *how, struct gen_report *report)
{
	_cleanup_free_ char *option = fix(c, open);
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	add_names(&b, open);
	gen_warn(report, WEIGHT_OPEN, "%s can still %s%s%s%s; to close this as well: %s",
		 b.s, job, how ? " (" : "", how ? how : "", how ? ")" : "", option);
}

/* The rows of one job from @from on: [from, to). */
static size_t job_end(const struct job_fact *f, size_t n, size_t from)
{
	size_t to = from;

	while (to < n && !strcmp(f[to].job, f[from].job))
		to++;
	return to;
}

static bool closes_job(const struct closed *c, const struct job_fact *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!f[i].part && segen_strset_has(c->names, f[i].name))
			return true;
	return false;
}

/* One warning for the calls that do the same, and one for each detour. */
static void check_job(const struct closed *c, const struct job_fact *f, size_t n,
		      const struct profile *p, const struct gen_arches *a,
		      struct gen_report *report)
{
	for (size_t i = 0; i < n; i++) {
		struct segen_strset open = {};
		bool done = false;

		for (size_t k = 0; k < n; k++) {
			bool same = f[k].part == f[i].part &&
				    (!f[i].part || !strcmp(f[k].how, f[i].how));

			if (!same)
				continue;
			done |= k < i;
			if (gen_arches_have(a, f[k].name) &&
			    is_open(p, f[k].name, c->cap))
				segen_strset_add(&open, f[k].name);
		}
		if (open.n && !done)
			warn(c, f[i].job, &open, f[i].how, report);
		segen_strset_done(&open);
	}
}

static void check(const struct closed *c, const struct profile *p,
		  const struct gen_arches *a, struct gen_report *report)
{
	size_t n;
	const struct job_fact *f = job_facts(&n);

	for (size_t i = 0; i < n;) {
		size_t end = job_end(f, n, i);

		if (closes_job(c, &f[i], end - i))
			check_job(c, &f[i], end - i, p, a, report);
		i = end;
	}
}

/* The kernel makes the calls that are queued, past the filter. */
static void check_io_uring(const struct profile *p, const struct gen_policy *policy,
			   struct gen_report *report)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	static const char *const calls[] = {"io_uring_setup", "io_uring_enter"};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (segen_strset_has(&policy->allow, calls[i]) &&
		    is_open(p, calls[i], NULL))
			segen_strset_add(&names, calls[i]);
	gen_warn_list(
		report, WEIGHT_OPEN, &names,
		"requests made through io_uring (files, sockets) are carried out by the kernel and bypass the filter");
}

void bypass_check(const struct profile *p, const struct gen_policy *policy,
		  const struct gen_arches *a, struct gen_report *report)
{
	for (size_t i = 0; i < policy->n_ties; i++) {
		struct closed c = {&policy->ties[i].names, policy->ties[i].cap};

		check(&c, p, a, report);
	}
	check_io_uring(p, policy, report);
	if (policy->deny.n)
		check(&(struct closed){.names = &policy->deny}, p, a, report);
}
