/*
 * export-systemd-args.h: the conditions on arguments that systemd has settings for
 * (private to export-systemd.c).
 */
#pragma once

#include "profile/profile.h"
#include "target/target.h"

struct systemd_args {
	const struct target *target;
	struct segen_buf families; /* RestrictAddressFamilies= */
	bool has_families;
	bool namespaces;  /* RestrictNamespaces=yes */
	bool personality; /* LockPersonality=yes */
};

void systemd_args_init(struct systemd_args *a, const struct profile *flat,
		       const struct target *t);
void systemd_args_done(struct systemd_args *a);

/*
 * Take the conditions that @flat puts on @name.  True: the call belongs into the allow
 * list, a setting does the rest; false: a loss was added.
 */
bool systemd_args_add(struct systemd_args *a, const struct profile *flat,
		      const char *name, struct segen_strset *losses);

/* Add a loss when a setting refuses @name although the profile lets it in. */
void systemd_args_narrow(const struct systemd_args *a, const char *name,
			 struct segen_strset *losses);

/* Write the settings. */
void systemd_args_put(const struct systemd_args *a, struct segen_buf *out);
