/*
 * lint.h: what is wrong with a profile, before a container says so.  Pure.
 *
 * Rules are rows of lint-rules.def and a function each.
 */
#pragma once

#include "facts/facts.h"
#include "inspect/places.h"
#include "inspect/view.h"

enum lint_level {
	LINT_NOTE,
	LINT_WARNING,
	LINT_ERROR,
};
/* "note", "warning", "error"; and back, -EINVAL. */
const char *lint_level_name(enum lint_level l);
int lint_level_by_name(const char *name);

struct lint_run;

struct lint_rule {
	const char *id; /* "SG003" */
	enum lint_level level;
	void (*check)(struct lint_run *run, const struct lint_rule *rule);
	const char *what, *why, *url;
};
const struct lint_rule *lint_rules(size_t *ret_n);
const struct lint_rule *lint_rule(const char *id); /* or NULL */

/* The one right repair of a finding. */
enum repair_kind {
	REPAIR_NONE,
	REPAIR_ALLOW,	   /* @names in a rule of their own, with @comment */
	REPAIR_ENOSYS,	   /* @names answered with ENOSYS */
	REPAIR_RENAME,	   /* name @index of rule @rule becomes @to */
	REPAIR_DROP_NAME,  /* name @index of rule @rule goes */
	REPAIR_DROP_ERRNO, /* of rule @rule */
	REPAIR_CAP,	   /* the capability @from becomes @to in gates of @rule */
	REPAIR_ARCH,	   /* the architecture, likewise */
};

struct repair {
	enum repair_kind kind;
	size_t rule, index;
	char *from, *to;
	char *comment;
	struct segen_strset names;
};

struct finding {
	const struct lint_rule *rule;
	enum lint_level level; /* the rule's own, or what the case deserves */
	size_t line;	       /* 0: not known, or of the whole file */
	char *path;	       /* "$.syscalls[3].names[0]" */
	char *text;	       /* what is wrong here */
	char *fix;	       /* what to do, in words, or NULL */
	struct repair repair;
};

struct lint {
	struct finding *v; /* by line, then rule */
	size_t n, cap;
	size_t n_ignored;
	size_t n_level[LINT_ERROR + 1];
};
void lint_done(struct lint *l);

/* For whom a profile is checked. */
struct lint_options {
	const struct target *target;
	unsigned parts; /* runtimes: a bit per enum floor_part */
	bool no_new_privs;
	const struct segen_strset *ignore; /* ids */
	const char *text;		   /* of the file, for lines; NULL: unknown */
	size_t len;
};

/*
 * A text that may be no profile at all: then there is one finding.  *@ret_profile is the
 * profile, where it could be read (else empty), for lint_repair().
 */
void lint_text(const char *name, const struct lint_options *o, struct lint *ret,
	       struct profile *ret_profile);
/* A profile that has been read. */
void lint_profile(const struct profile *p, const struct lint_options *o,
		  struct lint *ret);

/*
 * Repair in @p what has one right repair, and what the repairs themselves bring up;
 * returns how many there were.  The text of @o is not looked at.
 */
size_t lint_repair(struct profile *p, const struct lint_options *o);
