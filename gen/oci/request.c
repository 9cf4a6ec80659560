/* request.c: a folder with an id, a few options, and what is known. */
#include "oci/request.h"

#include "oci/state.h"

#include <segen/json-write.h>
#include <segen/outfile.h>
#include <segen/tracefile.h>
#include <segen/util.h>

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#define ROOM OCI_STATE_REQUESTS
#define OPTIONS "options.json"
#define KNOWN "known.trace.json"
#define CID "cid"

void oci_request_done(struct oci_request *r)
{
	segen_trace_done(&r->known);
	*r = (struct oci_request){};
}

bool oci_request_is_empty(const struct oci_request *r)
{
	return !r->full && !r->args && !r->no_stacks && !r->patience && !r->known.n_calls;
}

int oci_request_make_room(const char *state, struct segen_error *err)
{
	_cleanup_free_ char *room = xasprintf("%s/" ROOM, state);
	int r = oci_state_make_dir(state, OCI_STATE_DIR_MODE, err);

	/* Everybody of the group may leave one, nobody take another's away. */
	return r < 0 ? r : oci_state_make_dir(room, 01770, err);
}

char *oci_request_cidfile(const char *dir)
{
	return xasprintf("%s/" CID, dir);
}

static int write_options(const char *dir, const struct oci_request *r,
			 struct segen_error *err)
{
	_cleanup_free_ char *path = xasprintf("%s/" OPTIONS, dir);
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	struct segen_json_out w = {.out = &text, .style = SEGEN_JSON_ONE_LINE};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_bool(&w, "full", r->full);
	segen_json_put_bool(&w, "args", r->args);
	segen_json_put_bool(&w, "no-stacks", r->no_stacks);
	segen_json_put_u64(&w, "patience", r->patience);
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
	return segen_outfile_write(path, text.s, text.len, err);
}

static int fill(const char *dir, struct oci_request *r, const char *cidfile,
		struct segen_error *err)
{
	_cleanup_free_ char *known = xasprintf("%s/" KNOWN, dir);
	_cleanup_free_ char *cid = oci_request_cidfile(dir), *target = NULL;
	int e = write_options(dir, r, err);

	if (e == 0 && r->known.n_calls)
		e = segen_tracefile_write(known, &r->known, err);
	if (e < 0 || !cidfile)
		return e;
	target = realpath(".", NULL);
	if (*cidfile == '/' || !target)
		e = symlink(cidfile, cid);
	else {
		_cleanup_free_ char *absolute = xasprintf("%s/%s", target, cidfile);

		e = symlink(absolute, cid);
	}
	return e < 0 ? segen_fail_errno(err, -errno, "cannot make '%s'", cid) : 0;
}

int oci_request_leave(const char *state, struct oci_request *r, const char *cidfile,
		      char **ret, struct segen_error *err)
{
	_cleanup_free_ char *dir = xasprintf("%s/" ROOM "/XXXXXX", state);
	int e;

	*ret = NULL;
	/* Who may not make it may find it made. */
	oci_request_make_room(state, NULL);
	if (!mkdtemp(dir))
		return segen_fail_errno(err, -errno,
					"cannot leave a request to the recorder in '%s' "
					"('segen runtime --install' makes the folder)",
					state);
	e = fill(dir, r, cidfile, err);
	if (e < 0)
		oci_request_remove(dir);
	else
		*ret = TAKE_PTR(dir);
	return e;
}

void oci_request_remove(const char *dir)
{
	static const char *const files[] = {OPTIONS, KNOWN, CID};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, files[i]);

		unlink(path);
	}
	rmdir(dir);
}

static int read_patience(struct segen_json *j, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	uint64_t patience = 0;
	int e = segen_json_u64(j, t, UINT64_MAX, &patience, err);

	*(unsigned *)into = (unsigned)MIN(patience, UINT_MAX);
	return e;
}

static int read_options(const char *dir, struct oci_request *r, struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"full", segen_json_bool, offsetof(struct oci_request, full),
		 SEGEN_JSON_OPTIONAL},
		{"args", segen_json_bool, offsetof(struct oci_request, args),
		 SEGEN_JSON_OPTIONAL},
		{"no-stacks", segen_json_bool, offsetof(struct oci_request, no_stacks),
		 SEGEN_JSON_OPTIONAL},
		{"patience", read_patience, offsetof(struct oci_request, patience),
		 SEGEN_JSON_OPTIONAL},
	};
	_cleanup_free_ char *path = xasprintf("%s/" OPTIONS, dir), *text = NULL;
	_cleanup_(segen_json_done) struct segen_json j = {};
	size_t len;
	int e = segen_file_read(path, &text, &len, err);

	if (e < 0)
		return e;
	segen_json_init(&j, text, len, path);
	return segen_json_document(&j, fields, ARRAY_SIZE(fields), r, err);
}

static int read_request(const char *dir, struct oci_request *r, struct segen_error *err)
{
	_cleanup_free_ char *known = xasprintf("%s/" KNOWN, dir);
	int e = read_options(dir, r, err);

	if (e < 0 || access(known, F_OK) < 0)
		return e;
	return segen_tracefile_read(known, &r->known, err);
}

static bool is_for(const char *dir, const char *id)
{
	_cleanup_free_ char *path = oci_request_cidfile(dir), *text = NULL;
	size_t len;

	if (segen_file_read(path, &text, &len, NULL) < 0)
		return false;
	text[strcspn(text, "\n")] = 0;
	return strcmp(text, id) == 0;
}

int oci_request_find(const char *state, const char *id, struct oci_request *ret,
		     struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset dirs = {};
	_cleanup_free_ char *room = xasprintf("%s/" ROOM, state);

	*ret = (struct oci_request){};
	oci_state_list(room, "", &dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		int e;

		if (!is_for(dirs.v[i], id))
			continue;
		e = read_request(dirs.v[i], ret, err);
		return e < 0 ? e : 1;
	}
	return 0;
}
