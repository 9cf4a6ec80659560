/*
 * test-generate-property.c: what must hold for any observations, base and policy: never
 * wider than the base, never without what was seen and may be, no contradictions, equal
 * input gives equal bytes.
 */
#include "../gen/base.h"
#include "../gen/generate.h"
#include "../gen/profile-io.h"
#include "../gen/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

#include "tap.h"

#define ROUNDS 200
#define TARGETS 12
#define CALLS_MAX 24

/* --- chance, the same every time ------------------------------------------------------
 */

static uint64_t state;

static unsigned pick(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

static bool maybe(unsigned percent)
{
	return pick(100) < percent;
}

static const char *const names[] = {
	"read",	      "write",		"openat",      "clone",
	"clone3",     "socket",		"personality", "mount",
	"chroot",     "ptrace",		"bpf",	       "keyctl",
	"arch_prctl", "execve",		"prctl",       "ioctl",
	"statx",      "io_uring_setup", "chmod",       "fchmodat",
	"fchmodat2",  "mmap",		"open",	       "process_vm_readv",
	"exit_group", "setuid",		"syslog",      "modify_ldt",
	"unshare",    "setsockopt",
};

static const char *some_name(void)
{
	return names[pick(ARRAY_SIZE(names))];
}

static uint64_t some_value(void)
{
	static const uint64_t v[] = {0,		 1,	     2,	   8,	 16,
				     38,	 39,	     40,   41,	 0x20000,
				     0x10000000, 0x1200011,  0x11, 0x80, 0x541b,
				     0x7e020000, 0xffffffff, 3};

	return v[pick(ARRAY_SIZE(v))];
}

static const char *const caps[] = {"CAP_SYS_ADMIN",  "CAP_SYS_CHROOT", "CAP_BPF",
				   "CAP_SYS_PTRACE", "CAP_WAKE_ALARM", "CAP_SYSLOG"};
static const char *const arch_words[] = {"amd64", "x32", "arm64", "s390x", "x86"};
static const char *const kernels[] = {"4.8", "5.4", "6.0"};

/* --- bases ----------------------------------------------------------------------------
 */

static void some_gate(struct gate *g)
{
	for (unsigned n = pick(3); n > 0; n--)
		if (maybe(60))
			profile_string_add(&g->caps, &g->n_caps,
					   caps[pick(ARRAY_SIZE(caps))]);
	for (unsigned n = pick(3); n > 0; n--)
		if (maybe(20))
			profile_string_add(&g->arches, &g->n_arches,
					   arch_words[pick(ARRAY_SIZE(arch_words))]);
	if (maybe(20))
		g->min_kernel = xstrdup(kernels[pick(ARRAY_SIZE(kernels))]);
}

static void some_conds(struct profile_rule *r, bool easy)
{
	unsigned index = pick(3);

	for (unsigned n = 1 + (maybe(20) ? 1 : 0); n > 0; n--) {
		struct segen_cond c = {.index = index++};

		c.op = easy ? SEGEN_CMP_EQ : (enum segen_cmp)pick(7);
		c.value = some_value();
		if (c.op == SEGEN_CMP_MASKED_EQ)
			c.value_two = maybe(50) ? 0 : c.value & some_value();
		profile_rule_add_cond(r, &c);
	}
}

/* A call has conditions on letting rules or on denying ones, never on both kinds. */
static void some_rule(struct profile *p)
{
	struct profile_rule *r = profile_add_rule(p);

	for (unsigned n = 1 + pick(4); n > 0; n--)
		profile_rule_add_name(r, some_name());
	if (maybe(40))
		some_gate(&r->includes);
	if (maybe(20))
		some_gate(&r->excludes);
	if (maybe(20)) {
		r->action = SEGEN_ACT_ERRNO;
		r->err = maybe(50) ? ENOSYS : maybe(50) ? EINVAL : PROFILE_NO_ERRNO;
	} else if (maybe(30)) {
		some_conds(r, false);
	}
}

static void some_base(struct profile *p)
{
	static const enum segen_action defaults[] = {
		SEGEN_ACT_ERRNO,	SEGEN_ACT_ERRNO, SEGEN_ACT_ERRNO,
		SEGEN_ACT_KILL_PROCESS, SEGEN_ACT_ALLOW,
	};

	if (maybe(30)) {
		base_default(p);
		return;
	}
	*p = (struct profile){.def_err = PROFILE_NO_ERRNO};
	p->def = defaults[pick(ARRAY_SIZE(defaults))];
	if (p->def == SEGEN_ACT_ERRNO && maybe(30))
		p->def_err = ENOSYS;
	if (maybe(70)) {
		struct profile_arch *a = profile_add_arch(p, "SCMP_ARCH_X86_64");

		profile_string_add(&a->subs, &a->n_subs, "SCMP_ARCH_X86");
		profile_string_add(&a->subs, &a->n_subs, "SCMP_ARCH_X32");
		profile_add_arch(p, "SCMP_ARCH_AARCH64");
	}
	for (unsigned n = 3 + pick(25); n > 0; n--)
		some_rule(p);
}

/* --- observations ---------------------------------------------------------------------
 */

struct seen_call {
	const struct segen_arch *arch;
	const char *name;
	uint64_t args[6];
};

struct workload {
	struct seen_call v[CALLS_MAX];
	size_t n;
};

static void some_workload(struct workload *w)
{
	w->n = 0;
	for (unsigned i = 1 + pick(CALLS_MAX); i > 0; i--) {
		struct seen_call *c = &w->v[w->n];

		c->arch = segen_arch_by_name(maybe(90) ? "x86_64" : "i386");
		c->name = some_name();
		if (segen_syscall_nr(c->arch, c->name) < 0)
			continue;
		for (unsigned k = 0; k < 6; k++)
			c->args[k] = some_value();
		w->n++;
	}
}

static void record(struct segen_trace *t, const struct seen_call *seen, size_t run)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);
	struct segen_call *c = segen_trace_call(
		t, seen->arch, segen_syscall_nr(seen->arch, seen->name), NULL);
	struct segen_seen *s = segen_call_seen(c, run);

	s->count++;
	s->phases |= SEGEN_PHASE_WORKLOAD;
	segen_seen_outcome(s, 0, 1);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].name, seen->name))
			segen_call_value(c, f[i].index,
					 seen->args[f[i].index] & f[i].mask);
}

