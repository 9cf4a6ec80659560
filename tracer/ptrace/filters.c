/* filters.c: the filters of a running process, read from the kernel and walked through.
 */
#include <segen/filters.h>

#include <segen/util.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* PTRACE_SECCOMP_GET_FILTER of linux/ptrace.h, which does not go with sys/ptrace.h. */
#define GET_FILTER 0x420c

struct segen_program {
	struct sock_filter *insns;
	size_t n;
};

void segen_filters_done(struct segen_filters *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i].insns);
	free(f->v);
	*f = (struct segen_filters){};
}

/* --- reading --------------------------------------------------------------------------
 */

static long get_filter(pid_t pid, size_t index, struct sock_filter *to)
{
	return ptrace((enum __ptrace_request)GET_FILTER, pid, (void *)(uintptr_t)index,
		      to);
}

/* 0: there is none with this index. */
static int read_one(pid_t pid, struct segen_filters *f)
{
	long n = get_filter(pid, f->n, NULL);
	struct segen_program p;

	if (n < 0)
		return errno == ENOENT || errno == EINVAL ? 0 : -errno;
	p.n = (size_t)n;
	p.insns = xcalloc(p.n + 1, sizeof(*p.insns));
	if (get_filter(pid, f->n, p.insns) != n) {
		free(p.insns);
		return -EIO;
	}
	GROW(f->v, f->n, f->cap);
	f->v[f->n++] = p;
	return 1;
}

/* Stop the process; a signal that was on its way to it then is in *@ret_signal. */
static int stop(pid_t pid, int *ret_signal)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return -errno;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
		return -errno;
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFSTOPPED(status))
		return -ESRCH;
	*ret_signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
	return 0;
}

int segen_filters_read(pid_t pid, struct segen_filters *ret, struct segen_error *err)
{
	int signal = 0, r = stop(pid, &signal);

	*ret = (struct segen_filters){};
	if (r < 0)
		return segen_fail(err, r, "process %d cannot be examined", pid);
	do
		r = read_one(pid, ret);
	while (r > 0);
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(uintptr_t)signal);
	if (r == 0)
		return 0;
	segen_filters_done(ret);
	if (r == -EACCES)
		r = -EPERM;
	return segen_fail(
		err, r,
		r == -EPERM
			? "only root with CAP_SYS_ADMIN can read the filters of process %d"
			: "the kernel does not reveal the filters of process %d",
		pid);
}

/* --- answering ------------------------------------------------------------------------
 */

#define WORDS (sizeof(struct seccomp_data) / sizeof(uint32_t))
#define STEPS_MAX 200000 /* of all ways through one program for one call */

/* A number that may depend on arguments. */
struct value {
	bool known;
	uint32_t v;
	unsigned word; /* of struct seccomp_data that it is; WORDS: of none */
};

struct way {
	size_t pc;
	struct value a, x, mem[BPF_MEMWORDS], data[WORDS];
};

struct walk {
	const struct segen_program *p;
	unsigned steps;
	bool lets, refuses;
	uint32_t refusal; /* the first that was found */
};

static struct value value_of(uint32_t v)
{
	return (struct value){true, v, WORDS};
}

static struct value loaded(const struct way *w, const struct sock_filter *i)
{
	switch (BPF_MODE(i->code)) {
	case BPF_IMM: return value_of(i->k);
	case BPF_ABS: return i->k / 4 < WORDS ? w->data[i->k / 4] : value_of(0);
	case BPF_MEM: return i->k < BPF_MEMWORDS ? w->mem[i->k] : value_of(0);
	default: return value_of(sizeof(struct seccomp_data)); /* BPF_LEN */
	}
}

static uint32_t calculated(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_ADD: return a + b;
	case BPF_SUB: return a - b;
	case BPF_MUL: return a * b;
	case BPF_DIV: return b ? a / b : 0;
	case BPF_AND: return a & b;
	case BPF_OR: return a | b;
	case BPF_XOR: return a ^ b;
	case BPF_LSH: return b < 32 ? a << b : 0;
	case BPF_RSH: return b < 32 ? a >> b : 0;
	default: return -a; /* BPF_NEG */
	}
}

static struct value operand(const struct way *w, const struct sock_filter *i)
{
	return BPF_SRC(i->code) == BPF_X ? w->x : value_of(i->k);
}

static void calculate(struct way *w, const struct sock_filter *i)
{
	struct value b = operand(w, i);

	if (w->a.known && b.known)
		w->a = value_of(calculated(BPF_OP(i->code), w->a.v, b.v));
	else
		w->a = (struct value){false, 0, WORDS};
}

static bool holds(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	default: return a & b; /* BPF_JSET */
	}
}

static void answered(struct walk *k, uint32_t answer)
{
	uint32_t action = answer & SECCOMP_RET_ACTION_FULL;

	if (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG)
		k->lets = true;
	else if (!k->refuses) {
		k->refuses = true;
		k->refusal = answer;
	}
}

static void go(struct walk *k, struct way *w);

