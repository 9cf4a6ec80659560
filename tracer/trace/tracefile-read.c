/* tracefile-read.c: a trace from a document that nobody vouches for. */
#include "trace/tracefile-read.h"

#include <segen/tracefile.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "trace/frame-text.h"
#include "trace/tracefile-container.h"
#include "trace/tracefile-keys.h"

#define EXIT_MAX 255

/* --- what the parts of the reader share ------------------------------------------- */

int tracefile_take_hex(struct segen_json *r, const struct segen_json_token *t,
		       uint64_t *ret, struct segen_error *err)
{
	if (t->kind == SEGEN_JSON_STRING && hex_parse(t->s, t->n, ret) == 0)
		return 0;
	return segen_json_fail(r, err, "not a hexadecimal number such as \"0x1f\"");
}

int tracefile_take_program(struct segen_json *r, const struct segen_json_token *t,
			   size_t *ret, struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	const char *path;
	int e = segen_json_string(r, t, &path, err);

	if (e < 0)
		return e;
	*ret = segen_trace_program(f->t, path);
	if (f->t->n_programs > SEGEN_PROGRAMS_MAX)
		return segen_json_fail(r, err, "more than %d programs",
				       SEGEN_PROGRAMS_MAX);
	return 0;
}

int tracefile_find_run(struct segen_json *r, const char *id, size_t *ret,
		       struct segen_error *err)
{
	const struct tracefile_reader *f = r->ctx;

	if (intern_find(&f->runs, id, ret))
		return 0;
	return segen_json_fail(r, err, "no run has this id");
}

/* --- runs ------------------------------------------------------------------------- */

static bool is_run_id(const char *s)
{
	return strlen(s) == SEGEN_RUN_ID_LEN &&
	       strspn(s, "0123456789abcdef") == SEGEN_RUN_ID_LEN;
}

static int read_id(struct segen_json *r, const struct segen_json_token *t, void *into,
		   struct segen_error *err)
{
	char *id = into;
	const char *s;
	int e = segen_json_string(r, t, &s, err);

	if (e < 0)
		return e;
	if (!is_run_id(s))
		return segen_json_fail(r, err, "not %d hexadecimal digits",
				       SEGEN_RUN_ID_LEN);
	memcpy(id, s, SEGEN_RUN_ID_LEN + 1);
	return 0;
}

static int read_command(struct segen_json *r, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	char ***argv = into;
	size_t n = 0, cap = 0;
	struct segen_json_token element;
	const char *arg;
	int e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);

	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0) {
		e = segen_json_string(r, &element, &arg, err);
		if (e < 0)
			break;
		segen_grow(argv, n + 1, &cap, sizeof(**argv));
		(*argv)[n++] = xstrdup(arg);
		(*argv)[n] = NULL;
	}
	return e;
}

/* The index of a word in @words, of which the first one is none. */
static int take_word(struct segen_json *r, const struct segen_json_token *t,
		     const char *const *words, size_t n, unsigned *ret,
		     struct segen_error *err)
{
	const char *word = NULL;
	int e = segen_json_string(r, t, &word, err);

	for (size_t i = 1; e >= 0 && i < n; i++)
		if (!strcmp(words[i], word)) {
			*ret = (unsigned)i;
			return 0;
		}
	return e < 0 ? e : segen_json_fail(r, err, "a word that segen does not know");
}

static int read_mode(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	unsigned mode = SEGEN_MODE_UNKNOWN;
	int e = take_word(r, t, tracefile_modes, ARRAY_SIZE(tracefile_modes), &mode, err);

	*(enum segen_mode *)into = (enum segen_mode)mode;
	return e;
}

static int read_observe(struct segen_json *r, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	unsigned observe = SEGEN_OBSERVE_UNKNOWN;
	int e = take_word(r, t, tracefile_observes, ARRAY_SIZE(tracefile_observes),
			  &observe, err);

	*(enum segen_observe *)into = (enum segen_observe)observe;
	return e;
}

static int read_exit(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	int *status = into;
	uint64_t value;
	int e = segen_json_u64(r, t, EXIT_MAX, &value, err);

	if (e >= 0)
		*status = (int)value;
	return e;
}

