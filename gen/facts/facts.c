/* facts.c: the tables of facts, made of the .def files. */
#include "facts/facts.h"

#include <segen/util.h>

#include <string.h>

static const struct floor_fact floor_rows[] = {
#define FLOOR(part_, since_, until_, evidence_, when_, name_) \
	{.name = #name_,                                      \
	 .part = PART_##part_,                                \
	 .since = (since_),                                   \
	 .until = (until_),                                   \
	 .when = (when_),                                     \
	 .evidence = EVIDENCE_##evidence_},
#include "facts/floor.def"
#undef FLOOR
};

static const struct essential_fact essential_rows[] = {
#define ESSENTIAL(name_, why_) {.name = #name_, .why = (why_)},
#include "facts/essentials.def"
#undef ESSENTIAL
};

static const struct probe_fact probe_rows[] = {
#define PROBE(name_, fallback_) {.name = #name_, .fallback = (fallback_)},
#define FALLBACK(name_, call_)
#include "facts/fallbacks.def"
#undef FALLBACK
#undef PROBE
};

static const struct fallback_fact fallback_rows[] = {
#define PROBE(name_, fallback_)
#define FALLBACK(name_, call_) {.name = #name_, .call = #call_},
#include "facts/fallbacks.def"
#undef FALLBACK
#undef PROBE
};

static const struct twin_fact twin_rows[] = {
#define TWIN(a_, b_, reasons_) {.a = #a_, .b = #b_, .reasons = (reasons_)},
#include "facts/alternatives.def"
#undef TWIN
};

static const struct job_fact job_rows[] = {
#define JOB(job_, name_) {.job = (job_), .name = #name_},
#define PARTLY(job_, name_, how_) \
	{.job = (job_), .name = #name_, .part = true, .how = (how_)},
#include "facts/same-effect.def"
#undef PARTLY
#undef JOB
};

const struct floor_fact *floor_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(floor_rows);
	return floor_rows;
}

static bool is_made_by(const struct floor_fact *f, const char *version)
{
	return !version || (strverscmp(f->since, version) <= 0 &&
			    (!f->until || strverscmp(version, f->until) < 0));
}

void floor_names(enum floor_part part, const char *version, unsigned when,
		 struct segen_strset *ret)
{
	const unsigned kinds = WHEN_RARE | WHEN_TOLERATED;

	for (size_t i = 0; i < ARRAY_SIZE(floor_rows); i++) {
		const struct floor_fact *f = &floor_rows[i];

		if (f->part == part && (f->when & when & WHEN_ALWAYS) &&
		    !(f->when & kinds & ~when) && is_made_by(f, version))
			segen_strset_add(ret, f->name);
	}
}

const char *floor_part_name(enum floor_part p)
{
	static const char *const names[] = {
		[PART_RUNC] = "runc",
		[PART_CRUN] = "crun",
		[PART_DOCKER_INIT] = "docker-init",
	};
	return names[p];
}

const struct essential_fact *essential_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(essential_rows);
	return essential_rows;
}

const struct probe_fact *probe_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(probe_rows);
	return probe_rows;
}

const struct fallback_fact *fallback_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(fallback_rows);
	return fallback_rows;
}

bool is_probe_fact(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(probe_rows); i++)
		if (!strcmp(probe_rows[i].name, name))
			return true;
	return false;
}

const struct twin_fact *twin_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(twin_rows);
	return twin_rows;
}

const struct job_fact *job_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(job_rows);
	return job_rows;
}
