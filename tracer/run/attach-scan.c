/* attach-scan.c: pass by pass until no thread can start another one unseen. */
#include "run/attach-scan.h"

#include "proc/proc-stat.h"
#include "proc/proc-status.h"
#include "state/record.h"
#include "stops/loop.h"

#include <segen/util.h>

#include <dirent.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* How long a pass chases the threads of one process. */
#define CHASE_US 50000

static void add_process(struct attach_scan *n, pid_t tgid, struct tracee *t)
{
	struct process *p = t->process;

	p->tgid = tgid;
	record_program(n->tr, p);
	if (n->scope.first &&
	    attach_scope_is_guest(&n->scope, tgid, n->settled, &p->runtime))
		p->phases = SEGEN_PHASE_EXEC;
}

static void add_thread(struct attach_scan *n, pid_t tgid, pid_t tid)
{
	struct tracee *t = tracee_find(&n->tr->tracees, tid);
	struct process *p;

	/*
	 * Not traced, and in the table: its thread has ended, and the one that executed
	 * a program took over its number.
	 */
	if (t)
		tracee_remove(&n->tr->tracees, t);
	p = tracee_process_any(&n->tr->tracees, tgid);
	t = record_thread(n->tr, tid, p);
	t->seized = true;
	if (!p)
		add_process(n, tgid, t);
}

void attach_scan_init(struct attach_scan *n, struct tracer *tr, const pid_t *pids,
		      size_t n_pids)
{
	*n = (struct attach_scan){.tr = tr, .pids = pids, .n_pids = n_pids};
	seizer_init(&n->seizer);
}

void attach_scan_done(struct attach_scan *n)
{
	attach_scope_done(&n->scope);
	seizer_done(&n->seizer);
}

int attach_scan_start(struct attach_scan *n, bool container, struct segen_error *err)
{
	n->seizer.self = (pid_t)syscall(SYS_gettid);
	return container ? attach_scope_init_container(&n->scope, n->pids[0], err)
			 : attach_scope_init(&n->scope, err);
}

/* A thread in the table may have become another one meanwhile. */
static bool is_traced(const struct attach_scan *n, pid_t tid)
{
	struct proc_status st;

	return tracee_find(&n->tr->tracees, tid) && proc_status_read(tid, &st) == 0 &&
	       st.tracer == n->seizer.self;
}

/* Nothing of it can run unseen: it is traced, or a zombie leader. */
static bool is_covered(const struct attach_scan *n, pid_t tgid, pid_t tid)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 &&
	       (st.tracer == n->seizer.self || (tid == tgid && st.state == 'Z'));
}

/*
 * Returns how many threads of @tgid were not traced before; *@ret_covered: how many
 * cannot run unseen.
 */
static int seize_threads(struct attach_scan *n, pid_t tgid, unsigned *ret_covered,
			 struct segen_error *err)
{
	const struct dirent *d;
	char path[64];
	int found = 0, r = 0;
	DIR *dir;

	*ret_covered = 0;
	snprintf(path, sizeof(path), "/proc/%d/task", tgid);
	dir = opendir(path);
	while (r >= 0 && dir && (d = readdir(dir))) {
		pid_t tid = atoi(d->d_name);
		bool traced;

		if (tid <= 0)
			continue;
		traced = is_traced(n, tid);
		/*
		 * Not EXITKILL: no process ends because the tracer does.  Not
		 * TRACESECCOMP: the kernel answers for the filters there are as without a
		 * tracer.
		 */
		r = traced ? 0 : seizer_seize(&n->seizer, tid, LOOP_OPTIONS, err);
		if (r > 0)
			add_thread(n, tgid, tid);
		found += r > 0;
		*ret_covered += traced || r > 0 || is_covered(n, tgid, tid);
	}
	if (dir)
		closedir(dir);
	return r < 0 ? r : found;
}

/*
 * Threads that start others and end are a step ahead for a while, and the kernel's list
 * breaks off at one that ends: repeat until there are no more than are covered.  A traced
 * one counts until its end is collected, so this cannot be a coincidence, unless ends
 * were collected meanwhile.  What is traced already waits at its stops.
 */
static int seize_process(struct attach_scan *n, pid_t tgid, struct segen_error *err)
{
	const uint64_t until = record_clock_us() + CHASE_US;
	int found = 0;

	do {
		const size_t ends = n->seizer.n_ends;
		struct proc_stat st = {};
		unsigned covered;
		int r = seize_threads(n, tgid, &covered, err);

		if (r < 0)
			return r;
		found += r;
		if (proc_stat_read(tgid, &st) < 0 ||
		    (r == 0 && covered >= st.threads && n->seizer.n_ends == ends))
			return found;
	} while (record_clock_us() < until);
	n->incomplete = true;
	return found;
}

/* Born while its parent was being seized. */
static bool is_new_child(const struct attach_scan *n, pid_t pid)
{
	struct proc_stat st;

	return !pid_list_has(&n->scope.before, pid) && proc_stat_read(pid, &st) == 0 &&
	       tracee_process_any(&n->tr->tracees, st.ppid);
}

static bool is_wanted(const struct attach_scan *n, pid_t pid)
{
	if (pid == getpid())
		return false;
	return n->scope.first ? attach_scope_has(&n->scope, pid) : is_new_child(n, pid);
}

static void note_missing(struct attach_scan *n, const struct segen_error *why)
{
	record_note(n->tr, "calls are missing: %s", why->msg);
}

/* A process that was not asked for is not worth failing for. */
static int seize_newcomers(struct attach_scan *n, struct segen_error *err)
{
	_cleanup_(pid_list_done) struct pid_list all = {};
	int found = 0, r = pid_list_all(&all, err);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		struct segen_error why;
		int k = is_wanted(n, all.v[i]) ? seize_process(n, all.v[i], &why) : 0;

		if (k < 0)
			note_missing(n, &why);
		found += MAX(k, 0);
	}
	return r < 0 ? r : found;
}

/* Ends that the other thread has collected (seize.h). */
static void handle_ends(struct attach_scan *n)
{
	struct waited w;

	while (seizer_take_end(&n->seizer, &w)) {
		struct stop s = stop_decode(w.status);

		handle_stop(n->tr, w.tid, &s);
	}
}

int attach_scan_pass(struct attach_scan *n, struct segen_error *err)
{
	int found = 0, r = 0;

	n->incomplete = false;
	/* Later the numbers may be those of other processes. */
	for (size_t i = 0; r >= 0 && !n->settled && i < n->n_pids; i++) {
		r = seize_process(n, n->pids[i], err);
		found += MAX(r, 0);
	}
	r = r < 0 ? r : seize_newcomers(n, err);
	handle_ends(n);
	return r < 0 ? r : found + r;
}

static void count_seized(struct tracee *t, void *ctx)
{
	*(size_t *)ctx += t->seized;
}

void attach_scan_look(struct attach_scan *n, bool tick)
{
	struct segen_error why;
	size_t waiting = 0;
	int r;

	if (n->settled && !(tick && n->scope.first))
		return;
	tracee_each(&n->tr->tracees, count_seized, &waiting);
	if (waiting && !tick && !n->incomplete)
		return;
	r = attach_scan_pass(n, &why);
	if (r < 0)
		note_missing(n, &why);
	n->settled |= r <= 0 && !waiting && !n->incomplete;
}