static int read_host(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"kernel", segen_json_text, offsetof(struct segen_run, kernel),
		 SEGEN_JSON_OPTIONAL},
		{"machine", segen_json_text, offsetof(struct segen_run, machine),
		 SEGEN_JSON_OPTIONAL},
		{"libseccomp", segen_json_text, offsetof(struct segen_run, libseccomp),
		 SEGEN_JSON_OPTIONAL},
	};

	return segen_json_fields(r, t, fields, ARRAY_SIZE(fields), into, err);
}

#define RUN(key, read, member)                                                     \
	{                                                                          \
		key, read, offsetof(struct segen_run, member), SEGEN_JSON_OPTIONAL \
	}

static const struct segen_json_field run_fields[] = {
	{"id", read_id, offsetof(struct segen_run, id), SEGEN_JSON_REQUIRED},
	RUN("command", read_command, argv),
	RUN("mode", read_mode, mode),
	RUN("observe", read_observe, observe),
	RUN("runtime", segen_json_text, runtime),
	RUN("engine", segen_json_text, engine),
	RUN("image", segen_json_text, image),
	RUN("image-id", segen_json_text, image_id),
	RUN("image-digest", segen_json_text, image_digest),
	RUN("known", segen_json_bool, known),
	RUN("start", segen_json_text, start),
	RUN("duration-ms", segen_json_uint64, duration_ms),
	RUN("exit", read_exit, exit),
	RUN("processes", segen_json_uint64, processes),
	RUN("threads", segen_json_uint64, threads),
	{"host", read_host, 0, SEGEN_JSON_OPTIONAL},
	RUN("caps", segen_json_set, caps),
	RUN("container", tracefile_read_container, container),
	RUN("notes", segen_json_set, notes),
};

static int read_run(struct segen_json *r, const struct segen_json_token *t,
		    struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	size_t index = segen_trace_run(f->t, ""), other;
	struct segen_run *run = f->t->runs[index];
	int e = segen_json_fields(r, t, run_fields, ARRAY_SIZE(run_fields), run, err);

	if (e < 0)
		return e;
	if (intern_find(&f->runs, run->id, &other))
		return segen_json_fail(r, err, "the run '%s' appears twice", run->id);
	intern_add(&f->runs, run->id, index);
	return 0;
}

static int read_runs(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	struct segen_json_token element;
	int e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);

	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0) {
		if (f->t->n_runs == SEGEN_RUNS_MAX)
			return segen_json_fail(r, err, "more than %d runs",
					       SEGEN_RUNS_MAX);
		e = read_run(r, &element, err);
	}
	return e;
}

/* --- modules ---------------------------------------------------------------------- */

static int read_module(struct segen_json *r, const char *key,
		       const struct segen_json_token *t, struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"path", segen_json_text, offsetof(struct tracefile_module, path),
		 SEGEN_JSON_REQUIRED},
		{"build-id", segen_json_text, offsetof(struct tracefile_module, build_id),
		 SEGEN_JSON_OPTIONAL},
	};
	struct tracefile_reader *f = r->ctx;
	struct tracefile_module *m;
	size_t other;

	if (intern_find(&f->module_names, key, &other))
		return segen_json_fail(r, err, "this key appears twice");
	GROW(f->modules, f->n_modules, f->cap_modules);
	m = &f->modules[f->n_modules];
	*m = (struct tracefile_module){.key = xstrdup(key)};
	intern_add(&f->module_names, m->key, f->n_modules++);
	return segen_json_fields(r, t, fields, ARRAY_SIZE(fields), m, err);
}

static int read_modules(struct segen_json *r, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	struct segen_json_token value;
	const char *key;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	while (e >= 0 && (e = segen_json_member(r, &key, &value, err)) > 0)
		e = read_module(r, key, &value, err);
	return e;
}

/* --- the document ----------------------------------------------------------------- */

static int read_version(struct segen_json *r, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	uint64_t version;
	int e = segen_json_u64(r, t, UINT64_MAX, &version, err);

	if (e < 0)
		return e;
	if (version > SEGEN_TRACE_VERSION)
		return segen_json_fail(r, err,
				       "format %" PRIu64
				       " is newer than this segen, which "
				       "reads up to %d: use a newer segen",
				       version, SEGEN_TRACE_VERSION);
	return version ? 0 : segen_json_fail(r, err, "there is no format 0");
}

