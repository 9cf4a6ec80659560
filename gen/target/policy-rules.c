/* policy-rules.c: resolve twice, the second time on demand. */
#include "target/policy-rules.h"

#include "target/resolve.h"

int observe_init(struct observe *o, const struct profile *base,
		 const struct target *target, struct segen_error *err)
{
	int r;

	*o = (struct observe){.here = *target};
	o->here.arch = segen_arch_native();
	r = resolve(base, &o->here, &o->flat, err);
	return r < 0 ? r : resolve_rules_native(&o->flat, &o->here, &o->native, err);
}

const struct segen_rules *observe_all(void *ctx)
{
	struct observe *o = ctx;

	/* What can be refused was refused for the native ABI. */
	if (!o->all.n_abis)
		resolve_rules(&o->flat, &o->here, true, &o->all, NULL);
	return &o->all;
}

void observe_done(struct observe *o)
{
	profile_done(&o->flat);
	segen_rules_done(&o->native);
	segen_rules_done(&o->all);
}
