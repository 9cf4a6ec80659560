/*
 * profile-read-rule.h: the part of reading a profile that is one rule (private to
 * profile-read.c).
 */
#pragma once

#include "profile/json-struct.h"
#include "profile/profile.h"

/* No such word was read. */
#define PROFILE_NO_ACTION ((enum segen_action) - 1)

/* Readers of members: enum segen_action, int (errno), char * (podman's errno word). */
int field_action(const struct segen_json *at, void *obj, const struct field *f,
		 struct segen_strset *notes, struct segen_error *err);
int field_errno(const struct segen_json *at, void *obj, const struct field *f,
		struct segen_strset *notes, struct segen_error *err);
int field_errno_word(const struct segen_json *at, void *obj, const struct field *f,
		     struct segen_strset *notes, struct segen_error *err);

/* Append the rule at @at to @p. */
int profile_read_rule(const struct segen_json *at, struct profile *p,
		      struct segen_strset *notes, struct segen_error *err);
