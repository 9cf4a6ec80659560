/*
 * call-facts.h: one row per system call: its age, its risk, and who says so.
 *
 * The rows are calls.def, risks.def and sources.def; segen facts, diff, lint, why and
 * audit all read them.  Must not know: profiles, traces.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct source_fact {
	const char *id; /* "DOCKER_DOCS" */
	const char *what;
	const char *url;
};

/* In the order of rising weight; RISK_ORDINARY is 0. */
enum risk {
#define RISK(id_, word_, weight_, what_, source_) RISK_##id_,
#include "facts/risks.def"
#undef RISK
	RISK_N
};

struct risk_fact {
	const char *word;
	unsigned weight;
	const char *what; /* "load code into the kernel": follows "can" and "cannot" */
	const struct source_fact *source;
};
const struct risk_fact *risk_fact(enum risk r);

struct call_fact {
	const char *name;
	const char *since; /* "2.6.28", or NULL: not known, or gone */
	const struct source_fact *since_source;
	enum risk risk;
	const char *why;		      /* NULL: RISK_ORDINARY */
	const struct source_fact *why_source; /* as @why */
};

const struct call_fact *call_facts(size_t *ret_n);
/* The row, or NULL. */
const struct call_fact *call_fact(const char *name);
/* The name that is nearest to a word that is no call, for "did you mean"; or NULL. */
const char *call_nearest(const char *word);
/* "; did you mean 'X'?", or "": what a message on such a word ends with. */
char *call_hint(const char *word);
/* Its class; RISK_ORDINARY for what has no row. */
enum risk call_risk(const char *name);
/* A name that no kernel has any more: it exposes nothing. */
bool call_is_gone(const char *name);
