/* state.c: makes, lists and removes the folders of containers. */
#include "oci/state.h"

#include "oci/conf.h"

#include <segen/outfile.h>
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
	return *id && strcmp(id, ".") != 0 && strcmp(id, "..") != 0 && !strchr(id, '/') &&
	       strlen(id) <= OCI_ID_MAX;
}

/* "=" is in no id of runc's. */
#define ESCAPE "="

/*
 * The folder of a container.  Ids that would be hidden, or that are names of folders of
 * another kind, are escaped.
 */
static char *folder_of(const char *state, const char *id)
{
	bool escape = *id == '.' || *id == *ESCAPE || !strcmp(id, OCI_STATE_REQUESTS) ||
		      !strcmp(id, OCI_STATE_RUNTIMES);

	return xasprintf("%s/%s%s", state, escape ? ESCAPE : "", id);
}

/* The other way round; NULL: it is no container's. */
static const char *id_of(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	if (!strcmp(name, OCI_STATE_REQUESTS) || !strcmp(name, OCI_STATE_RUNTIMES))
		return NULL;
	return *name == *ESCAPE ? name + 1 : name;
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

/* The group may do all that root may: it commands the engine. */
static int share(int fd, const char *path, unsigned mode, struct segen_error *err)
{
	struct stat st;
	gid_t docker;

	if (fstat(fd, &st) == 0 && st.st_uid != 0)
		return segen_fail(err, -EPERM, "'%s' is not owned by root", path);
	if (find_docker_group(&docker) && fchown(fd, 0, docker) < 0)
		return segen_fail_errno(err, -errno, "cannot give '%s' to docker", path);
	/* Whatever the umask is. */
	if (fchmod(fd, mode) < 0)
		return segen_fail_errno(err, -errno, "cannot protect '%s'", path);
	return 0;
}

int oci_state_make_dir(const char *path, unsigned mode, struct segen_error *err)
{
	_cleanup_close_ int fd = -1;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return segen_fail_errno(err, -errno, "cannot create the folder '%s'",
					path);
	fd = open(path, O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return segen_fail_errno(err, errno == ELOOP ? -ENOTDIR : -errno,
					"cannot use '%s' as a folder", path);
	return oci_is_root() ? share(fd, path, mode, err) : 0;
}

static int open_part(const char *dir, struct oci_part *ret, struct segen_error *err)
{
	struct timespec now;
	int r = oci_state_make_dir(dir, OCI_STATE_DIR_MODE, err);

	if (r < 0)
		return r;
	ret->dir = open(dir, O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
	if (ret->dir < 0)
		return segen_fail_errno(err, -errno, "cannot open '%s'", dir);
	clock_gettime(CLOCK_REALTIME, &now);
	/* What happens to the path meanwhile does not matter. */
	ret->path = xasprintf("/proc/self/fd/%d/%llx-%x" PART, ret->dir,
			      (unsigned long long)now.tv_sec * 1000 +
				      (unsigned long long)now.tv_nsec / 1000000,
			      (unsigned)getpid());
	ret->fd = open(ret->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0640);
	if (ret->fd < 0)
		return segen_fail_errno(err, -errno, "cannot create '%s'", ret->path);
	flock(ret->fd, LOCK_EX);
	return 0;
}

int oci_part_begin(const char *state, const char *id, struct oci_part *ret,
		   struct segen_error *err)
{
	_cleanup_free_ char *dir = folder_of(state, id);
	int r;

	*ret = (struct oci_part){.fd = -1, .dir = -1};
	if (!is_good_id(id))
		return segen_fail(err, -EINVAL, "'%s' is not a container id", id);
	r = oci_state_make_dir(state, OCI_STATE_DIR_MODE, err);
	if (r == 0)
		r = open_part(dir, ret, err);
	/* Another recorder, which had nothing to leave, has just removed the folder. */
	if (r == -ENOENT) {
		oci_part_end(ret);
		r = open_part(dir, ret, err);
	}
	return r;
}

char *oci_part_trace_path(const struct oci_part *p)
{
	return xasprintf("%.*s" TRACE, (int)(strlen(p->path) - strlen(PART)), p->path);
}

/* By its name, which may be another folder's by now: that is not empty then. */
static void remove_if_empty(int dir)
{
	_cleanup_free_ char *link = xasprintf("/proc/self/fd/%d", dir);
	char path[4096];
	ssize_t n = dir < 0 ? -1 : readlink(link, path, sizeof(path) - 1);

	if (n < 0)
		return;
	path[n] = 0;
	rmdir(path);
}

void oci_part_end(struct oci_part *p)
{
	if (p->fd >= 0) {
		unlink(p->path);
		close(TAKE_FD(p->fd));
	}
	remove_if_empty(p->dir);
	if (p->dir >= 0)
		close(TAKE_FD(p->dir));
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
	const char *found = NULL;

	*ret = NULL;
	oci_state_list(state, "", &all);
	for (size_t i = 0; is_good_id(id) && i < all.n; i++) {
		const char *its = id_of(all.v[i]);

		if (its && !strcmp(its, id)) {
			*ret = xstrdup(all.v[i]);
			return 0;
		}
		if (!its || strncmp(its, id, strlen(id)) != 0)
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

/* When a recording began is in its file's name. */
static void count_file(const char *path, struct oci_state_entry *e)
{
	long long since = strtoll(strrchr(path, '/') + 1, NULL, 16);

	if (ends_with(path, TRACE))
		e->finished++;
	else if (ends_with(path, PART) && is_locked(path))
		e->running++;
	else if (ends_with(path, PART) && access(path, F_OK) == 0)
		e->lost++;
	else
		return;
	if (!e->since || since < e->since)
		e->since = since;
}

static int by_age(const void *a, const void *b)
{
	const struct oci_state_entry *x = a, *y = b;

	return x->since < y->since ? -1 : x->since > y->since;
}

void oci_state_entries(const char *state, struct oci_state_entry **ret, size_t *ret_n)
{
	_cleanup_(segen_strset_done) struct segen_strset dirs = {};

	oci_state_list(state, "", &dirs);
	*ret = xcalloc(dirs.n + 1, sizeof(**ret));
	*ret_n = 0;
	for (size_t i = 0; i < dirs.n; i++) {
		_cleanup_(segen_strset_done) struct segen_strset files = {};
		struct oci_state_entry *e = &(*ret)[*ret_n];

		if (!id_of(dirs.v[i]))
			continue;
		oci_state_list(dirs.v[i], "", &files);
		for (size_t k = 0; k < files.n; k++)
			count_file(files.v[k], e);
		if (!e->since)
			continue;
		e->id = xstrdup(id_of(dirs.v[i]));
		++*ret_n;
	}
	qsort(*ret, *ret_n, sizeof(**ret), by_age);
}

void oci_state_entries_done(struct oci_state_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(entries[i].id);
	free(entries);
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

static char *note_of(const char *id)
{
	_cleanup_free_ char *state = oci_conf_usual_state();
	_cleanup_free_ char *dir = xasprintf("%s/" OCI_STATE_RUNTIMES, state);

	return folder_of(dir, id);
}

int oci_state_note_runtime(const char *id, const char *path, struct segen_error *err)
{
	_cleanup_free_ char *state = oci_conf_usual_state();
	_cleanup_free_ char *dir = xasprintf("%s/" OCI_STATE_RUNTIMES, state);
	_cleanup_free_ char *note = note_of(id);
	int r;

	if (!is_good_id(id))
		return segen_fail(err, -EINVAL, "'%s' is not a container id", id);
	if (!path)
		return unlink(note) < 0 && errno != ENOENT
			       ? segen_fail_errno(err, -errno, "cannot remove '%s'", note)
			       : 0;
	r = oci_state_make_dir(state, OCI_STATE_DIR_MODE, err);
	if (r == 0)
		r = oci_state_make_dir(dir, 0755, err);
	return r < 0 ? r : segen_outfile_write(note, path, strlen(path), 0644, err);
}

char *oci_state_runtime(const char *id)
{
	_cleanup_free_ char *note = note_of(id);
	_cleanup_close_ int fd =
		open(note, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char text[4096];
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	return n > 0 ? xstrndup(text, (size_t)n) : NULL;
}
