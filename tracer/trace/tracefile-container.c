/* tracefile-container.c: reading and writing what is known of containers. */
#include "trace/tracefile-container.h"

#include "trace/tracefile-read.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PROFILE_MAX (1u << 20)
#define DIGEST_LEN 16

/* --- reading ---------------------------------------------------------------------- */

/* The text as it stands: it has no other meaning here. */
static int read_profile(struct segen_json *r, const char *key,
			const struct segen_json_token *t, struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	const char *start = r->scan.at - 1; /* the brace */
	size_t other;
	int e;

	if (t->kind != SEGEN_JSON_OBJECT)
		return segen_json_fail(r, err, "not an object");
	if (intern_find(&f->profile_names, key, &other))
		return segen_json_fail(r, err, "this key appears twice");
	GROW(f->profiles, f->n_profiles, f->cap_profiles);
	f->profiles[f->n_profiles] = (struct tracefile_profile){.key = xstrdup(key)};
	intern_add(&f->profile_names, f->profiles[f->n_profiles].key, f->n_profiles);
	f->n_profiles++;
	e = segen_json_skip(r, t, err);
	if (e < 0)
		return e;
	if (r->scan.at - start > (ptrdiff_t)PROFILE_MAX)
		return segen_json_fail(r, err, "more than %u KiB", PROFILE_MAX >> 10);
	f->profiles[f->n_profiles - 1].text =
		xstrndup(start, (size_t)(r->scan.at - start));
	return 0;
}

int tracefile_read_profiles(struct segen_json *r, const struct segen_json_token *t,
			    void *into, struct segen_error *err)
{
	struct segen_json_token value;
	const char *key;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	while (e >= 0 && (e = segen_json_member(r, &key, &value, err)) > 0)
		e = read_profile(r, key, &value, err);
	return e;
}

int tracefile_resolve_profiles(struct tracefile_reader *f, const char *name,
			       struct segen_error *err)
{
	for (size_t i = 0; i < f->t->n_runs; i++) {
		struct segen_run *run = f->t->runs[i];
		char **profile = &run->container.profile;
		size_t k;

		if (!*profile)
			continue;
		if (!intern_find(&f->profile_names, *profile, &k))
			return segen_fail(err, -EINVAL,
					  "%s: the profile of run '%s' is not in "
					  "'profiles'",
					  name, run->id);
		free(*profile);
		*profile = xstrdup(f->profiles[k].text);
	}
	return 0;
}

#define CONTAINER(key, read, member)                                                     \
	{                                                                                \
		key, read, offsetof(struct segen_container, member), SEGEN_JSON_OPTIONAL \
	}

int tracefile_read_container(struct segen_json *r, const struct segen_json_token *t,
			     void *into, struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		CONTAINER("effective", segen_json_set, effective),
		CONTAINER("no-new-privs", segen_json_bool, no_new_privs),
		CONTAINER("profile", segen_json_text, profile),
		CONTAINER("namespace", segen_json_text, namespace),
		CONTAINER("pod", segen_json_text, pod),
		CONTAINER("name", segen_json_text, name),
	};
	struct segen_container *c = into;

	c->known = true;
	return segen_json_fields(r, t, fields, ARRAY_SIZE(fields), c, err);
}

/* --- writing ---------------------------------------------------------------------- */

/*
 * FNV-1a: names a text among the few that a trace holds.  NULL: there is none, or one so
 * large that nobody would read it.
 */
static char *digest_of(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	if (!text || strlen(text) > PROFILE_MAX)
		return NULL;

	for (const char *s = text; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return xasprintf("%0*" PRIx64, DIGEST_LEN, h);
}

static const char *text_of(const struct segen_trace *t, const char *digest)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		const char *text = t->runs[i]->container.profile;
		_cleanup_free_ char *own = digest_of(text);

		if (own && !strcmp(own, digest))
			return text;
	}
	return NULL;
}

void tracefile_put_profiles(struct segen_json_out *w, const struct segen_trace *t)
{
	_cleanup_(segen_strset_done) struct segen_strset digests = {};

	for (size_t i = 0; i < t->n_runs; i++) {
		const char *text = t->runs[i]->container.profile;
		_cleanup_free_ char *digest = digest_of(text);

		if (digest)
			segen_strset_add(&digests, digest);
	}
	if (!digests.n)
		return;
	segen_json_put_open(w, "profiles", '{');
	for (size_t i = 0; i < digests.n; i++)
		segen_json_put_raw(w, digests.v[i], text_of(t, digests.v[i]));
	segen_json_put_close(w, '}');
}

static void put_text(struct segen_json_out *w, const char *key, const char *text)
{
	if (text)
		segen_json_put_string(w, key, text);
}

void tracefile_put_container(struct segen_json_out *w, const struct segen_container *c)
{
	_cleanup_free_ char *digest = digest_of(c->profile);

	if (!c->known)
		return;
	segen_json_put_line(w, "container", '{');
	segen_json_put_strings(w, "effective", c->effective.v, c->effective.n);
	segen_json_put_bool(w, "no-new-privs", c->no_new_privs);
	put_text(w, "profile", digest);
	put_text(w, "namespace", c->namespace);
	put_text(w, "pod", c->pod);
	put_text(w, "name", c->name);
	segen_json_put_close(w, '}');
}
