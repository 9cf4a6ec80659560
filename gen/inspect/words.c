/* words.c: rules, gates, conditions and answers as words for people. */
#include "inspect/words.h"

#include <segen/syscall.h>

#include <string.h>

static void words_errno(struct segen_buf *out, int err)
{
	const char *name = segen_errno_name(err);

	if (name)
		segen_buf_puts(out, name);
	else
		segen_buf_printf(out, "errno %d", err);
}

void words_verdict(struct segen_buf *out, struct segen_verdict v)
{
	switch (v.action) {
	case SEGEN_ACT_ALLOW: segen_buf_puts(out, "allowed"); return;
	case SEGEN_ACT_LOG: segen_buf_puts(out, "allowed and logged"); return;
	case SEGEN_ACT_TRACE: segen_buf_puts(out, "left to a tracer (ENOSYS)"); return;
	case SEGEN_ACT_NOTIFY: segen_buf_puts(out, "left to an agent"); return;
	case SEGEN_ACT_TRAP: segen_buf_puts(out, "SIGSYS"); return;
	case SEGEN_ACT_KILL_THREAD: segen_buf_puts(out, "kills the thread"); return;
	case SEGEN_ACT_KILL_PROCESS: segen_buf_puts(out, "kills the process"); return;
	case SEGEN_ACT_ERRNO: break;
	}
	if (v.err == 0) {
		segen_buf_puts(out, "skipped, pretending success");
		return;
	}
	segen_buf_puts(out, "refused (");
	words_errno(out, v.err);
	segen_buf_puts(out, ")");
}

static void comma(struct segen_buf *out, size_t start)
{
	if (out->len > start)
		segen_buf_puts(out, ", ");
}

static void list(struct segen_buf *out, char *const *v, size_t n, const char *last)
{
	for (size_t i = 0; i < n; i++)
		segen_buf_printf(out, "%s%s", !i ? "" : i + 1 == n ? last : ", ", v[i]);
}

void words_gates(struct segen_buf *out, const struct gate *in, const struct gate *ex)
{
	size_t start = out->len;

	if (in->n_caps) {
		segen_buf_puts(out, "with ");
		list(out, in->caps, in->n_caps, " and ");
	}
	if (ex->n_caps) {
		comma(out, start);
		segen_buf_puts(out, "without ");
		list(out, ex->caps, ex->n_caps, " and ");
	}
	if (in->n_arches) {
		comma(out, start);
		segen_buf_puts(out, "on ");
		list(out, in->arches, in->n_arches, " or ");
	}
	if (ex->n_arches) {
		comma(out, start);
		segen_buf_puts(out, "not on ");
		list(out, ex->arches, ex->n_arches, " or ");
	}
	if (in->min_kernel) {
		comma(out, start);
		segen_buf_printf(out, "from kernel %s on", in->min_kernel);
	}
	if (ex->min_kernel) {
		comma(out, start);
		segen_buf_printf(out, "before kernel %s", ex->min_kernel);
	}
}

void words_arg(struct segen_buf *out, const char *call, unsigned index)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++) {
		if (f[i].index == index && !strcmp(f[i].name, call)) {
			segen_buf_puts(out, f[i].what);
			return;
		}
	}
	segen_buf_printf(out, "argument %u", index);
}
