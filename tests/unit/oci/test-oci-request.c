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
	segen_outfile_write(path, text, strlen(text), NULL);
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
}

static void test_leave(const char *state)
{
	_cleanup_(oci_request_done) struct oci_request left = {}, found = {};
	_cleanup_free_ char *dir = NULL, *cid = NULL;
	struct segen_error err = {};

	ok(oci_request_is_empty(&left), "nothing is asked for");
	fill(&left);
	ok(!oci_request_is_empty(&left), "something is");
	ok(oci_request_leave(state, &left, NULL, &dir, &err) == 0 && dir, "left: %s",
	   err.msg);
	ok(oci_request_find(state, "abc", &found, &err) == 0, "nobody's container yet");
	cid = oci_request_cidfile(dir);
	put(cid, "abc");
	ok(oci_request_find(state, "ab", &found, &err) == 0, "not another container's");
	ok(oci_request_find(state, "abc", &found, &err) == 1, "the container's");
	ok(found.full && found.args && !found.no_stacks && found.patience == 77,
	   "with its options");
	ok(found.known.n_calls == 1, "and what is known");
	oci_request_remove(dir);
	ok(access(dir, F_OK) < 0, "it is removed");
}

static void test_own_cidfile(const char *state)
{
	_cleanup_(oci_request_done) struct oci_request left = {.full = true}, found = {};
	_cleanup_free_ char *dir = NULL, *cid = xasprintf("%s/mine", state);

	ok(oci_request_leave(state, &left, cid, &dir, NULL) == 0,
	   "with a file of one's own");
	put(cid, "def\n");
	ok(oci_request_find(state, "def", &found, NULL) == 1 && found.full,
	   "it is followed");
	oci_request_remove(dir);
	ok(access(cid, F_OK) == 0, "and stays");
	unlink(cid);
}

static void test_broken(const char *state)
{
	_cleanup_free_ char *room = xasprintf("%s/requests", state);
	_cleanup_free_ char *dir = xasprintf("%s/x", room),
			    *cid = oci_request_cidfile(dir);
	_cleanup_free_ char *options = xasprintf("%s/options.json", dir);
	struct oci_request found;
	struct stat st;

	ok(stat(room, &st) == 0 && (st.st_mode & 07777) == 01770,
	   "only the group may leave requests, each its own");
	mkdir(dir, 0700);
	put(cid, "bad");
	ok(oci_request_find(state, "bad", &found, NULL) < 0, "a request without options");
	put(options, "{\"full\": 7}");
	ok(oci_request_find(state, "bad", &found, NULL) == -EINVAL, "with wrong ones");
	oci_request_done(&found);
	oci_request_remove(dir);
	rmdir(room);
}

int main(void)
{
	char state[] = "/tmp/segen-test.XXXXXX";

	if (!mkdtemp(state))
		return 99;
	test_leave(state);
	test_own_cidfile(state);
	test_broken(state);
	rmdir(state);
	return done();
}