/* The calls of @w, in order or backwards. */
static void make_trace(struct segen_trace *t, const struct workload *w, bool backwards)
{
	static const char *const argv[] = {"test", NULL};
	size_t run = segen_trace_add_run(t, (char *const *)argv);

	free(t->runs[run]->machine);
	t->runs[run]->machine = xstrdup("x86_64");
	for (size_t i = 0; i < w->n; i++)
		record(t, &w->v[backwards ? w->n - 1 - i : i], run);
}

/* --- policies -------------------------------------------------------------------------
 */

static void some_calls(struct segen_strset *s)
{
	for (unsigned n = pick(3); n > 0; n--)
		segen_strset_add(s, some_name());
}

static void some_target(struct target *t)
{
	target_init_default(t);
	target_set_arch(t, maybe(85) ? "amd64" : "arm64", NULL);
	t->kernel_major = maybe(30) ? 4 : 6;
	t->kernel_minor = pick(10);
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (maybe(35))
			target_add_caps(t, caps[i], NULL);
	if (maybe(20))
		target_set_caps(t, "none", NULL);
}

static void some_policy(struct gen_policy *p)
{
	gen_policy_init(p);
	target_done(&p->target);
	some_target(&p->target);
	target_set_arch(&p->target, "amd64", NULL);
	if (maybe(20))
		some_calls(&p->allow);
	if (maybe(20))
		some_calls(&p->deny);
	if (maybe(20))
		gen_policy_tie(p, "chmod,fchmodat=CAP_WAKE_ALARM", NULL);
	if (maybe(10))
		gen_policy_tie(p, "clone=CAP_BPF", NULL);
	p->gates = maybe(60) ? GATES_OBSERVED : maybe(50) ? GATES_ALL : GATES_NONE;
	p->floor = maybe(50) ? FLOOR_ANY : FLOOR_NONE;
	p->allow_refused = maybe(15);
	p->portable = maybe(30);
	if (maybe(20))
		gen_policy_args(p, "all", NULL);
	if (maybe(15))
		gen_policy_arches(p, "amd64,arm64", NULL);
}

