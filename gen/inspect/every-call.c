/* every-call.c: each call of an architecture, with why it is let in or not. */
#include "inspect/every-call.h"

#include <segen/syscall.h>

void every_call_done(struct every_call *e)
{
	for (size_t i = 0; i < e->n; i++)
		why_done(&e->v[i]);
	free(e->v);
	segen_strset_done(&e->names);
	view_done(&e->view);
	*e = (struct every_call){};
}

static void add_arch(struct segen_strset *names, const struct segen_arch *arch)
{
	for (int nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		_cleanup_free_ char *name = segen_syscall_name(arch, nr);

		if (name && !call_is_gone(name))
			segen_strset_add(names, name);
	}
}

int every_call_init(struct every_call *ret, const char *path,
		    const struct profile *profile, const struct profile *docker,
		    const struct segen_trace *trace, const struct target *target,
		    struct segen_error *err)
{
	_cleanup_(view_done) struct view base = {};
	struct why_profile_in p = {.path = path};
	struct why_input in = {
		.profiles = &p,
		.n_profiles = 1,
		.trace = trace,
		.target = target,
		.docker = &base,
	};
	int r = view_init(&base, docker, target, err);

	*ret = (struct every_call){};
	if (r == 0)
		r = view_init(&p.view, profile, target, err);
	if (r < 0)
		return r;
	why_names(&(struct why_input){.trace = trace}, &ret->names);
	add_arch(&ret->names, target->arch);
	ret->v = xcalloc(ret->names.n + 1, sizeof(*ret->v));
	for (size_t i = 0; r == 0 && i < ret->names.n; i++) {
		r = why_init(&ret->v[i], ret->names.v[i], &in, err);
		ret->n += r == 0;
	}
	ret->view = p.view;
	if (r < 0)
		every_call_done(ret);
	return r;
}
