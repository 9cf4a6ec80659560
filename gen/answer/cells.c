/* cells.c: how a profile treats one call, for every target that makes a difference. */
#include "answer/cells.h"

#include "target/resolve.h"

#include <errno.h>
#include <string.h>

#define CELLS_MAX 4096

/* --- axes ------------------------------------------------------------------------- */

size_t cell_count(const struct cell_axes *x)
{
	return ((size_t)1 << x->n_caps) * x->n_arches * x->n_kernels;
}

struct cell cell_at(const struct cell_axes *x, size_t i)
{
	size_t rest = i >> x->n_caps;

	return (struct cell){
		.caps = i & (((size_t)1 << x->n_caps) - 1),
		.arch = rest % x->n_arches,
		.kernel = rest / x->n_arches,
	};
}

static size_t cell_index(const struct cell_axes *x, struct cell c)
{
	return (((size_t)c.kernel * x->n_arches + c.arch) << x->n_caps) + c.caps;
}

static int add_cap(struct cell_axes *x, const char *cap)
{
	for (unsigned i = 0; i < x->n_caps; i++)
		if (!strcmp(x->caps[i], cap))
			return 0;
	/* Compared as it is written: any other spelling is a capability nobody has. */
	if (!cap_name(cap) || strcmp(cap_name(cap), cap) != 0)
		return 0;
	if (x->n_caps == CELLS_CAPS)
		return -E2BIG;
	x->caps[x->n_caps++] = cap;
	return 0;
}

static bool has_arch(const struct cell_axes *x, const struct segen_arch *a)
{
	for (unsigned i = 0; i < x->n_arches; i++)
		if (x->arches[i] == a)
			return true;
	return false;
}

/* Gates name architectures by Docker's words only. */
static int add_arch_word(struct cell_axes *x, const char *word)
{
	size_t n;
	const struct segen_arch *all = segen_arches(&n);

	for (size_t i = 0; i < n; i++) {
		if (!all[i].docker || strcmp(all[i].docker, word) != 0 ||
		    has_arch(x, &all[i]))
			continue;
		if (x->n_arches == CELLS_ARCHES - 1)
			return -E2BIG;
		x->arches[x->n_arches++] = &all[i];
	}
	return 0;
}

static int add_kernel(struct cell_axes *x, const char *version)
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
	if (x->n_kernels == CELLS_KERNELS - 1)
		return -E2BIG;
	memmove(&x->kernels[i + 1], &x->kernels[i],
		(x->n_kernels - i) * sizeof(x->kernels[0]));
	x->kernels[i].version = version;
	x->kernels[i].kernel = kernel;
	x->kernels[i].major = major;
	x->n_kernels++;
	return 0;
}

static int add_gate(struct cell_axes *x, const struct gate *g, bool fixed)
{
	int r = 0;

	for (size_t i = 0; !r && !fixed && i < g->n_caps; i++)
		r = add_cap(x, g->caps[i]);
	for (size_t i = 0; !r && i < g->n_arches; i++)
		r = add_arch_word(x, g->arches[i]);
	return r || fixed ? r : add_kernel(x, g->min_kernel);
}

/* One that no gate names, if there is one; a native one if that can be. */
static void add_other(struct cell_axes *x, const struct cells_for *f)
{
	size_t n;
	const struct segen_arch *all = segen_arches(&n);
	const struct segen_arch *other = NULL;

	for (size_t i = 0; i < f->n_natives && !other; i++)
		if (!has_arch(x, f->natives[i]))
			other = f->natives[i];
	for (size_t i = 0; i < n && !other; i++)
		if (!has_arch(x, &all[i]))
			other = &all[i];
	x->other = other;
	if (other)
		x->arches[x->n_arches++] = other;
}

/* The kernels before the first version that a gate names. */
static void add_oldest(struct cell_axes *x)
{
	memmove(&x->kernels[1], &x->kernels[0], x->n_kernels * sizeof(x->kernels[0]));
	memset(&x->kernels[0], 0, sizeof(x->kernels[0]));
	x->n_kernels++;
}