static bool is_tied(const struct gen_policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_ties; i++)
		if (segen_strset_has(&p->ties[i].names, name))
			return true;
	return false;
}

/* --- what a profile lets in -----------------------------------------------------------
 */

struct view {
	struct profile flat;
	struct segen_rules rules;
};

static void view_done(struct view *v)
{
	profile_done(&v->flat);
	segen_rules_done(&v->rules);
}

static bool view_init(struct view *v, const struct profile *p, const struct target *t)
{
	*v = (struct view){};
	return resolve(p, t, &v->flat, NULL) == 0 &&
	       resolve_rules(&v->flat, t, false, &v->rules, NULL) == 0;
}

static bool lets(const struct view *v, const struct seen_call *c)
{
	int nr = segen_syscall_nr(c->arch, c->name);

	return segen_verdict_lets(segen_rules_eval(&v->rules, c->arch, nr, c->args));
}

/* --- the properties -------------------------------------------------------------------
 */

struct round {
	unsigned seed;
	struct profile base, p;
	struct workload w;
	struct gen_policy policy;
	struct gen_report report;
};

static bool was_seen(const struct round *r, const char *name)
{
	for (size_t i = 0; i < r->w.n; i++)
		if (!strcmp(r->w.v[i].name, name))
			return true;
	return false;
}

/* The user said so. */
static bool told(const struct round *r, const char *name)
{
	return segen_strset_has(&r->policy.allow, name) || is_tied(&r->policy, name) ||
	       (r->policy.allow_refused && was_seen(r, name));
}

static bool complain(const struct round *r, const char *what, const struct seen_call *c,
		     const struct target *t)
{
	printf("# round %u: %s: %s %s(%#llx, %#llx, %#llx), %s, kernel %u.%u, caps",
	       r->seed, what, c->arch->name, c->name, (unsigned long long)c->args[0],
	       (unsigned long long)c->args[1], (unsigned long long)c->args[2],
	       t->arch->name, t->kernel_major, t->kernel_minor);
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (segen_strset_has(&t->caps, caps[i]))
			printf(" %s", caps[i]);
	printf("\n");
	return false;
}

static bool never_wider(const struct round *r, const struct target *t,
			const struct view *base, const struct view *v)
{
	bool fine = true;

	for (unsigned i = 0; i < 60; i++) {
		struct seen_call c = {.arch = t->arch,
				      .name = names[i % ARRAY_SIZE(names)]};

		if (t->arch == segen_arch_by_name("x86_64") && maybe(20))
			c.arch = segen_arch_by_name("i386");
		for (unsigned k = 0; k < 6; k++)
			c.args[k] = maybe(5) ? (uint64_t)pick(64) << 32 | some_value()
					     : some_value();
		if (segen_syscall_nr(c.arch, c.name) < 0 || told(r, c.name))
			continue;
		if (lets(v, &c) && !lets(base, &c))
			fine = complain(r, "wider than the base", &c, t);
	}
	return fine;
}

static bool never_missing(const struct round *r, const struct target *t,
			  const struct view *base, const struct view *v)
{
	bool fine = true;

	for (size_t i = 0; i < r->w.n; i++) {
		const struct seen_call *c = &r->w.v[i];

		if (segen_strset_has(&r->policy.deny, c->name) ||
		    is_tied(&r->policy, c->name))
			continue;
		if (segen_strset_has(&r->policy.allow, c->name) ||
		    (lets(base, c) && t->arch == c->arch)) {
			if (c->arch == t->arch && !lets(v, c))
				fine = complain(r, "missing", c, t);
		}
	}
	return fine;
}

/* An int, as far as anyone knows. */
static bool is_int(const char *name, unsigned index)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].index == index && !strcmp(f[i].name, name))
			return f[i].mask == UINT32_MAX;
	return false;
}

static bool rule_is_sound(const struct profile_rule *r)
{
	unsigned used = 0;

	if (r->action != SEGEN_ACT_ALLOW)
		return !r->n_conds && r->n_names;
	for (size_t i = 0; i < r->n_conds; i++) {
		bool range = r->conds[i].op != SEGEN_CMP_EQ &&
			     r->conds[i].op != SEGEN_CMP_MASKED_EQ;

		if (range && r->n_conds == 1 && is_int(r->names[0], r->conds[i].index))
			return false;
		if (used & 1u << r->conds[i].index)
			return false;
		used |= 1u << r->conds[i].index;
	}
	return r->n_names;
}

