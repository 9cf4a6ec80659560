/* profile-read-rule.c: one rule of a profile from JSON. */
#include "profile/profile-read-rule.h"

#include <errno.h>
#include <json-c/json.h>
#include <stddef.h>
#include <string.h>

/* What is being read: a missing key is not a zero. */
struct reading_cond {
	uint64_t index, value, value_two;
	char *op;
};

struct reading_rule {
	struct profile_rule r;
	char *name;
};

static void reading_cond_done(struct reading_cond *c)
{
	free(c->op);
}

static void reading_rule_done(struct reading_rule *r)
{
	profile_rule_done(&r->r);
	free(r->name);
}

int field_action(const struct segen_json *at, void *obj, const struct field *f,
		 struct segen_strset *notes _unused_, struct segen_error *err)
{
	const char *word;
	int r;

	r = segen_json_as_string(at, &word, err);
	if (r < 0)
		return r;
	r = profile_action_by_name(word);
	if (r < 0)
		return segen_json_fail(at, err,
				       "unknown action; the runtime would say 'string %s "
				       "is not a valid action for seccomp'",
				       word);
	*(enum segen_action *)((char *)obj + f->offset) = (enum segen_action)r;
	return 0;
}

int field_errno(const struct segen_json *at, void *obj, const struct field *f,
		struct segen_strset *notes _unused_, struct segen_error *err)
{
	uint64_t n;
	int r;

	r = segen_json_as_u64(at, &n, err);
	if (r < 0)
		return r;
	if (n > PROFILE_MAX_TRACE)
		return segen_json_fail(
			at, err, "errno %llu is above %d, which the runtime refuses",
			(unsigned long long)n, PROFILE_MAX_ERRNO);
	*(int *)((char *)obj + f->offset) = (int)n;
	return 0;
}

int field_errno_word(const struct segen_json *at, void *obj, const struct field *f,
		     struct segen_strset *notes _unused_, struct segen_error *err)
{
	const char *word;
	int r;

	r = segen_json_as_string(at, &word, err);
	if (r < 0 || !*word)
		return r;
	if (profile_errno_by_word(word) < 0)
		return segen_json_fail(at, err, "podman would say 'unknown errno %s'",
				       word);
	*(char **)((char *)obj + f->offset) = xstrdup(word);
	return 0;
}

static int read_min_kernel(const struct segen_json *at, void *obj,
			   const struct field *f _unused_,
			   struct segen_strset *notes _unused_, struct segen_error *err)
{
	struct gate *g = obj;
	unsigned major, minor;
	const char *s;
	int r;

	r = segen_json_as_string(at, &s, err);
	if (r < 0)
		return r;
	if (profile_kernel_parse(s, &major, &minor) < 0)
		return segen_json_fail(at, err,
				       "invalid kernel version: \"%s\", expected "
				       "\"<kernel>.<major>\"",
				       s);
	g->min_kernel = xstrdup(s);
	return 0;
}

static int read_gate(const struct segen_json *at, void *obj, const struct field *f,
		     struct segen_strset *notes, struct segen_error *err)
{
	static const struct field fields[] = {
		{"caps", field_strings, offsetof(struct gate, caps),
		 offsetof(struct gate, n_caps)},
		{"arches", field_strings, offsetof(struct gate, arches),
		 offsetof(struct gate, n_arches)},
		{"minKernel", read_min_kernel, 0, 0},
	};
	struct gate *g = (struct gate *)((char *)obj + f->offset);

	return fields_read(at, fields, ARRAY_SIZE(fields), g, &g->extra, notes, err);
}

static int check_cond(const struct segen_json *at, const struct reading_cond *c,
		      struct segen_cond *ret, struct segen_error *err)
{
	const struct segen_json at_op = fields_at(at, "op");
	const struct segen_json at_index = fields_at(at, "index");
	int op = profile_cmp_by_name(c->op ? c->op : "");

	if (op < 0)
		return segen_json_fail(&at_op, err,
				       "unknown; the runtime would say 'string %s is "
				       "not a valid operator for seccomp'",
				       c->op ? c->op : "");
	if (c->index > 5)
		return segen_json_fail(&at_index, err,
				       "the runtime would say 'syscalls only have "
				       "up to 6 arguments (%llu given)'",
				       (unsigned long long)c->index);
	*ret = (struct segen_cond){
		.index = (unsigned)c->index,
		.op = (enum segen_cmp)op,
		.value = c->value,
		.value_two = c->value_two,
	};
	return 0;
}

/* Unknown keys of args live in one array beside the conditions, null where none. */
static void keep_cond_extra(struct profile_rule *r, size_t i, struct json_object *extra)
{
	if (!extra)
		return;
	if (!r->conds_extra)
		r->conds_extra = json_object_new_array();
	json_object_array_put_idx(r->conds_extra, i, extra);
}

