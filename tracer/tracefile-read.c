/* tracefile-read.c: a trace from a document that nobody vouches for. */
#include "tracefile-read.h"

#include <segen/tracefile.h>

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "hex.h"
#include "tracefile-keys.h"

#define EXIT_MAX 255

/* --- what all parts of the reader need -------------------------------------------- */

static int missing(const struct segen_json *obj, const char *key, struct segen_error *err)
{
	return segen_json_fail(obj, err, "'%s' is missing", key);
}

int tracefile_get_u64(const struct segen_json *obj, const char *key, uint64_t max,
		      uint64_t *ret, struct segen_error *err)
{
	uint64_t value;
	int e = segen_json_get_u64(obj, key, &value, err);

	if (e > 0 && value > max)
		return segen_json_fail(obj, err, "'%s' is too large", key);
	if (e > 0)
		*ret = value;
	return e;
}

int tracefile_need_u64(const struct segen_json *obj, const char *key, uint64_t max,
		       uint64_t *ret, struct segen_error *err)
{
	int e = tracefile_get_u64(obj, key, max, ret, err);

	return e ? e : missing(obj, key, err);
}

int tracefile_need_string(const struct segen_json *obj, const char *key, const char **ret,
			  struct segen_error *err)
{
	int e = segen_json_get_string(obj, key, ret, err);

	return e ? e : missing(obj, key, err);
}

int tracefile_need_object(const struct segen_json *obj, const char *key,
			  struct segen_json *ret, struct segen_error *err)
{
	int e = segen_json_get_object(obj, key, ret, err);

	return e ? e : missing(obj, key, err);
}

int tracefile_read_hex(const struct segen_json *at, uint64_t *ret,
		       struct segen_error *err)
{
	const char *s;
	int r = segen_json_as_string(at, &s, err);

	if (r < 0)
		return r;
	if (hex_parse(s, strlen(s), ret) < 0)
		return segen_json_fail(at, err, "not a hexadecimal number such as 0x1f");
	return 0;
}

int tracefile_program(struct tracefile_reader *r, const struct segen_json *at,
		      const char *path, size_t *ret, struct segen_error *err)
{
	*ret = segen_trace_program(r->t, path);
	if (r->t->n_programs > TRACEFILE_PROGRAMS_MAX)
		return segen_json_fail(at, err, "more than %d programs",
				       TRACEFILE_PROGRAMS_MAX);
	return 0;
}

/* --- runs ------------------------------------------------------------------------- */

static int get_text(const struct segen_json *obj, const char *key, char **ret,
		    struct segen_error *err)
{
	const char *s;
	int e = segen_json_get_string(obj, key, &s, err);

	if (e > 0)
		*ret = xstrdup(s);
	return e;
}

static int read_command(struct segen_run *run, const struct segen_json *up,
			struct segen_error *err)
{
	struct segen_json command;
	size_t n = 0;
	int e = segen_json_get_array(up, "command", &command, err);

	if (e > 0)
		e = segen_json_as_array(&command, &n, err);
	if (e < 0)
		return e;
	run->argv = xcalloc(n + 1, sizeof(*run->argv));
	for (size_t i = 0; e >= 0 && i < n; i++) {
		struct segen_json at = segen_json_element(&command, i);
		const char *arg;

		e = segen_json_as_string(&at, &arg, err);
		if (e >= 0)
			run->argv[i] = xstrdup(arg);
	}
	return e;
}

static int read_set(struct segen_strset *set, const struct segen_json *up,
		    const char *key, struct segen_error *err)
{
	struct segen_json array;
	size_t n;
	int e = segen_json_get_array(up, key, &array, err);

	if (e <= 0)
		return e;
	e = segen_json_as_array(&array, &n, err);
	for (size_t i = 0; e >= 0 && i < n; i++) {
		struct segen_json at = segen_json_element(&array, i);
		const char *s;

		e = segen_json_as_string(&at, &s, err);
		if (e >= 0)
			segen_strset_add(set, s);
	}
	return e;
}

static int read_host(struct segen_run *run, const struct segen_json *up,
		     struct segen_error *err)
{
	struct segen_json host;
	int e = segen_json_get_object(up, "host", &host, err);

	if (e <= 0)
		return e;
	e = get_text(&host, "kernel", &run->kernel, err);
	if (e >= 0)
		e = get_text(&host, "machine", &run->machine, err);
	return e < 0 ? e : get_text(&host, "libseccomp", &run->libseccomp, err);
}

static int read_numbers(struct segen_run *run, const struct segen_json *at,
			struct segen_error *err)
{
	uint64_t exit_status = 0;
	int e = tracefile_get_u64(at, "exit", EXIT_MAX, &exit_status, err);

	if (e > 0)
		run->exit = (int)exit_status;
	if (e >= 0)
		e = tracefile_get_u64(at, "duration-ms", UINT64_MAX, &run->duration_ms,
				      err);
	if (e >= 0)
		e = tracefile_get_u64(at, "processes", UINT64_MAX, &run->processes, err);
	return e < 0 ? e
		     : tracefile_get_u64(at, "threads", UINT64_MAX, &run->threads, err);
}

static int fill_run(struct segen_run *run, const struct segen_json *at,
		    struct segen_error *err)
{
	int e = read_command(run, at, err);