/* Each needs what is above it.  segen writes them in this order; others may not. */
static const struct part {
	const char *key;
	int (*read)(struct segen_json *r, const struct segen_json_token *t, void *into,
		    struct segen_error *err);
	const char *missing; /* NULL: it may be */
} parts[] = {
	{"segen-trace", read_version, "not a trace file: it has no 'segen-trace'"},
	{"runs", read_runs, "'runs' is missing"},
	{"modules", read_modules, NULL},
	{"calls", tracefile_read_calls, "'calls' is missing"},
	{"denied", tracefile_read_denied, NULL},
	{"profiles", tracefile_read_profiles, NULL},
};

struct part_state {
	bool there, done;
	struct segen_json_token first; /* where to come back to */
	struct segen_json_scan scan;
};

static bool is_ready(const struct part_state *states, size_t i)
{
	bool ready = true;

	for (size_t k = 0; k < i; k++)
		ready &= states[k].done;
	return ready;
}

static int meet_part(struct segen_json *r, struct part_state *states, size_t i,
		     const struct segen_json_token *t, struct segen_error *err)
{
	if (states[i].there)
		return segen_json_fail(r, err, "this key appears twice");
	states[i].there = true;
	states[i].done = is_ready(states, i);
	if (states[i].done)
		return parts[i].read(r, t, NULL, err);
	states[i].first = *t;
	states[i].scan = r->scan;
	return segen_json_skip(r, t, err);
}

/* What came too early. */
static int read_rest(struct segen_json *r, struct part_state *states,
		     struct segen_error *err)
{
	int e = 0;

	for (size_t i = 0; e >= 0 && i < ARRAY_SIZE(parts); i++) {
		if (states[i].done || (!states[i].there && !parts[i].missing))
			continue;
		if (!states[i].there)
			return segen_json_fail(r, err, "%s", parts[i].missing);
		r->scan = states[i].scan;
		e = parts[i].read(r, &states[i].first, NULL, err);
	}
	return e;
}

static int read_document(struct segen_json *r, struct segen_error *err)
{
	struct part_state states[ARRAY_SIZE(parts)] = {};
	struct segen_json_token t;
	const char *key;
	int e = segen_json_begin(r, &t, err);

	if (e >= 0)
		e = segen_json_open(r, &t, SEGEN_JSON_OBJECT, err);
	while (e >= 0 && (e = segen_json_member(r, &key, &t, err)) > 0) {
		size_t i = 0;

		while (i < ARRAY_SIZE(parts) && strcmp(parts[i].key, key) != 0)
			i++;
		e = i < ARRAY_SIZE(parts) ? meet_part(r, states, i, &t, err)
					  : segen_json_skip(r, &t, err);
	}
	if (e >= 0)
		e = segen_json_end(r, err);
	return e < 0 ? e : read_rest(r, states, err);
}

static void reader_done(struct tracefile_reader *f)
{
	for (size_t i = 0; i < f->n_modules; i++) {
		free(f->modules[i].key);
		free(f->modules[i].path);
		free(f->modules[i].build_id);
	}
	free(f->modules);
	for (size_t i = 0; i < f->n_profiles; i++) {
		free(f->profiles[i].key);
		free(f->profiles[i].text);
	}
	free(f->profiles);
	intern_done(&f->profile_names);
	intern_done(&f->module_names);
	intern_done(&f->runs);
}

bool segen_tracefile_is(const char *text, size_t len)
{
	_cleanup_(segen_json_done) struct segen_json r = {};
	struct segen_json_token t;
	const char *key;
	int e;

	segen_json_init(&r, text, len, "");
	e = segen_json_begin(&r, &t, NULL);
	if (e >= 0)
		e = segen_json_open(&r, &t, SEGEN_JSON_OBJECT, NULL);
	while (e >= 0 && segen_json_member(&r, &key, &t, NULL) > 0) {
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
			if (!strcmp(parts[i].key, key))
				return true;
		e = segen_json_skip(&r, &t, NULL);
	}
	return false;
}

int segen_tracefile_parse(const char *text, size_t len, const char *name,
			  struct segen_trace *t, struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace read = {};
	_cleanup_(reader_done) struct tracefile_reader f = {.t = &read};
	_cleanup_(segen_json_done) struct segen_json r;
	int e;

	segen_json_init(&r, text, len, name);
	r.ctx = &f;
	e = read_document(&r, err);
	if (e >= 0)
		e = tracefile_resolve_profiles(&f, name, err);
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
