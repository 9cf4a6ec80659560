/*
 * profile-io.h: profiles as JSON text.
 *
 * Reading refuses whatever the engine would refuse, with the JSON path and the engine's
 * own reason, and what it would misread silently (duplicate keys, null rules, `{}`).
 */
#pragma once

#include "profile/profile.h"

/* @path may be "-".  Warnings (dialect, no-op rules) are added to @notes if given. */
int profile_read(const char *path, struct profile *ret, struct segen_strset *notes,
		 struct segen_error *err);
int profile_parse(const char *text, size_t len, const char *name, struct profile *ret,
		  struct segen_strset *notes, struct segen_error *err);

enum profile_style {
	PROFILE_PRETTY,	 /* tabs, one name a line, as Docker publishes it */
	PROFILE_COMPACT, /* no white space */
};
void profile_format(const struct profile *p, enum profile_style style,
		    struct segen_buf *out);
int profile_write(const char *path, const struct profile *p, enum profile_style style,
		  struct segen_error *err);
