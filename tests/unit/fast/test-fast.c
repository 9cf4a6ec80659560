/* test-fast.c: when a process is let go, and what its children and siblings get of it. */
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
	const struct process *p = f.first->process;

	call(&f, 1, 100);
	ok(p->loop.calls == 99 && p->loop.n == 1, "calls of one kind are a loop");
	for (int64_t nr = 2; nr <= 4; nr++)
		call(&f, nr, 10);
	ok(p->loop.calls == 126 && p->loop.n == 4, "so are those of four kinds");
	call(&f, 5, 1);
	ok(p->loop.calls == 126 && p->loop.n == 4, "a stray one changes nothing");
	call(&f, 6, 6);
	ok(p->loop.calls == 126 && p->loop.strays == 7, "nor do some among many");
	call(&f, 7, 1);
	ok(p->loop.n == 1 && p->loop.nrs[0] == 7 && p->loop.calls == 0,
	   "too many begin a new loop");
	ok(p->calls == 138 && p->calls_since_new == 138,
	   "all are counted, none was news");
	fast_entry(&f.tracer, f.first, true);
	ok(p->calls_since_new == 0 && p->calls == 139, "news end the quiet");
}

static void test_children_count(void)
{
	FAMILY;

	birth_inherit(f.first, f.child->process);
	f.child->process->calls = 30;
	f.child->process->childrens_calls = 12;
	fast_end(&f.tracer, f.child->process);
	ok(f.first->process->childrens_calls == 42,
	   "what a child and its children did counts for the parent");
	f.child->process->parent = 999;
	fast_end(&f.tracer, f.child->process);
	ok(f.first->process->childrens_calls == 42, "a parent that is gone is no matter");
}

/* --- children --------------------------------------------------------------------- */

static void test_inherit_filter(void)
{
	FAMILY;
	struct process *p = f.first->process, *c = f.child->process;

	birth_inherit(f.first, c);
	ok(!process_is_fast(c) && c->parent == 100, "a child of one that was not let go");
	p->filtered = true;
	f.first->unsure = true;
	birth_inherit(f.first, c);
	ok(!process_is_fast(c),
	   "a fork that began before the filter: the child is taken to have none");
	birth_inherit(f.second, c);
	ok(process_is_fast(c), "a fork under the filter: the child is let go");
}

static void test_inherit_rest(void)
{
	FAMILY;
	struct process *p = f.first->process, *c = f.child->process;

	c->filtered = true;
	p->runtime = p->never_filter = p->privs_taken = p->own_no_new_privs = true;
	birth_inherit(f.first, c);
	ok(c->filtered, "a child that was let go before its parent's event stays so");
	ok(c->runtime && c->never_filter && c->privs_taken && c->own_no_new_privs,
	   "what cannot be, and what was taken, is inherited");
	ok(!c->own_filter, "no filter of its own");
	fast_makes_filter(f.second, false);
	birth_inherit(f.first, c);
	ok(c->own_filter, "a child of one that is about to put one on may have it");
}

/* --- found before its parent told ------------------------------------------------- */

/* In a row, of one that may be let go after one: it is, or at least it is tried. */
static bool is_tried(struct family *f, struct tracee *t)
{
	struct segen_call call = {.arch = segen_arch_native(), .nr = 39};

	f->tracer.settings.patience = 1;
	f->tracer.recording = true;
	t->process->never_filter = false;
	t->call = &call;
	t->arch = call.arch;
	t->nr = call.nr;
	/* Nobody traces it: it cannot be done. */
	fast_entry(&f->tracer, t, false);
	t->call = NULL;
	return f->tracer.fast.filter.n > 0;
}

static void test_stray(void)
{
	FAMILY;
	struct tracee *grandchild = tracee_add(&f.tracer.tracees, 300, NULL);
	struct process *p = f.first->process, *c = f.child->process;

	f.tracer.leader = 100;
	p->own_filter = p->privs_taken = true;
	birth_found(&f.tracer, c, 100);
	ok(c->birth_unknown && !c->filtered, "what it was born with is not known");
	ok(c->own_filter && c->privs_taken, "it is taken to be like its parent");
	c->own_filter = false;
	birth_inherit(f.child, grandchild->process);
	ok(grandchild->process->birth_unknown, "nor is that of what it starts");
	ok(!is_tried(&f, f.child) && !is_tried(&f, grandchild), "they are not let go");
	p->filtered = true;
	birth_inherit(f.first, c);
	birth_reported(&f.tracer, f.child, 200);
	ok(!c->birth_unknown && c->own_filter && c->filtered, "told: its parent's");
	ok(!grandchild->process->birth_unknown && grandchild->process->own_filter &&
		   grandchild->process->filtered,
	   "so has what it has started");
}

