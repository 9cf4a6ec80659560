/*
 * test-resolve-kernel.c: the kernel as oracle: every call under the filter that
 * libseccomp makes of a flat profile gets the answer that resolve_rules() foretells.
 *
 * Each action stands for itself as an errno of its own, so that no call is ever carried
 * out, whatever the profile lets in: the child can try reboot as well as exit.
 */
#include "profile/base.h"
#include "profile/profile-io.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/oracle/foreign.h"
#include "tests/tap.h"

/* No kernel answers with these. */
#define MARK(action) (4000 + (int)(action))
#define VECTORS_MAX 64

/* One attempt: in the child's shared page. */
struct attempt {
	const struct segen_arch *arch;
	enum foreign_abi way;
	long nr;
	uint64_t args[6];
	long answer;
};

struct attempts {
	struct attempt *v; /* shared with the child */
	size_t n, max;
	atomic_int *done;
};

/* How to make a call of this ABI; -1: not from a program like this. */
static int way_of(const struct segen_arch *arch)
{
	static const enum foreign_abi ways[] = {FOREIGN_NATIVE, FOREIGN_I386,
						FOREIGN_X32};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (foreign_token(ways[i]) == arch->scmp)
			return (int)ways[i];
	return -1;
}

/* The child does nothing but the attempts: it could not even exit. */
static void attempt_all(struct attempts *as)
{
	for (size_t i = 0; i < as->n; i++) {
		struct attempt *a = &as->v[i];

		a->answer = foreign_call(a->way, a->nr, a->args);
	}
	atomic_store(as->done, 1);
	for (;;)
		;
}

static uint32_t scmp_action(enum segen_action action, int err)
{
	return SCMP_ACT_ERRNO(action == SEGEN_ACT_ERRNO ? (unsigned)err
							: (unsigned)MARK(action));
}

static long expected(struct segen_verdict v)
{
	return v.action == SEGEN_ACT_ERRNO ? -v.err : -MARK(v.action);
}

static struct scmp_arg_cmp scmp_cond(const struct segen_cond *c)
{
	static const enum scmp_compare ops[] = {
		[SEGEN_CMP_NE] = SCMP_CMP_NE,
		[SEGEN_CMP_LT] = SCMP_CMP_LT,
		[SEGEN_CMP_LE] = SCMP_CMP_LE,
		[SEGEN_CMP_EQ] = SCMP_CMP_EQ,
		[SEGEN_CMP_GE] = SCMP_CMP_GE,
		[SEGEN_CMP_GT] = SCMP_CMP_GT,
		[SEGEN_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return (struct scmp_arg_cmp){c->index, ops[c->op], c->value, c->value_two};
}

/* As runc's matchCall(): all conditions at once, or one by one when an index repeats. */
static int add_rule(scmp_filter_ctx ctx, const struct profile_rule *r, int nr)
{
	struct scmp_arg_cmp conds[VECTORS_MAX];
	const uint32_t action = scmp_action(r->action, profile_rule_errno(r));
	bool repeats = false;
	int rc = 0;

	for (size_t i = 0; i < r->n_conds && i < VECTORS_MAX; i++) {
		conds[i] = scmp_cond(&r->conds[i]);
		for (size_t k = 0; k < i; k++)
			repeats |= conds[k].arg == conds[i].arg;
	}
	if (!repeats)
		return seccomp_rule_add_array(ctx, action, nr, (unsigned)r->n_conds,
					      conds);
	for (size_t i = 0; i < r->n_conds && rc == 0; i++)
		rc = seccomp_rule_add_array(ctx, action, nr, 1, &conds[i]);
	return rc;
}

static int load(const struct profile *flat)
{
	scmp_filter_ctx ctx =
		seccomp_init(scmp_action(flat->def, profile_default_errno(flat)));
	int r = 0;

	for (size_t i = 0; i < flat->n_architectures; i++) {
		r = seccomp_arch_add(ctx,
				     segen_arch_by_name(flat->architectures[i])->scmp);
		if (r < 0 && r != -EEXIST)
			return r;
	}
	for (size_t i = 0; i < flat->n_rules; i++) {
		const struct profile_rule *rule = &flat->rules[i];

		if (rule->action == flat->def &&
		    profile_rule_errno(rule) == profile_default_errno(flat))
			continue;
		for (size_t k = 0; k < rule->n_names; k++) {
			int nr = seccomp_syscall_resolve_name(rule->names[k]);

			r = nr == __NR_SCMP_ERROR ? 0 : add_rule(ctx, rule, nr);
			if (r < 0)
				return r;
		}
	}
	return seccomp_load(ctx);
}

static void add_attempt(struct attempts *as, const struct segen_arch *arch, long nr,
			unsigned index, uint64_t value)
{
	struct attempt *a = &as->v[as->n];

	if (as->n == as->max)
		return;
	*a = (struct attempt){.arch = arch,
			      .way = (enum foreign_abi)way_of(arch),
			      .nr = nr,
			      .answer = 1};
	a->args[index] = strcmp(arch->name, "i386") == 0 ? (uint32_t)value : value;
	as->n++;
}

/* Around every value that a condition of the call names. */
static void add_edges(struct attempts *as, const struct segen_abi_rules *abi, long nr)
{
	for (size_t i = 0; i < abi->n; i++) {
		const struct segen_rule *r = &abi->rules[i];

		for (unsigned k = 0; r->nr == nr && k < r->n_conds; k++) {
			const struct segen_cond *c = &r->conds[k];
			const uint64_t values[] = {
				c->value,
				c->value - 1,
				c->value + 1,
				c->value_two,
				c->value | 1ull << 32,
				UINT64_MAX,
				c->value & (c->value - 1),
			};

			for (size_t j = 0; j < ARRAY_SIZE(values); j++)
				if (c->index < 5)
					add_attempt(as, abi->arch, nr, c->index,
						    values[j]);
		}
	}
}

/* What socketcall and ipc are asked for, most of it in no condition. */
static void add_muxed(struct attempts *as, const struct segen_abi_rules *abi)
{
	static const char *const names[] = {"socketcall", "ipc"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int nr = segen_syscall_nr(abi->arch, names[i]);

		for (uint64_t call = 1; nr >= 0 && call < 26; call++) {
			add_attempt(as, abi->arch, nr, 0, call);
			add_attempt(as, abi->arch, nr, 0, call);
			as->v[as->n - 1].args[1] = UINT32_MAX;
		}
	}
}

/*
 * All numbers that libseccomp has a name for, and some that nobody has.  Those that
 * only segen knows are nothing to the runtime here.
 */
static void add_calls(struct attempts *as, const struct segen_abi_rules *abi)
{
	for (long nr = 0; nr < 500; nr++) {
		const int bit = strcmp(abi->arch->name, "x32") == 0 ? SEGEN_X32_BIT : 0;
		_cleanup_free_ char *known =
			seccomp_syscall_resolve_num_arch(abi->arch->scmp, (int)nr | bit);
		_cleanup_free_ char *ours = segen_syscall_name(abi->arch, nr);

		if (!known && ours)
			continue;
		add_attempt(as, abi->arch, nr, 0, 0);
		add_edges(as, abi, nr);
	}
	add_muxed(as, abi);
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

/* 0: all attempts were made. */
static int run(const struct profile *flat, struct attempts *as)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (load(flat) < 0)
			_exit(1);
		attempt_all(as);
	}
	for (int i = 0; i < 10000 && !atomic_load(as->done); i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return -1;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return atomic_load(as->done) ? 0 : -1;
}

static void judge(const struct attempts *as, const struct segen_rules *rules,
		  const char *what)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < as->n; i++) {
		const struct attempt *a = &as->v[i];
		struct segen_verdict v = segen_rules_eval(rules, a->arch, a->nr, a->args);

		if (a->answer == expected(v) || ++wrong > 10)
			continue;
		printf("# %s %ld (0x%llx, 0x%llx, 0x%llx): kernel %ld, segen %ld\n",
		       a->arch->name, a->nr, (unsigned long long)a->args[0],
		       (unsigned long long)a->args[1], (unsigned long long)a->args[2],
		       a->answer, expected(v));
	}
	ok(as->n > 300, "%s: %zu attempts", what, as->n);
	is_int(wrong, 0, "%s: the kernel answers as foretold", what);
}

