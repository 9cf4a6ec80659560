/*
 * export.h: a profile in the words of another consumer.
 *
 * Pure.  Formats without gates get the profile resolved for a target.  What a format
 * cannot say is a loss: refused, or with @approximate left out such that less is let in,
 * never more.
 */
#pragma once

#include "profile/profile.h"
#include "target/target.h"

/* In the order of --format. */
enum export_format {
	EXPORT_OCI,	/* linux.seccomp of a runtime's config.json */
	EXPORT_K8S,	/* SeccompProfile of the Security Profiles Operator */
	EXPORT_SYSTEMD, /* a drop-in for a service */
	EXPORT_DOCKER,	/* as it is, in the order and spelling of Docker's own file */
};

struct export_request {
	enum export_format format;
	struct target target;
	const char *name; /* of the object in k8s, of the service */
	bool k8s_beta;	  /* v1beta1 in the place of v1 */
	bool approximate;
	bool compact;
};

int export_profile(const struct profile *p, const struct export_request *rq,
		   struct segen_buf *out, struct segen_error *err);

/*
 * What the request's name becomes in k8s (an object) and systemd (a unit), which do not
 * take every character; the caller's.
 */
char *export_k8s_name(const char *name);
char *export_systemd_name(const char *name);

/*
 * The writers of one format each; they add what they cannot say to @losses.
 * export_systemd(): -ENODATA when nothing is let in, which systemd would take for no
 * filter at all.
 */
void export_k8s(const struct profile *flat, const struct export_request *rq,
		struct segen_buf *out, struct segen_strset *losses);
int export_systemd(const struct profile *flat, const struct export_request *rq,
		   struct segen_buf *out, struct segen_strset *losses,
		   struct segen_error *err);

/* Add a loss. */
void export_loss(struct segen_strset *losses, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
