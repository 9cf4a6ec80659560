/* bundle.c: config.json and process.json. */
#include "oci/bundle.h"

#include <segen/json.h>

#include <json-c/json.h>

void oci_facts_done(struct oci_facts *f)
{
	for (size_t i = 0; f->argv && f->argv[i]; i++)
		free(f->argv[i]);
	free(f->argv);
	segen_strset_done(&f->caps);
	segen_strset_done(&f->effective);
	free(f->profile);
	*f = (struct oci_facts){};
}

static int read_argv(const struct segen_json *process, struct oci_facts *f,
		     struct segen_error *err)
{
	struct segen_json args;
	size_t n;
	int r = segen_json_get_array(process, "args", &args, err);

	if (r <= 0)
		return r;
	r = segen_json_as_array(&args, &n, err);
	if (r < 0)
		return r;
	f->argv = xcalloc(n + 1, sizeof(*f->argv));
	for (size_t i = 0; i < n; i++) {
		struct segen_json at = segen_json_element(&args, i);
		const char *s;

		r = segen_json_as_string(&at, &s, err);
		if (r < 0)
			return r;
		f->argv[i] = xstrdup(s);
	}
	return 0;
}

static int read_cap_set(const struct segen_json *caps, const char *which,
			struct segen_strset *ret, struct segen_error *err)
{
	struct segen_json list;
	size_t n;
	int r = segen_json_get_array(caps, which, &list, err);

	if (r <= 0)
		return r;
	r = segen_json_as_array(&list, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct segen_json at = segen_json_element(&list, i);
		const char *s;

		r = segen_json_as_string(&at, &s, err);
		if (r == 0)
			segen_strset_add(ret, s);
	}
	return r;
}

static int read_caps(const struct segen_json *process, struct oci_facts *f,
		     struct segen_error *err)
{
	struct segen_json caps;
	int r = segen_json_get_object(process, "capabilities", &caps, err);

	if (r <= 0)
		return r;
	f->has_caps = true;
	r = read_cap_set(&caps, "bounding", &f->caps, err);
	return r < 0 ? r : read_cap_set(&caps, "effective", &f->effective, err);
}

static int read_process(const struct segen_json *process, struct oci_facts *f,
			struct segen_error *err)
{
	int r = read_argv(process, f, err);

	if (r == 0)
		r = read_caps(process, f, err);
	if (r == 0)
		r = segen_json_get_bool(process, "noNewPrivileges", &f->no_new_privs,
					err);
	return r < 0 ? r : 0;
}

static int read_config(const struct segen_json *config, struct oci_facts *f,
		       struct segen_error *err)
{
	struct segen_json process, system, seccomp;
	int r = segen_json_get_object(config, "process", &process, err);

	if (r > 0)
		r = read_process(&process, f, err);
	if (r >= 0)
		r = segen_json_get_object(config, "linux", &system, err);
	if (r > 0)
		r = segen_json_get_object(&system, "seccomp", &seccomp, err);
	if (r > 0)
		f->profile = xstrdup(json_object_to_json_string_ext(
			seccomp.v, JSON_C_TO_STRING_PLAIN));
	return r < 0 ? r : 0;
}

int oci_facts_parse(const char *text, size_t len, const char *name, bool is_process,
		    struct oci_facts *ret, struct segen_error *err)
{
	struct json_object *doc;
	int r = segen_json_parse(text, len, name, &doc, err);
	struct segen_json root = {.v = doc, .name = name};

	*ret = (struct oci_facts){};
	if (r < 0)
		return r;
	r = segen_json_as_object(&root, err);
	if (r == 0)
		r = is_process ? read_process(&root, ret, err)
			       : read_config(&root, ret, err);
	json_object_put(doc);
	return r;
}

int oci_facts_read(const char *path, bool is_process, struct oci_facts *ret,
		   struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = segen_file_read(path, &text, &len, err);

	*ret = (struct oci_facts){};
	return r < 0 ? r : oci_facts_parse(text, len, path, is_process, ret, err);
}