static int read_cond(const struct segen_json *at, size_t i, struct profile_rule *rule,
		     struct segen_strset *notes, struct segen_error *err)
{
	static const struct field fields[] = {
		{"index", field_u64, offsetof(struct reading_cond, index), 0},
		{"value", field_u64, offsetof(struct reading_cond, value), 0},
		{"valueTwo", field_u64, offsetof(struct reading_cond, value_two), 0},
		{"op", field_string, offsetof(struct reading_cond, op), 0},
	};
	_cleanup_(reading_cond_done) struct reading_cond c = {};
	struct json_object *extra = NULL;
	int r;

	r = fields_read(at, fields, ARRAY_SIZE(fields), &c, &extra, notes, err);
	keep_cond_extra(rule, i, extra);
	return r < 0 ? r : check_cond(at, &c, &rule->conds[i], err);
}

static int read_conds(const struct segen_json *at, void *obj,
		      const struct field *f _unused_, struct segen_strset *notes,
		      struct segen_error *err)
{
	struct profile_rule *rule = &((struct reading_rule *)obj)->r;
	int r;

	r = segen_json_as_array(at, &rule->n_conds, err);
	if (r < 0)
		return r;
	rule->conds = rule->n_conds ? xcalloc(rule->n_conds, sizeof(*rule->conds)) : NULL;
	for (size_t i = 0; i < rule->n_conds && r >= 0; i++) {
		const struct segen_json element = segen_json_element(at, i);

		r = read_cond(&element, i, rule, notes, err);
	}
	return r;
}

/* "name" is the old spelling; both at once are refused, empty counts as absent. */
static int settle_names(const struct segen_json *at, struct reading_rule *rule,
			struct segen_error *err)
{
	const struct segen_json list = fields_at(at, "names");
	struct profile_rule *r = &rule->r;

	r->cap_names = r->n_names;
	if (rule->name && *rule->name) {
		if (r->n_names)
			return segen_json_fail(at, err,
					       "both 'name' and 'names' are specified in "
					       "the seccomp profile, use either 'name' "
					       "or 'names'");
		profile_rule_add_name(r, rule->name);
		r->by_name = true;
	}
	for (size_t i = 0; i < r->n_names; i++) {
		const struct segen_json element = {.up = &list, .index = i};

		if (!*r->names[i])
			return segen_json_fail(&element, err,
					       "the runtime would say 'empty string is "
					       "not a valid syscall'");
	}
	return 0;
}

static int check_rule(const struct segen_json *at, struct reading_rule *rule,
		      struct segen_error *err)
{
	const struct segen_json at_errno = fields_at(at, "errnoRet");

	if (rule->r.action == PROFILE_NO_ACTION)
		return segen_json_fail(at, err,
				       "action is missing; the runtime would say 'string "
				       " is not a valid action for seccomp'");
	if (!profile_errno_fits(rule->r.action, rule->r.err))
		return segen_json_fail(&at_errno, err,
				       "errno %d is above %d, which the "
				       "runtime refuses",
				       rule->r.err, PROFILE_MAX_ERRNO);
	/* An empty comment is the mark of profiles written by older Engines. */
	if (rule->r.comment && !*rule->r.comment) {
		rule->r.wordy = true;
		free(TAKE_PTR(rule->r.comment));
	}
	return settle_names(at, rule, err);
}

static bool says_null(const struct segen_json *at, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(at->v, key, &v) && !v;
}

int profile_read_rule(const struct segen_json *at, struct profile *p,
		      struct segen_strset *notes, struct segen_error *err)
{
#define RULE(member) offsetof(struct reading_rule, r.member)
	static const struct field fields[] = {
		{"name", field_string, offsetof(struct reading_rule, name), 0},
		{"names", field_strings, RULE(names), RULE(n_names)},
		{"action", field_action, RULE(action), 0},
		{"errnoRet", field_errno, RULE(err), 0},
		{"errno", field_errno_word, RULE(err_word), 0},
		{"args", read_conds, 0, 0},
		{"comment", field_string, RULE(comment), 0},
		{"includes", read_gate, RULE(includes), 0},
		{"excludes", read_gate, RULE(excludes), 0},
	};
#undef RULE
	_cleanup_(reading_rule_done) struct reading_rule rule = {
		.r = {.action = PROFILE_NO_ACTION, .err = PROFILE_NO_ERRNO},
	};
	int r;

	r = fields_read(at, fields, ARRAY_SIZE(fields), &rule, &rule.r.extra, notes, err);
	if (r >= 0)
		r = check_rule(at, &rule, err);
	if (r < 0)
		return r;
	rule.r.null_args = says_null(at, "args");
	*profile_add_rule(p) = rule.r;
	rule.r = (struct profile_rule){};
	return 0;
}
