/* profile-read-rule.c: reads one rule of a profile. */
#include "profile/profile-read-rule.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

int profile_field_action(struct segen_json *j, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	const char *word = NULL;
	int action, r = segen_json_string(j, t, &word, err);

	if (r < 0)
		return r;
	action = profile_action_by_name(word);
	if (action < 0)
		return segen_json_fail_at(j, t->s, err,
					  "unknown action; the runtime would say "
					  "'string %s is not a valid action for seccomp'",
					  word);
	*(enum segen_action *)into = (enum segen_action)action;
	return 0;
}

int profile_field_errno(struct segen_json *j, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	struct profile_errno *e = into;
	uint64_t n = 0;
	int r = segen_json_u64(j, t, UINT64_MAX, &n, err);

	if (r < 0)
		return r;
	if (n > PROFILE_MAX_TRACE)
		return segen_json_fail_at(j, t->s, err,
					  "errno %ju is above %d, which the runtime "
					  "refuses",
					  (uintmax_t)n, PROFILE_MAX_ERRNO);
	*e = (struct profile_errno){(int)n, t->s};
	return 0;
}

int profile_errno_check(const struct segen_json *j, const struct profile_errno *e,
			enum segen_action action, struct segen_error *err)
{
	if (profile_errno_fits(action, e->err))
		return 0;
	return segen_json_fail_at(j, e->at, err,
				  "errno %d is above %d, which the runtime refuses",
				  e->err, PROFILE_MAX_ERRNO);
}

int profile_field_errno_word(struct segen_json *j, const struct segen_json_token *t,
			     void *into, struct segen_error *err)
{
	const char *word = NULL;
	int r = segen_json_string(j, t, &word, err);

	if (r < 0 || !*word)
		return r;
	if (profile_errno_by_word(word) < 0)
		return segen_json_fail_at(j, t->s, err,
					  "podman would say 'unknown errno %s'", word);
	return segen_json_text(j, t, into, err);
}

/* --- gates ------------------------------------------------------------------------ */

static int read_min_kernel(struct segen_json *j, const struct segen_json_token *t,
			   void *into, struct segen_error *err)
{
	unsigned major, minor;
	const char *s = NULL;
	int r = segen_json_string(j, t, &s, err);

	if (r < 0)
		return r;
	if (profile_kernel_parse(s, &major, &minor) < 0)
		return segen_json_fail_at(j, t->s, err,
					  "invalid kernel version: \"%s\", expected "
					  "\"<kernel>.<major>\"",
					  s);
	return segen_json_text(j, t, into, err);
}

static int read_gate(struct segen_json *j, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"caps", segen_json_list, offsetof(struct gate, caps),
		 SEGEN_JSON_OPTIONAL},
		{"arches", segen_json_list, offsetof(struct gate, arches),
		 SEGEN_JSON_OPTIONAL},
		{"minKernel", read_min_kernel, offsetof(struct gate, min_kernel),
		 SEGEN_JSON_OPTIONAL},
		{NULL, NULL, offsetof(struct gate, extra), SEGEN_JSON_OPTIONAL},
	};

	return segen_json_fields(j, t, fields, ARRAY_SIZE(fields), into, err);
}

/* --- conditions ------------------------------------------------------------------- */

static int read_index(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	unsigned *index = into;
	uint64_t n = 0;
	int r = segen_json_u64(j, t, UINT64_MAX, &n, err);

	if (r < 0)
		return r;
	if (n > 5)
		return segen_json_fail_at(j, t->s, err,
					  "the runtime would say 'syscalls only have up "
					  "to 6 arguments (%ju given)'",
					  (uintmax_t)n);
	*index = (unsigned)n;
	return 0;
}

static int bad_operator(const struct segen_json *j, const char *where, const char *word,
			struct segen_error *err)
{
	return segen_json_fail_at(j, where, err,
				  "unknown operator; the runtime would say 'string %s is "
				  "not a valid operator for seccomp'",
				  word);
}

static int read_op(struct segen_json *j, const struct segen_json_token *t, void *into,
		   struct segen_error *err)
{
	const char *word = NULL;
	int op, r = segen_json_string(j, t, &word, err);

	if (r < 0)
		return r;
	op = profile_cmp_by_name(word);
	if (op < 0)
		return bad_operator(j, t->s, word, err);
	*(int *)into = op;
	return 0;
}

/* A condition while it is read: a missing operator is none. */
struct reading_cond {
	unsigned index;
	uint64_t value, value_two;
	int op;
	char *extra;
};

static int read_cond(struct segen_json *j, const struct segen_json_token *t,
		     struct profile_rule *r, struct segen_error *err)
{
#define COND(member) offsetof(struct reading_cond, member)
	static const struct segen_json_field fields[] = {
		{"index", read_index, COND(index), SEGEN_JSON_OPTIONAL},
		{"value", segen_json_uint64, COND(value), SEGEN_JSON_OPTIONAL},
		{"valueTwo", segen_json_uint64, COND(value_two), SEGEN_JSON_OPTIONAL},
		{"op", read_op, COND(op), SEGEN_JSON_OPTIONAL},
		{NULL, NULL, COND(extra), SEGEN_JSON_OPTIONAL},
	};
#undef COND
	struct reading_cond c = {.op = -1};
	int e = segen_json_fields(j, t, fields, ARRAY_SIZE(fields), &c, err);

