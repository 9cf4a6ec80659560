/* request.c: leaves, finds and reads a request: options, what is known, and an id. */
#include "oci/request.h"

#include "oci/state.h"

#include <segen/json-write.h>
#include <segen/outfile.h>
#include <segen/tracefile.h>
#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#define ROOM OCI_STATE_REQUESTS
#define OPTIONS "options.json"
#define KNOWN "known.trace.json"
#define CID "cid" /* written by the engine */
#define ID "id"	  /* and by the runtime */

void oci_request_done(struct oci_request *r)
{
	segen_trace_done(&r->known);
	free(r->runtime);
	free(r->engine);
	*r = (struct oci_request){};
}

bool oci_request_is_empty(const struct oci_request *r)
{
	return !r->full && !r->args && !r->no_stacks && !r->patience &&
	       !r->known.n_calls && !r->runtime;
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
	if (r->runtime)
		segen_json_put_string(&w, "runtime", r->runtime);
	if (r->engine)
		segen_json_put_string(&w, "engine", r->engine);
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
	return segen_outfile_write(path, text.s, text.len, 0644, err);
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
		return segen_fail_errno(
			err, -errno,
			"cannot leave a request for the recorder in '%s' ('segen runtime --install' creates the folder)",
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
	static const char *const files[] = {OPTIONS, KNOWN, CID, ID};

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

static int read_options(const char *path, struct oci_request *r, struct segen_error *err)
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
		{"runtime", segen_json_text, offsetof(struct oci_request, runtime),
		 SEGEN_JSON_OPTIONAL},
		{"engine", segen_json_text, offsetof(struct oci_request, engine),
		 SEGEN_JSON_OPTIONAL},
	};
	_cleanup_free_ char *text = NULL;
	_cleanup_(segen_json_done) struct segen_json j = {};
	size_t len;
	int e = segen_file_read(path, &text, &len, err);

	if (e < 0)
		return e;
	segen_json_init(&j, text, len, path);
	return segen_json_document(&j, fields, ARRAY_SIZE(fields), r, err);
}

/* A regular file of the folder; -1 for whatever else may be there. */
static int open_file(const char *dir, const char *name, int flags)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return TAKE_FD(fd);
}

int oci_request_read(const char *dir, bool known, struct oci_request *ret,
		     struct segen_error *err)
{
	_cleanup_close_ int options = open_file(dir, OPTIONS, O_NOFOLLOW);
	_cleanup_close_ int trace = known ? open_file(dir, KNOWN, O_NOFOLLOW) : -1;
	_cleanup_free_ char *options_path = xasprintf("/proc/self/fd/%d", options);
	_cleanup_free_ char *trace_path = xasprintf("/proc/self/fd/%d", trace);
	int e;

	*ret = (struct oci_request){};
	if (options < 0)
		return segen_fail(err, -ENOENT, "the request '%s' has no options", dir);
	e = read_options(options_path, ret, err);
	return e < 0 || trace < 0 ? e
				  : segen_tracefile_read(trace_path, &ret->known, err);
}

/* The first line of a small file; NULL: there is none. */
static char *read_id(const char *dir, const char *name, int flags)
{
	_cleanup_close_ int fd = open_file(dir, name, flags);
	char text[OCI_ID_MAX + 2];
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[MAX(n, 0)] = 0;
	text[strcspn(text, "\n")] = 0;
	return *text ? xstrdup(text) : NULL;
}

char *oci_request_id(const char *dir)
{
	char *id = read_id(dir, ID, O_NOFOLLOW);

	return id ? id : read_id(dir, CID, 0);
}

char *oci_request_find(const char *state, const char *id)
{
	_cleanup_(segen_strset_done) struct segen_strset dirs = {};
	_cleanup_free_ char *room = xasprintf("%s/" ROOM, state);

	oci_state_list(room, "", &dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		_cleanup_free_ char *its = read_id(dirs.v[i], CID, 0);

		if (its && !strcmp(its, id))
			return xstrdup(dirs.v[i]);
	}
	return NULL;
}

char *oci_request_named(const char *state, const char *name)
{
	_cleanup_free_ char *dir = xasprintf("%s/" ROOM "/%s", state, name);
	struct stat st;

	if (!*name || *name == '.' || strchr(name, '/') || lstat(dir, &st) < 0 ||
	    !S_ISDIR(st.st_mode))
		return NULL;
	return TAKE_PTR(dir);
}

void oci_request_claim(const char *dir, const char *id)
{
	_cleanup_close_ int folder =
		open(dir, O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *line = xasprintf("%s\n", id);
	struct stat st;

	if (folder >= 0)
		fd = openat(folder, ID,
			    O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_WRONLY |
				    O_CLOEXEC,
			    0644);
	/* Who reads half of it finds nothing, as without it. */
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    fchmod(fd, 0644) < 0 || write(fd, line, strlen(line)) < 0)
		return;
}

void oci_request_ids(const char *dir, struct segen_strset *ret)
{
	_cleanup_close_ int fd = open_file(dir, ID, O_NOFOLLOW);
	_cleanup_free_ char *path = xasprintf("/proc/self/fd/%d", fd), *text = NULL;
	char *line, *next;
	size_t len;

	if (fd < 0 || segen_file_read(path, &text, &len, NULL) < 0)
		return;
	for (next = text; (line = strsep(&next, "\n"));)
		if (*line)
			segen_strset_add(ret, line);
}

bool oci_request_is_claimed(const char *dir)
{
	_cleanup_free_ char *id = read_id(dir, ID, O_NOFOLLOW);

	return id;
}
