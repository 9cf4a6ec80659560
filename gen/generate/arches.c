/* arches.c: choose the architectures and ABIs of a profile. */
#include "generate/arches.h"

#include <segen/syscall.h>

#include <string.h>

#include "target/resolve.h"

static bool is_sub(const struct segen_arch *sub, const struct segen_arch *of)
{
	for (size_t i = 0; i < ARRAY_SIZE(of->subs) && of->subs[i]; i++)
		if (!strcmp(of->subs[i], sub->name))
			return true;
	return false;
}

static bool in_list(const struct segen_arch *const *v, size_t n,
		    const struct segen_arch *a)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == a)
			return true;
	return false;
}

static void add_native(struct gen_arches *a, const struct segen_arch *native)
{
	if (a->n_natives < GEN_NATIVES && !in_list(a->natives, a->n_natives, native))
		a->natives[a->n_natives++] = native;
}

static void add_abi(struct gen_arches *a, const struct segen_arch *abi)
{
	if (a->n_abis < GEN_ABIS && !in_list(a->abis, a->n_abis, abi))
		a->abis[a->n_abis++] = abi;
}

/* --arch: those that are not the sub-architecture of another one in the list. */
static void asked_natives(struct gen_arches *a, const struct gen_policy *p)
{
	for (size_t i = 0; i < p->n_arches; i++) {
		bool sub = false;

		for (size_t k = 0; k < p->n_arches; k++)
			sub |= is_sub(p->arches[i], p->arches[k]);
		if (!sub)
			add_native(a, p->arches[i]);
	}
}

/* The machines on which the runs were made. */
static void recorded_natives(struct gen_arches *a, const struct segen_trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		const char *machine = t->runs[i]->machine;
		const struct segen_arch *arch = NULL;

		if (machine)
			arch = segen_arch_by_name(machine);
		if (arch)
			add_native(a, arch);
	}
}

static bool seen(const struct segen_trace *t, const struct segen_arch *arch)
{
	for (size_t i = 0; t && i < t->n_calls; i++)
		if (t->calls[i]->arch == arch)
			return true;
	return false;
}

static bool seen_any_of(const struct segen_trace *t, const struct segen_arch *native)
{
	if (seen(t, native))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(native->subs) && native->subs[i]; i++)
		if (seen(t, segen_arch_by_name(native->subs[i])))
			return true;
	return false;
}

static bool base_lists(const struct profile *flat, const struct segen_arch *abi)
{
	for (size_t i = 0; i < flat->n_architectures; i++)
		if (!strcmp(flat->architectures[i], abi->oci))
			return true;
	return false;
}

/* The sub-architectures of one host that are wanted and that the base lists. */
static void add_subs(struct gen_arches *a, const struct segen_arch *native,
		     const struct profile *flat, const struct segen_trace *t,
		     const struct gen_policy *p, struct gen_report *report)
{
	struct segen_buf dropped = {};

	for (size_t i = 0; i < ARRAY_SIZE(native->subs) && native->subs[i]; i++) {
		const struct segen_arch *sub = segen_arch_by_name(native->subs[i]);
		bool asked = in_list(p->arches, p->n_arches, sub);
		/* Without a trace the base keeps what it has. */
		bool wanted = asked || (!p->n_arches && (!t || seen(t, sub)));

		if (wanted && base_lists(flat, sub))
			add_abi(a, sub);
		else if (base_lists(flat, sub))
			segen_buf_printf(&dropped, "%s%s", dropped.len ? "," : "",
					 sub->name);
	}
	if (dropped.len && !p->n_arches)
		gen_warn(
			report, WEIGHT_NOTE,
			"programs of other ABIs (%s) will be killed, because none was seen; to allow them: --arch %s,%s",
			dropped.s, native->name, dropped.s);
	segen_buf_done(&dropped);
}

static void warn_foreign(const struct gen_arches *a, const struct segen_trace *t,
			 struct gen_report *report)
{
	for (size_t i = 0; t && i < t->n_calls; i++)
		if (!in_list(a->abis, a->n_abis, t->calls[i]->arch))
			gen_warn(
				report, WEIGHT_BREAK,
				"calls of the ABI %s were seen, but the profile does not include it: such programs are killed",
				t->calls[i]->arch->name);
}

int gen_arches_init(struct gen_arches *a, const struct segen_trace *trace,
		    const struct profile *base, const struct gen_policy *policy,
		    struct gen_report *report, struct segen_error *err)
{
	*a = (struct gen_arches){};
	asked_natives(a, policy);
	if (!a->n_natives && trace)
		recorded_natives(a, trace);
	if (!a->n_natives)
		add_native(a, policy->target.arch);
	for (size_t i = 0; i < a->n_natives; i++) {
		struct target t = policy->target;
		_cleanup_(profile_done) struct profile flat = {};
		int r;

		t.arch = a->natives[i];
		r = resolve(base, &t, &flat, err);
		if (r < 0)
			return r;
		add_abi(a, a->natives[i]);
		add_subs(a, a->natives[i], &flat, trace, policy, report);
		a->unseen[i] = trace && !seen_any_of(trace, a->natives[i]);
	}
	warn_foreign(a, trace, report);
	return 0;
}

bool gen_arches_have(const struct gen_arches *a, const char *name)
{
	for (size_t i = 0; i < a->n_abis; i++)
		if (segen_syscall_nr(a->abis[i], name) >= 0)
			return true;
	return false;
}

bool gen_native_has(const struct gen_arches *a, size_t native, const char *name)
{
	for (size_t i = 0; i < a->n_abis; i++) {
		const struct segen_arch *abi = a->abis[i];

		if (abi != a->natives[native] && !is_sub(abi, a->natives[native]))
			continue;
		if (segen_syscall_nr(abi, name) >= 0)
			return true;
	}
	return false;
}

static void write_map(const struct gen_arches *a, struct profile *p)
{
	for (size_t i = 0; i < a->n_natives; i++) {
		struct profile_arch *to = profile_add_arch(p, a->natives[i]->oci);

		for (size_t k = 0; k < a->n_abis; k++)
			if (is_sub(a->abis[k], a->natives[i]))
				profile_string_add(&to->subs, &to->n_subs,
						   a->abis[k]->oci);
	}
}

void gen_arches_write(const struct gen_arches *a, struct profile *p)
{
	profile_clear_arches(p);
	if (a->n_natives > 1) {
		write_map(a, p);
		return;
	}
	for (size_t i = 0; i < a->n_abis; i++)
		profile_string_add(&p->architectures, &p->n_architectures,
				   a->abis[i]->oci);
}
