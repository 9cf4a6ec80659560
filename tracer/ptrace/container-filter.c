/* container-filter.c: programs in the memory of a runtime. */
#include "ptrace/container-filter.h"

#include "ptrace/bpf.h"
#include "ptrace/memory.h"

#include <segen/util.h>

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* struct sock_fprog of a 64-bit program. */
struct fprog {
	uint16_t len;
	uint64_t filter;
};

void container_filter_done(struct container_filter *g)
{
	for (size_t i = 0; i < g->n; i++)
		filter_done(&g->filters[i]);
	free(g->filters);
	*g = (struct container_filter){};
}

static int read_program(pid_t tid, uint64_t program, struct filter *ret)
{
	struct fprog p;
	int r = memory_read(tid, program, &p, sizeof(p));

	if (r < 0)
		return r;
	if (!p.len || p.len > BPF_MAXINSNS)
		return -EINVAL;
	ret->n = p.len;
	ret->insns = xcalloc(ret->n, sizeof(*ret->insns));
	r = memory_read(tid, p.filter, ret->insns, ret->n * sizeof(*ret->insns));
	if (r < 0)
		filter_done(ret);
	return r;
}

int container_filter_read(struct container_filter *g, pid_t tid, uint64_t program)
{
	struct filter f = {};
	int r = read_program(tid, program, &f);

	if (r < 0)
		return r;
	GROW(g->filters, g->n, g->cap);
	g->filters[g->n++] = f;
	return 0;
}

static int write_program(pid_t tid, uint64_t program, const struct filter *f)
{
	struct fprog p;
	int r = memory_read(tid, program, &p, sizeof(p));

	if (r < 0)
		return r;
	return memory_write(tid, p.filter, f->insns, f->n * sizeof(*f->insns));
}

int container_filter_divert(const struct container_filter *g, pid_t tid, uint64_t program)
{
	_cleanup_(filter_done) struct filter f = {};

	filter_copy(&f, &g->filters[g->n - 1]);
	if (!bpf_divert(f.insns, f.n, FILTER_TRACE_DATA))
		return -EINVAL;
	return write_program(tid, program, &f);
}

void container_filter_put_back(const struct container_filter *g, pid_t tid,
			       uint64_t program)
{
	/* Nobody reads it again as a rule; a tracee that died has nothing to lose. */
	write_program(tid, program, &g->filters[g->n - 1]);
}

void container_filter_drop(struct container_filter *g)
{
	filter_done(&g->filters[--g->n]);
}

static bool is_x32(const struct segen_arch *arch)
{
	return arch->audit == segen_arch_by_name("x86_64")->audit &&
	       arch != segen_arch_by_name("x86_64");
}

static struct seccomp_data data_of(const struct call_info *c)
{
	struct seccomp_data d = {
		.nr = (int)c->nr,
		.arch = c->arch->audit,
		.instruction_pointer = c->ip,
	};

	if (is_x32(c->arch) && c->nr >= 0)
		d.nr |= SEGEN_X32_BIT;
	for (int i = 0; i < 6; i++)
		d.args[i] = c->args[i];
	return d;
}

/* The kernel compares actions as signed numbers: KILL_PROCESS is the least. */
static int32_t action_of(uint32_t answer)
{
	return (int32_t)(answer & SECCOMP_RET_ACTION_FULL);
}

uint32_t container_filter_answer(const struct container_filter *g,
				 const struct call_info *c)
{
	struct seccomp_data d;
	uint32_t least = SECCOMP_RET_ALLOW;

	if (!c->arch)
		return least;
	d = data_of(c);
	/* Of equal actions the newest counts. */
	for (size_t i = g->n; i-- > 0;) {
		uint32_t answer = bpf_run(g->filters[i].insns, g->filters[i].n, &d);

		if (action_of(answer) < action_of(least))
			least = answer;
	}
	return least;
}

bool container_filter_may_inject(const struct container_filter *g)
{
	static const long calls[] = {SYS_mmap, SYS_munmap, SYS_seccomp, SYS_prctl};
	struct call_info c = {.arch = segen_arch_native()};

	if (g->unknown)
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (bpf_may_answer(g->filters[i].insns, g->filters[i].n,
				   SECCOMP_RET_USER_NOTIF))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		c.nr = calls[i];
		c.args[0] = calls[i] == SYS_prctl ? PR_SET_NO_NEW_PRIVS : 0;
		if (action_of(container_filter_answer(g, &c)) <
		    action_of(SECCOMP_RET_LOG))
			return false;
	}
	return true;
}
