/* classify.c: how the base treats each observed call. */
#include "generate/classify.h"

#include <segen/syscall.h>

#include <string.h>

/* How the cells of one host's architecture answer. */
struct tally {
	bool all_let;	    /* everything seen, in every cell */
	bool some_let;	    /* everything seen, in some cell */
	bool partly;	    /* some of what was seen, in some cell */
	bool when;	    /* with conditions */
	bool elsewhere_not; /* other architectures do not let all of it in */
};

static bool lets_all(const struct answer *a)
{
	return answer_lets(a) && !a->missed;
}

static struct tally count_cells(const struct cells *c, unsigned arch)
{
	struct tally t = {.all_let = true};

	for (size_t i = 0; i < cell_count(&c->axes); i++) {
		const struct answer *a = &c->answers[i];

		if (cell_at(&c->axes, i).arch != arch) {
			t.elsewhere_not |= !lets_all(a);
			continue;
		}
		t.all_let &= lets_all(a);
		t.some_let |= lets_all(a);
		t.partly |= answer_lets(a);
		t.when |= a->kind == ANSWER_WHEN;
	}
	return t;
}

/* The highest number that the base names for @arch, or -1. */
static int highest_named(const struct rule_index *x, const struct segen_arch *arch)
{
	int max = -1;

	for (size_t i = 0; i < x->n; i++) {
		if (i && !strcmp(x->v[i].name, x->v[i - 1].name))
			continue;
		max = MAX(max, segen_syscall_nr(arch, x->v[i].name));
	}
	return max;
}

static enum call_class class_of(const struct classifier *k, const struct judged *j,
				const struct tally *t, bool named)
{
	if (t->all_let && t->when)
		return CLASS_MASKED;
	if (t->all_let)
		return t->elsewhere_not ? CLASS_GATED : CLASS_ALLOWED;
	if (t->some_let)
		return CLASS_GATED;
	if (t->partly)
		return CLASS_MASKED;
	if (!named && j->call->nr > highest_named(k->base, j->call->arch))
		return CLASS_UNKNOWN;
	return CLASS_REFUSED;
}

static void add_gate(struct segen_strset *to, const char *what, const char *word)
{
	_cleanup_free_ char *s = xasprintf("%s%s", what, word);

	segen_strset_add(to, s);
}

static void list_gates(const struct classifier *k, const struct cells *c,
		       struct segen_strset *to)
{
	_cleanup_(placed_list_done) struct placed_list l = {};

	cells_place(c, &k->how, &l);
	for (size_t i = 0; i < l.n; i++) {
		const struct gate *in = &l.v[i].includes;

		if (!lets_all(l.v[i].answer))
			continue;
		for (size_t n = 0; n < in->n_caps; n++)
			add_gate(to, "", in->caps[n]);
		for (size_t n = 0; n < in->n_arches; n++)
			add_gate(to, "arch ", in->arches[n]);
		if (in->min_kernel)
			add_gate(to, "kernel ", in->min_kernel);
	}
}

static bool listed(const struct gen_arches *a, const struct segen_arch *abi)
{
	for (size_t i = 0; i < a->n_abis; i++)
		if (a->abis[i] == abi)
			return true;
	return false;
}

static void judge(const struct classifier *k, struct judged *j)
{
	_cleanup_(cells_done) struct cells cells = {};
	const struct rule_ref *rules;
	const struct answer *now;
	struct seen_args seen;
	struct tally t;
	size_t n, at;

	j->name = segen_syscall_name(j->call->arch, j->call->nr);
	j->class = CLASS_UNKNOWN;
	if (!j->name)
		return;
	j->class = CLASS_REFUSED;
	if (!listed(k->arches, j->call->arch))
		return;
	rules = rule_index_find(k->base, j->name, &n);
	seen_args_init(&seen, j->name, &j->call, 1, false);
	if (cells_init(&cells, k->base->p, rules, n, &seen, &k->how) < 0) {
		j->class = CLASS_GATED;
		return;
	}
	at = cells_find(&cells, k->how.target);
	now = &cells.answers[at];
	t = count_cells(&cells, cell_at(&cells.axes, at).arch);
	j->class = class_of(k, j, &t, n > 0);
	j->gate_open = answer_lets(now);
	j->some_refused = answer_lets(now) && now->missed;
	if (j->class == CLASS_GATED)
		list_gates(k, &cells, &j->gates);
}

static int compare_judged(const void *va, const void *vb)
{
	const struct judged *a = va, *b = vb;
	int r = strcmp(a->call->arch->name, b->call->arch->name);

	if (!r)
		r = strcmp(a->name ? a->name : "", b->name ? b->name : "");
	if (r)
		return r;
	return a->call->nr < b->call->nr ? -1 : a->call->nr > b->call->nr;
}

void classify(const struct classifier *k, const struct segen_trace *t,
	      struct gen_report *ret)
{
	ret->calls = xcalloc(t->n_calls + 1, sizeof(*ret->calls));
	ret->n_calls = t->n_calls;
	for (size_t i = 0; i < t->n_calls; i++) {
		ret->calls[i].call = t->calls[i];
		judge(k, &ret->calls[i]);
	}
	if (ret->n_calls)
		qsort(ret->calls, ret->n_calls, sizeof(*ret->calls), compare_judged);
}
