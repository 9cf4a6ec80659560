/* json.c: whole files in, scanned by json-scan, kept by json-c. */
#include <segen/json.h>

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/json-scan.h"

/*
 * What a value costs in json-c 0.16, rounded up: a bound on the memory that a small text
 * full of empty objects can ask for, before it does.
 */
#define MEMORY_MAX (640u << 20)
#define COST_OBJECT 800
#define COST_ARRAY 160
#define COST_KEY 160
#define COST_VALUE 96

static int too_large(const char *path, struct segen_error *err)
{
	return segen_fail(err, -EFBIG, "'%s' is larger than %u MiB", path,
			  SEGEN_JSON_MAX >> 20);
}

static int cannot_read(const char *path, int code, struct segen_error *err)
{
	if (strcmp(path, "-") == 0)
		return segen_fail_errno(err, code, "cannot read standard input");
	return segen_fail_errno(err, code, "cannot read '%s'", path);
}

static int open_input(const char *path)
{
	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* Before anything is read of a file that is too large anyway. */
static int check_size(int fd, const char *path, struct segen_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return cannot_read(path, -errno, err);
	if (S_ISREG(st.st_mode) && st.st_size > SEGEN_JSON_MAX)
		return too_large(path, err);
	return 0;
}

/* As read(), but waits where another process made the pipe non-blocking. */
static ssize_t read_some(int fd, void *chunk, size_t size)
{
	for (;;) {
		ssize_t n = read(fd, chunk, size);

		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
		if (errno == EAGAIN)
			poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
	}
}

static int read_all(int fd, const char *path, struct segen_buf *out,
		    struct segen_error *err)
{
	char chunk[65536];
	ssize_t n;

	segen_buf_add(out, "", 0);
	while ((n = read_some(fd, chunk, sizeof(chunk))) > 0) {
		segen_buf_add(out, chunk, (size_t)n);
		if (out->len > SEGEN_JSON_MAX)
			return too_large(path, err);
	}
	return n < 0 ? cannot_read(path, -errno, err) : 0;
}

int segen_file_read(const char *path, char **ret, size_t *ret_len,
		    struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_close_ int fd = open_input(path);
	int r;

	if (fd < 0)
		return cannot_read(path, -errno, err);
	r = check_size(fd, path, err);
	if (r == 0)
		r = read_all(fd, path, &text, err);
	if (r < 0)
		return r;
	*ret_len = text.len;
	*ret = TAKE_PTR(text.s);
	return 0;
}

/* A document while it is made; @open is the object or array of each level. */
struct build {
	struct json_scan scan;
	struct json_object *doc;
	struct json_object *open[SEGEN_JSON_DEPTH];
	struct segen_buf key, text;
	size_t memory;
};

static void build_done(struct build *b)
{
	json_object_put(b->doc);
	segen_buf_done(&b->key);
	segen_buf_done(&b->text);
}

static size_t cost(const struct json_token *t)
{
	switch (t->kind) {
	case JSON_OBJECT: return COST_OBJECT;
	case JSON_ARRAY: return COST_ARRAY;
	case JSON_KEY: return COST_KEY + t->n;
	default: return COST_VALUE + t->n;
	}
}

static struct json_object *make_string(struct build *b, const struct json_token *t)
{
	if (!t->escaped)
		return json_object_new_string_len(t->s, (int)t->n);
	b->text.len = 0;
	json_token_text(t, &b->text);
	return json_object_new_string_len(b->text.s, (int)b->text.len);
}

/* json-c keeps the spelling of a fraction, so that it is written as it was read. */
static struct json_object *make_double(struct build *b, const struct json_token *t)
{
	b->text.len = 0;
	segen_buf_add(&b->text, t->s, t->n);
	return json_object_new_double_s(t->d, b->text.s);
}

static struct json_object *make_value(struct build *b, const struct json_token *t)
{
	switch (t->kind) {
	case JSON_OBJECT: return json_object_new_object();
	case JSON_ARRAY: return json_object_new_array_ext(4);
	case JSON_STRING: return make_string(b, t);
	case JSON_INT: return json_object_new_int64(t->i);
	case JSON_UINT: return json_object_new_uint64(t->u);
	case JSON_DOUBLE: return make_double(b, t);
	case JSON_TRUE: return json_object_new_boolean(true);
	case JSON_FALSE: return json_object_new_boolean(false);
	default: return NULL;
	}
}

/* Into the array or object that is open; @v is taken over. */
static int attach(struct build *b, struct json_object *v, unsigned level)
{
	struct json_object *up;
	int r;

	if (level == 0) {
		b->doc = v;
		return 0;
	}
	up = b->open[level - 1];
	if (json_object_is_type(up, json_type_array))
		r = json_object_array_add(up, v);
	else
		r = json_object_object_add_ex(up, b->key.s, v,
					      JSON_C_OBJECT_ADD_KEY_IS_NEW);
	if (r < 0)
		json_object_put(v);
	return r < 0 ? -ENOMEM : 0;
}

static int add_value(struct build *b, const struct json_token *t, struct segen_error *err)
{
	bool container = t->kind == JSON_OBJECT || t->kind == JSON_ARRAY;
	unsigned level = b->scan.depth - container;
	struct json_object *v = make_value(b, t);

	if ((!v && t->kind != JSON_NULL) || attach(b, v, level) < 0)
		return segen_fail_errno(err, -ENOMEM, "cannot read '%s'", b->scan.name);
	if (container)
		b->open[level] = v;
	return 0;
}

/* A key is compared as what it means: "\u0061" is "a". */
static int take_key(struct build *b, const struct json_token *t, struct segen_error *err)
{
	struct json_object *object = b->open[b->scan.depth - 1];

	b->key.len = 0;
	json_token_text(t, &b->key);
	if (!json_object_object_get_ex(object, b->key.s, NULL))
		return 0;
	b->scan.at = t->s - 1;
	return json_scan_fail(&b->scan, err, "this key is there twice");
}

static int add_token(struct build *b, const struct json_token *t, struct segen_error *err)
{
	b->memory += cost(t);
	if (b->memory > MEMORY_MAX)
		return json_scan_fail(
			&b->scan, err,
			"the document would take more than %u MiB of memory",
			MEMORY_MAX >> 20);
	if (t->kind == JSON_OBJECT_END || t->kind == JSON_ARRAY_END)
		return 0;
	if (t->kind == JSON_KEY)
		return take_key(b, t, err);
	return add_value(b, t, err);
}

int segen_json_parse(const char *text, size_t len, const char *name,
		     struct json_object **ret, struct segen_error *err)
{
	_cleanup_(build_done) struct build b = {};
	struct json_token t;
	int r;

	if (len > SEGEN_JSON_MAX)
		return too_large(name, err);
	json_scan_init(&b.scan, text, len, name);
	for (;;) {
		r = json_scan_next(&b.scan, &t, err);
		if (r == 0 && t.kind != JSON_END)
			r = add_token(&b, &t, err);
		if (r < 0)
			return r;
		if (t.kind == JSON_END)
			break;
	}
	*ret = TAKE_PTR(b.doc);
	return 0;
}
