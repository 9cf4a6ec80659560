/* export.c: formats by name, and the losses that they all share. */
#include "target/export.h"
#include "profile/profile-io.h"
#include "target/resolve.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* Losses named in a message; the others are counted. */
#define LOSSES_SHOWN 6

static const char *const format_words[] = {
	[EXPORT_DOCKER] = "docker",
	[EXPORT_OCI] = "oci",
	[EXPORT_K8S] = "k8s",
	[EXPORT_SYSTEMD] = "systemd",
};

void export_loss(struct segen_strset *losses, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) >= 0)
		segen_strset_add(losses, s);
	va_end(ap);
}

static int refuse_losses(const struct export_request *rq,
			 const struct segen_strset *losses, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf list = {};

	if (!losses->n || rq->approximate)
		return 0;
	for (size_t i = 0; i < MIN(losses->n, LOSSES_SHOWN); i++)
		segen_buf_printf(&list, "%s%s", i ? "; " : "", losses->v[i]);
	if (losses->n > LOSSES_SHOWN)
		segen_buf_printf(&list, "; and %zu more", losses->n - LOSSES_SHOWN);
	return segen_fail(
		err, -ENOTSUP,
		"%s cannot express: %s (--approximate leaves it out and allows less, never more)",
		format_words[rq->format], list.s);
}

int export_profile(const struct profile *p, const struct export_request *rq,
		   struct segen_buf *out, struct segen_error *err)
{
	const enum profile_style style = rq->compact ? PROFILE_COMPACT : PROFILE_PRETTY;
	_cleanup_(segen_strset_done) struct segen_strset losses = {};
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_(profile_done) struct profile flat = {};
	int r;

	if (rq->format == EXPORT_DOCKER) {
		profile_format(p, style, out);
		return 0;
	}
	r = (rq->format == EXPORT_OCI ? resolve : resolve_commented)(p, &rq->target,
								     &flat, err);
	if (r < 0)
		return r;
	if (rq->format == EXPORT_OCI)
		profile_format(&flat, style, &text);
	else if (rq->format == EXPORT_K8S)
		export_k8s(&flat, rq, &text, &losses);
	else
		r = export_systemd(&flat, rq, &text, &losses, err);
	if (r < 0)
		return r;
	r = refuse_losses(rq, &losses, err);
	if (r < 0)
		return r;
	segen_buf_puts(out, text.s);
	return 0;
}
