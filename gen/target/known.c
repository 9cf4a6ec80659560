/* known.c: traces and profiles as one set of known calls. */
#include "target/known.h"

#include "profile/profile-io.h"
#include "target/resolve.h"

#include <segen/json.h>
#include <segen/syscall.h>
#include <segen/tracefile.h>

#include <inttypes.h>
#include <string.h>

static void add_rules(const struct segen_rules *rules, struct segen_trace *known,
		      size_t run)
{
	for (size_t i = 0; i < rules->n_abis; i++) {
		const struct segen_abi_rules *a = &rules->abis[i];

		for (size_t k = 0; k < a->n; k++) {
			struct segen_call *c;

			if (a->rules[k].n_conds ||
			    !segen_verdict_lets(a->rules[k].verdict))
				continue;
			c = segen_trace_call(known, a->arch, a->rules[k].nr, NULL);
			segen_call_seen(c, run)->at_least = true;
		}
	}
}

static int from_profile(const char *text, size_t len, const char *path,
			const struct target *target, struct known *k,
			struct segen_error *err)
{
	_cleanup_(profile_done) struct profile p = {}, flat = {};
	struct segen_trace *known = &k->trace;
	struct segen_rules rules = {};
	int r = profile_parse(text, len, path, &p, NULL, err);
	size_t run;

	if (r == 0)
		r = resolve(&p, target, &flat, err);
	if (r == 0)
		r = resolve_rules(&flat, target, false, &rules, err);
	if (r < 0)
		return r;
	run = segen_trace_add_run(known, (char *[]){(char *)path, NULL});
	known->runs[run]->mode = SEGEN_MODE_KNOWN;
	known->runs[run]->observe = SEGEN_OBSERVE_PROFILE;
	add_rules(&rules, known, run);
	GROW(k->rules, k->n_rules, k->cap_rules);
	k->rules[k->n_rules++] = rules;
	return 0;
}

int known_read(const char *path, const struct target *target, struct known *k,
	       struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = segen_file_read(path, &text, &len, err);

	if (r < 0)
		return r;
	if (segen_tracefile_is(text, len))
		return segen_tracefile_parse(text, len, path, &k->trace, err);
	return from_profile(text, len, path, target, k, err);
}

void known_done(struct known *k)
{
	for (size_t i = 0; i < k->n_rules; i++)
		segen_rules_done(&k->rules[i]);
	free(k->rules);
	segen_trace_done(&k->trace);
	*k = (struct known){};
}

/* Of other arguments than the base's the values are no longer read once one is known. */
static bool is_forgotten(const struct segen_arch *arch, const struct segen_rule *rule)
{
	_cleanup_free_ char *name = segen_syscall_name(arch, rule->nr);
	size_t n;
	const struct segen_arg_fact *facts = segen_arg_facts(&n);

	for (size_t i = 0; name && rule->n_conds && i < n; i++)
		if (!facts[i].base && strcmp(facts[i].name, name) == 0)
			return true;
	return false;
}

bool known_needs_args(const struct known *k)
{
	for (size_t i = 0; i < k->n_rules; i++)
		for (size_t a = 0; a < k->rules[i].n_abis; a++) {
			const struct segen_abi_rules *abi = &k->rules[i].abis[a];

			for (size_t n = 0; n < abi->n; n++)
				if (is_forgotten(abi->arch, &abi->rules[n]))
					return true;
		}
	return false;
}

/* --- what is new ------------------------------------------------------------------ */

static const struct segen_observation *seen_in(const struct segen_call *c, size_t run)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].run == run)
			return &c->seen[i];
	return NULL;
}

/* The only answer that the call got in this run, if it failed each time; else 0. */
static int only_error(const struct segen_observation *seen)
{
	return seen->n_outcomes == 1 ? seen->outcomes[0].err : 0;
}

static bool is_answer(struct segen_verdict v, int err)
{
	return segen_verdict_lets(v) ||
	       (err && v.action == SEGEN_ACT_ERRNO && v.err == err);
}

/* Whether each value of each argument gets an answer that was seen. */
static bool rules_know(const struct segen_rules *r, const struct segen_call *c, int err)
{
	for (size_t i = 0; i < c->n_values; i++) {
		const struct segen_values *v = &c->values[i];
		uint64_t args[6];

		memcpy(args, c->first.args, sizeof(args));
		for (unsigned n = 0; n < v->n; n++) {
			args[v->index] = v->v[n];
			if (!is_answer(segen_rules_eval(r, c->arch, c->nr, args), err))
				return false;
		}
	}
	return is_answer(segen_rules_eval(r, c->arch, c->nr, c->first.args), err);
}

static bool has_rule(const struct segen_rules *r, const struct segen_call *c)
{
	for (size_t a = 0; a < r->n_abis; a++)
		for (size_t i = 0; r->abis[a].arch == c->arch && i < r->abis[a].n; i++)
			if (r->abis[a].rules[i].nr == c->nr)
				return true;
	return false;
}

static bool is_known(const struct known *k, const struct segen_call *c, int err)
{
	if (segen_trace_find(&k->trace, c->arch, c->nr))
		return true;
	for (size_t i = 0; i < k->n_rules; i++)
		if (has_rule(&k->rules[i], c) && rules_know(&k->rules[i], c, err))
			return true;
	return false;
}

static void add_name(struct segen_buf *out, const struct segen_call *c)
{
	_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);

	if (c->arch != segen_arch_native())
		segen_buf_printf(out, "%s ", c->arch->name);
	if (name)
		segen_buf_puts(out, name);
	else
		segen_buf_printf(out, "#%" PRId64, c->nr);
}

static void add_frame(struct segen_buf *out, const struct segen_frame *f)
{
	const char *slash = f->module ? strrchr(f->module, '/') : NULL;
	const char *module = slash ? slash + 1 : f->module;

	segen_buf_printf(out, "%s+0x%" PRIx64, f->symbol ? f->symbol : "", f->offset);
	if (module)
		segen_buf_printf(out, " (%s)", module);
}

/* Who made the call first, how, and from where. */
static void add_first(struct segen_buf *out, const struct segen_trace *t,
		      const struct segen_first *f)
{
	if (f->program < t->n_programs)
		segen_buf_printf(out, " by '%s'", t->programs[f->program]);
	segen_buf_puts(out, ", arguments");
	for (size_t i = 0; i < ARRAY_SIZE(f->args); i++)
		segen_buf_printf(out, " 0x%" PRIx64, f->args[i]);
	for (size_t i = 0; i < f->n_frames; i++) {
		segen_buf_puts(out, i ? " < " : ", from ");
		add_frame(out, &f->frames[i]);
	}
}

void known_new_calls(const struct segen_trace *t, size_t run, const struct known *k,
		     struct segen_strset *ret)
{
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct segen_call *c = t->calls[i];
		const struct segen_observation *seen = seen_in(c, run);
		_cleanup_(segen_buf_done) struct segen_buf text = {};

		if (!seen || is_known(k, c, only_error(seen)))
			continue;
		add_name(&text, c);
		add_first(&text, t, &c->first);
		segen_strset_add(ret, text.s);
	}
}
