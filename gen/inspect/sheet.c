/* sheet.c: everything that the tables know of one call. */
#include "inspect/sheet.h"

#include "facts/arg-words.h"
#include "facts/facts.h"
#include "inspect/words.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

static void add(struct segen_strset *set, char *s)
{
	segen_strset_add(set, s);
	free(s);
}

void sheet_numbers(struct sheet *s)
{
	size_t n;
	const struct segen_arch *arches = segen_arches(&n);

	for (size_t i = 0; i < n && s->n_numbers < SHEET_ABIS; i++) {
		int nr = segen_syscall_nr(&arches[i], s->name);

		if (nr >= 0)
			s->numbers[s->n_numbers++] =
				(struct sheet_number){&arches[i], nr};
	}
}

static char *text_or_null(struct segen_buf *b)
{
	char *s = TAKE_PTR(b->s);

	*b = (struct segen_buf){};
	return s;
}

static void add_way(struct sheet *s, const struct profile_rule *r)
{
	struct segen_buf b = {};
	struct sheet_way *w;

	GROW(s->base, s->n_base, s->cap_base);
	w = &s->base[s->n_base++];
	*w = (struct sheet_way){};
	words_verdict(&b, (struct segen_verdict){r->action, profile_rule_errno(r)});
	w->answer = text_or_null(&b);
	words_gates(&b, &r->includes, &r->excludes);
	w->gates = text_or_null(&b);
	arg_words_conds(&b, s->name, r->conds, r->n_conds);
	w->conds = text_or_null(&b);
}

static void add_base(struct sheet *s, const struct profile *base)
{
	for (size_t i = 0; i < base->n_rules; i++)
		if (profile_rule_has(&base->rules[i], s->name))
			add_way(s, &base->rules[i]);
}

static void add_alternatives(struct sheet *s)
{
	size_t n;
	const struct twin_fact *f = twin_facts(&n);

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(f[i].a, s->name))
			segen_strset_add(&s->alternatives, f[i].b);
		else if (!strcmp(f[i].b, s->name))
			segen_strset_add(&s->alternatives, f[i].a);
	}
}

/* "open a file: creat, openat2, io_uring_setup (it does file work ...)". */
static void add_job(struct sheet *s, const struct job_fact *f, size_t n, size_t i)
{
	struct segen_buf b = {};
	const char *sep = ":";

	segen_buf_puts(&b, f[i].job);
	for (size_t k = 0; k < n; k++) {
		if (k == i || strcmp(f[k].job, f[i].job) != 0)
			continue;
		segen_buf_printf(&b, "%s %s", sep, f[k].name);
		sep = ",";
		if (f[k].part)
			segen_buf_printf(&b, " (%s)", f[k].how);
	}
	add(&s->same_job, b.s);
}

static void add_same_job(struct sheet *s)
{
	size_t n;
	const struct job_fact *f = job_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].name, s->name))
			add_job(s, f, n, i);
}

static void add_when(struct segen_buf *b, unsigned when)
{
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = {
		{WHEN_RUN, "run"},
		{WHEN_RUN_NNP, "run with no-new-privileges"},
		{WHEN_EXEC, "exec"},
		{WHEN_EXEC_NNP, "exec with no-new-privileges"},
		{WHEN_RARE, "now and then"},
		{WHEN_TOLERATED, "does without"},
		{WHEN_TOLERATED, "a refusal is tolerated"},
	};
	const char *sep = ": ";

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!(when & words[i].bit))
			continue;
		segen_buf_printf(b, "%s%s", sep, words[i].word);
		sep = ", ";
	}
}

static void add_runtimes(struct sheet *s)
{
	size_t n;
	const struct floor_fact *f = floor_facts(&n);

	for (size_t i = 0; i < n; i++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};

		if (strcmp(f[i].name, s->name) != 0)
			continue;
		segen_buf_printf(&b, "%s from %s %s%s", floor_part_name(f[i].part),
				 f[i].since, f[i].until ? "to before " : "on",
				 f[i].until ? f[i].until : "");
		add_when(&b, f[i].when);
		segen_strset_add(&s->runtimes, b.s);
	}
}

static void add_others(struct sheet *s)
{
	size_t n;
	const struct probe_fact *p = probe_facts(&n);
	const struct essential_fact *e;
	const struct segen_arg_fact *a;

	for (size_t i = 0; i < n; i++)
		if (!strcmp(p[i].name, s->name))
			s->fallback = p[i].fallback;
	e = essential_facts(&n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(e[i].name, s->name))
			s->essential = e[i].why;
	a = segen_arg_facts(&n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(a[i].name, s->name))
			add(&s->args, xasprintf("%u: %s", a[i].index, a[i].what));
}

int sheet_init(struct sheet *s, const char *name, const struct profile *base)
{
	*s = (struct sheet){.name = name, .fact = call_fact(name)};
	if (!segen_syscall_known(name) && !s->fact)
		return -ENOENT;
	add_base(s, base);
	add_alternatives(s);
	add_same_job(s);
	add_runtimes(s);
	add_others(s);
	return 0;
}

void sheet_done(struct sheet *s)
{
	for (size_t i = 0; i < s->n_base; i++) {
		free(s->base[i].answer);
		free(s->base[i].gates);
		free(s->base[i].conds);
	}
	free(s->base);
	segen_strset_done(&s->alternatives);
	segen_strset_done(&s->same_job);
	segen_strset_done(&s->runtimes);
	segen_strset_done(&s->args);
	*s = (struct sheet){};
}