static bool agree(const struct profile_rule *a, const struct profile_rule *b)
{
	return !a->n_conds == !b->n_conds && a->action == b->action &&
	       profile_rule_errno(a) == profile_rule_errno(b);
}

/* One call, one answer or one set of conditions. */
static bool consistent(const struct round *r, const struct view *v)
{
	for (size_t i = 0; i < v->flat.n_rules; i++) {
		const struct profile_rule *a = &v->flat.rules[i];

		if (!rule_is_sound(a)) {
			printf("# round %u: a bad rule for %s\n", r->seed, a->names[0]);
			return false;
		}
		for (size_t n = 0; n < a->n_names; n++) {
			for (size_t k = 0; k < i; k++) {
				if (!profile_rule_has(&v->flat.rules[k], a->names[n]) ||
				    agree(a, &v->flat.rules[k]))
					continue;
				printf("# round %u: rules for %s differ\n", r->seed,
				       a->names[n]);
				return false;
			}
		}
	}
	return true;
}

static bool same_again(const struct round *r)
{
	struct segen_trace t = {};
	struct profile p = {};
	struct gen_report report = {};
	struct segen_buf a = {}, b = {};
	bool same;

	make_trace(&t, &r->w, true);
	same = generate(&t, &r->base, &r->policy, &p, &report, NULL) == 0;
	profile_format(&r->p, PROFILE_PRETTY, &a);
	if (same)
		profile_format(&p, PROFILE_PRETTY, &b);
	same = same && a.len == b.len && !memcmp(a.s, b.s, a.len);
	if (!same)
		printf("# round %u: another profile the second time\n", r->seed);
	segen_buf_done(&a);
	segen_buf_done(&b);
	gen_report_done(&report);
	profile_done(&p);
	segen_trace_done(&t);
	return same;
}

static unsigned n_wider, n_missing, n_mixed, n_other, n_made;

static void check_target(const struct round *r, const struct target *t)
{
	struct view base, v;

	if (view_init(&base, &r->base, t)) {
		if (view_init(&v, &r->p, t)) {
			n_wider += !never_wider(r, t, &base, &v);
			n_missing += !never_missing(r, t, &base, &v);
			n_mixed += !consistent(r, &v);
		}
		view_done(&v);
	}
	view_done(&base);
}

static void check_round(const struct round *r)
{
	n_made++;
	n_other += !same_again(r);
	check_target(r, &r->policy.target);
	/* Without gates the profile is for one target only. */
	for (unsigned i = 0; r->policy.gates != GATES_NONE && i < TARGETS; i++) {
		struct target t;

		some_target(&t);
		check_target(r, &t);
		target_done(&t);
	}
}

static void play_round(unsigned seed)
{
	struct round r = {.seed = seed};
	struct segen_trace t = {};

	state = 0x9e3779b97f4a7c15u * (seed + 1);
	for (unsigned i = 0; i < 8; i++)
		pick(2);
	some_base(&r.base);
	some_workload(&r.w);
	some_policy(&r.policy);
	make_trace(&t, &r.w, false);
	if (generate(&t, &r.base, &r.policy, &r.p, &r.report, NULL) == 0)
		check_round(&r);
	segen_trace_done(&t);
	profile_done(&r.base);
	profile_done(&r.p);
	gen_policy_done(&r.policy);
	gen_report_done(&r.report);
}

int main(int argc, char **argv)
{
	/* More rounds by hand: test-generate-property FROM TO */
	unsigned from = argc > 2 ? (unsigned)atoi(argv[1]) : 0;
	unsigned to = argc > 2 ? (unsigned)atoi(argv[2]) : ROUNDS;

	for (unsigned i = from; i < to; i++)
		play_round(i);
	ok(n_made > (to - from) / 2, "%u profiles from random input", n_made);
	ok(!n_wider, "never wider than the base, unless told so");
	ok(!n_missing, "never without what was seen and may be");
	ok(!n_mixed, "one call, one answer; EQ and MASKED_EQ only");
	ok(!n_other, "equal input gives equal bytes, in whatever order it was seen");
	return done();
}
