/* resolve-rules.c: a flat profile as numbers, as runc and libseccomp understand it. */
#include "target/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <linux/ipc.h>
#include <linux/net.h>
#include <string.h>

/*
 * Calls that a 32-bit ABI reaches through a multiplexer, too: libseccomp adds a rule for
 * both ways (linux/net.h, linux/ipc.h; libseccomp arch-x86.c, x86_rule_add).  Its first
 * argument is the number in the row, which takes the place of any condition on it.
 */
static const struct {
	const char *name, *mux;
	unsigned number;
} muxed[] = {
	{"socket", "socketcall", SYS_SOCKET},
	{"bind", "socketcall", SYS_BIND},
	{"connect", "socketcall", SYS_CONNECT},
	{"listen", "socketcall", SYS_LISTEN},
	{"accept", "socketcall", SYS_ACCEPT},
	{"getsockname", "socketcall", SYS_GETSOCKNAME},
	{"getpeername", "socketcall", SYS_GETPEERNAME},
	{"socketpair", "socketcall", SYS_SOCKETPAIR},
	{"send", "socketcall", SYS_SEND},
	{"recv", "socketcall", SYS_RECV},
	{"sendto", "socketcall", SYS_SENDTO},
	{"recvfrom", "socketcall", SYS_RECVFROM},
	{"shutdown", "socketcall", SYS_SHUTDOWN},
	{"setsockopt", "socketcall", SYS_SETSOCKOPT},
	{"getsockopt", "socketcall", SYS_GETSOCKOPT},
	{"sendmsg", "socketcall", SYS_SENDMSG},
	{"recvmsg", "socketcall", SYS_RECVMSG},
	{"accept4", "socketcall", SYS_ACCEPT4},
	{"recvmmsg", "socketcall", SYS_RECVMMSG},
	{"sendmmsg", "socketcall", SYS_SENDMMSG},
	{"semop", "ipc", SEMOP},
	{"semget", "ipc", SEMGET},
	{"semctl", "ipc", SEMCTL},
	{"semtimedop", "ipc", SEMTIMEDOP},
	{"msgsnd", "ipc", MSGSND},
	{"msgrcv", "ipc", MSGRCV},
	{"msgget", "ipc", MSGGET},
	{"msgctl", "ipc", MSGCTL},
	{"shmat", "ipc", SHMAT},
	{"shmdt", "ipc", SHMDT},
	{"shmget", "ipc", SHMGET},
	{"shmctl", "ipc", SHMCTL},
};

/* Only for these does libseccomp add the second way. */
static const char *const muxing[] = {"i386", "s390", "s390x", "ppc", "ppc64", "ppc64le"};

static bool is_muxing(const struct segen_arch *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(muxing); i++)
		if (strcmp(muxing[i], arch->name) == 0)
			return true;
	return false;
}

/* A rule that names an argument twice becomes one rule per condition in the runtimes. */
static bool index_repeats(const struct profile_rule *r)
{
	unsigned seen = 0;

	for (size_t i = 0; i < r->n_conds; i++) {
		if (seen & 1u << r->conds[i].index)
			return true;
		seen |= 1u << r->conds[i].index;
	}
	return false;
}

static void add_muxed(struct segen_abi_rules *abi, const char *name,
		      const struct segen_rule *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(muxed); i++) {
		struct segen_rule mux = {.verdict = rule->verdict};

		if (strcmp(muxed[i].name, name) != 0)
			continue;
		mux.nr = segen_syscall_nr(abi->arch, muxed[i].mux);
		if (mux.nr < 0)
			return;
		mux.conds[mux.n_conds++] = (struct segen_cond){
			.op = SEGEN_CMP_EQ,
			.value = muxed[i].number,
		};
		for (unsigned k = 0; k < rule->n_conds; k++)
			if (rule->conds[k].index != 0)
				mux.conds[mux.n_conds++] = rule->conds[k];
		segen_rules_add(abi, &mux);
		return;
	}
}

static void add_one(struct segen_abi_rules *abi, const char *name,
		    const struct segen_rule *rule)
{
	if (rule->nr >= 0)
		segen_rules_add(abi, rule);
	if (is_muxing(abi->arch))
		add_muxed(abi, name, rule);
}

static void add_name(struct segen_abi_rules *abi, const struct profile_rule *r,
		     const char *name, int nr, struct segen_verdict verdict)
{
	struct segen_rule rule = {.nr = nr, .verdict = verdict};

	if (index_repeats(r)) {
		rule.n_conds = 1;
		for (size_t i = 0; i < r->n_conds; i++) {
			rule.conds[0] = r->conds[i];
			add_one(abi, name, &rule);
		}
		return;
	}
	for (size_t i = 0; i < r->n_conds; i++)
		rule.conds[rule.n_conds++] = r->conds[i];
	add_one(abi, name, &rule);
}