static void test_flat(const struct profile *flat, const struct target *t,
		      const char *what)
{
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	struct attempts as = {.max = 20000};

	as.v = shared(as.max * sizeof(*as.v));
	as.done = shared(sizeof(*as.done));
	resolve_rules(flat, t, false, &rules, NULL);
	for (size_t i = 0; i < rules.n_abis; i++)
		if (way_of(rules.abis[i].arch) >= 0)
			add_calls(&as, &rules.abis[i]);
	if (run(flat, &as) < 0)
		ok(false, "%s: the filter loads and the child lives", what);
	else
		judge(&as, &rules, what);
	munmap(as.v, as.max * sizeof(*as.v));
	munmap(as.done, sizeof(*as.done));
}

static void test_profile(const struct profile *p, const char *name, const char *caps)
{
	_cleanup_free_ char *what = xasprintf("%s, capabilities %s", name, caps);
	_cleanup_(target_done) struct target t = {};
	_cleanup_(profile_done) struct profile flat = {};

	target_init_default(&t);
	if (strcmp(caps, "default") != 0)
		target_set_caps(&t, caps, NULL);
	if (resolve(p, &t, &flat, NULL) == 0)
		test_flat(&flat, &t, what);
}

static void test_file(const char *folder, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s.json", folder, name);
	_cleanup_(profile_done) struct profile p = {};
	struct segen_error err = {};

	if (profile_read(path, &p, NULL, &err) < 0)
		ok(false, "%s", err.msg);
	else
		test_profile(&p, name, "default");
}

int main(void)
{
	static const char *const specs[] = {"docker", "docker-20.10"};
	static const char *const caps[] = {"default", "none", "all", "SYS_ADMIN",
					   "SYS_TIME"};
	static const char *const files[] = {"args",  "actions", "errnos", "conditions",
					    "order", "muxed",	"names"};
	_cleanup_free_ char *folder = xasprintf("%s/tests/data/profiles", getenv("SRC"));

	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		_cleanup_(profile_done) struct profile p = {};

		base_load(specs[i], &p, NULL, NULL);
		for (size_t k = 0; k < ARRAY_SIZE(caps); k++)
			test_profile(&p, specs[i], caps[k]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		test_file(folder, files[i]);
	if (access("/usr/share/containers/seccomp.json", R_OK) == 0)
		test_file("/usr/share/containers", "seccomp");
	else
		skip("podman's profile", "it is not installed");
	return done();
}
