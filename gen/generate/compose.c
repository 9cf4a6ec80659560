/* compose.c: make rules of answers, in a fixed order, with comments. */
#include "generate/compose.h"

#include <errno.h>
#include <string.h>

#include "facts/arg-words.h"

/* Rules that refuse stand after all that allow. */
#define RANK_REFUSED ((int)REASON_GATED + 1)

struct composed {
	int rank;
	char *comment; /* without gates and details */
	struct segen_strset names, details;
	struct profile_rule rule; /* without names and comment */
};

static void rule_done(struct composed *r)
{
	free(r->comment);
	segen_strset_done(&r->names);
	segen_strset_done(&r->details);
	profile_rule_done(&r->rule);
}

void composer_done(struct composer *e)
{
	for (size_t i = 0; i < e->n; i++)
		rule_done(&e->v[i]);
	free(e->v);
	*e = (struct composer){};
}

/* --- order ------------------------------------------------------------------------ */

#define CMP(x, y)                                  \
	do {                                       \
		if ((x) != (y))                    \
			return (x) < (y) ? -1 : 1; \
	} while (0)

static int compare_lists(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
	for (size_t i = 0; i < n_a && i < n_b; i++) {
		int r = strcmp(a[i], b[i]);

		if (r)
			return r;
	}
	CMP(n_a, n_b);
	return 0;
}

static int compare_gates(const struct gate *a, const struct gate *b)
{
	int r = compare_lists(a->caps, a->n_caps, b->caps, b->n_caps);

	if (!r)
		r = compare_lists(a->arches, a->n_arches, b->arches, b->n_arches);
	if (r)
		return r;
	return strcmp(a->min_kernel ? a->min_kernel : "",
		      b->min_kernel ? b->min_kernel : "");
}

static int compare_conds(const struct profile_rule *a, const struct profile_rule *b)
{
	CMP(a->n_conds, b->n_conds);
	for (size_t i = 0; i < a->n_conds; i++) {
		CMP(a->conds[i].index, b->conds[i].index);
		CMP(a->conds[i].op, b->conds[i].op);
		CMP(a->conds[i].value, b->conds[i].value);
		CMP(a->conds[i].value_two, b->conds[i].value_two);
	}
	return 0;
}

static int gate_class(const struct profile_rule *r)
{
	return !gate_is_empty(&r->includes) || !gate_is_empty(&r->excludes);
}

/* Everything that keeps two rules apart, except the names. */
static int compare_keys(const struct composed *a, const struct composed *b)
{
	int r;

	CMP(a->rank, b->rank);
	CMP(!!a->rule.n_conds, !!b->rule.n_conds);
	CMP(gate_class(&a->rule), gate_class(&b->rule));
	r = strcmp(a->comment, b->comment);
	if (!r)
		r = compare_gates(&a->rule.includes, &b->rule.includes);
	if (!r)
		r = compare_gates(&a->rule.excludes, &b->rule.excludes);
	if (r)
		return r;
	CMP(a->rule.action, b->rule.action);
	CMP(a->rule.err, b->rule.err);
	return 0;
}

/* Rules with conditions for one call stand together. */
static int compare_rules(const void *va, const void *vb)
{
	const struct composed *a = va, *b = vb;
	int r = compare_keys(a, b);

	if (!r && a->rule.n_conds)
		r = compare_lists(a->names.v, a->names.n, b->names.v, b->names.n);
	return r ? r : compare_conds(&a->rule, &b->rule);
}

/* --- building --------------------------------------------------------------------- */

static void add_rule(struct composer *e, struct composed *r, const char *name,
		     const char *detail)
{
	struct composed *to = NULL;

	for (size_t i = 0; i < e->n && !to; i++)
		if (!compare_keys(&e->v[i], r) && !compare_conds(&e->v[i].rule, &r->rule))
			to = &e->v[i];
	if (to) {
		rule_done(r);
	} else {
		GROW(e->v, e->n, e->cap);
		to = &e->v[e->n++];
		*to = *r;
	}
	segen_strset_add(&to->names, name);
	if (detail)
		segen_strset_add(&to->details, detail);
}

static void new_rule(struct composed *r, int rank, const char *comment,
		     const struct gated_answer *p)
{
	*r = (struct composed){
		.rank = rank,
		.comment = xstrdup(comment),
		.rule = {.err = PROFILE_NO_ERRNO},
	};
	gate_copy(&r->rule.includes, &p->includes);
	gate_copy(&r->rule.excludes, &p->excludes);
}

static void emit_verdict(struct composer *e, const char *name,
			 const struct gated_answer *p)
{
	const struct segen_verdict *v = &p->answer->verdict;
	struct composed r;

	if (v->action == SEGEN_ACT_ERRNO && v->err == ENOSYS)
		new_rule(&r, RANK_REFUSED,
			 "not there: programs fall back to older calls on ENOSYS only",
			 p);
	else
		new_rule(&r, RANK_REFUSED, "answered as the base does", p);
	r.rule.action = v->action;
	if (v->action == SEGEN_ACT_ERRNO || v->action == SEGEN_ACT_TRACE)
		r.rule.err = v->err;
	add_rule(e, &r, name, NULL);
}

void compose_call(struct composer *e, const char *name, const struct selected *w,
		  const struct gated_answer *p)
{
	const struct answer *a = p->answer;
	struct composed r;

	if (!answer_allows(a)) {
		emit_verdict(e, name, p);
		return;
	}
	if (a->kind == ANSWER_ALWAYS) {
		new_rule(&r, w->reason, w->comment, p);
		r.rule.action = a->verdict.action;
		add_rule(e, &r, name, w->detail);
		return;
	}
	for (size_t i = 0; i < a->n; i++) {
		new_rule(&r, w->reason, w->comment, p);
		r.rule.action = a->matches[i].action;
		for (unsigned k = 0; k < a->matches[i].n; k++)
			profile_rule_add_cond(&r.rule, &a->matches[i].c[k]);
		add_rule(e, &r, name, w->detail);
	}
}

/* --- words ------------------------------------------------------------------------ */

static void add_words(struct segen_buf *b, const char *before, char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		segen_buf_printf(b, "%s%s", i ? ", " : before, v[i]);
}

static char *full_comment(const struct composed *r)
{
	const struct gate *in = &r->rule.includes;
	struct segen_buf b = {};

	segen_buf_puts(&b, r->comment);
	add_words(&b, ": ", r->details.v, r->details.n);
	if (r->rule.n_conds) {
		segen_buf_puts(&b, ", ");
		arg_words_conds(&b, r->names.v[0], r->rule.conds, r->rule.n_conds);
	}
	if (r->rank == RANK_REFUSED)
		return b.s;
	add_words(&b, ", gated by ", in->caps, in->n_caps);
	add_words(&b, ", on ", in->arches, in->n_arches);
	if (in->min_kernel)
		segen_buf_printf(&b, ", since Linux %s", in->min_kernel);
	return b.s;
}

void compose_write(struct composer *e, struct profile *p)
{
	if (e->n)
		qsort(e->v, e->n, sizeof(*e->v), compare_rules);
	for (size_t i = 0; i < e->n; i++) {
		struct composed *from = &e->v[i];
		struct profile_rule *to = profile_add_rule(p);

		from->rule.comment = full_comment(from);
		profile_rule_done(to);
		*to = from->rule;
		from->rule = (struct profile_rule){};
		for (size_t k = 0; k < from->names.n; k++)
			profile_rule_add_name(to, from->names.v[k]);
	}
}
