/*
 * random-generation.h: random observations, bases, policies and targets; the same ones
 * for the same seed.
 */
#pragma once

#include "profile/base.h"
#include "generate/generate.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

#define CALLS_MAX 24

/* --- chance, the same every time -------------------------------------------------- */

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

/* --- bases ------------------------------------------------------------------------ */

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
		if (maybe(25)) {
			r->action = SEGEN_ACT_KILL_PROCESS;
			r->err = PROFILE_NO_ERRNO;
		}
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

/* --- observations ----------------------------------------------------------------- */

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
	struct segen_observation *s = segen_call_seen(c, run);

	s->count++;
	s->phases |= seen->args[0] & 1 ? SEGEN_PHASE_RUNTIME : SEGEN_PHASE_WORKLOAD;
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
	t->runs[run]->observe = w->n % 2 ? SEGEN_OBSERVE_CONTAINER : SEGEN_OBSERVE_BASE;
	for (size_t i = 0; i < w->n; i++)
		record(t, &w->v[backwards ? w->n - 1 - i : i], run);
}

/* --- policies --------------------------------------------------------------------- */

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
	p->floor.runtime = maybe(50) ? FLOOR_AUTO : maybe(50) ? FLOOR_ANY : FLOOR_NONE;
	p->allow_refused = maybe(15);
	p->portable = maybe(30);
	if (maybe(20))
		gen_policy_args(p, "all", NULL);
	if (maybe(15))
		gen_policy_arches(p, "amd64,arm64", NULL);
}
