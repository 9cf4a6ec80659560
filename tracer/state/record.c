/* record.c: what is written down of a call: once it is new, and each time. */
#include "state/record.h"

#include "proc/program.h"
#include "state/restart.h"

#include <segen/syscall.h>
#include <segen/util.h>

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * The kernel's own results of an interrupted call (linux/errno.h, ERESTARTSYS to
 * ERESTART_RESTARTBLOCK): the program never sees them.
 */
#define ERESTART_FIRST 512
#define ERESTART_LAST 516

uint64_t record_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* A workload can be the cause of any number. */
#define NOTES_MAX 100

void record_note(struct tracer *tr, const char *fmt, ...)
{
	struct segen_strset *notes = &tr->trace->runs[tr->run]->notes;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (notes->n < NOTES_MAX)
		segen_strset_add(notes, text);
	else if (!segen_strset_has(notes, text))
		segen_strset_add(notes, "there were more notes");
}

void record_program(struct tracer *tr, struct process *p)
{
	_cleanup_free_ char *path = tr->settings.no_proc ? NULL : program_path(p->tgid);

	if (!path)
		return;
	if (tr->trace->n_programs < SEGEN_PROGRAMS_MAX ||
	    segen_trace_has_program(tr->trace, path)) {
		p->program = segen_trace_program(tr->trace, path);
		return;
	}
	p->program = SIZE_MAX;
	tr->unnamed_programs++;
}

void record_exec(struct tracer *tr, const struct tracee *t)
{
	struct process *p = t->process;
	const char *what = tr->settings.no_proc ? NULL : privileges_lost(p->tgid);

	record_program(tr, p);
	if (!what)
		return;
	/* An unprivileged tracer never sees them; a privileged one, unless it took them.
	 */
	record_note(tr, "%s ran without its privileges (%s): %s",
		    segen_trace_program_name(tr->trace, p->program), what,
		    p->privs_taken && geteuid() == 0
			    ? "run segen again with --mode=full"
			    : "run segen as root to trace it with them");
}

struct tracee *record_thread(struct tracer *tr, pid_t tid, struct process *process)
{
	struct segen_run *run = tr->trace->runs[tr->run];

	run->threads++;
	if (!process)
		run->processes++;
	return tracee_add(&tr->tracees, tid, process);
}

static const struct {
	const char *name;
	unsigned tag;
} known_tags[] = {
	{"clone", TAG_CLONE},
	{"clone3", TAG_CLONE3},
	{"sched_getaffinity", TAG_AFFINITY},
	{"sched_setaffinity", TAG_AFFINITY},
	/* A signal return "returns" whatever the interrupted code had in that register.
	 */
	{"rt_sigreturn", TAG_NO_RESULT},
	{"sigreturn", TAG_NO_RESULT},
	{"restart_syscall", TAG_RESTART},
	{"seccomp", TAG_SECCOMP},
	{"prctl", TAG_PRCTL},
	{"ptrace", TAG_PTRACE},
	{"execve", TAG_EXEC},
	{"execveat", TAG_EXEC},
};

static struct call_tag *tag_slot(const struct call_tags *t, const struct segen_call *call)
{
	size_t i = ((uintptr_t)call >> 4) * 0x9e3779b97f4a7c15u >> 32;

	for (;; i++) {
		struct call_tag *slot = &t->slots[i & (t->n_slots - 1)];

		if (!slot->call || slot->call == call)
			return slot;
	}
}

static unsigned tags_of(const struct call_tags *t, const struct segen_call *call)
{
	return call && t->n ? tag_slot(t, call)->tags : 0;
}

static void add_tags(struct call_tags *t, const struct segen_call *call, unsigned tags)
{
	struct call_tags old = *t;

	if (2 * (t->n + 1) > t->n_slots) {
		t->n_slots = t->n_slots ? 2 * t->n_slots : 256;
		t->slots = xcalloc(t->n_slots, sizeof(*t->slots));
		for (size_t i = 0; i < old.n_slots; i++)
			if (old.slots[i].call)
				*tag_slot(t, old.slots[i].call) = old.slots[i];
		free(old.slots);
	}
	*tag_slot(t, call) = (struct call_tag){call, tags};
	t->n++;
}

