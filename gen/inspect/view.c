/* view.c: what a profile answers in one container, call by call. */
#include "inspect/view.h"

#include "target/resolve.h"

#include <segen/syscall.h>

#include <string.h>

/* Values per argument, and combinations of them. */
#define VALUES_MAX 2048
#define SAMPLES_MAX 4096

int view_init(struct view *v, const struct profile *p, const struct target *t,
	      struct segen_error *err)
{
	size_t n = 0;
	int r;

	*v = (struct view){.profile = p, .target = t};
	r = resolve(p, t, &v->flat, err);
	if (r < 0)
		return r;
	v->origin = xcalloc(v->flat.n_rules + 1, sizeof(*v->origin));
	for (size_t i = 0; i < p->n_rules && n < v->flat.n_rules; i++)
		if (resolve_rule_applies(&p->rules[i], t) &&
		    (p->rules[i].n_names || !v->flat.rules[n].n_names))
			v->origin[n++] = i;
	r = resolve_rules(&v->flat, t, true, &v->rules, err);
	if (r < 0)
		view_done(v);
	return r;
}

void view_done(struct view *v)
{
	profile_done(&v->flat);
	free(TAKE_PTR(v->origin));
	segen_rules_done(&v->rules);
}

const struct segen_abi_rules *view_abi(const struct view *v,
				       const struct segen_arch *arch)
{
	for (size_t i = 0; i < v->rules.n_abis; i++)
		if (v->rules.abis[i].arch == arch)
			return &v->rules.abis[i];
	return NULL;
}

static size_t first_rule(const struct segen_abi_rules *a, int nr)
{
	size_t lo = 0, hi = a->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (a->rules[mid].nr < nr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct segen_rule *view_rules(const struct view *v, const struct segen_arch *arch,
				    int nr, size_t *ret_n)
{
	const struct segen_abi_rules *a = view_abi(v, arch);
	size_t i, n = 0;

	*ret_n = 0;
	if (!a)
		return NULL;
	i = first_rule(a, nr);
	while (i + n < a->n && a->rules[i + n].nr == nr)
		n++;
	*ret_n = n;
	return &a->rules[i];
}

/* One unconditional rule decides alone. */
static const struct segen_rule *unconditional(const struct segen_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!rules[i].n_conds)
			return &rules[i];
	return NULL;
}

static struct segen_verdict default_of(const struct view *v,
				       const struct segen_abi_rules *a, int nr)
{
	if (a->stub_above >= 0 && nr > a->stub_above)
		return (struct segen_verdict){SEGEN_ACT_ERRNO, ENOSYS};
	return v->rules.def;
}

struct reply view_reply(const struct view *v, const struct segen_arch *arch, int nr)
{
	const struct segen_abi_rules *a = view_abi(v, arch);
	size_t n;
	const struct segen_rule *rules = view_rules(v, arch, nr, &n);
	const struct segen_rule *always = unconditional(rules, n);
	struct reply reply = {};
	bool lets = false, denies = false;

	if (!a)
		return (struct reply){.lets = LETS_NONE, .verdict = v->rules.bad_arch};
	reply.stub = a->stub_above >= 0 && nr > a->stub_above;
	reply.verdict = always ? always->verdict : default_of(v, a, nr);
	if (segen_verdict_lets(reply.verdict))
		lets = true;
	else
		denies = true;
	for (size_t i = 0; !always && i < n; i++) {
		bool let = segen_verdict_lets(rules[i].verdict);

		/* What is refused for some arguments only tells how. */
		if (!let && !denies)
			reply.verdict = rules[i].verdict;
		lets |= let;
		denies |= !let;
	}
	reply.lets = !lets ? LETS_NONE : denies ? LETS_SOME : LETS_ALL;
	return reply;
}

struct reply view_reply_name(const struct view *v, const char *name)
{
	int nr = segen_syscall_nr(v->target->arch, name);

	if (nr < 0)
		return (struct reply){.lets = LETS_NONE, .verdict = v->rules.def};
	return view_reply(v, v->target->arch, nr);
}

/* --- arguments that tell conditions apart ------------------------------------------- */

struct values {
	uint64_t v[VALUES_MAX];
	size_t n;
};

static void add_value(struct values *to, uint64_t v)
{
	for (size_t i = 0; i < to->n; i++)
		if (to->v[i] == v)
			return;
	if (to->n < VALUES_MAX)
		to->v[to->n++] = v;
}

static void add_borders(struct values *to, const struct segen_cond *c)
{
	add_value(to, c->value);
	add_value(to, c->value - 1);
	add_value(to, c->value + 1);
}

/*
 * Bits that the same masks look at, and want alike.  All that conditions can see of them
 * is whether they are all clear, all set, or neither.
 */
struct bit_class {
	uint64_t bits;
	uint64_t masks, data; /* a bit per condition: it looks, it wants them set */
};

static size_t bit_classes(const struct segen_cond *const *conds, size_t n,
			  struct bit_class *ret)
{
	size_t n_classes = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		struct bit_class c = {.bits = UINT64_C(1) << bit};
		size_t k = 0;

		for (size_t i = 0; i < n; i++) {
			c.masks |= (uint64_t) !!(conds[i]->value & c.bits) << i;
			c.data |= (uint64_t) !!(conds[i]->value_two & c.bits) << i;
		}
		if (!c.masks)
			continue;
		while (k < n_classes &&
		       (ret[k].masks != c.masks || ret[k].data != c.data))
			k++;
		if (k == n_classes)
			ret[n_classes++] = c;
		else
			ret[k].bits |= c.bits;
	}
	return n_classes;
}

