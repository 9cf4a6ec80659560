/* attach-run.c: the target, then its facts. */
#include "container/attach-run.h"

#include "container/container-find.h"
#include "cli/live.h"
#include "target/target.h"

#include <segen/util.h>

#include <errno.h>
#include <string.h>

static int add_pid(struct attach_target *t, pid_t pid, struct segen_error *err)
{
	_cleanup_(segen_process_done) struct segen_process p = {};
	int r = segen_process_read(pid, &p, err);

	if (r < 0)
		return r;
	if (p.pid == getpid())
		return segen_fail(err, -EINVAL, "process %d is segen itself", pid);
	if (!t->container && segen_process_is_ancestor(p.pid))
		return segen_fail(
			err, -EINVAL,
			"process %d (%s) started segen and may be waiting for it; attach from another terminal",
			pid, p.name);
	for (size_t i = 0; i < t->n_pids; i++)
		if (t->pids[i] == p.pid)
			return 0;
	t->pids[t->n_pids++] = p.pid;
	if (t->n_pids == 1) {
		t->first = p;
		p = (struct segen_process){};
	}
	return 0;
}

/* A client may speak of another machine: there its numbers mean others. */
static int check_here(const struct attach_target *t, const char *word,
		      struct segen_error *err)
{
	if (t->first.elsewhere)
		return 0;
	return segen_fail(
		err, -ESRCH,
		"--container: '%s' does not seem to run on this machine: process %d here (%s) is not in a container",
		word, t->first.pid, t->first.name);
}

static int find_container(const char *word, struct attach_target *t,
			  struct segen_error *err)
{
	_cleanup_(container_found_done) struct container_found c = {};
	int r = container_find(word, &c, err);

	if (r < 0)
		return r;
	t->container = true;
	t->name = TAKE_PTR(c.name);
	r = add_pid(t, c.pid, err);
	return r < 0 ? segen_wrap(err, r, "container '%s'", t->name)
		     : check_here(t, t->name, err);
}

int attach_target_find(const pid_t *pids, size_t n_pids, const char *container,
		       struct attach_target *ret, struct segen_error *err)
{
	int r = 0;

	*ret = (struct attach_target){.pids = xcalloc(n_pids + 1, sizeof(*ret->pids))};
	if (!n_pids)
		return find_container(container, ret, err);
	for (size_t i = 0; r == 0 && i < n_pids; i++)
		r = add_pid(ret, pids[i], err);
	if (r == 0)
		ret->name = xstrdup(ret->first.name);
	return r;
}

void attach_target_done(struct attach_target *t)
{
	segen_process_done(&t->first);
	free(t->pids);
	free(t->name);
	*t = (struct attach_target){};
}

static void add_facts(const struct segen_process *p, struct segen_run *run)
{
	for (unsigned i = 0; cap_by_number(i); i++)
		if ((p->filtered || p->elsewhere) && (p->bounding >> i & 1))
			segen_strset_add(&run->caps, cap_by_number(i));
	if (p->elsewhere && !p->bounding)
		segen_strset_add(&run->notes, "the container has no capabilities");
	if (p->elsewhere && !p->filtered)
		segen_strset_add(&run->notes, "the container has no seccomp filter");
	if (p->no_new_privs)
		segen_strset_add(&run->notes,
				 p->elsewhere
					 ? "the container runs with no-new-privileges"
					 : "the process has no_new_privs set");
	if (p->is_32bit)
		segen_strset_add(&run->notes, "the first process is a 32-bit program");
}

int attach_run(const struct attach_target *target, const struct segen_attach_opts *how,
	       int live_fd, struct segen_trace *t, size_t *ret_run,
	       struct segen_error *err)
{
	struct segen_attach_opts opts = *how;
	struct live live;
	int r;

	live_init(&live, live_fd);
	if (live.fd >= 0) {
		opts.progress = live_progress;
		opts.progress_ctx = &live;
	}
	opts.pids = target->pids;
	opts.n_pids = target->n_pids;
	opts.container = target->container;
	opts.argv = target->first.argv;
	opts.filtered = target->first.filtered;
	r = segen_attach(&opts, t, ret_run, err);
	live_erase(&live);
	if (r == 0)
		add_facts(&target->first, t->runs[*ret_run]);
	return r;
}
