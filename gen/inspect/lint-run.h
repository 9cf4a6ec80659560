/*
 * lint-run.h: what the functions of lint rules work with (private to lint*.c).
 */
#pragma once

#include "inspect/lint.h"

struct lint_run {
	const struct profile *p;
	const struct lint_options *o;
	struct places places;
	struct view view;
	struct profile docker; /* the default profile, to compare with */
	struct view docker_view;
	struct lint *out;
};

/* A finding at @path; it stays the caller's to add a repair until the next one. */
struct finding *lint_add(struct lint_run *run, const struct lint_rule *rule,
			 const char *path, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The path "$.syscalls[RULE]", and "$.syscalls[RULE].names[NAME]"; the caller's. */
char *lint_rule_path(size_t rule);
char *lint_name_path(const struct lint_run *run, size_t rule, size_t name);

/* "a, b, c and 4 more". */
void lint_list(struct segen_buf *out, const struct segen_strset *names);

/* Whether the call exists for the target and is let in whatever its arguments. */
bool lint_exists(const struct lint_run *run, const char *name);
bool lint_lets_all(const struct lint_run *run, const char *name);
bool lint_lets_none(const struct lint_run *run, const char *name);
/* It exists, and all of it is refused. */
bool lint_refused(const struct lint_run *run, const char *name);
/* Some call may pass; an agent or a tracer may let in what is left to it. */
bool lint_lets_any(const struct lint_run *run);
bool lint_kills(struct segen_verdict v);

/* The functions that lint-rules.def names. */
#define LINT(id_, level_, check_, what_, why_, url_) \
	void check_(struct lint_run *run, const struct lint_rule *rule);
#include "inspect/lint-rules.def"
#undef LINT
