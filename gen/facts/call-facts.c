/* call-facts.c: the rows of calls.def, risks.def and sources.def. */
#include "facts/call-facts.h"

#include <segen/suggest.h>
#include <segen/syscall.h>
#include <segen/util.h>

#include <stdlib.h>
#include <string.h>

#define SOURCE(id_, what_, url_) \
	static const struct source_fact source_##id_ = {#id_, (what_), (url_)};
#include "facts/sources.def"
#undef SOURCE

static const struct risk_fact risks[] = {
#define RISK(id_, word_, weight_, what_, src_) \
	[RISK_##id_] = {(word_), (weight_), (what_), &source_##src_},
#include "facts/risks.def"
#undef RISK
};

static const struct call_fact calls[] = {
#define CALL(name_, since_, src_) \
	{.name = #name_, .since = (since_), .since_source = &source_##src_},
#define RISKY(name_, since_, src_, risk_, why_src_, why_) \
	{#name_, (since_), &source_##src_, RISK_##risk_, (why_), &source_##why_src_},
#include "facts/calls.def"
#undef RISKY
#undef CALL
};

const struct risk_fact *risk_fact(enum risk r)
{
	return &risks[r];
}

const struct call_fact *call_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(calls);
	return calls;
}

static int by_name(const void *key, const void *row)
{
	return strcmp(key, ((const struct call_fact *)row)->name);
}

const struct call_fact *call_fact(const char *name)
{
	return bsearch(name, calls, ARRAY_SIZE(calls), sizeof(*calls), by_name);
}

static struct suggest nearest(const char *word)
{
	struct suggest s = suggest_init(word, strlen(word));

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (segen_syscall_known(calls[i].name))
			suggest_offer(&s, calls[i].name);
	return s;
}

const char *call_nearest(const char *word)
{
	return nearest(word).best;
}

char *call_hint(const char *word)
{
	struct suggest s = nearest(word);

	return suggest_hint(&s, "");
}

enum risk call_risk(const char *name)
{
	const struct call_fact *f = call_fact(name);

	return f ? f->risk : RISK_ORDINARY;
}

bool call_is_gone(const char *name)
{
	const struct call_fact *f = call_fact(name);

	return f && !f->since && f->risk == RISK_ORDINARY;
}
