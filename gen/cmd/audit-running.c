/* audit-running.c: the filters that a process or a container is under. */
#include "cmd/audit-running.h"

#include <segen/util.h>

#include <errno.h>

static struct reply running_reply(const void *ctx, const struct segen_arch *arch, int nr)
{
	struct segen_filters_reply r = segen_filters_reply(ctx, arch, nr);

	return (struct reply){
		.lets = r.lets == SEGEN_LETS_ALL    ? LETS_ALL
			: r.lets == SEGEN_LETS_SOME ? LETS_SOME
						    : LETS_NONE,
		.verdict = r.refusal,
	};
}

static char *words_of(const struct running *r)
{
	const struct attach_target *t = &r->target;

	return xasprintf("%s%s%sprocess %d: %zu filter%s",
			 t->container ? "container " : "", t->name, ", ", t->first.pid,
			 r->filters.n, r->filters.n == 1 ? "" : "s");
}

int running_read(pid_t pid, const char *name, struct running *ret,
		 struct segen_error *err)
{
	int r;

	*ret = (struct running){};
	r = attach_target_find(&pid, name ? 0 : 1, name, &ret->target, err);
	if (r == 0)
		r = segen_filters_read(ret->target.first.pid, &ret->filters, err);
	if (r == 0 && ret->target.first.filtered && !ret->filters.n)
		r = segen_fail(
			err, -ENOTSUP,
			"process %d has a filter that this kernel does not reveal (CONFIG_CHECKPOINT_RESTORE)",
			ret->target.first.pid);
	if (r < 0)
		return r;
	ret->answering = (struct answering){running_reply, &ret->filters};
	ret->words = words_of(ret);
	return 0;
}

void running_done(struct running *r)
{
	attach_target_done(&r->target);
	segen_filters_done(&r->filters);
	free(r->words);
	*r = (struct running){};
}