/* Whether there are any. */
static bool watch_values(struct tracer *tr, struct segen_call *call, const char *name)
{
	const struct segen_arg_fact *facts;
	bool watched = false;
	size_t n;

	facts = segen_arg_facts(&n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(facts[i].name, name) != 0)
			continue;
		GROW(tr->watches, tr->n_watches, tr->cap_watches);
		tr->watches[tr->n_watches++] = (struct watch){
			.call = call,
			.index = facts[i].index,
			.mask = facts[i].mask,
		};
		watched = true;
	}
	return watched;
}

/* What must be known of a call that was never seen before in this run. */
static void prepare(struct tracer *tr, struct segen_call *call)
{
	_cleanup_free_ char *name = segen_syscall_name(call->arch, call->nr);
	unsigned found = 0;

	if (!name)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(known_tags); i++)
		if (!strcmp(known_tags[i].name, name))
			found |= known_tags[i].tag;
	if (watch_values(tr, call, name))
		found |= TAG_WATCHED;
	if (found)
		add_tags(&tr->tags, call, found);
	if (call->arch == segen_arch_native())
		knowledge_call(&tr->fast.knowledge, call->nr, name, tr->settings.args);
}

static void first_sight(struct tracer *tr, const struct tracee *t,
			struct segen_call *call)
{
	struct segen_first *f = &call->first;

	if (call->n_seen > 1)
		return;
	f->run = tr->run;
	f->time_us = record_clock_us() - tr->start_us;
	f->program = t->process->program;
	f->pid = t->process->tgid;
	f->tid = t->tid;
	memcpy(f->args, t->args, sizeof(f->args));
	callsite_unwind(tr->unwinder, t->tid, &f->frames, &f->n_frames);
}

static bool record_values(const struct tracer *tr, struct segen_call *call,
			  const uint64_t args[6])
{
	bool new = false;

	for (size_t i = 0; i < tr->n_watches; i++) {
		const struct watch *w = &tr->watches[i];

		if (w->call == call)
			new |= segen_call_value(call, w->index, args[w->index] & w->mask);
	}
	return new;
}

/* Whether a number may still become a call of the trace. */
static bool is_listed(struct tracer *tr, const struct segen_arch *arch, int64_t nr)
{
	_cleanup_free_ char *name = segen_syscall_name(arch, nr);

	if (name)
		return true;
	if (tr->n_nameless == SEGEN_NAMELESS_MAX)
		return false;
	tr->n_nameless++;
	return true;
}

static struct segen_call *call_of(struct tracer *tr, const struct segen_arch *arch,
				  int64_t nr)
{
	struct segen_call *call = segen_trace_find(tr->trace, arch, nr);

	if (call)
		return call;
	if (is_listed(tr, arch, nr))
		return segen_trace_call(tr->trace, arch, nr, NULL);
	return &tr->unlisted;
}

/* What went beyond the bounds of a trace. */
void record_bounds(struct tracer *tr)
{
	uint64_t calls = segen_call_count(&tr->unlisted, NULL);

	if (tr->unnamed_programs)
		record_note(
			tr,
			"%zu more programs were started than the %d that segen can list",
			tr->unnamed_programs, SEGEN_PROGRAMS_MAX);
	if (calls)
		record_note(tr,
			    "%ju calls had numbers that are no system call's, besides "
			    "those of the %d that are listed",
			    (uintmax_t)calls, SEGEN_NAMELESS_MAX);
}

/* @again: it has been counted. */
static bool record_call(struct tracer *tr, struct tracee *t, bool again)
{
	struct segen_call *call = call_of(tr, t->arch, t->nr);
	struct segen_observation *seen = segen_call_seen(call, tr->run);
	bool new = !seen->count;

	t->call = call;
	if (new &&call != &tr->unlisted) {
		prepare(tr, call);
		first_sight(tr, t, call);
		tr->last_new = call;
	}
	t->tags = tags_of(&tr->tags, call);
	seen->count += !again || new;
	seen->phases |=
		tr->settings.phases | t->process->phases |
		(t->process->runtime ? SEGEN_PHASE_RUNTIME : SEGEN_PHASE_WORKLOAD);
	segen_seen_program(seen, t->process->program);
	if ((t->tags & TAG_WATCHED) && record_values(tr, call, t->args)) {
		knowledge_value(&tr->fast.knowledge, t->nr);
		new = true;
	}
	return new;
}

