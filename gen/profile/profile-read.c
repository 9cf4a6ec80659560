/* profile-read.c: JSON text into a profile. */
#include "profile/profile-io.h"

#include <segen/arch.h>

#include <errno.h>
#include <json-c/json.h>
#include <stddef.h>
#include <string.h>

#include "profile/profile-notes.h"
#include "profile/profile-read-rule.h"

static int read_rules(const struct segen_json *at, void *obj,
		      const struct field *f _unused_, struct segen_strset *notes,
		      struct segen_error *err)
{
	size_t n;
	int r;

	r = segen_json_as_array(at, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct segen_json element = segen_json_element(at, i);

		r = profile_read_rule(&element, obj, notes, err);
	}
	return r;
}

static int read_arch(const struct segen_json *at, struct profile_arch *a,
		     struct segen_strset *notes, struct segen_error *err)
{
	static const struct field fields[] = {
		{"architecture", field_string, offsetof(struct profile_arch, name), 0},
		{"subArchitectures", field_strings, offsetof(struct profile_arch, subs),
		 offsetof(struct profile_arch, n_subs)},
	};
	int r;

	free(TAKE_PTR(a->name));
	r = fields_read(at, fields, ARRAY_SIZE(fields), a, &a->extra, notes, err);
	if (r >= 0 && !a->name)
		a->name = xstrdup("");
	return r;
}

static int read_arch_map(const struct segen_json *at, void *obj,
			 const struct field *f _unused_, struct segen_strset *notes,
			 struct segen_error *err)
{
	struct profile *p = obj;
	size_t n;
	int r;

	r = segen_json_as_array(at, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct segen_json element = segen_json_element(at, i);

		r = read_arch(&element, profile_add_arch(p, ""), notes, err);
	}
	return r;
}

static int read_flags(const struct segen_json *at, void *obj, const struct field *f,
		      struct segen_strset *notes, struct segen_error *err)
{
	((struct profile *)obj)->has_flags = true;
	return field_strings(at, obj, f, notes, err);
}

/* {} and null are profiles to the engine: it runs the container without any filter. */
static int check_default(const struct segen_json *at, const struct profile *p,
			 struct segen_error *err)
{
	const struct segen_json def_errno = fields_at(at, "defaultErrnoRet");

	if (p->def != PROFILE_NO_ACTION && !profile_errno_fits(p->def, p->def_err))
		return segen_json_fail(&def_errno, err,
				       "errno %d is above %d, which the "
				       "runtime refuses",
				       p->def_err, PROFILE_MAX_ERRNO);
	if (p->def != PROFILE_NO_ACTION)
		return 0;
	if (!p->n_rules)
		return segen_json_fail(
			at, err,
			"empty profile: the engine would run the container "
			"unconfined without a word; give 'defaultAction'");
	return segen_json_fail(at, err,
			       "defaultAction is missing; the runtime would say 'string  "
			       "is not a valid action for seccomp'");
}

static int check_arches(const struct segen_json *at, const struct profile *p,
			struct segen_error *err)
{
	const struct segen_json list = fields_at(at, "architectures");

	if (p->n_architectures && p->n_arch_map)
		return segen_json_fail(at, err,
				       "both 'architectures' and 'archMap' are specified "
				       "in the seccomp profile, use either "
				       "'architectures' or 'archMap'");
	for (size_t i = 0; i < p->n_architectures; i++) {
		const struct segen_json element = {.up = &list, .index = i};

		if (!profile_arch_known(p->architectures[i]))
			return segen_json_fail(&element, err,
					       "the runtime would say 'string %s is not "
					       "a valid arch for seccomp'",
					       p->architectures[i]);
	}
	return 0;
}

static int check_listener(const struct segen_json *at, const struct profile *p,
			  struct segen_error *err)
{
	const struct segen_json def = fields_at(at, "defaultAction");
	const struct segen_json list = fields_at(at, "flags");

	if (p->def == SEGEN_ACT_NOTIFY)
		return segen_json_fail(&def, err,
				       "the runtime would say "
				       "'SCMP_ACT_NOTIFY cannot be used as default "
				       "action'");
	for (size_t i = 0; i < p->n_flags; i++) {
		const struct segen_json element = {.up = &list, .index = i};

		if (strncmp(p->flags[i], "SECCOMP_FILTER_FLAG_", 20) != 0)
			return segen_json_fail(&element, err,
					       "the runtime would say 'unknown seccomp "
					       "option %s'",
					       p->flags[i]);
	}
	return 0;
}

static int read_top(const struct segen_json *at, struct profile *p,
		    struct segen_strset *notes, struct segen_error *err)
{
#define TOP(member) offsetof(struct profile, member)
	static const struct field fields[] = {
		{"defaultAction", field_action, TOP(def), 0},
		{"defaultErrnoRet", field_errno, TOP(def_err), 0},
		{"defaultErrno", field_errno_word, TOP(def_err_word), 0},
		{"architectures", field_strings, TOP(architectures),
		 TOP(n_architectures)},
		{"archMap", read_arch_map, 0, 0},
		{"flags", read_flags, TOP(flags), TOP(n_flags)},
		{"listenerPath", field_string, TOP(listener_path), 0},
		{"listenerMetadata", field_string, TOP(listener_metadata), 0},
		{"syscalls", read_rules, 0, 0},
	};
#undef TOP
	int r;

	r = fields_read(at, fields, ARRAY_SIZE(fields), p, &p->extra, notes, err);
	if (r >= 0)
		r = check_default(at, p, err);
	if (r >= 0)
		r = check_arches(at, p, err);
	return r < 0 ? r : check_listener(at, p, err);
}

static void put_json(struct json_object **j)
{
	json_object_put(*j);
}

int profile_parse(const char *text, size_t len, const char *name, struct profile *ret,
		  struct segen_strset *notes, struct segen_error *err)
{
	_cleanup_(profile_done) struct profile p = {
		.def = PROFILE_NO_ACTION,
		.def_err = PROFILE_NO_ERRNO,
	};
	_cleanup_(put_json) struct json_object *doc = NULL;
	struct segen_json root;
	int r;

	r = segen_json_parse(text, len, name, &doc, err);
	if (r < 0)
		return r;
	root = (struct segen_json){.v = doc, .name = name};
	r = read_top(&root, &p, notes, err);
	if (r < 0)
		return r;
	if (notes)
		profile_notes(&p, notes);
	*ret = p;
	p = (struct profile){};
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
