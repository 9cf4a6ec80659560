/*
 * profile-read-rule.h: what the parts of reading a profile share (private to
 * profile-read*.c).
 */
#pragma once

#include "profile/profile.h"

#include <segen/json.h>

/* No such word was read. */
#define PROFILE_NO_ACTION ((enum segen_action) - 1)

/* Readers of fields: enum segen_action, char * (podman's errno word). */
int profile_field_action(struct segen_json *j, const struct segen_json_token *t,
			 void *into, struct segen_error *err);
int profile_field_errno_word(struct segen_json *j, const struct segen_json_token *t,
			     void *into, struct segen_error *err);

/* An errnoRet that was read, and where: whether it fits is known when all is read. */
struct profile_errno {
	int err; /* or PROFILE_NO_ERRNO */
	const char *at;
};
int profile_field_errno(struct segen_json *j, const struct segen_json_token *t,
			void *into, struct segen_error *err); /* struct profile_errno */
int profile_errno_check(const struct segen_json *j, const struct profile_errno *e,
			enum segen_action action, struct segen_error *err);

/* Append the rule that begins with @t to @p. */
int profile_read_rule(struct segen_json *j, const struct segen_json_token *t,
		      struct profile *p, struct segen_error *err);
