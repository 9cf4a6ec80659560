/* json.c: whole files in, checked by json-scan, made into objects by json-c. */
#include <segen/json.h>

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>

#include "json-scan.h"

/* json-c makes some 100 bytes of each value: this bounds the memory. */
#define VALUES_MAX 2000000

static int too_large(const char *path, struct segen_error *err)
{
	return segen_fail(err, -EFBIG, "'%s' is larger than %u MiB", path,
			  SEGEN_JSON_MAX >> 20);
}

static int check_file(int fd, const char *path, struct segen_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return segen_fail_errno(err, -errno, "cannot read '%s'", path);
	if (S_ISDIR(st.st_mode))
		return segen_fail_errno(err, -EISDIR, "cannot read '%s'", path);
	if (S_ISREG(st.st_mode) && st.st_size > SEGEN_JSON_MAX)
		return too_large(path, err);
	return 0;
}

static int read_all(int fd, const char *path, struct segen_buf *out,
		    struct segen_error *err)
{
	char chunk[65536];

	segen_buf_add(out, "", 0);
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return segen_fail_errno(err, -errno, "cannot read '%s'", path);
		if (n == 0)
			return 0;
		segen_buf_add(out, chunk, (size_t)n);
		if (out->len > SEGEN_JSON_MAX)
			return too_large(path, err);
	}
}

int segen_file_read(const char *path, char **ret, size_t *ret_len,
		    struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_close_ int opened = -1;
	int fd = STDIN_FILENO, r;

	if (strcmp(path, "-") != 0) {
		fd = opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			return segen_fail_errno(err, -errno, "cannot read '%s'", path);
	}
	r = check_file(fd, path, err);
	if (r == 0)
		r = read_all(fd, path, &text, err);
	if (r < 0)
		return r;
	*ret_len = text.len;
	*ret = TAKE_PTR(text.s);
	return 0;
}

/* The keys of the objects that are open, innermost last. */
struct keys {
	struct key {
		char *decoded; /* NULL: the slice is the key */
		const char *s;
		size_t n;
	} * v;
	size_t n, cap;
	size_t starts[SEGEN_JSON_DEPTH + 1];
};

static void keys_cut(struct keys *k, size_t n)
{
	while (k->n > n)
		free(k->v[--k->n].decoded);
}

static void keys_done(struct keys *k)
{
	keys_cut(k, 0);
	free(k->v);
}

static void keys_add(struct keys *k, const struct json_token *t)
{
	struct key key = {.s = t->s, .n = t->n};
	struct segen_buf b = {};

	if (t->escaped) {
		json_token_text(t, &b);
		key = (struct key){.decoded = b.s, .s = b.s, .n = b.len};
	}
	GROW(k->v, k->n, k->cap);
	k->v[k->n++] = key;
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->s, y->s, x->n);
}

/* The keys of the innermost object are complete: is one there twice? */
static const struct key *keys_twice(struct keys *k, size_t start)
{
	if (k->n - start < 2)
		return NULL;
	qsort(k->v + start, k->n - start, sizeof(*k->v), compare_keys);
	for (size_t i = start + 1; i < k->n; i++)
		if (compare_keys(&k->v[i - 1], &k->v[i]) == 0)
			return &k->v[i];
	return NULL;
}

static int check_token(const struct json_scan *s, struct keys *k,
		       const struct json_token *t, struct segen_error *err)
{
	const struct key *twice;
	_cleanup_free_ char *key = NULL;

	switch (t->kind) {
	case JSON_OBJECT: k->starts[s->depth] = k->n; return 0;
	case JSON_KEY: keys_add(k, t); return 0;
	case JSON_OBJECT_END:
		twice = keys_twice(k, k->starts[s->depth + 1]);
		if (!twice) {
			keys_cut(k, k->starts[s->depth + 1]);
			return 0;
		}
		key = xstrndup(twice->s, MIN(twice->n, 64u));
		return json_scan_fail(s, err, "an object has the key '%s' twice", key);
	default: return 0;
	}
}

/* All that json-c would let through. */
static int check_text(const char *text, size_t len, const char *name,
		      struct segen_error *err)
{
	_cleanup_(keys_done) struct keys keys = {};
	struct json_token t = {};
	struct json_scan s;
	size_t n = 0;
	int r;

	if (len > SEGEN_JSON_MAX)
		return too_large(name, err);
	json_scan_init(&s, text, len, name);
	do {
		r = json_scan_next(&s, &t, err);
		if (r == 0)
			r = check_token(&s, &keys, &t, err);
		if (r < 0)
			return r;
	} while (t.kind != JSON_END && ++n < VALUES_MAX);
	if (t.kind != JSON_END)
		return json_scan_fail(&s, err, "more than %u values", VALUES_MAX);
	return 0;
}

static void free_tokener(struct json_tokener **t)
{
	if (*t)
		json_tokener_free(*t);
}

int segen_json_parse(const char *text, size_t len, const char *name,
		     struct json_object **ret, struct segen_error *err)
{
	_cleanup_(free_tokener) struct json_tokener *t = NULL;
	struct json_object *doc;
	int r;

	r = check_text(text, len, name, err);
	if (r < 0)
		return r;
	t = json_tokener_new_ex(SEGEN_JSON_DEPTH + 1);
	if (!t)
		return segen_fail_errno(err, -ENOMEM, "cannot read '%s'", name);
	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	doc = json_tokener_parse_ex(t, text, (int)len);
	/* A lone number ends where the text does; json-c wants to see that. */
	if (json_tokener_get_error(t) == json_tokener_continue)
		doc = json_tokener_parse_ex(t, "", 1);
	if (json_tokener_get_error(t) != json_tokener_success)
		return segen_fail(err, -EINVAL, "%s: %s", name,
				  json_tokener_error_desc(json_tokener_get_error(t)));
	*ret = doc;
	return 0;
}
