/* gate-space.c: the answers of a profile for one call, per kind of target. */
#include "answer/gate-space.h"

#include <errno.h>
#include <string.h>

#include "target/resolve.h"

#define GATE_CELLS_MAX 4096

/* --- axes ------------------------------------------------------------------------- */

size_t gate_cell_count(const struct gate_axes *x)
{
	return ((size_t)1 << x->n_caps) * x->n_arches * x->n_kernels;
}

struct gate_cell gate_cell_at(const struct gate_axes *x, size_t i)
{
	size_t rest = i >> x->n_caps;

	return (struct gate_cell){
		.caps = i & (((size_t)1 << x->n_caps) - 1),
		.arch = rest % x->n_arches,
		.kernel = rest / x->n_arches,
	};
}

static size_t cell_index(const struct gate_axes *x, struct gate_cell c)
{
	return (((size_t)c.kernel * x->n_arches + c.arch) << x->n_caps) + c.caps;
}

static int add_cap(struct gate_axes *x, const char *cap)
{
	for (unsigned i = 0; i < x->n_caps; i++)
		if (!strcmp(x->caps[i], cap))
			return 0;
	/* Compared as it is written: any other spelling is one that no container has. */
	if (!cap_name(cap) || strcmp(cap_name(cap), cap) != 0)
		return 0;
	if (x->n_caps == GATE_CAPS_MAX)
		return -E2BIG;
	x->caps[x->n_caps++] = cap;
	return 0;
}

static bool has_arch(const struct gate_axes *x, const struct segen_arch *a)
{
	for (unsigned i = 0; i < x->n_arches; i++)
		if (x->arches[i] == a)
			return true;
	return false;
}

/* Gates name architectures by Docker's words only. */
static int add_arch_word(struct gate_axes *x, const char *word)
{
	size_t n;
	const struct segen_arch *all = segen_arches(&n);

	for (size_t i = 0; i < n; i++) {
		if (!all[i].docker || strcmp(all[i].docker, word) != 0 ||
		    has_arch(x, &all[i]))
			continue;
		if (x->n_arches == GATE_ARCHES_MAX - 1)
			return -E2BIG;
		x->arches[x->n_arches++] = &all[i];
	}
	return 0;
}

static int add_kernel(struct gate_axes *x, const char *version)
{
	unsigned kernel, major, i = x->n_kernels;

	if (!version || profile_kernel_parse(version, &kernel, &major) < 0 ||
	    (!kernel && !major))
		return 0;
	while (i > 0 &&
	       (x->kernels[i - 1].kernel > kernel ||
		(x->kernels[i - 1].kernel == kernel && x->kernels[i - 1].major >= major)))
		i--;
	if (i < x->n_kernels && x->kernels[i].kernel == kernel &&
	    x->kernels[i].major == major)
		return 0;
	if (x->n_kernels == GATE_KERNELS_MAX - 1)
		return -E2BIG;
	memmove(&x->kernels[i + 1], &x->kernels[i],
		(x->n_kernels - i) * sizeof(x->kernels[0]));
	x->kernels[i].version = version;
	x->kernels[i].kernel = kernel;
	x->kernels[i].major = major;
	x->n_kernels++;
	return 0;
}

static int add_gate(struct gate_axes *x, const struct gate *g, bool target_only)
{
	int r = 0;

	for (size_t i = 0; !r && !target_only && i < g->n_caps; i++)
		r = add_cap(x, g->caps[i]);
	for (size_t i = 0; !r && i < g->n_arches; i++)
		r = add_arch_word(x, g->arches[i]);
	return r || target_only ? r : add_kernel(x, g->min_kernel);
}

/* One architecture stands for all that no gate names, preferably a native one. */
static void add_other(struct gate_axes *x, const struct gate_scope *scope)
{
	size_t n;
	const struct segen_arch *all = segen_arches(&n);
	const struct segen_arch *other = NULL;

	for (size_t i = 0; i < scope->n_natives && !other; i++)
		if (!has_arch(x, scope->natives[i]))
			other = scope->natives[i];
	for (size_t i = 0; i < n && !other; i++)
		if (!has_arch(x, &all[i]))
			other = &all[i];
	x->other = other;
	if (other)
		x->arches[x->n_arches++] = other;
}

/* Kernels older than any version that a gate names. */
static void add_oldest(struct gate_axes *x)
{
	memmove(&x->kernels[1], &x->kernels[0], x->n_kernels * sizeof(x->kernels[0]));
	memset(&x->kernels[0], 0, sizeof(x->kernels[0]));
	x->n_kernels++;
}

static int axes_init(struct gate_axes *x, const struct rule_ref *rules, size_t n,
		     const struct gate_scope *scope)
{
	int r = 0;

	*x = (struct gate_axes){.target_only = scope->target_only};
	for (size_t i = 0; i < n; i++) {
		r = add_gate(x, &rules[i].rule->includes, scope->target_only);
		if (!r)
			r = add_gate(x, &rules[i].rule->excludes, scope->target_only);
		if (r)
			return r;
	}
	add_other(x, scope);
	add_oldest(x);
	return gate_cell_count(x) > GATE_CELLS_MAX ? -E2BIG : 0;
}