void record_continued(struct tracer *tr, struct tracee *t)
{
	if (!t->call)
		return;
	segen_seen_retract(segen_call_seen(t->call, tr->run), EINTR);
	restart_expect(t);
}

bool record_entry(struct tracer *tr, struct tracee *t, const struct call_info *c)
{
	t->in_call = true;
	t->call = NULL;
	t->tags = 0;
	t->arch = c->arch;
	t->nr = c->nr;
	t->ip = c->ip;
	t->sp = c->sp;
	memcpy(t->args, c->args, sizeof(t->args));
	if (!tr->recording)
		return false;
	if (!c->arch) {
		record_note(tr, "calls were made of an ABI that segen does not know");
		return false;
	}
	switch (restart_enter(t)) {
	case ENTRY_NEW: return record_call(tr, t, false);
	/* Calls that were not seen make every count a lower bound. */
	case ENTRY_UNSEEN: return record_call(tr, t, true);
	case ENTRY_AGAIN:
		t->call = segen_trace_find(tr->trace, t->arch, t->nr);
		t->tags = tags_of(&tr->tags, t->call);
		break;
	case ENTRY_SUBSTITUTE: break;
	}
	return false;
}

void record_interrupted(struct tracer *tr, struct tracee *t, const struct call_info *c)
{
	record_entry(tr, t, c);
	restart_expect(t);
	t->restart.expected = RESTART_BY_SEGEN;
	t->in_call = false;
}

void record_first_exec(struct tracer *tr, struct tracee *t)
{
	tr->recording = true;
	/* Where no filter stopped it on the way in, its arguments are not known. */
	if (!t->in_call) {
		t->in_call = true;
		t->arch = segen_arch_native();
		t->nr = segen_syscall_nr(t->arch, "execve");
	}
	if (t->arch)
		record_call(tr, t, false);
}

/* What a workload asks of ptrace(2) (linux/ptrace.h). */
enum { INNER_TRACEME = 0, INNER_ATTACH = 16, INNER_SEIZE = 0x4206 };

/* A tracer inside: a process has one, and that is segen. */
static void note_inner_tracer(struct tracer *tr, const struct tracee *t, int err)
{
	const struct segen_observation *seen = segen_call_seen(t->call, tr->run);
	const pid_t pid = (pid_t)t->args[1];
	bool wants = t->args[0] == INNER_TRACEME;

	if (err != EPERM || seen->refused || tr->inner_tracer_noted)
		return;
	if (t->args[0] == INNER_ATTACH || t->args[0] == INNER_SEIZE)
		wants = tracee_find(&tr->tracees, pid) != NULL;
	if (!wants)
		return;
	tr->inner_tracer_noted = true;
	record_note(tr,
		    "%s could not trace with ptrace, as segen does it already: run "
		    "debuggers and strace without segen, and sanitizers with "
		    "ASAN_OPTIONS=detect_leaks=0",
		    segen_trace_program_name(tr->trace, t->process->program));
}

void record_exit(struct tracer *tr, struct tracee *t, const struct call_info *c)
{
	int err = c->failed ? (int)-c->ret : 0;

	if (!t->in_call)
		return;
	t->in_call = false;
	if (!t->call)
		return;
	if (t->tags & TAG_NO_RESULT)
		restart_after_handler(t, c->ip, c->sp);
	if (err >= ERESTART_FIRST && err <= ERESTART_LAST) {
		restart_expect(t);
		return;
	}
	if (t->tags & TAG_PTRACE)
		note_inner_tracer(tr, t, err);
	if (t->arch == segen_arch_native())
		knowledge_outcome(&tr->fast.knowledge, t->nr,
				  t->tags & TAG_NO_RESULT ? 0 : err);
	if (!(t->tags & TAG_NO_RESULT))
		segen_seen_outcome(segen_call_seen(t->call, tr->run), err, 1);
}
