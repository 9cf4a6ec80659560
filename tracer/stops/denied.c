/* denied.c: refused calls, read once for each place. */
#include "stops/denied.h"

#include "ptrace/memory.h"
#include "state/record.h"

#include <segen/syscall.h>

#include <string.h>

static bool is_place(const struct denied_place *p, const struct tracee *t,
		     const struct call_info *c, struct segen_verdict v)
{
	return p->nr == c->nr && p->arch == c->arch && p->ip == c->ip && p->sp == c->sp &&
	       p->action == v.action && p->err == v.err &&
	       p->program == t->process->program;
}

/* The same call, instruction, stack pointer and program: the same stack, in all
 * likelihood. */
static bool is_repeated(struct tracer *tr, const struct tracee *t,
			const struct call_info *c, struct segen_verdict v)
{
	struct denied *d = &tr->denied;

	for (size_t i = d->n; i-- > 0;) {
		if (!is_place(&d->places[i], t, c, v))
			continue;
		if (d->places[i].index < tr->trace->denials.n)
			tr->trace->denials.v[d->places[i].index].count++;
		return true;
	}
	return false;
}

/* Up to the end of its page, and of the next one: a text may end where memory does. */
static char *read_text(pid_t tid, uint64_t address)
{
	char text[SEGEN_DENIAL_TEXT_MAX + 1] = "";
	size_t n = 0;

	while (n < SEGEN_DENIAL_TEXT_MAX && !memchr(text, '\0', n)) {
		size_t part = MIN(MEMORY_PAGE - (address + n) % MEMORY_PAGE,
				  SEGEN_DENIAL_TEXT_MAX - n);

		if (memory_read(tid, address + n, text + n, part) < 0)
			break;
		n += part;
	}
	return n ? xstrndup(text, strnlen(text, n)) : NULL;
}

static void read_texts(pid_t tid, const struct call_info *c, char *ret[6])
{
	_cleanup_free_ char *name = c->arch ? segen_syscall_name(c->arch, c->nr) : NULL;
	const struct segen_path_fact *f;
	size_t n;

	f = segen_path_facts(&n);
	for (size_t i = 0; name && i < n; i++)
		if (!strcmp(f[i].name, name) && c->args[f[i].index])
			ret[f[i].index] = read_text(tid, c->args[f[i].index]);
}

void denied_record(struct tracer *tr, const struct tracee *t, const struct call_info *c,
		   struct segen_verdict v)
{
	struct denied *d = &tr->denied;
	struct segen_denial denial = {
		.arch = c->arch,
		.nr = c->nr,
		.verdict = v,
		.count = 1,
		.at =
			{
				.run = tr->run,
				.time_us = record_clock_us() - tr->start_us,
				.program = t->process->program,
				.pid = t->process->tgid,
				.tid = t->tid,
			},
	};

	if (!c->arch || is_repeated(tr, t, c, v) || d->n == SEGEN_DENIALS_MAX)
		return;
	memcpy(denial.at.args, c->args, sizeof(denial.at.args));
	callsite_unwind(tr->unwinder, t->tid, &denial.at.frames, &denial.at.n_frames);
	read_texts(t->tid, c, denial.text);
	GROW(d->places, d->n, d->cap);
	d->places[d->n++] = (struct denied_place){
		.arch = c->arch,
		.nr = c->nr,
		.ip = c->ip,
		.sp = c->sp,
		.action = v.action,
		.err = v.err,
		.program = t->process->program,
		.index = segen_trace_denied(tr->trace, &denial),
	};
}

void denied_done(struct denied *d)
{
	free(d->places);
	*d = (struct denied){};
}