/* Every combination of the classes' three states, as far as there is room; returns how
 * many. */
static size_t combine(const struct bit_class *classes, size_t n, uint64_t v[VALUES_MAX])
{
	size_t n_v = 1;

	v[0] = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t bits = classes[i].bits, lowest = bits & -bits;
		size_t end = n_v;

		for (size_t k = 0; k < end && n_v + 2 <= VALUES_MAX; k++) {
			v[n_v++] = v[k] | bits;
			if (bits != lowest)
				v[n_v++] = v[k] | lowest;
		}
	}
	return n_v;
}

/* Each combination in the place of the masks' bits of all borders, of 0 and of all ones.
 */
static void add_bits(struct values *to, const struct segen_cond *const *conds, size_t n)
{
	struct bit_class classes[64];
	size_t n_classes = bit_classes(conds, n, classes), n_bases = to->n, n_v;
	_cleanup_free_ uint64_t *v = xcalloc(VALUES_MAX, sizeof(*v));
	uint64_t masks = 0;

	n_v = combine(classes, n_classes, v);
	for (size_t i = 0; i < n_classes; i++)
		masks |= classes[i].bits;
	for (size_t i = 0; i < n_v; i++) {
		add_value(to, v[i]);
		add_value(to, v[i] | ~masks);
		for (size_t k = 0; k < n_bases; k++)
			add_value(to, v[i] | (to->v[k] & ~masks));
	}
}

/* The values of argument @index that @rules tell apart. */
static void add_values(struct values *to, const struct segen_rule *rules, size_t n,
		       unsigned index)
{
	const struct segen_cond *masked[64];
	size_t n_masked = 0;

	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < rules[i].n_conds; k++) {
			const struct segen_cond *c = &rules[i].conds[k];

			if (c->index != index)
				continue;
			if (c->op != SEGEN_CMP_MASKED_EQ)
				add_borders(to, c);
			else if (n_masked < ARRAY_SIZE(masked))
				masked[n_masked++] = c;
		}
	if (n_masked)
		add_bits(to, masked, n_masked);
}

/* Each old combination with each value of one more argument. */
static void cross(struct samples *s, size_t from, unsigned index, const struct values *v)
{
	size_t n = s->n;

	for (size_t i = from; i < n; i++) {
		for (size_t k = 0; k < v->n && s->n < SAMPLES_MAX; k++) {
			if (!v->v[k])
				continue;
			GROW(s->args, s->n, s->cap);
			memcpy(s->args[s->n], s->args[i], sizeof(*s->args));
			s->args[s->n++][index] = v->v[k];
		}
	}
}

void samples_add(struct samples *s, const struct segen_rule *a, size_t n_a,
		 const struct segen_rule *b, size_t n_b)
{
	struct segen_rule *rules = xcalloc(n_a + n_b + 1, sizeof(*rules));
	size_t from = s->n;

	if (n_a)
		memcpy(rules, a, n_a * sizeof(*a));
	if (n_b)
		memcpy(rules + n_a, b, n_b * sizeof(*b));
	GROW(s->args, s->n, s->cap);
	memset(s->args[s->n++], 0, sizeof(*s->args));
	for (unsigned index = 0; index < 6; index++) {
		struct values *v = xcalloc(1, sizeof(*v));

		add_values(v, rules, n_a + n_b, index);
		if (v->n)
			cross(s, from, index, v);
		free(v);
	}
	free(rules);
}

void samples_done(struct samples *s)
{
	free(s->args);
	*s = (struct samples){};
}
