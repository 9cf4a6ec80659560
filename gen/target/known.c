/* known.c: traces and profiles as one set of known calls. */
#include "target/known.h"

#include <segen/json.h>
#include <segen/syscall.h>
#include <segen/tracefile.h>

#include <string.h>

#include "profile/profile-io.h"
#include "target/resolve.h"

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
			const struct target *target, struct segen_trace *known,
			struct segen_error *err)
{
	_cleanup_(profile_done) struct profile p = {}, flat = {};
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
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
	return 0;
}

int known_read(const char *path, const struct target *target, struct segen_trace *known,
	       struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = segen_file_read(path, &text, &len, err);

	if (r < 0)
		return r;
	if (segen_tracefile_is(text, len))
		return segen_tracefile_parse(text, len, path, known, err);
	return from_profile(text, len, path, target, known, err);
}

static bool seen_in(const struct segen_call *c, size_t run)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].run == run)
			return true;
	return false;
}

void known_new_calls(const struct segen_trace *t, size_t run,
		     const struct segen_trace *known, struct segen_strset *ret)
{
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct segen_call *c = t->calls[i];
		_cleanup_free_ char *name = NULL, *text = NULL;

		if (!seen_in(c, run) || segen_trace_find(known, c->arch, c->nr))
			continue;
		name = segen_syscall_name(c->arch, c->nr);
		if (!name)
			name = xasprintf("#%lld", (long long)c->nr);
		text = c->arch == segen_arch_native()
			       ? xstrdup(name)
			       : xasprintf("%s %s", c->arch->name, name);
		segen_strset_add(ret, text);
	}
}
