/* profile-read.c: reads a profile from JSON text. */
#include "profile/profile-io.h"

#include <segen/arch.h>
#include <segen/json.h>

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "profile/profile-notes.h"
#include "profile/profile-read-rule.h"

/* --- keys as Go's decoder takes them ---------------------------------------------- */

/*
 * The next character of @s, folded as Go's decoder folds keys: besides ASCII letters,
 * the long s (U+017F) is an s and the Kelvin sign (U+212A) is a k.  A profile could hide
 * a key from other readers so.
 */
static int next_folded(const char **s)
{
	static const struct {
		const char *utf8;
		char is;
	} folds[] = {{"\xc5\xbf", 's'}, {"\xe2\x84\xaa", 'k'}};

	for (size_t i = 0; i < ARRAY_SIZE(folds); i++) {
		size_t n = strlen(folds[i].utf8);

		if (strncmp(*s, folds[i].utf8, n) == 0) {
			*s += n;
			return folds[i].is;
		}
	}
	return **s ? tolower((unsigned char)*(*s)++) : 0;
}

static bool same_key(const char *a, const char *b)
{
	int x, y;

	do {
		x = next_folded(&a);
		y = next_folded(&b);
	} while (x && x == y);
	return x == y;
}

static bool take_key(const char *key, const char *field, void *ctx)
{
	_cleanup_free_ char *note = NULL;

	if (!same_key(key, field))
		return false;
	if (!ctx || strcmp(key, field) == 0)
		return true;
	note = xasprintf("key '%s' is read as '%s', as the engine does", key, field);
	segen_strset_add(ctx, note);
	return true;
}

/* --- the parts of a profile ------------------------------------------------------- */

/* A profile while it is read. */
struct reading_profile {
	struct profile p;
	struct profile_errno ret;
};

static int read_rules(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	struct segen_json_token element;
	int r = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);

	while (r >= 0 && (r = segen_json_element(j, &element, err)) > 0)
		r = profile_read_rule(j, &element, into, err);
	return r;
}

static int read_arch_map(struct segen_json *j, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"architecture", segen_json_text, offsetof(struct profile_arch, name),
		 SEGEN_JSON_OPTIONAL},
		{"subArchitectures", segen_json_list, offsetof(struct profile_arch, subs),
		 SEGEN_JSON_OPTIONAL},
		{NULL, NULL, offsetof(struct profile_arch, extra), SEGEN_JSON_OPTIONAL},
	};
	struct segen_json_token element;
	int r = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);

	while (r >= 0 && (r = segen_json_element(j, &element, err)) > 0)
		r = segen_json_fields(j, &element, fields, ARRAY_SIZE(fields),
				      profile_add_arch(into, ""), err);
	return r;
}

static int read_default(struct segen_json *j, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	enum segen_action *def = into;
	int r = profile_field_action(j, t, def, err);

	if (r >= 0 && *def == SEGEN_ACT_NOTIFY)
		return segen_json_fail_at(j, t->s, err,
					  "the runtime would say 'SCMP_ACT_NOTIFY cannot "
					  "be used as default action'");
	return r;
}

static int read_architectures(struct segen_json *j, const struct segen_json_token *t,
			      void *into, struct segen_error *err)
{
	struct profile *p = into;
	struct segen_json_token element;
	const char *name = NULL;
	int r = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);

	while (r >= 0 && (r = segen_json_element(j, &element, err)) > 0) {
		r = segen_json_string(j, &element, &name, err);
		if (r < 0)
			break;
		if (!profile_arch_known(name))
			return segen_json_fail_at(j, element.s, err,
						  "the runtime would say 'string %s is "
						  "not a valid arch for seccomp'",
						  name);
		profile_string_add(&p->architectures, &p->n_architectures, name);
	}
	return r;
}

static int read_flags(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	static const char prefix[] = "SECCOMP_FILTER_FLAG_";
	struct profile *p = into;
	struct segen_json_token element;
	const char *flag = NULL;
	int r = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);

	p->has_flags = true;
	while (r >= 0 && (r = segen_json_element(j, &element, err)) > 0) {
		r = segen_json_string(j, &element, &flag, err);
		if (r < 0)
			break;
		if (strncmp(flag, prefix, strlen(prefix)) != 0)
			return segen_json_fail_at(j, element.s, err,
						  "the runtime would say 'unknown "
						  "seccomp option %s'",
						  flag);
		profile_string_add(&p->flags, &p->n_flags, flag);
	}
	return r;
}

/* --- the whole -------------------------------------------------------------------- */

/* {} and null are profiles to the engine: it runs the container without any filter. */
static int empty_profile(const struct segen_json *j, struct segen_error *err)
{
	return segen_json_fail_at(
		j, j->scan.text, err,
		"empty profile: the engine would silently run the container unconfined; give 'defaultAction'");
}

static int check_profile(const struct segen_json *j, struct reading_profile *reading,
			 struct segen_error *err)
{
	struct profile *p = &reading->p;

