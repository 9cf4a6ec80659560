/* diff-targets.c: two profiles by meaning, for all targets that make a difference. */
#include "inspect/diff-internal.h"

#include <segen/syscall.h>

#include <string.h>

/* What the gates of two profiles ask for. */
struct axes {
	struct segen_strset arches, caps, kernels;
};

static void axes_done(struct axes *x)
{
	segen_strset_done(&x->arches);
	segen_strset_done(&x->caps);
	segen_strset_done(&x->kernels);
}

static void add_gate(struct axes *x, const struct gate *g)
{
	for (size_t i = 0; i < g->n_caps; i++)
		if (cap_name(g->caps[i]))
			segen_strset_add(&x->caps, cap_name(g->caps[i]));
	for (size_t i = 0; i < g->n_arches; i++) {
		const struct segen_arch *a = segen_arch_by_name(g->arches[i]);

		if (a)
			segen_strset_add(&x->arches, a->name);
	}
	if (g->min_kernel)
		segen_strset_add(&x->kernels, g->min_kernel);
}

static void add_profile(struct axes *x, const struct profile *p)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		add_gate(x, &p->rules[i].includes);
		add_gate(x, &p->rules[i].excludes);
	}
	for (size_t i = 0; i < p->n_arch_map; i++) {
		const struct segen_arch *a = segen_arch_by_name(p->arch_map[i].name);

		if (a)
			segen_strset_add(&x->arches, a->name);
	}
}

/* What is varied on one architecture; the words follow "on x86_64". */
struct variant {
	const char *words;
	bool no_caps;
	const char *cap, *kernel;
	bool before; /* a kernel older than @kernel */
};

/* All targets: each variant on each architecture. */
struct grid {
	const struct profile *a, *b;
	const struct target *base;
	struct segen_strset arches;
	struct variant *variants;
	size_t n_variants;
	char **words; /* owned, of the variants */
	bool *marks;  /* [call][arch][variant] of the calls in the result */
	size_t n_marks;
};

static void grid_done(struct grid *g)
{
	for (size_t i = 0; i < g->n_variants; i++)
		free(g->words[i]);
	free(g->words);
	free(g->variants);
	free(g->marks);
	segen_strset_done(&g->arches);
}

static size_t grid_size(const struct grid *g)
{
	return g->arches.n * g->n_variants;
}

static void add_variant(struct grid *g, struct variant v, char *words)
{
	v.words = g->words[g->n_variants] = words;
	g->variants[g->n_variants++] = v;
}

static void grid_init(struct grid *g, const struct axes *x, const struct profile *a,
		      const struct profile *b, const struct target *t)
{
	size_t max = 2 + x->caps.n + 2 * x->kernels.n;

	*g = (struct grid){.a = a, .b = b, .base = t};
	g->variants = xcalloc(max, sizeof(*g->variants));
	g->words = xcalloc(max, sizeof(*g->words));
	for (size_t i = 0; i < x->arches.n; i++)
		segen_strset_add(&g->arches, x->arches.v[i]);
	segen_strset_add(&g->arches, t->arch->name);
	add_variant(g, (struct variant){}, xstrdup("with these capabilities"));
	if (x->caps.n)
		add_variant(g, (struct variant){.no_caps = true},
			    xstrdup("without capabilities"));
	for (size_t i = 0; i < x->caps.n; i++)
		if (!segen_strset_has(&t->caps, x->caps.v[i]))
			add_variant(g, (struct variant){.cap = x->caps.v[i]},
				    xasprintf("with %s", x->caps.v[i]));
	for (size_t i = 0; i < 2 * x->kernels.n; i++) {
		struct variant v = {.kernel = x->kernels.v[i / 2], .before = i % 2};

		add_variant(g, v,
			    xasprintf("%s kernel %s", v.before ? "before" : "from",
				      v.kernel));
	}
}

static void set_kernel(struct target *t, const struct variant *v)
{
	profile_kernel_parse(v->kernel, &t->kernel_major, &t->kernel_minor);
	if (v->before && t->kernel_minor) {
		t->kernel_minor--;
	} else if (v->before) {
		t->kernel_major--;
		t->kernel_minor = 255;
	}
}

/* The base target with what @v says; capabilities are owned. */
static void variant_target(const struct grid *g, const char *arch,
			   const struct variant *v, struct target *ret)
{
	*ret = *g->base;
	ret->caps = (struct segen_strset){};
	ret->arch = segen_arch_by_name(arch);
	for (size_t i = 0; !v->no_caps && i < g->base->caps.n; i++)
		segen_strset_add(&ret->caps, g->base->caps.v[i]);
	if (v->cap)
		segen_strset_add(&ret->caps, v->cap);
	if (v->kernel)
		set_kernel(ret, v);
}