	if (e >= 0 && c.op < 0)
		e = bad_operator(j, t->s, "", err);
	if (e < 0) {
		free(c.extra);
		return e;
	}
	if (c.extra) {
		r->conds_extra = xreallocarray(r->conds_extra, r->n_conds + 1,
					       sizeof(*r->conds_extra));
		while (r->n_conds_extra < r->n_conds)
			r->conds_extra[r->n_conds_extra++] = NULL;
		r->conds_extra[r->n_conds_extra++] = c.extra;
	}
	profile_rule_add_cond(r, &(struct segen_cond){
					 .index = c.index,
					 .op = (enum segen_cmp)c.op,
					 .value = c.value,
					 .value_two = c.value_two,
				 });
	return 0;
}

static int read_conds(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	struct profile_rule *r = into;
	struct segen_json_token element;
	int e;

	r->null_args = t->kind == SEGEN_JSON_NULL;
	if (r->null_args)
		return 0;
	e = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);
	while (e >= 0 && (e = segen_json_element(j, &element, err)) > 0)
		e = read_cond(j, &element, r, err);
	return e;
}

/* --- rules ------------------------------------------------------------------------ */

/* A rule while it is read. */
struct reading_rule {
	struct profile_rule r;
	char *name;
	struct profile_errno ret;
};

static void reading_rule_done(struct reading_rule *r)
{
	profile_rule_done(&r->r);
	free(r->name);
}

static int read_names(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	struct profile_rule *r = into;
	struct segen_json_token element;
	const char *name = NULL;
	int e = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);

	while (e >= 0 && (e = segen_json_element(j, &element, err)) > 0) {
		e = segen_json_string(j, &element, &name, err);
		if (e >= 0 && !*name)
			e = segen_json_fail_at(j, element.s, err,
					       "the runtime would say 'empty string is "
					       "not a valid syscall'");
		if (e >= 0)
			profile_rule_add_name(r, name);
	}
	return e;
}

/* "name" is the old spelling; both at once are refused, empty counts as absent. */
static int settle_names(const struct segen_json *j, const struct segen_json_token *t,
			struct reading_rule *rule, struct segen_error *err)
{
	if (!rule->name || !*rule->name)
		return 0;
	if (rule->r.n_names)
		return segen_json_fail_at(j, t->s, err,
					  "both 'name' and 'names' are specified in the "
					  "seccomp profile, use either 'name' or "
					  "'names'");
	profile_rule_add_name(&rule->r, rule->name);
	rule->r.by_name = true;
	return 0;
}

static int check_rule(const struct segen_json *j, const struct segen_json_token *t,
		      struct reading_rule *rule, struct segen_error *err)
{
	struct profile_rule *r = &rule->r;
	int e;

	if (r->action == PROFILE_NO_ACTION)
		return segen_json_fail_at(j, t->s, err,
					  "action is missing; the runtime would say "
					  "'string  is not a valid action for seccomp'");
	e = profile_errno_check(j, &rule->ret, r->action, err);
	if (e < 0)
		return e;
	r->err = rule->ret.err;
	/* An empty comment is the mark of profiles written by older Engines. */
	if (r->comment && !*r->comment) {
		r->wordy = true;
		free(TAKE_PTR(r->comment));
	}
	return settle_names(j, t, rule, err);
}

int profile_read_rule(struct segen_json *j, const struct segen_json_token *t,
		      struct profile *p, struct segen_error *err)
{
#define RULE(member) offsetof(struct reading_rule, member)
	static const struct segen_json_field fields[] = {
		{"name", segen_json_text, RULE(name), SEGEN_JSON_OPTIONAL},
		{"names", read_names, RULE(r), SEGEN_JSON_OPTIONAL},
		{"action", profile_field_action, RULE(r.action), SEGEN_JSON_OPTIONAL},
		{"errnoRet", profile_field_errno, RULE(ret), SEGEN_JSON_OPTIONAL},
		{"errno", profile_field_errno_word, RULE(r.err_word),
		 SEGEN_JSON_OPTIONAL},
		{"args", read_conds, RULE(r), SEGEN_JSON_NULLABLE},
		{"comment", segen_json_text, RULE(r.comment), SEGEN_JSON_OPTIONAL},
		{"includes", read_gate, RULE(r.includes), SEGEN_JSON_OPTIONAL},
		{"excludes", read_gate, RULE(r.excludes), SEGEN_JSON_OPTIONAL},
		{NULL, NULL, RULE(r.extra), SEGEN_JSON_OPTIONAL},
	};
#undef RULE
	_cleanup_(reading_rule_done) struct reading_rule rule = {
		.r = {.action = PROFILE_NO_ACTION, .err = PROFILE_NO_ERRNO},
		.ret = {.err = PROFILE_NO_ERRNO},
	};
	int e = segen_json_fields(j, t, fields, ARRAY_SIZE(fields), &rule, err);

	if (e >= 0)
		e = check_rule(j, t, &rule, err);
	if (e < 0)
		return e;
	*profile_add_rule(p) = rule.r;
	rule.r = (struct profile_rule){};
	return 0;
}
