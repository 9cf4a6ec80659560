/* test-oci-state.c: the folders of recordings, and what is put in their place. */
#include "oci/state.h"
#include "oci/conf.h"

#include <segen/tracefile.h>
#include <segen/util.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/tap.h"

static char state[] = "/tmp/segen-test.XXXXXX";

/* A finished recording of @id. */
static int record(const char *id)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(oci_part_end) struct oci_part part = {.fd = -1, .dir = -1};
	_cleanup_free_ char *path = NULL;
	int r = oci_part_begin(state, id, &part, NULL);

	if (r < 0)
		return r;
	segen_trace_add_run(&t, (char *const[]){(char *)"x", NULL});
	path = oci_part_trace_path(&part);
	return segen_tracefile_write(path, &t, NULL);
}

static int collect(const char *id)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	unsigned lost;

	return oci_state_collect(state, id, 0, &t, &lost, NULL);
}

static void test_ids(void)
{
	static const char *const good[] = {"abc",      ".hid", "requests",
					   "runtimes", "...",  "a=b"};
	static const char *const bad[] = {"", ".", "..", "a/b"};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		is_int(record(good[i]), 0, "id '%s': can be recorded", good[i]);
		is_int(collect(good[i]), 1, "id '%s': can be collected", good[i]);
		oci_state_remove(state, good[i]);
		is_int(collect(good[i]), -ENOENT, "id '%s': is removed", good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		is_int(record(bad[i]), -EINVAL, "id '%s': is refused", bad[i]);
}

static void test_prefix(void)
{
	record("abc1");
	record("abd2");
	is_int(collect("abd"), 1, "beginning of one id: is enough");
	is_int(collect("ab"), -ENOTUNIQ, "beginning of two ids: is not enough");
	oci_state_remove(state, "abc1");
	oci_state_remove(state, "abd2");
}

static void test_nothing_recorded(void)
{
	struct oci_part part;
	_cleanup_free_ char *dir = xasprintf("%s/none", state);

	oci_part_begin(state, "none", &part, NULL);
	is_int(access(dir, F_OK), 0, "recording under way: has a folder");
	is_int(collect("none"), -EBUSY, "recording under way: cannot be collected");
	oci_part_end(&part);
	is_int(access(dir, F_OK), -1, "recording of nothing: leaves no folder");
}

static void test_links(void)
{
	_cleanup_free_ char *target = xasprintf("%s.target", state);
	_cleanup_free_ char *link = xasprintf("%s/linked", state);
	struct stat before = {}, after = {};

	mkdir(target, 0700);
	stat(target, &before);
	if (symlink(target, link) < 0)
		return;
	is_int(record("linked"), -ENOTDIR, "link in the place of a folder: is refused");
	stat(target, &after);
	is_int(after.st_mode, before.st_mode,
	       "link in the place of a folder: its target keeps its mode");
	is_int(rmdir(target), 0, "link in the place of a folder: its target stays empty");
	unlink(link);
}

static void test_strangers(void)
{
	_cleanup_free_ char *dir = xasprintf("%s/theirs", state);

	if (!oci_is_root()) {
		skip("folder of another user: is refused", "only root cares");
		return;
	}
	mkdir(dir, 0700);
	if (chown(dir, 65534, 65534) == 0)
		is_int(record("theirs"), -EPERM, "folder of another user: is refused");
	rmdir(dir);
}

static void test_runtimes(void)
{
	const char *id = strrchr(state, '/') + 1; /* nobody else's */
	_cleanup_free_ char *none = oci_state_runtime(id), *noted = NULL, *gone = NULL;

	is_str(none, NULL, "runtime of a container: nothing is noted");
	is_int(oci_state_note_runtime(id, "/usr/bin/crun", NULL), 0,
	       "runtime of a container: can be noted");
	noted = oci_state_runtime(id);
	is_str(noted, "/usr/bin/crun", "runtime of a container: is noted");
	is_int(collect(id), -ENOENT, "runtime of a container: is no recording");
	oci_state_note_runtime(id, NULL, NULL);
	gone = oci_state_runtime(id);
	is_str(gone, NULL, "runtime of a container: is forgotten");
	is_int(oci_state_note_runtime(id, NULL, NULL), 0,
	       "runtime of a container: can be forgotten twice");
	is_int(oci_state_note_runtime("a/b", "/x", NULL), -EINVAL,
	       "runtime of a container with a wrong id: is not noted");
}

int main(void)
{
	if (!mkdtemp(state))
		return 99;
	test_ids();
	test_prefix();
	test_nothing_recorded();
	test_links();
	test_strangers();
	test_runtimes();
	rmdir(state);
	return done();
}