/* The calls of @one in @d, which has them all, differ at cell @at. */
static void mark(struct grid *g, const struct diff *d, const struct diff *one, size_t at)
{
	size_t size = grid_size(g);

	if (d->n > g->n_marks) {
		g->marks = xreallocarray(g->marks, d->n * size, sizeof(*g->marks));
		memset(g->marks + g->n_marks * size, 0, (d->n - g->n_marks) * size);
		g->n_marks = d->n;
	}
	for (size_t i = 0; i < one->n; i++)
		for (size_t k = 0; k < d->n; k++)
			if (diff_same_entry(&d->v[k], &one->v[i]))
				g->marks[k * size + at] = true;
}

static int compare_cell(struct diff *d, struct grid *g, size_t arch, size_t variant,
			struct segen_error *err)
{
	_cleanup_(view_done) struct view va = {}, vb = {};
	_cleanup_(diff_done) struct diff one = {};
	struct target t;
	int r;

	variant_target(g, g->arches.v[arch], &g->variants[variant], &t);
	r = view_init(&va, g->a, &t, err);
	if (r == 0)
		r = view_init(&vb, g->b, &t, err);
	if (r == 0) {
		diff_views(&one, &va, &vb);
		diff_views(d, &va, &vb);
		mark(g, d, &one, arch * g->n_variants + variant);
		d->n_targets++;
	}
	segen_strset_done(&t.caps);
	return r;
}

/* --- where a call differs, in words ------------------------------------------------- */

static size_t count(const bool *row, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += row[i];
	return sum;
}

/* ": with CAP_X, before kernel 4.8", " except with CAP_X"; nothing for all. */
static void variant_words(const struct grid *g, const bool *row, struct segen_buf *b)
{
	size_t n = count(row, g->n_variants);
	bool except = 2 * n > g->n_variants;
	const char *sep = except ? " except " : ": ";

	for (size_t i = 0; n < g->n_variants && i < g->n_variants; i++) {
		if (row[i] == except)
			continue;
		segen_buf_printf(b, "%s%s", sep, g->words[i]);
		sep = ", ";
	}
}

/* Whether a container on @arch could make the call, under some ABI. */
static bool exists_on(const char *name, const char *arch)
{
	const struct segen_arch *a = segen_arch_by_name(arch);

	if (segen_syscall_nr(a, name) >= 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(a->subs) && a->subs[i]; i++) {
		const struct segen_arch *sub = segen_arch_by_name(a->subs[i]);

		if (sub && segen_syscall_nr(sub, name) >= 0)
			return true;
	}
	return false;
}

static size_t count_existing(const struct grid *g, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < g->arches.n; i++)
		n += exists_on(name, g->arches.v[i]);
	return n;
}

/* Architectures with equal rows share a sentence. */
static void target_words(const struct grid *g, const bool *marks, struct diff_call *c)
{
	size_t existing = count_existing(g, c->name);

	for (size_t i = 0; i < g->arches.n; i++) {
		const bool *row = marks + i * g->n_variants;
		_cleanup_(segen_buf_done) struct segen_buf b = {};
		size_t first = 0, n = 0;

		while (memcmp(marks + first * g->n_variants, row, g->n_variants) != 0)
			first++;
		if (first < i || !count(row, g->n_variants))
			continue;
		for (size_t k = i; k < g->arches.n; k++) {
			if (memcmp(marks + k * g->n_variants, row, g->n_variants) != 0)
				continue;
			segen_buf_printf(&b, "%s%s", n++ ? ", " : "", g->arches.v[k]);
		}
		if (n > 1 && n >= existing) {
			segen_buf_done(&b);
			segen_buf_puts(&b, "all architectures");
		}
		variant_words(g, row, &b);
		segen_strset_add(&c->targets, b.s);
	}
}

int diff_all_targets(const struct profile *a, const struct profile *b,
		     const struct target *t, struct diff *ret, struct segen_error *err)
{
	_cleanup_(axes_done) struct axes x = {};
	_cleanup_(grid_done) struct grid g = {};
	_cleanup_(diff_done) struct diff d = {};
	int r = 0;

	add_profile(&x, a);
	add_profile(&x, b);
	grid_init(&g, &x, a, b, t);
	for (size_t i = 0; r == 0 && i < grid_size(&g); i++)
		r = compare_cell(&d, &g, i / g.n_variants, i % g.n_variants, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < d.n; i++)
		target_words(&g, g.marks + i * grid_size(&g), &d.v[i]);
	diff_finish(&d, NULL);
	d.n_equal = diff_count_equal(&d, a, b);
	*ret = d;
	d = (struct diff){};
	return 0;
}
