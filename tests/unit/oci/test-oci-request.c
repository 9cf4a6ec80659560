/* test-oci-request.c: what a client leaves is what the runtime of its container finds. */
#include "oci/request.h"

#include <segen/outfile.h>
#include <segen/syscall.h>
#include <segen/util.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/tap.h"

static void put(const char *path, const char *text)
{
	segen_outfile_write(path, text, strlen(text), 0644, NULL);
}

static void fill(struct oci_request *r)
{
	size_t run = segen_trace_add_run(&r->known, (char *const[]){(char *)"x", NULL});
	struct segen_call *c =
		segen_trace_call(&r->known, segen_arch_native(),
				 segen_syscall_nr(segen_arch_native(), "read"), NULL);

	segen_call_seen(c, run)->count = 1;
	r->full = r->args = true;
	r->patience = 77;
	r->runtime = xstrdup("/usr/bin/crun");
	r->engine = xstrdup("podman");
}

static void test_empty(void)
{
	_cleanup_(oci_request_done) struct oci_request r = {}, filled = {};

	ok(oci_request_is_empty(&r), "empty request: nothing is asked for");
	r.engine = xstrdup("docker");
	ok(oci_request_is_empty(&r), "empty request: a fact asks for nothing");
	fill(&filled);
	ok(!oci_request_is_empty(&filled), "filled request: is not empty");
}

static void test_options(const char *dir)
{
	_cleanup_(oci_request_done) struct oci_request found = {}, options = {};
	struct segen_error err = {};

	is_int(oci_request_read(dir, true, &found, &err), 0, "request: can be read: %s",
	       err.msg);
	ok(found.full, "request: full");
	ok(found.args, "request: args");
	ok(!found.no_stacks, "request: stacks");
	is_int(found.patience, 77, "request: patience");
	is_str(found.runtime, "/usr/bin/crun", "request: the runtime");
	is_str(found.engine, "podman", "request: the engine");
	is_int(found.known.n_calls, 1, "request: what is known");
	is_int(oci_request_read(dir, false, &options, NULL), 0,
	       "request: the options alone can be read");
	is_int(options.known.n_calls, 0, "request, options alone: nothing is known");
}

/* The folder of the request for @id. */
static void finds(const char *state, const char *id, const char *want, const char *title)
{
	_cleanup_free_ char *dir = oci_request_find(state, id);

	is_str(dir, want, "%s", title);
}

static void names(const char *dir, const char *want, const char *title)
{
	_cleanup_free_ char *id = oci_request_id(dir);

	is_str(id, want, "%s", title);
}

static void test_leave(const char *state)
{
	_cleanup_(oci_request_done) struct oci_request left = {};
	_cleanup_free_ char *dir = NULL, *cid = NULL;
	struct segen_error err = {};

	fill(&left);
	is_int(oci_request_leave(state, &left, NULL, &dir, &err), 0, "request: left %s",
	       err.msg);
	finds(state, "abc", NULL, "new request: is for no container");
	names(dir, NULL, "new request: has no id");
	cid = oci_request_cidfile(dir);
	put(cid, "abc");
	finds(state, "ab", NULL, "request: is not found for another container");
	finds(state, "abc", dir, "request: is found for its container");
	test_options(dir);
	ok(!oci_request_is_claimed(dir), "request: no runtime was called so far");
	oci_request_claim(dir, "abc");
	ok(oci_request_is_claimed(dir), "claimed request: a runtime was called");
	unlink(cid);
	names(dir, "abc", "claimed request: has the id without the engine's file");
	oci_request_remove(dir);
	ok(access(dir, F_OK) < 0, "removed request: the folder is gone");
}

static void test_own_cidfile(const char *state)
{
	_cleanup_(oci_request_done) struct oci_request left = {.full = true};
	_cleanup_free_ char *dir = NULL, *cid = xasprintf("%s/mine", state);

	is_int(oci_request_leave(state, &left, cid, &dir, NULL), 0,
	       "user's cidfile: a request is left");
	put(cid, "def\n");
	finds(state, "def", dir, "user's cidfile: the request is found by it");
	oci_request_remove(dir);
	ok(access(cid, F_OK) == 0, "user's cidfile: stays when the request is removed");
	unlink(cid);
}

static void test_hostile(const char *state)
{
	_cleanup_free_ char *dir = xasprintf("%s/requests/x", state);
	_cleanup_free_ char *cid = oci_request_cidfile(dir);
	_cleanup_free_ char *options = xasprintf("%s/options.json", dir);
	_cleanup_free_ char *id = xasprintf("%s/id", dir), *other = NULL;
	_cleanup_(oci_request_done) struct oci_request found = {};
	struct stat st;

	mkdir(dir, 0700);
	mkfifo(cid, 0600);
	mkfifo(options, 0600);
	alarm(5);
	finds(state, "abc", NULL, "FIFO as cid: the request is passed over at once");
	is_int(oci_request_read(dir, true, &found, NULL), -ENOENT,
	       "FIFO as options: refused at once");
	alarm(0);
	other = xasprintf("%s/other", state);
	if (symlink(other, id) < 0)
		return;
	oci_request_claim(dir, "abc");
	ok(lstat(other, &st) < 0, "link as id: what it points to is not made");
	oci_request_remove(dir);
}

static void test_broken(const char *state)
{
	_cleanup_free_ char *room = xasprintf("%s/requests", state);
	_cleanup_free_ char *dir = xasprintf("%s/x", room),
			    *cid = oci_request_cidfile(dir);
	_cleanup_free_ char *options = xasprintf("%s/options.json", dir);
	_cleanup_(oci_request_done) struct oci_request found = {};
	struct stat st = {};

	stat(room, &st);
	is_int(st.st_mode & 07777, 01770,
	       "folder of requests: the group may leave them, each its own");
	mkdir(dir, 0700);
	put(cid, "bad");
	is_int(oci_request_read(dir, true, &found, NULL), -ENOENT,
	       "request without options: is an error");
	put(options, "{\"full\": 7}");
	is_int(oci_request_read(dir, true, &found, NULL), -EINVAL,
	       "request with wrong options: is an error");
	oci_request_remove(dir);
}

int main(void)
{
	char state[] = "/tmp/segen-test.XXXXXX";
	_cleanup_free_ char *room = NULL;

	if (!mkdtemp(state))
		return 99;
	test_empty();
	test_leave(state);
	test_own_cidfile(state);
	test_broken(state);
	test_hostile(state);
	room = xasprintf("%s/requests", state);
	rmdir(room);
	rmdir(state);
	return done();
}
