/* test-fast.c: the fast path: when a process is due, what its children and siblings get.
 */
#include "fast/birth.h"
#include "fast/fast.h"

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

/* One process with two threads, and a child of it. */
struct family {
	struct segen_trace trace;
	struct tracer tracer;
	struct tracee *first, *second, *child;
};

static void family_init(struct family *f)
{
	*f = (struct family){.tracer.settings.fast = true};
	f->tracer.trace = &f->trace;
	f->first = tracee_add(&f->tracer.tracees, 100, NULL);
	f->second = tracee_add(&f->tracer.tracees, 101, f->first->process);
	f->child = tracee_add(&f->tracer.tracees, 200, NULL);
}

static void family_done(struct family *f)
{
	tracee_table_done(&f->tracer.tracees);
	fast_done(&f->tracer.fast);
	segen_trace_done(&f->trace);
}
/* It points into itself: to be filled where it is. */
#define FAMILY                                  \
	_cleanup_(family_done) struct family f; \
	family_init(&f)

/* --- a loop ----------------------------------------------------------------------- */

static void call(struct family *f, int64_t nr, unsigned times)
{
	f->first->nr = nr;
	f->first->arch = segen_arch_native();
	while (times-- > 0)
		fast_entry(&f->tracer, f->first, false);
}

static void test_loop(void)
{
	FAMILY;
	const struct call_loop *l = &f.first->process->loop;

	call(&f, 1, 100);
	is_int(l->calls, 99, "a loop: calls of one kind");
	for (int64_t nr = 2; nr <= 4; nr++)
		call(&f, nr, 10);
	is_int(l->calls, 126, "a loop: calls of four kinds");
	call(&f, 5, 1);
	is_int(l->calls, 126, "a loop: goes on after one call of a fifth kind");
	call(&f, 6, 6);
	is_int(l->calls, 126, "a loop: goes on after a few others among many");
	call(&f, 7, 1);
	is_int(l->calls, 0, "a loop: ends after too many others");
	is_int(l->nrs[0], 7, "a loop: the next one begins with the last call");
}

static void test_quiet(void)
{
	FAMILY;
	const struct process *p = f.first->process;

	call(&f, 1, 138);
	is_int(p->calls_since_new, 138, "known calls are counted");
	fast_entry(&f.tracer, f.first, true);
	is_int(p->calls_since_new, 0, "a new call: counting begins anew");
	is_int(p->calls, 139, "a new call is a call as well");
}

static void test_children_count(void)
{
	FAMILY;
	const struct process *p = f.first->process;

	birth_inherit(f.first, f.child->process);
	f.child->process->calls = 30;
	f.child->process->childrens_calls = 12;
	fast_end(&f.tracer, f.child->process);
	is_int(p->childrens_calls, 42,
	       "a child has ended: its family's calls are counted");
	f.child->process->parent = 999;
	fast_end(&f.tracer, f.child->process);
	is_int(p->childrens_calls, 42, "a child of another one has ended: they are not");
}

/* --- children --------------------------------------------------------------------- */

static void test_inherit_filter(void)
{
	FAMILY;
	struct process *p = f.first->process, *c = f.child->process;

	birth_inherit(f.first, c);
	is_int(c->filter, FILTER_NONE, "a child of a process without filter has none");
	is_int(c->parent, 100, "a child knows its parent");
	p->filter = FILTER_SEGEN;
	f.first->unsure = true;
	birth_inherit(f.first, c);
	is_int(c->filter, FILTER_NONE,
	       "a fork that began before the filter: the child is taken to have none");
	birth_inherit(f.second, c);
	is_int(c->filter, FILTER_SEGEN, "a fork under the filter: the child has it");
}