static int axes_init(struct cell_axes *x, const struct rule_ref *rules, size_t n,
		     const struct cells_for *f)
{
	int r = 0;

	*x = (struct cell_axes){.fixed = f->fixed};
	for (size_t i = 0; i < n; i++) {
		r = add_gate(x, &rules[i].rule->includes, f->fixed);
		if (!r)
			r = add_gate(x, &rules[i].rule->excludes, f->fixed);
		if (r)
			return r;
	}
	add_other(x, f);
	add_oldest(x);
	return cell_count(x) > CELLS_MAX ? -E2BIG : 0;
}

/* --- cells ------------------------------------------------------------------------ */

/* Some target of the cell; its strings are borrowed. */
static void cell_target(const struct cell_axes *x, struct cell c, const struct target *t,
			struct target *ret, char **caps)
{
	*ret = *t;
	ret->arch = x->arches[c.arch];
	if (x->fixed)
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

static void answer_cell(const struct cell_axes *x, size_t i, const struct profile *p,
			const struct rule_ref *rules, size_t n,
			const struct seen_args *seen, const struct cells_for *f,
			struct answer *ret)
{
	_cleanup_free_ struct rule_ref *open = xcalloc(n + 1, sizeof(*open));
	char *caps[CELLS_CAPS];
	struct target t;
	size_t n_open = 0;

	cell_target(x, cell_at(x, i), f->target, &t, caps);
	for (size_t k = 0; k < n; k++)
		if (resolve_rule_applies(rules[k].rule, &t))
			open[n_open++] = rules[k];
	answer_of_rules(p, open, n_open, seen, ret);
	if (f->args && ret->kind == ANSWER_ALWAYS && answer_lets(ret))
		answer_narrow(ret, seen);
}

static void answer_copy(struct answer *to, const struct answer *from)
{
	*to = *from;
	to->conj = xcalloc(from->n, sizeof(*to->conj));
	memcpy(to->conj, from->conj, from->n * sizeof(*to->conj));
	to->cap = from->n;
}

/*
 * Where a capability lifts the base's conditions but nothing that was seen needs that,
 * the conditions stay: clone with CAP_SYS_ADMIN.
 */
static void prefer_conditions(struct cells *c, size_t i, const struct seen_args *seen)
{
	struct cell at = cell_at(&c->axes, i);
	struct answer *a = &c->answers[i];

	if (a->kind != ANSWER_ALWAYS || !answer_lets(a))
		return;
	for (size_t k = 0; k < (size_t)1 << c->axes.n_caps; k++) {
		struct cell other = {.caps = k, .arch = at.arch, .kernel = at.kernel};
		const struct answer *b = &c->answers[cell_index(&c->axes, other)];

		if (b->kind == ANSWER_WHEN && (seen->none || (b->sure && !b->missed))) {
			answer_copy(a, b);
			return;
		}
	}
}

int cells_init(struct cells *ret, const struct profile *p, const struct rule_ref *rules,
	       size_t n, const struct seen_args *seen, const struct cells_for *f)
{
	int r;

	*ret = (struct cells){};
	r = axes_init(&ret->axes, rules, n, f);
	if (r < 0)
		return r;
	ret->answers = xcalloc(cell_count(&ret->axes), sizeof(*ret->answers));
	for (size_t i = 0; i < cell_count(&ret->axes); i++)
		answer_cell(&ret->axes, i, p, rules, n, seen, f, &ret->answers[i]);
	for (size_t i = 0; !f->wide && i < cell_count(&ret->axes); i++)
		prefer_conditions(ret, i, seen);
	return 0;
}

void cells_done(struct cells *c)
{
	for (size_t i = 0; c->answers && i < cell_count(&c->axes); i++)
		answer_done(&c->answers[i]);
	free(c->answers);
	*c = (struct cells){};
}

size_t cells_find(const struct cells *c, const struct target *t)
{
	const struct cell_axes *x = &c->axes;
	struct cell at = {};

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
