/* runtime-list.c: lists what was recorded of containers, and fetches it. */
#include "cmd/runtime-list.h"

#include "cli/message.h"
#include "container/container-find.h"
#include "oci/conf.h"
#include "oci/state.h"

#include <segen/tracefile.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define WAIT_MS 10000
#define SHORT_ID 12

/* The containers of the state folder. */
struct entries {
	struct oci_conf conf;
	struct oci_state_entry *v;
	size_t n;
};

static int entries_read(struct entries *ret, struct segen_error *err)
{
	int r = oci_conf_load(&ret->conf, err);

	if (r < 0)
		return r;
	if (access(ret->conf.state, F_OK) == 0 &&
	    access(ret->conf.state, R_OK | X_OK) < 0)
		return segen_fail_errno(err, -errno, "cannot read '%s'", ret->conf.state);
	oci_state_entries(ret->conf.state, &ret->v, &ret->n);
	return 0;
}

static void entries_done(struct entries *e)
{
	oci_state_entries_done(e->v, e->n);
	oci_conf_done(&e->conf);
}

static void add_entry(const struct oci_state_entry *e, struct segen_buf *out)
{
	_cleanup_(container_about_done) struct container_about about = {};
	time_t second = (time_t)(e->since / 1000);
	struct tm tm;
	char when[32];

	container_describe(e->id, &about);
	localtime_r(&second, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	segen_buf_printf(out, "%-*.*s  %s  %-8s  %3u  %s  %s\n", SHORT_ID, SHORT_ID,
			 e->id, when,
			 e->running ? "running"
			 : e->lost  ? "lost"
				    : "stopped",
			 e->finished, about.name ? about.name : "-",
			 about.image ? about.image : "-");
}

int runtime_list(struct segen_buf *out, struct segen_error *err)
{
	_cleanup_(entries_done) struct entries e = {};
	int r = entries_read(&e, err);

	if (r < 0)
		return r;
	if (e.n)
		segen_buf_printf(out, "%-*s  %-19s  %-8s  %3s  NAME  IMAGE\n", SHORT_ID,
				 "CONTAINER", "SINCE", "STATE", "RUNS");
	else
		say("nothing is kept in '%s'", e.conf.state);
	for (size_t i = 0; i < e.n; i++)
		add_entry(&e.v[i], out);
	return 0;
}

static int collect_one(const char *state, const char *id, const struct collect_opts *o,
		       struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	unsigned lost = 0;
	int r = oci_state_collect(state, id, WAIT_MS, &t, &lost, err);

	if (r < 0)
		return r;
	if (lost)
		say("recordings that were interrupted: %u", lost);
	r = segen_tracefile_write(o->output, &t, err);
	if (r == 0 && !o->keep)
		oci_state_remove(state, id);
	return r;
}

/* Those that have stopped, into one trace; @ret has their ids. */
static int unite(const struct entries *e, struct segen_trace *t, struct segen_strset *ret,
		 struct segen_error *err)
{
	for (size_t i = 0; i < e->n; i++) {
		unsigned lost = 0;
		int r;

		if (e->v[i].running)
			say("container %.*s is still running", SHORT_ID, e->v[i].id);
		if (e->v[i].running || !e->v[i].finished)
			continue;
		r = oci_state_collect(e->conf.state, e->v[i].id, 0, t, &lost, err);
		if (r < 0)
			return r;
		segen_strset_add(ret, e->v[i].id);
	}
	return ret->n ? 0
		      : segen_fail(err, -ENOENT, "no container in '%s' has stopped",
				   e->conf.state);
}

static int collect_into_one(const struct entries *e, const struct collect_opts *o,
			    struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(segen_strset_done) struct segen_strset ids = {};
	int r = unite(e, &t, &ids, err);

	if (r == 0)
		r = segen_tracefile_write(o->output, &t, err);
	for (size_t i = 0; r == 0 && !o->keep && i < ids.n; i++)
		oci_state_remove(e->conf.state, ids.v[i]);
	return r;
}

static int collect_into_folder(const struct entries *e, const struct collect_opts *o,
			       struct segen_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < e->n; i++) {
		_cleanup_free_ char *path =
			xasprintf("%s/%s.trace.json", o->output, e->v[i].id);
		struct collect_opts one = *o;

		one.output = path;
		if (e->v[i].running)
			say("container %.*s is still running", SHORT_ID, e->v[i].id);
		else if (e->v[i].finished)
			r = collect_one(e->conf.state, e->v[i].id, &one, err);
	}
	return r;
}

int runtime_collect(const struct collect_opts *o, struct segen_error *err)
{
	_cleanup_(entries_done) struct entries e = {};
	struct stat st;
	int r = entries_read(&e, err);

	if (r < 0)
		return r;
	if (strcmp(o->id, COLLECT_ALL) != 0)
		return collect_one(e.conf.state, o->id, o, err);
	if (stat(o->output, &st) == 0 && S_ISDIR(st.st_mode))
		return collect_into_folder(&e, o, err);
	return collect_into_one(&e, o, err);
}