	if (e >= 0)
		e = get_text(at, "mode", &run->mode, err);
	if (e >= 0)
		e = get_text(at, "observe", &run->observe, err);
	if (e >= 0)
		e = get_text(at, "start", &run->start, err);
	if (e >= 0)
		e = read_numbers(run, at, err);
	if (e >= 0)
		e = read_host(run, at, err);
	if (e >= 0)
		e = read_set(&run->caps, at, "caps", err);
	return e < 0 ? e : read_set(&run->notes, at, "notes", err);
}

static bool is_run_id(const char *s)
{
	return strlen(s) == SEGEN_RUN_ID_LEN &&
	       strspn(s, "0123456789abcdef") == SEGEN_RUN_ID_LEN;
}

static int read_run(struct tracefile_reader *r, const struct segen_json *at,
		    struct segen_error *err)
{
	const char *id;
	size_t run;
	int e = segen_json_as_object(at, err);

	if (e >= 0)
		e = tracefile_need_string(at, "id", &id, err);
	if (e < 0)
		return e;
	if (!is_run_id(id))
		return segen_json_fail(at, err, "'id' is not %d hexadecimal digits",
				       SEGEN_RUN_ID_LEN);
	if (intern_find(&r->runs, id, &run))
		return segen_json_fail(at, err, "the run '%s' is there twice", id);
	run = segen_trace_run(r->t, id);
	intern_add(&r->runs, r->t->runs[run]->id, run);
	return fill_run(r->t->runs[run], at, err);
}

static int read_runs(struct tracefile_reader *r, const struct segen_json *root,
		     struct segen_error *err)
{
	struct segen_json runs;
	size_t n;
	int e = segen_json_get_array(root, "runs", &runs, err);

	if (e <= 0)
		return e ? e : missing(root, "runs", err);
	e = segen_json_as_array(&runs, &n, err);
	if (e >= 0 && n > TRACEFILE_RUNS_MAX)
		e = segen_json_fail(&runs, err, "more than %d runs", TRACEFILE_RUNS_MAX);
	for (size_t i = 0; e >= 0 && i < n; i++) {
		struct segen_json at = segen_json_element(&runs, i);

		e = read_run(r, &at, err);
	}
	return e;
}

/* --- calls ------------------------------------------------------------------------ */

static int read_abi(struct tracefile_reader *r, const struct segen_json *at,
		    struct segen_error *err)
{
	const struct segen_arch *arch = segen_arch_by_name(at->key);
	int e = segen_json_as_object(at, err);

	if (e < 0)
		return e;
	if (!arch || strcmp(arch->name, at->key) != 0)
		return segen_json_fail(at, err, "unknown ABI '%s'", at->key);
	json_object_object_foreach(at->v, key, v)
	{
		struct segen_json call = {.v = v, .up = at, .key = key};

		e = tracefile_read_call(r, arch, &call, err);
		if (e < 0)
			return e;
	}
	return 0;
}

static int read_calls(struct tracefile_reader *r, const struct segen_json *root,
		      struct segen_error *err)
{
	struct segen_json calls;
	int e = tracefile_need_object(root, "calls", &calls, err);

	if (e < 0)
		return e;
	json_object_object_foreach(calls.v, key, v)
	{
		struct segen_json abi = {.v = v, .up = &calls, .key = key};

		e = read_abi(r, &abi, err);
		if (e < 0)
			return e;
	}
	return 0;
}

/* --- the document ----------------------------------------------------------------- */

static int check_version(const struct segen_json *root, struct segen_error *err)
{
	uint64_t version;
	int e = segen_json_as_object(root, err);

	if (e >= 0)
		e = segen_json_get_u64(root, "segen-trace", &version, err);
	if (e < 0)
		return e;
	if (!e)
		return segen_json_fail(root, err,
				       "not a trace file: it has no 'segen-trace'");
	if (version > SEGEN_TRACE_VERSION)
		return segen_json_fail(
			root, err,
			"trace format %llu is newer than this segen, which reads up to "
			"%d: use a newer segen",
			(unsigned long long)version, SEGEN_TRACE_VERSION);
	return version ? 0 : segen_json_fail(root, err, "there is no trace format 0");
}

static int read_document(struct tracefile_reader *r, const struct segen_json *root,
			 struct segen_error *err)
{
	int e = check_version(root, err);

	if (e >= 0)
		e = read_runs(r, root, err);
	if (e >= 0)
		e = segen_json_get_object(root, "modules", &r->modules, err);
	r->has_modules = e > 0;
	return e < 0 ? e : read_calls(r, root, err);
}

static void put_json(struct json_object **o)
{
	json_object_put(*o);
}

static void reader_done(struct tracefile_reader *r)
{
	intern_done(&r->runs);
}

int segen_tracefile_parse(const char *text, size_t len, const char *name,
			  struct segen_trace *t, struct segen_error *err)
{
	_cleanup_(put_json) struct json_object *doc = NULL;
	_cleanup_(segen_trace_done) struct segen_trace read = {};
	_cleanup_(reader_done) struct tracefile_reader r = {.t = &read};
	struct segen_json root = {.name = name};
	int e = segen_json_parse(text, len, name, &doc, err);

	if (e < 0)
		return e;
	root.v = doc;
	e = read_document(&r, &root, err);
	if (e < 0)
		return e;
	segen_trace_merge(t, &read);
	return 0;
}

int segen_tracefile_read(const char *path, struct segen_trace *t, struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int e = segen_file_read(path, &text, &len, err);

	if (e < 0)
		return e;
	return segen_tracefile_parse(text, len,
				     strcmp(path, "-") ? path : "standard input", t, err);
}