static void test_inherit_states(void)
{
	static const struct {
		enum filter_state parent, child, want;
		const char *title;
	} rows[] = {
		{FILTER_NONE, FILTER_SEGEN, FILTER_SEGEN,
		 "a filter that it has got itself"},
		{FILTER_INJECTING, FILTER_NONE, FILTER_NONE,
		 "a filter on its way: not yet"},
		{FILTER_IMPOSSIBLE, FILTER_NONE, FILTER_IMPOSSIBLE, "what is impossible"},
		{FILTER_IMPOSSIBLE, FILTER_OWN, FILTER_OWN,
		 "impossible, and one of its own"},
		{FILTER_OWN, FILTER_NONE, FILTER_OWN, "the workload's own filter"},
		{FILTER_SEGEN, FILTER_OWN, FILTER_OWN, "its own, beside segen's"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		FAMILY;

		f.first->process->filter = rows[i].parent;
		f.child->process->filter = rows[i].child;
		birth_inherit(f.first, f.child->process);
		is_int(f.child->process->filter, rows[i].want, "a child has: %s",
		       rows[i].title);
	}
}

static void test_inherit_rest(void)
{
	FAMILY;
	struct process *p = f.first->process, *c = f.child->process;

	p->runtime = p->privs_taken = p->own_no_new_privs = true;
	birth_inherit(f.first, c);
	ok(c->runtime, "a child of a runtime is one");
	ok(c->privs_taken, "a child has no privileges that segen took from its parent");
	ok(c->own_no_new_privs, "a child has no privileges that its parent gave up");
	fast_makes_filter(f.second);
	birth_inherit(f.first, c);
	is_int(c->filter, FILTER_OWN,
	       "a sibling of the parent is loading a filter: the child may have it");
}

/* --- found before its parent told ------------------------------------------------- */

/* Of one that is due after one call: whether a filter is at least tried. */
static bool is_tried(struct family *f, struct tracee *t)
{
	struct segen_call call = {.arch = segen_arch_native(), .nr = 39};

	f->tracer.settings.patience = 1;
	f->tracer.recording = true;
	t->process->filter = FILTER_NONE;
	t->call = &call;
	t->arch = call.arch;
	t->nr = call.nr;
	/* It is not traced, so it cannot be done. */
	fast_entry(&f->tracer, t, false);
	t->call = NULL;
	return f->tracer.fast.filter.n > 0;
}

static void test_birth_unknown(void)
{
	FAMILY;
	struct tracee *grandchild = tracee_add(&f.tracer.tracees, 300, NULL);
	struct process *p = f.first->process, *c = f.child->process;
	struct process *g = grandchild->process;

	f.tracer.leader = 100;
	p->filter = FILTER_OWN;
	p->privs_taken = true;
	birth_found(&f.tracer, c, 100);
	is_int(c->filter, FILTER_OWN, "found early: taken to have its parent's filter");
	ok(c->privs_taken, "found early: taken to have its parent's privileges");
	birth_inherit(f.child, g);
	ok(!is_tried(&f, f.child), "found early: gets no filter of segen's");
	ok(!is_tried(&f, grandchild), "found early: nor does what it starts");
	p->filter = FILTER_SEGEN;
	birth_inherit(f.first, c);
	birth_reported(&f.tracer, f.child, 200);
	ok(!c->birth_unknown, "its parent tells: its birth is known");
	is_int(c->filter, FILTER_SEGEN, "its parent tells: it has the parent's filter");
	ok(!g->birth_unknown, "its parent tells: known of what it has started");
	is_int(g->filter, FILTER_SEGEN, "its parent tells: its children have it, too");
}

static void test_birth_reported_late(void)
{
	FAMILY;
	struct process *c = f.child->process;

	f.tracer.leader = 100;
	f.first->process->filter = FILTER_OWN;
	/* A child of 150, which was itself found too early, and has ended. */
	c->birth_unknown = true;
	c->parent = 150;
	birth_reported(&f.tracer, f.first, 151);
	ok(c->birth_unknown, "the birth of another one says nothing");
	birth_reported(&f.tracer, f.first, 150);
	ok(!c->birth_unknown, "the birth of a parent that has ended says enough");
	is_int(c->filter, FILTER_OWN,
	       "a parent that has ended: the grandparent's filter");
	is_int(c->parent, 100,
	       "a parent that has ended: the grandparent is in its place");
}

static void test_orphans(void)
{
	FAMILY;
	struct process *c = f.child->process;

	f.tracer.leader = 100;
	birth_found(&f.tracer, c, 999);
	ok(!is_tried(&f, f.child), "an unknown parent: no filter of segen's");
	c->birth_unknown = false;
	ok(is_tried(&f, f.child), "a known birth: a filter is tried");
	f.tracer.leader = 0;
	birth_found(&f.tracer, c, 999);
	ok(!c->birth_unknown, "what ran before it was traced has no birth to be told of");
}

/* --- siblings --------------------------------------------------------------------- */

/* The last step of an injection in the first thread; it is not traced, so it fails. */
static void finish_injection(struct family *f, int result)
{
	const struct call_info end = {.op = CALL_EXIT};

	f->first->injection = xcalloc(1, sizeof(*f->first->injection));
	f->first->injection->step = INJECT_MUNMAP;
	f->first->injection->result = result;
	if (f->first->process->filter == FILTER_NONE)
		f->first->process->filter = FILTER_INJECTING;
	fast_step(&f->tracer, f->first, &end);
}

static void test_injected(void)
{
	FAMILY;

	f.first->in_call = f.second->in_call = f.child->in_call = true;
	finish_injection(&f, 0);
	ok(process_is_fast(f.first->process), "injected: on the fast path");
	ok(!f.first->injection, "injected: the injection is over");
	ok(f.second->unsure, "injected: a sibling's call began without the filter");
	ok(!f.first->unsure, "injected: the thread's own call begins with it");
	ok(!f.first->in_call, "injected: the thread enters its call again");
	ok(!f.child->unsure, "injected: another process's call has no part in it");
	ok(!process_is_fast(f.child->process), "injected: nor has another process");
}

static void test_not_injected(void)
{
	char word[] = "command";
	char *const argv[] = {word, NULL};
	FAMILY;
	const struct process *p = f.first->process;
	const struct segen_strset *notes;

	segen_trace_add_run(&f.trace, argv);
	notes = &f.trace.runs[0]->notes;
	f.second->in_call = true;
	finish_injection(&f, -ESRCH);
	is_int(p->filter, FILTER_NONE, "its thread died: another one may try");
	ok(!f.second->unsure, "its thread died: a sibling's call is as it was");
	is_int(notes->n, 0, "its thread died: nothing to note");
	finish_injection(&f, -EBUSY);
	is_int(p->filter, FILTER_IMPOSSIBLE, "refused: not tried again");
	is_int(notes->n, 1, "refused: the trace says so");
	has_str(notes->n ? notes->v[0] : NULL, "EBUSY", "refused: and why");
}

static void test_injected_too_late(void)
{
	FAMILY;

	f.first->process->filter = FILTER_OWN;
	finish_injection(&f, 0);
	is_int(f.first->process->filter, FILTER_OWN,
	       "injected beside a filter of its own: followed call by call");
}

/* --- filters of the workload's own ------------------------------------------------ */

static void test_own_filter(void)
{
	FAMILY;
	struct process *p = f.first->process;

	p->filter = FILTER_SEGEN;
	fast_makes_filter(f.first);
	ok(!process_is_fast(p), "while a filter is loaded all calls stop");
	fast_made_filter(f.first, true);
	ok(process_is_fast(p), "it was not loaded: the fast path as before");
	fast_makes_filter(f.first);
	fast_makes_filter(f.second);
	fast_made_filter(f.second, false);
	fast_made_filter(f.first, true);
	ok(!process_is_fast(p), "one thread has loaded one: all calls stop");
	fast_made_filter(f.first, true);
	is_int(p->making, 0, "the end of another call has no part in it");
}

static void test_own_filter_of_the_dead(void)
{
	FAMILY;
	struct process *p = f.first->process;

	p->filter = FILTER_SEGEN;
	fast_makes_filter(f.second);
	fast_exec(p);
	is_int(p->filter, FILTER_OWN, "a thread that an exec ended may have loaded one");
	is_int(p->making, 0, "a thread that an exec ended loads no more");
	p->filter = FILTER_INJECTING;
	fast_exec(p);
	is_int(p->filter, FILTER_NONE, "an injection that an exec ended is over");
	p->filter = FILTER_SEGEN;
	fast_makes_filter(f.first);
	fast_thread_end(f.first);
	is_int(p->filter, FILTER_OWN, "a thread that was killed may have loaded one");
}

/* --- the end of a call ------------------------------------------------------------ */

static void test_may_resume(void)
{
	FAMILY;
	struct tracee *t = f.first;
	bool *const reasons[] = {&t->untraced_cleared, &t->unsure, &t->want_exit,
				 &t->strict};

	ok(!fast_may_resume(t), "resume: without a filter each call stops");
	t->process->filter = FILTER_SEGEN;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		*reasons[i] = true;
		ok(!fast_may_resume(t), "resume: reason %zu to see the end of its call",
		   i);
		*reasons[i] = false;
	}
	ok(fast_may_resume(t), "resume: else only its filter stops it");
}

int main(void)
{
	test_loop();
	test_quiet();
	test_children_count();
	test_inherit_filter();
	test_inherit_states();
	test_inherit_rest();
	test_birth_unknown();
	test_birth_reported_late();
	test_orphans();
	test_injected();
	test_not_injected();
	test_injected_too_late();
	test_own_filter();
	test_own_filter_of_the_dead();
	test_may_resume();
	return done();
}
