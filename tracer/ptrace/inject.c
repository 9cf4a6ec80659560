/* inject.c: the steps of an injection. */
#include "ptrace/inject.h"
#include "ptrace/memory.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#ifndef PTRACE_GETSIGMASK
#define PTRACE_GETSIGMASK 0x420a
#define PTRACE_SETSIGMASK 0x420b
#endif

#define KERNEL_SIGSET_SIZE 8

/* What is written to the scratch memory: the struct seccomp(2) wants, then the program.
 */
struct scratch_head {
	unsigned short len;
	uint64_t filter __attribute__((aligned(8)));
};

void inject_free(struct injection *i)
{
	if (i)
		filter_done(&i->filter);
	free(i);
}

static int get_mask(pid_t tid, uint64_t *mask)
{
	return ptrace(PTRACE_GETSIGMASK, tid, KERNEL_SIGSET_SIZE, mask) < 0 ? -errno : 0;
}

static int set_mask(pid_t tid, uint64_t mask)
{
	return ptrace(PTRACE_SETSIGMASK, tid, KERNEL_SIGSET_SIZE, &mask) < 0 ? -errno : 0;
}

static int substitute(const struct injection *i, pid_t tid, long nr,
		      const uint64_t args[6])
{
	struct regs r = i->saved;

	regs_substitute(&r, nr, args);
	return regs_set(tid, &r);
}

static int next_call(struct injection *i, pid_t tid, enum inject_step step, long nr,
		     const uint64_t args[6])
{
	struct regs r = i->saved;

	i->step = step;
	regs_rewind(&r, nr, args);
	return regs_set(tid, &r);
}

int inject_start(struct injection *i, pid_t tid, const struct filter *f,
		 enum inject_how how)
{
	size_t len = sizeof(struct scratch_head) + f->n * sizeof(*f->insns);
	int r = regs_get(tid, &i->saved);

	if (r < 0)
		return r;
	if (!regs_at_syscall_insn(tid, &i->saved))
		return -EINVAL;
	i->how = how;
	i->step = INJECT_MMAP;
	/* What it remains if the tracee dies on the way. */
	i->result = -ESRCH;
	i->scratch_len = len;
	i->flags = FILTER_FLAGS;
	r = get_mask(tid, &i->mask);
	if (r == 0)
		r = set_mask(tid, UINT64_MAX);
	if (r < 0)
		return r;
	r = substitute(i, tid, SYS_mmap,
		       (uint64_t[6]){0, len, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0});
	if (r < 0)
		set_mask(tid, i->mask);
	else
		filter_copy(&i->filter, f);
	return r;
}

static int write_program(const struct injection *i, pid_t tid)
{
	struct scratch_head head = {
		.len = (unsigned short)i->filter.n,
		.filter = i->scratch + sizeof(head),
	};
	int r = memory_write(tid, i->scratch, &head, sizeof(head));

	if (r < 0)
		return r;
	return memory_write(tid, head.filter, i->filter.insns,
			    i->filter.n * sizeof(*i->filter.insns));
}

static int load(struct injection *i, pid_t tid)
{
	uint64_t flags = i->how == INJECT_PROCESS ? SECCOMP_FILTER_FLAG_TSYNC : 0;

	flags |= i->flags;

	return next_call(i, tid, INJECT_SECCOMP, SYS_seccomp,
			 (uint64_t[6]){SECCOMP_SET_MODE_FILTER, flags, i->scratch});
}

static int unmap(struct injection *i, pid_t tid)
{
	return next_call(i, tid, INJECT_MUNMAP, SYS_munmap,
			 (uint64_t[6]){i->scratch, i->scratch_len});
}

/* Back to where it was; the original call is made now. */
static int put_back(struct injection *i, pid_t tid)
{
	struct regs r = i->saved;

	i->step = INJECT_DONE;
	regs_rewind_same(&r);
	set_mask(tid, i->mask);
	return regs_set(tid, &r);
}

static int after_mmap(struct injection *i, pid_t tid, const struct call_info *c)
{
	int r;

	if (c->failed) {
		i->result = (int)c->ret;
		return put_back(i, tid);
	}
	i->scratch = (uint64_t)c->ret;
	r = write_program(i, tid);
	if (r == 0)
		return load(i, tid);
	i->result = r;
	return unmap(i, tid);
}

static int after_seccomp(struct injection *i, pid_t tid, const struct call_info *c)
{
	bool may_try = i->how == INJECT_PROCESS && !i->no_new_privs;

	if (c->failed && c->ret == -EACCES && may_try) {
		i->no_new_privs = true;
		return next_call(i, tid, INJECT_NO_NEW_PRIVS, SYS_prctl,
				 (uint64_t[6]){PR_SET_NO_NEW_PRIVS, 1});
	}
	/* A kernel that does not know the flags. */
	if (c->failed && c->ret == -EINVAL && i->flags) {
		i->flags = 0;
		return load(i, tid);
	}
	/* A positive result is the thread that cannot be synchronised (seccomp(2)). */
	i->result = c->ret > 0 ? -EBUSY : (int)c->ret;
	return unmap(i, tid);
}

bool inject_step(struct injection *i, pid_t tid, const struct call_info *c)
{
	int r = 0;

	if (c->op != CALL_EXIT)
		return true;
	switch (i->step) {
	case INJECT_MMAP: r = after_mmap(i, tid, c); break;
	case INJECT_SECCOMP: r = after_seccomp(i, tid, c); break;
	case INJECT_NO_NEW_PRIVS: r = load(i, tid); break;
	case INJECT_MUNMAP: r = put_back(i, tid); break;
	case INJECT_DONE: break;
	}
	/* Registers that cannot be written belong to a tracee that has just died. */
	if (r < 0)
		i->step = INJECT_DONE;
	return i->step != INJECT_DONE;
}