	if (p->def == PROFILE_NO_ACTION && !p->n_rules)
		return empty_profile(j, err);
	if (p->def == PROFILE_NO_ACTION)
		return segen_json_fail_at(j, j->scan.text, err,
					  "defaultAction is missing; the runtime would "
					  "say 'string  is not a valid action for "
					  "seccomp'");
	if (p->n_architectures && p->n_arch_map)
		return segen_json_fail_at(j, j->scan.text, err,
					  "both 'architectures' and 'archMap' are "
					  "specified in the seccomp profile, use either "
					  "'architectures' or 'archMap'");
	p->def_err = reading->ret.err;
	return profile_errno_check(j, &reading->ret, p->def, err);
}

static int read_profile(struct segen_json *j, struct reading_profile *reading,
			struct segen_error *err)
{
#define TOP(member) offsetof(struct reading_profile, member)
	static const struct segen_json_field fields[] = {
		{"comment", segen_json_keep, TOP(p.comment), SEGEN_JSON_OPTIONAL},
		{"defaultAction", read_default, TOP(p.def), SEGEN_JSON_OPTIONAL},
		{"defaultErrnoRet", profile_field_errno, TOP(ret), SEGEN_JSON_OPTIONAL},
		{"defaultErrno", profile_field_errno_word, TOP(p.def_err_word),
		 SEGEN_JSON_OPTIONAL},
		{"architectures", read_architectures, TOP(p), SEGEN_JSON_OPTIONAL},
		{"archMap", read_arch_map, TOP(p), SEGEN_JSON_OPTIONAL},
		{"flags", read_flags, TOP(p), SEGEN_JSON_OPTIONAL},
		{"listenerPath", segen_json_text, TOP(p.listener_path),
		 SEGEN_JSON_OPTIONAL},
		{"listenerMetadata", segen_json_text, TOP(p.listener_metadata),
		 SEGEN_JSON_OPTIONAL},
		{"syscalls", read_rules, TOP(p), SEGEN_JSON_OPTIONAL},
		{NULL, NULL, TOP(p.extra), SEGEN_JSON_OPTIONAL},
	};
#undef TOP
	struct segen_json_token t;
	int r = segen_json_begin(j, &t, err);

	if (r >= 0 && t.kind != SEGEN_JSON_NULL)
		r = segen_json_fields(j, &t, fields, ARRAY_SIZE(fields), reading, err);
	if (r >= 0)
		r = segen_json_end(j, err);
	return r < 0 ? r : check_profile(j, reading, err);
}

static void reading_profile_done(struct reading_profile *r)
{
	profile_done(&r->p);
}

static bool has_text(const char *text, size_t len, const char *what)
{
	return memmem(text, len, what, strlen(what)) != NULL;
}

/* What is not a profile, but has one in it: where that is.  NULL: something else. */
static const char *profile_within(const char *text, size_t len)
{
	const size_t skip = strspn(text, " \t\r\n");
	const char first = text[skip];

	if (first == '{' && has_text(text, len, "\"ociVersion\""))
		return "this is a runtime's config.json; its profile is .linux.seccomp "
		       "(jq .linux.seccomp)";
	if (first == '[' && has_text(text, len, "\"HostConfig\""))
		return "this is what docker inspect prints; the profile is in "
		       ".[].HostConfig.SecurityOpt (jq -r '.[].HostConfig.SecurityOpt[] | "
		       "select(startswith(\"seccomp=\"))[8:]')";
	if (has_text(text, len, "SeccompProfile") && has_text(text, len, "apiVersion"))
		return "this is a SeccompProfile of Kubernetes; its profile is .spec, which "
		       "has to be JSON (yq -o json .spec)";
	return NULL;
}

int profile_parse(const char *text, size_t len, const char *name, struct profile *ret,
		  struct segen_strset *notes, struct segen_error *err)
{
	_cleanup_(reading_profile_done) struct reading_profile reading = {
		.p = {.def = PROFILE_NO_ACTION, .def_err = PROFILE_NO_ERRNO},
		.ret = {.err = PROFILE_NO_ERRNO},
	};
	_cleanup_(segen_json_done) struct segen_json j = {};
	int r;

	segen_json_init(&j, text, len, name);
	j.take_key = take_key;
	j.ctx = notes;
	r = read_profile(&j, &reading, err);
	if (r < 0) {
		const char *within = profile_within(text, len);

		return within ? segen_fail(err, r, "%s: %s", name, within) : r;
	}
	if (notes)
		profile_notes(&reading.p, notes);
	*ret = reading.p;
	reading.p = (struct profile){};
	return 0;
}

int profile_read(const char *path, struct profile *ret, struct segen_strset *notes,
		 struct segen_error *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	r = segen_file_read(path, &text, &len, err);
	return r < 0 ? r : profile_parse(text, len, name, ret, notes, err);
}
