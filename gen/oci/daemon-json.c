/* daemon-json.c: {"runtimes": {"segen": {"path": …}}}. */
#include "oci/daemon-json.h"

#include <segen/json.h>

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

static void put(struct json_object **j)
{
	json_object_put(*j);
}

static bool is_blank(const char *text, size_t len)
{
	return strspn(text ? text : "", " \t\r\n") >= len;
}

/* The document, and its object of runtimes: NULL when there is none. */
static int parse(const char *text, size_t len, const char *name,
		 struct json_object **ret_doc, struct json_object **ret_runtimes,
		 struct segen_error *err)
{
	struct segen_json root = {.name = name}, runtimes = {};
	int r = 0;

	*ret_runtimes = NULL;
	if (is_blank(text, len))
		*ret_doc = json_object_new_object();
	else
		r = segen_json_parse(text, len, name, ret_doc, err);
	if (r < 0)
		return r;
	root.v = *ret_doc;
	r = segen_json_as_object(&root, err);
	if (r == 0)
		r = segen_json_get_object(&root, "runtimes", &runtimes, err);
	if (r > 0)
		*ret_runtimes = runtimes.v;
	return r < 0 ? r : 0;
}

static const char *path_in(struct json_object *runtimes)
{
	struct json_object *entry, *path;

	if (!runtimes || !json_object_object_get_ex(runtimes, DAEMON_RUNTIME, &entry) ||
	    !json_object_object_get_ex(entry, "path", &path))
		return NULL;
	return json_object_get_string(path);
}

int daemon_json_path(const char *text, size_t len, const char *name, char **ret,
		     struct segen_error *err)
{
	_cleanup_(put) struct json_object *doc = NULL;
	struct json_object *runtimes;
	const char *path;
	int r = parse(text, len, name, &doc, &runtimes, err);

	*ret = NULL;
	if (r < 0)
		return r;
	path = path_in(runtimes);
	*ret = path ? xstrdup(path) : NULL;
	return 0;
}

static void add_entry(struct json_object *doc, struct json_object *runtimes,
		      const char *path)
{
	struct json_object *entry = json_object_new_object();

	if (!runtimes) {
		runtimes = json_object_new_object();
		json_object_object_add(doc, "runtimes", runtimes);
	}
	json_object_object_add(entry, "path", json_object_new_string(path));
	json_object_object_add(runtimes, DAEMON_RUNTIME, entry);
}

static int remove_entry(struct json_object *doc, struct json_object *runtimes,
			const char *name, struct segen_error *err)
{
	struct json_object *standard;

	if (json_object_object_get_ex(doc, "default-runtime", &standard) &&
	    !strcmp(json_object_get_string(standard), DAEMON_RUNTIME))
		return segen_fail(err, -EINVAL,
				  "%s: 'default-runtime' is " DAEMON_RUNTIME
				  "; change that first",
				  name);
	json_object_object_del(runtimes, DAEMON_RUNTIME);
	if (!json_object_object_length(runtimes))
		json_object_object_del(doc, "runtimes");
	return 0;
}

int daemon_json_edit(const char *text, size_t len, const char *name, const char *path,
		     struct segen_buf *out, struct segen_error *err)
{
	_cleanup_(put) struct json_object *doc = NULL;
	struct json_object *runtimes;
	const char *old;
	int r = parse(text, len, name, &doc, &runtimes, err);

	if (r < 0)
		return r;
	old = path_in(runtimes);
	if (path ? old && !strcmp(old, path) : !old)
		return 0;
	if (path)
		add_entry(doc, runtimes, path);
	else
		r = remove_entry(doc, runtimes, name, err);
	if (r < 0)
		return r;
	segen_buf_puts(out, json_object_to_json_string_ext(
				    doc, JSON_C_TO_STRING_PRETTY |
						 JSON_C_TO_STRING_NOSLASHESCAPE));
	segen_buf_puts(out, "\n");
	return 1;
}