static bool same_verdict(struct segen_verdict a, struct segen_verdict b)
{
	return a.action == b.action && a.err == b.err;
}

/*
 * Numbers count for runc's stub even when the rule is dropped for saying what the
 * default says.
 */
static void add_rule(struct segen_abi_rules *abi, const struct profile_rule *r,
		     struct segen_verdict def)
{
	const struct segen_verdict verdict = {r->action, profile_rule_errno(r)};

	for (size_t i = 0; i < r->n_names; i++) {
		int nr = segen_syscall_nr(abi->arch, r->names[i]);

		if (nr > abi->stub_above)
			abi->stub_above = nr;
		if (!same_verdict(verdict, def))
			add_name(abi, r, r->names[i], nr, verdict);
	}
}

/* runc adds no stub where the default allows (patchbpf/enosys_linux.go). */
static bool wants_stub(enum segen_action def)
{
	return def != SEGEN_ACT_ALLOW && def != SEGEN_ACT_LOG && def != SEGEN_ACT_TRACE;
}

static size_t count_names(const struct profile *flat)
{
	size_t n = 0;

	for (size_t i = 0; i < flat->n_rules; i++)
		n += flat->rules[i].n_names;
	return n;
}

static void add_abi(const struct profile *flat, const struct segen_arch *arch, bool stub,
		    struct segen_rules *ret)
{
	struct segen_abi_rules *abi;

	for (size_t i = 0; i < ret->n_abis; i++)
		if (ret->abis[i].arch == arch)
			return;
	abi = segen_rules_add_abi(ret, arch);
	abi->stub_above = -1;
	segen_rules_reserve(abi, count_names(flat));
	for (size_t i = 0; i < flat->n_rules; i++)
		add_rule(abi, &flat->rules[i], ret->def);
	if (!stub || !wants_stub(flat->def))
		abi->stub_above = -1;
}

/* @subs: the architectures of the profile as well. */
static int add_abis(const struct profile *flat, const struct target *t, bool runc_stub,
		    bool subs, struct segen_rules *ret, struct segen_error *err)
{
	add_abi(flat, t->arch, runc_stub, ret);
	for (size_t i = 0; i < flat->n_architectures; i++) {
		const struct segen_arch *a = segen_arch_by_name(flat->architectures[i]);

		if (!a)
			return segen_fail(err, -EINVAL,
					  "string %s is not a valid arch for seccomp",
					  flat->architectures[i]);
		if (subs)
			add_abi(flat, a, runc_stub, ret);
	}
	return 0;
}

static int make_rules(const struct profile *flat, const struct target *t, bool runc_stub,
		      bool subs, struct segen_rules *ret, struct segen_error *err)
{
	struct segen_rules rules = {
		.def = {flat->def, profile_default_errno(flat)},
		.bad_arch = {SEGEN_ACT_KILL_THREAD, 0},
	};
	int r = add_abis(flat, t, runc_stub, subs, &rules, err);

	if (r < 0) {
		segen_rules_done(&rules);
		return r;
	}
	segen_rules_sort(&rules);
	*ret = rules;
	return 0;
}

int resolve_rules(const struct profile *flat, const struct target *t, bool runc_stub,
		  struct segen_rules *ret, struct segen_error *err)
{
	return make_rules(flat, t, runc_stub, true, ret, err);
}

/* --- the rules that a command is recorded under ------------------------------------ */

int policy_rules_init(struct policy_rules *r, const struct profile *base,
		      const struct target *target, struct segen_error *err)
{
	int ret;

	*r = (struct policy_rules){.here = *target};
	r->here.arch = segen_arch_native();
	ret = resolve(base, &r->here, &r->flat, err);
	return ret < 0 ? ret
		       : make_rules(&r->flat, &r->here, true, false, &r->native, err);
}

const struct segen_rules *policy_rules_all(void *ctx)
{
	struct policy_rules *r = ctx;

	/* It cannot fail: what the engine refuses was refused for the native ABI. */
	if (!r->all.n_abis)
		resolve_rules(&r->flat, &r->here, true, &r->all, NULL);
	return &r->all;
}

void policy_rules_done(struct policy_rules *r)
{
	profile_done(&r->flat);
	segen_rules_done(&r->native);
	segen_rules_done(&r->all);
}
