/* state.c: a folder per container. */
#include "oci/state.h"

#include "oci/conf.h"

#include <segen/tracefile.h>
#include <segen/util.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define PART ".part"
#define TRACE ".trace.json"
#define POLL_MS 20

static bool is_good_id(const char *id)
{
	return *id && *id != '.' && !strchr(id, '/') && strlen(id) < 200 &&
	       strcmp(id, OCI_STATE_REQUESTS) != 0;
}

/* In the file itself, where dockerd looks for the group of its socket. */
static bool find_docker_group(gid_t *ret)
{
	_cleanup_fclose_ FILE *f = fopen("/etc/group", "re");
	const struct group *g;

	while (f && (g = fgetgrent(f)))
		if (strcmp(g->gr_name, "docker") == 0) {
			*ret = g->gr_gid;
			return true;
		}
	return false;
}

int oci_state_make_dir(const char *path, unsigned mode, struct segen_error *err)
{
	gid_t docker;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return segen_fail_errno(err, -errno, "cannot make the folder '%s'", path);
	if (!oci_is_root())
		return 0;
	/* The group may do all that root may: it commands the engine. */
	if (find_docker_group(&docker) && chown(path, 0, docker) < 0)
		return segen_fail_errno(err, -errno, "cannot give '%s' to docker", path);
	/* Whatever the umask is. */
	if (chmod(path, mode) < 0)
		return segen_fail_errno(err, -errno, "cannot protect '%s'", path);
	return 0;
}

int oci_part_begin(const char *state, const char *id, struct oci_part *ret,
		   struct segen_error *err)
{
	_cleanup_free_ char *dir = xasprintf("%s/%s", state, id);
	struct timespec now;
	int r;

	*ret = (struct oci_part){.fd = -1};
	if (!is_good_id(id))
		return segen_fail(err, -EINVAL, "'%s' is no id of a container", id);
	r = oci_state_make_dir(state, OCI_STATE_DIR_MODE, err);
	if (r == 0)
		r = oci_state_make_dir(dir, OCI_STATE_DIR_MODE, err);
	if (r < 0)
		return r;
	clock_gettime(CLOCK_REALTIME, &now);
	ret->path = xasprintf("%s/%llx-%x" PART, dir,
			      (unsigned long long)now.tv_sec * 1000 +
				      (unsigned long long)now.tv_nsec / 1000000,
			      (unsigned)getpid());
	ret->fd = open(ret->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0640);
	if (ret->fd < 0)
		return segen_fail_errno(err, -errno, "cannot create '%s'", ret->path);
	flock(ret->fd, LOCK_EX);
	return 0;
}

char *oci_part_trace_path(const struct oci_part *p)
{
	return xasprintf("%.*s" TRACE, (int)(strlen(p->path) - strlen(PART)), p->path);
}

void oci_part_end(struct oci_part *p)
{
	if (p->fd >= 0) {
		unlink(p->path);
		close(TAKE_FD(p->fd));
	}
	free(TAKE_PTR(p->path));
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

void oci_state_list(const char *dir, const char *end, struct segen_strset *ret)
{
	_cleanup_(close_dir) DIR *d = dir ? opendir(dir) : NULL;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, e->d_name);

		if (*e->d_name != '.' && ends_with(e->d_name, end))
			segen_strset_add(ret, path);
	}
}

/* The folder of the container whose id is, or alone begins with, @id. */
static int find_dir(const char *state, const char *id, char **ret,
		    struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset all = {};
	_cleanup_free_ char *exact = xasprintf("%s/%s", state, id);
	const char *found = NULL;

	*ret = NULL;
	oci_state_list(state, "", &all);
	for (size_t i = 0; is_good_id(id) && i < all.n; i++) {
		if (!strcmp(all.v[i], exact)) {
			*ret = xstrdup(exact);
			return 0;
		}
		if (strncmp(all.v[i], exact, strlen(exact)) != 0 ||
		    ends_with(all.v[i], "/" OCI_STATE_REQUESTS))
			continue;
		if (found)
			return segen_fail(
				err, -ENOTUNIQ,
				"several containers have an id that begins with '%s'",
				id);
		found = all.v[i];
	}
	if (!found)
		return segen_fail(
			err, -ENOENT,
			"nothing was recorded of container '%s' in '%s'; was it "
			"started with the runtime segen?",
			id, state);
	*ret = xstrdup(found);
	return 0;
}

static bool is_locked(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;
}

/* Wait for all recorders; those that left their file behind have died. */
static int wait_parts(const char *dir, unsigned wait_ms, unsigned *ret_lost)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

	for (unsigned ms = 0;; ms += POLL_MS) {
		_cleanup_(segen_strset_done) struct segen_strset parts = {};
		unsigned locked = 0, lost = 0;

		oci_state_list(dir, PART, &parts);
		for (size_t i = 0; i < parts.n; i++) {
			if (is_locked(parts.v[i]))
				locked++;
			else if (access(parts.v[i], F_OK) == 0)
				lost++;
		}
		*ret_lost = lost;
		if (!locked)
			return 0;
		if (ms >= wait_ms)
			return -EBUSY;
		nanosleep(&pause, NULL);
	}
}

int oci_state_collect(const char *state, const char *id, unsigned wait_ms,
		      struct segen_trace *t, unsigned *ret_lost, struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset traces = {};
	_cleanup_free_ char *dir = NULL;
	int r = find_dir(state, id, &dir, err);

	if (r < 0)
		return r;
	if (wait_parts(dir, wait_ms, ret_lost) < 0)
		return segen_fail(
			err, -EBUSY,
			"container '%s' is still running, or was not started; its "
			"trace is complete when it has stopped",
			id);
	oci_state_list(dir, TRACE, &traces);
	if (!traces.n)
		return segen_fail(err, -ENOENT, "container '%s': %s", id,
				  *ret_lost ? "the recording was interrupted"
					    : "its workload was not started");
	for (size_t i = 0; r == 0 && i < traces.n; i++)
		r = segen_tracefile_read(traces.v[i], t, err);
	return r < 0 ? r : (int)traces.n;
}

void oci_state_remove(const char *state, const char *id)
{
	_cleanup_(segen_strset_done) struct segen_strset files = {};
	_cleanup_free_ char *dir = NULL;

	if (find_dir(state, id, &dir, NULL) < 0 || !dir)
		return;
	oci_state_list(dir, "", &files);
	for (size_t i = 0; i < files.n; i++)
		unlink(files.v[i]);
	rmdir(dir);
}