/* Both ways of a jump that depends on arguments; one of them as a copy. */
static void fork_way(struct walk *k, struct way *w, const struct sock_filter *i)
{
	struct way yes = *w;

	if (BPF_OP(i->code) == BPF_JEQ && BPF_SRC(i->code) == BPF_K &&
	    w->a.word < WORDS) {
		yes.a = (struct value){true, i->k, w->a.word};
		yes.data[w->a.word] = yes.a;
	}
	yes.pc += 1U + i->jt;
	go(k, &yes);
	w->pc += i->jf;
}

static void jump(struct walk *k, struct way *w, const struct sock_filter *i)
{
	struct value b = operand(w, i);

	if (BPF_OP(i->code) == BPF_JA)
		w->pc += i->k;
	else if (w->a.known && b.known)
		w->pc += holds(BPF_OP(i->code), w->a.v, b.v) ? i->jt : i->jf;
	else
		fork_way(k, w, i);
}

static void go(struct walk *k, struct way *w)
{
	for (; w->pc < k->p->n && k->steps < STEPS_MAX; w->pc++, k->steps++) {
		const struct sock_filter *i = &k->p->insns[w->pc];

		switch (BPF_CLASS(i->code)) {
		case BPF_LD: w->a = loaded(w, i); break;
		case BPF_LDX: w->x = loaded(w, i); break;
		case BPF_ST:
		case BPF_STX:
			if (i->k < BPF_MEMWORDS)
				w->mem[i->k] = BPF_CLASS(i->code) == BPF_ST ? w->a : w->x;
			break;
		case BPF_ALU: calculate(w, i); break;
		case BPF_JMP: jump(k, w, i); break;
		case BPF_RET:
			if (BPF_RVAL(i->code) != BPF_A || w->a.known)
				answered(k, BPF_RVAL(i->code) == BPF_A ? w->a.v : i->k);
			else
				k->lets = k->refuses = true;
			return;
		default: /* BPF_MISC */
			if (BPF_MISCOP(i->code) == BPF_TAX)
				w->x = w->a;
			else
				w->a = w->x;
		}
	}
	/* Too many ways: some may be let through, some not. */
	if (k->steps >= STEPS_MAX)
		k->lets = k->refuses = true;
	else
		answered(k, SECCOMP_RET_KILL_PROCESS);
}

static void walk(struct walk *k, const struct segen_arch *arch, int nr)
{
	struct way w = {};

	for (size_t i = 0; i < WORDS; i++)
		w.data[i] = (struct value){false, 0, (unsigned)i};
	for (size_t i = 0; i < BPF_MEMWORDS; i++)
		w.mem[i] = value_of(0);
	w.a = w.x = value_of(0);
	w.data[offsetof(struct seccomp_data, nr) / 4] =
		value_of((uint32_t)nr | (strcmp(arch->name, "x32") ? 0 : SEGEN_X32_BIT));
	w.data[offsetof(struct seccomp_data, arch) / 4] = value_of(arch->audit);
	go(k, &w);
}

static struct segen_verdict verdict_of(uint32_t answer)
{
	int data = (int)(answer & SECCOMP_RET_DATA);

	switch (answer & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW: return (struct segen_verdict){SEGEN_ACT_ALLOW, 0};
	case SECCOMP_RET_LOG: return (struct segen_verdict){SEGEN_ACT_LOG, 0};
	case SECCOMP_RET_ERRNO: return (struct segen_verdict){SEGEN_ACT_ERRNO, data};
	case SECCOMP_RET_TRACE: return (struct segen_verdict){SEGEN_ACT_TRACE, data};
	case SECCOMP_RET_USER_NOTIF: return (struct segen_verdict){SEGEN_ACT_NOTIFY, 0};
	case SECCOMP_RET_TRAP: return (struct segen_verdict){SEGEN_ACT_TRAP, 0};
	case SECCOMP_RET_KILL_THREAD:
		return (struct segen_verdict){SEGEN_ACT_KILL_THREAD, 0};
	default: return (struct segen_verdict){SEGEN_ACT_KILL_PROCESS, 0};
	}
}

/* Of two answers the kernel takes the stricter one, of equal ones the newer filter's. */
struct segen_filters_reply segen_filters_reply(const struct segen_filters *f,
					       const struct segen_arch *arch, int nr)
{
	struct segen_filters_reply r = {SEGEN_LETS_ALL, {SEGEN_ACT_ALLOW, 0}};

	for (size_t i = f->n; i-- > 0;) {
		struct walk k = {.p = &f->v[i]};
		struct segen_verdict v;

		walk(&k, arch, nr);
		if (!k.refuses)
			continue;
		v = verdict_of(k.refusal);
		if (r.lets == SEGEN_LETS_ALL ||
		    (!k.lets &&
		     (r.lets != SEGEN_LETS_NONE || v.action > r.refusal.action)))
			r.refusal = v;
		r.lets = k.lets ? MIN(r.lets, SEGEN_LETS_SOME) : SEGEN_LETS_NONE;
	}
	return r;
}
