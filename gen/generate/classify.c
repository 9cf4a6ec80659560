/* classify.c: judge each observed call by the base. */
#include "generate/classify.h"

#include <segen/syscall.h>

#include <string.h>

/* How the cells of one architecture answer. */
struct tally {
	bool all_allowed;   /* everything seen, in every cell */
	bool some_allowed;  /* everything seen, in some cell */
	bool partly;	    /* some of what was seen, in some cell */
	bool when;	    /* with conditions */
	bool elsewhere_not; /* other architectures do not allow all of it */
};

static bool allows_all(const struct answer *a)
{
	return answer_allows(a) && !a->seen_refused;
}

static struct tally count_cells(const struct gate_space *s, unsigned arch)
{
	struct tally t = {.all_allowed = true};

	for (size_t i = 0; i < gate_cell_count(&s->axes); i++) {
		const struct answer *a = &s->answers[i];

		if (gate_cell_at(&s->axes, i).arch != arch) {
			t.elsewhere_not |= !allows_all(a);
			continue;
		}
		t.all_allowed &= allows_all(a);
		t.some_allowed |= allows_all(a);
		t.partly |= answer_allows(a);
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
	if (t->all_allowed && t->when)
		return CLASS_MASKED;
	if (t->all_allowed)
		return t->elsewhere_not ? CLASS_GATED : CLASS_ALLOWED;
	if (t->some_allowed)
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

static void list_gates(const struct classifier *k, const struct gate_space *s,
		       struct segen_strset *to)
{
	_cleanup_(gated_answers_done) struct gated_answers l = {};

	gate_space_answers(s, &k->scope, &l);
	for (size_t i = 0; i < l.n; i++) {
		const struct gate *in = &l.v[i].includes;

		if (!allows_all(l.v[i].answer))
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
	_cleanup_(gate_space_done) struct gate_space space = {};
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
	if (gate_space_init(&space, k->base->p, rules, n, &seen, &k->scope) < 0) {
		j->class = CLASS_GATED;
		return;
	}
	at = gate_space_find(&space, k->scope.target);
	now = &space.answers[at];
	t = count_cells(&space, gate_cell_at(&space.axes, at).arch);
	j->class = class_of(k, j, &t, n > 0);
	j->gate_open = answer_allows(now);
	j->some_refused = answer_allows(now) && now->seen_refused;
	if (j->class == CLASS_GATED)
		list_gates(k, &space, &j->gates);
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