static void test_stray_of_the_dead(void)
{
	FAMILY;
	struct process *c = f.child->process;

	f.tracer.leader = 100;
	f.first->process->own_filter = true;
	/* A child of 150, which was itself found too early, and has ended. */
	c->birth_unknown = true;
	c->parent = 150;
	birth_reported(&f.tracer, f.first, 151);
	ok(c->birth_unknown, "told of another one");
	birth_reported(&f.tracer, f.first, 150);
	ok(!c->birth_unknown && c->own_filter && c->parent == 100,
	   "told of one that has ended: its parent speaks for it");
	c->own_filter = false;
	birth_found(&f.tracer, c, 999);
	ok(c->birth_unknown && !is_tried(&f, f.child),
	   "whose parent nobody knows is not let go");
	c->birth_unknown = false;
	ok(is_tried(&f, f.child), "but for that it would be");
	f.tracer.leader = 0;
	birth_found(&f.tracer, c, 999);
	ok(!c->birth_unknown, "what ran before has no birth to be told of");
}

/* --- siblings --------------------------------------------------------------------- */

/* The last step of an injection in the first thread; nobody traces it, so it fails. */
static void finish_injection(struct family *f, int result)
{
	const struct call_info end = {.op = CALL_EXIT};

	f->first->injection = xcalloc(1, sizeof(*f->first->injection));
	f->first->injection->step = INJECT_MUNMAP;
	f->first->injection->result = result;
	f->first->process->injecting = true;
	fast_step(&f->tracer, f->first, &end);
}

static void test_injected(void)
{
	FAMILY;
	const struct process *p = f.first->process;

	f.first->in_call = f.second->in_call = f.child->in_call = true;
	finish_injection(&f, 0);
	ok(process_is_fast(p) && !p->injecting && !f.first->injection, "it is let go");
	ok(f.second->unsure, "a sibling that was in a call did not begin it as one");
	ok(!f.first->unsure && !f.first->in_call,
	   "the thread itself begins its call now");
	ok(!f.child->unsure && !process_is_fast(f.child->process),
	   "another process has no part in it");
}

static void test_not_injected(void)
{
	char word[] = "command";
	char *const argv[] = {word, NULL};
	FAMILY;
	const struct process *p = f.first->process;

	segen_trace_add_run(&f.trace, argv);
	f.second->in_call = true;
	finish_injection(&f, -ESRCH);
	ok(!process_is_fast(p) && !p->injecting && !p->never_filter,
	   "its thread died: another one may try");
	ok(!f.second->unsure && f.trace.runs[0]->notes.n == 0, "nothing has changed");
	finish_injection(&f, -EBUSY);
	ok(!process_is_fast(p) && p->never_filter, "refused: nobody tries again");
	ok(f.trace.runs[0]->notes.n == 1 && strstr(f.trace.runs[0]->notes.v[0], "EBUSY"),
	   "and the trace says why");
}

/* --- filters of the workload's own ------------------------------------------------ */

static void test_own_filter(void)
{
	FAMILY;
	struct process *p = f.first->process;

	p->filtered = true;
	fast_makes_filter(f.first, false);
	ok(!process_is_fast(p) && !f.first->must_quiesce,
	   "while it is put on, all calls stop");
	fast_made_filter(f.first, true);
	ok(process_is_fast(p), "it failed: let go as before");
	fast_makes_filter(f.first, false);
	fast_makes_filter(f.second, false);
	fast_made_filter(f.second, false);
	fast_made_filter(f.first, true);
	ok(!process_is_fast(p), "one thread failed, the other did not");
	fast_made_filter(f.first, true);
	ok(p->making == 0, "the end of another call is none of this");
}

static void test_own_filter_of_the_dead(void)
{
	FAMILY;
	struct process *p = f.first->process;

	p->filtered = p->injecting = true;
	fast_makes_filter(f.second, false);
	fast_exec(p);
	ok(p->own_filter && !p->making && !p->injecting,
	   "who died in an exec may have put it on");
}

static void test_gathers(void)
{
	FAMILY;

	fast_makes_filter(f.first, true);
	ok(!f.first->must_quiesce, "nobody was let go: nobody to catch");
	f.first->process->filtered = true;
	fast_makes_filter(f.first, true);
	ok(f.first->must_quiesce, "siblings that were let go are to be caught");
	ok(f.first->process->making == 1, "one call counts once");
	f.child->process->filtered = true;
	fast_makes_filter(f.child, true);
	ok(!f.child->must_quiesce, "a thread alone has none");
}

/* --- the end of a call ------------------------------------------------------------ */

static void test_may_resume(void)
{
	FAMILY;
	struct tracee *t = f.first;
	bool *const reasons[] = {&t->untraced_cleared, &t->unsure, &t->want_exit,
				 &t->strict};

	ok(!fast_may_resume(t), "resume: without a filter each call stops");
	t->process->filtered = true;
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
	test_children_count();
	test_inherit_filter();
	test_inherit_rest();
	test_stray();
	test_stray_of_the_dead();
	test_injected();
	test_not_injected();
	test_own_filter();
	test_own_filter_of_the_dead();
	test_gathers();
	test_may_resume();
	return done();
}
