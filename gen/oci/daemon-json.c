/* daemon-json.c: reads and edits {"runtimes": {"segen": {"path": …}}}. */
#include "oci/daemon-json.h"

#include <segen/json-write.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* What the configuration says. */
struct facts {
	char *path; /* of segen, or NULL */
	char *standard;
	bool others; /* runtimes besides segen */
};

static void facts_done(struct facts *f)
{
	free(f->path);
	free(f->standard);
}

static int read_entry(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"path", segen_json_text, offsetof(struct facts, path),
		 SEGEN_JSON_OPTIONAL},
	};

	return segen_json_fields(j, t, fields, ARRAY_SIZE(fields), into, err);
}

static int read_runtimes(struct segen_json *j, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{DAEMON_RUNTIME, read_entry, 0, SEGEN_JSON_OPTIONAL},
		{NULL, NULL, offsetof(struct facts, standard), SEGEN_JSON_OPTIONAL},
	};
	struct facts *f = into, own = {};
	int r = segen_json_fields(j, t, fields, ARRAY_SIZE(fields), &own, err);

	f->path = own.path;
	f->others = own.standard != NULL;
	free(own.standard);
	return r;
}

static bool is_blank(const char *text, size_t len)
{
	return strspn(text ? text : "", " \t\r\n") >= len;
}

static int read_facts(const char *text, size_t len, const char *name, struct facts *ret,
		      struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"runtimes", read_runtimes, 0, SEGEN_JSON_OPTIONAL},
		{"default-runtime", segen_json_text, offsetof(struct facts, standard),
		 SEGEN_JSON_OPTIONAL},
	};
	_cleanup_(segen_json_done) struct segen_json j = {};

	if (is_blank(text, len))
		return 0;
	segen_json_init(&j, text, len, name);
	return segen_json_document(&j, fields, ARRAY_SIZE(fields), ret, err);
}

int daemon_json_path(const char *text, size_t len, const char *name, char **ret,
		     struct segen_error *err)
{
	_cleanup_(facts_done) struct facts f = {};
	int r = read_facts(text, len, name, &f, err);

	*ret = r < 0 ? NULL : TAKE_PTR(f.path);
	return r;
}

static void put_entry(struct segen_json_out *w, const char *path)
{
	segen_json_put_open(w, DAEMON_RUNTIME, '{');
	segen_json_put_string(w, "path", path);
	segen_json_put_close(w, '}');
}

/* The runtimes that there are, @path (or nothing) for segen's. */
static void put_runtimes(struct segen_json_out *w, struct segen_json *j, const char *path)
{
	struct segen_json_token t;
	const char *key;

	segen_json_put_open(w, "runtimes", '{');
	while (j && segen_json_pair(j, &key, &t, NULL) > 0) {
		if (strcmp(key, DAEMON_RUNTIME) != 0)
			segen_json_put_value(w, key, j, &t, NULL);
		else
			segen_json_skip(j, &t, NULL);
	}
	if (path)
		put_entry(w, path);
	segen_json_put_close(w, '}');
}

/* @text was read before, so that it is in order. */
static void put_document(struct segen_json_out *w, const char *text, size_t len,
			 const struct facts *f, const char *path)
{
	_cleanup_(segen_json_done) struct segen_json j = {};
	struct segen_json_token t;
	const char *key;
	bool keep = path || f->others, there = false;

	segen_json_put_open(w, NULL, '{');
	segen_json_init(&j, text, len, "");
	if (!is_blank(text, len))
		segen_json_begin(&j, &t, NULL);
	while (j.scan.depth && segen_json_pair(&j, &key, &t, NULL) > 0) {
		if (strcmp(key, "runtimes") != 0) {
			segen_json_put_value(w, key, &j, &t, NULL);
			continue;
		}
		there = true;
		if (keep)
			put_runtimes(w, t.kind == SEGEN_JSON_OBJECT ? &j : NULL, path);
		else
			segen_json_skip(&j, &t, NULL);
	}
	if (keep && !there)
		put_runtimes(w, NULL, path);
	segen_json_put_close(w, '}');
	segen_json_put_end(w);
}

int daemon_json_edit(const char *text, size_t len, const char *name, const char *path,
		     struct segen_buf *out, struct segen_error *err)
{
	_cleanup_(facts_done) struct facts f = {};
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};
	int r = read_facts(text, len, name, &f, err);

	if (r < 0)
		return r;
	if (path ? f.path && !strcmp(f.path, path) : !f.path)
		return 0;
	if (!path && f.standard && !strcmp(f.standard, DAEMON_RUNTIME))
		return segen_fail(err, -EINVAL,
				  "%s: 'default-runtime' is " DAEMON_RUNTIME
				  "; change that first",
				  name);
	put_document(&w, text, len, &f, path);
	return 1;
}

/* The way there and back takes everything but the values away. */
static int normalise(const char *text, size_t len, struct segen_buf *out)
{
	_cleanup_(segen_buf_done) struct segen_buf with = {};
	int r = daemon_json_edit(text, len, "", "/", &with, NULL);

	return r < 0 ? r : daemon_json_edit(with.s, with.len, "", NULL, out, NULL);
}

bool daemon_json_is_restored(const char *text, size_t len, const char *before,
			     size_t before_len)
{
	_cleanup_(segen_buf_done) struct segen_buf now = {}, then = {};

	if (normalise(text, len, &now) != 1 || normalise(before, before_len, &then) != 1)
		return false;
	return now.s && then.s && !strcmp(now.s, then.s);
}