/* --- cells ------------------------------------------------------------------------ */

/* Some target of the cell; its strings are borrowed. */
static void cell_target(const struct gate_axes *x, struct gate_cell c,
			const struct target *t, struct target *ret, char **caps)
{
	*ret = *t;
	ret->arch = x->arches[c.arch];
	if (x->target_only)
		return;
	ret->kernel_major = x->kernels[c.kernel].kernel;
	ret->kernel_minor = x->kernels[c.kernel].major;
	ret->caps = (struct segen_strset){.v = caps};
	/* A sorted set: the few names are inserted in order. */
	for (unsigned i = 0; i < x->n_caps; i++) {
		size_t k = ret->caps.n;

		if (!(c.caps & 1u << i))
			continue;
		for (; k > 0 && strcmp(caps[k - 1], x->caps[i]) > 0; k--)
			caps[k] = caps[k - 1];
		caps[k] = (char *)x->caps[i];
		ret->caps.n++;
	}
}

static void answer_cell(const struct gate_axes *x, size_t i, const struct profile *p,
			const struct rule_ref *rules, size_t n,
			const struct seen_args *seen, const struct gate_scope *scope,
			struct answer *ret)
{
	_cleanup_free_ struct rule_ref *open = xcalloc(n + 1, sizeof(*open));
	char *caps[GATE_CAPS_MAX];
	struct target t;
	size_t n_open = 0;

	cell_target(x, gate_cell_at(x, i), scope->target, &t, caps);
	for (size_t k = 0; k < n; k++)
		if (resolve_rule_applies(rules[k].rule, &t))
			open[n_open++] = rules[k];
	answer_of_rules(p, open, n_open, seen, ret);
	if (scope->narrow && ret->kind == ANSWER_ALWAYS && answer_allows(ret))
		answer_narrow(ret, seen);
}

static void answer_copy(struct answer *to, const struct answer *from)
{
	*to = *from;
	to->matches = xcalloc(from->n, sizeof(*to->matches));
	memcpy(to->matches, from->matches, from->n * sizeof(*to->matches));
	to->cap = from->n;
}

/*
 * Where a capability lifts the base's conditions but nothing that was seen needs that,
 * the conditions stay: clone with CAP_SYS_ADMIN.
 */
static void prefer_conditions(struct gate_space *s, size_t i,
			      const struct seen_args *seen)
{
	struct gate_cell at = gate_cell_at(&s->axes, i);
	struct answer *a = &s->answers[i];

	if (a->kind != ANSWER_ALWAYS || !answer_allows(a))
		return;
	for (size_t k = 0; k < (size_t)1 << s->axes.n_caps; k++) {
		struct gate_cell other = {
			.caps = k, .arch = at.arch, .kernel = at.kernel};
		const struct answer *b = &s->answers[cell_index(&s->axes, other)];

		if (b->kind == ANSWER_WHEN &&
		    (seen->nothing_seen || (b->exact && !b->seen_refused))) {
			answer_copy(a, b);
			return;
		}
	}
}

int gate_space_init(struct gate_space *ret, const struct profile *p,
		    const struct rule_ref *rules, size_t n, const struct seen_args *seen,
		    const struct gate_scope *scope)
{
	int r;

	*ret = (struct gate_space){};
	r = axes_init(&ret->axes, rules, n, scope);
	if (r < 0)
		return r;
	ret->answers = xcalloc(gate_cell_count(&ret->axes), sizeof(*ret->answers));
	for (size_t i = 0; i < gate_cell_count(&ret->axes); i++)
		answer_cell(&ret->axes, i, p, rules, n, seen, scope, &ret->answers[i]);
	for (size_t i = 0; !scope->keep_unconditional && i < gate_cell_count(&ret->axes);
	     i++)
		prefer_conditions(ret, i, seen);
	return 0;
}

void gate_space_done(struct gate_space *s)
{
	for (size_t i = 0; s->answers && i < gate_cell_count(&s->axes); i++)
		answer_done(&s->answers[i]);
	free(s->answers);
	*s = (struct gate_space){};
}

size_t gate_space_find(const struct gate_space *s, const struct target *t)
{
	const struct gate_axes *x = &s->axes;
	struct gate_cell at = {};

	for (unsigned i = 0; i < x->n_caps; i++)
		if (segen_strset_has(&t->caps, x->caps[i]))
			at.caps |= 1u << i;
	while (at.arch + 1 < x->n_arches && x->arches[at.arch] != t->arch)
		at.arch++;
	for (unsigned i = 1; i < x->n_kernels; i++)
		if (t->kernel_major > x->kernels[i].kernel ||
		    (t->kernel_major == x->kernels[i].kernel &&
		     t->kernel_minor >= x->kernels[i].major))
			at.kernel = i;
	return cell_index(x, at);
}
