/* test-diff.c: profiles and traces by meaning. */
#include "inspect/diff.h"
#include "profile/base.h"
#include "profile/profile-io.h"
#include "tap.h"

#include <errno.h>
#include <segen/syscall.h>

static struct target target;

static void parse(const char *text, struct profile *p)
{
	struct segen_error err = {};

	if (profile_parse(text, strlen(text), "test", p, NULL, &err) < 0)
		printf("# %s\n", err.msg);
}

static void without(struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		struct profile_rule *r = &p->rules[i];

		for (size_t k = 0; k < r->n_names; k++) {
			if (strcmp(r->names[k], name) != 0)
				continue;
			free(r->names[k]);
			memmove(&r->names[k], &r->names[k + 1],
				(r->n_names - k - 1) * sizeof(*r->names));
			r->n_names--;
		}
	}
}

static const struct diff_call *find(const struct diff *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->v[i].name, name))
			return &d->v[i];
	return NULL;
}

static void texts(const char *a, const char *b, struct diff *ret)
{
	_cleanup_(profile_done) struct profile pa = {}, pb = {};

	parse(a, &pa);
	parse(b, &pb);
	diff_profiles(&pa, &pb, &target, ret, NULL);
}

/* chmod, fchmod, fchmodat taken away: fchmodat2 stays. */
static void test_narrower(void)
{
	_cleanup_(profile_done) struct profile a = {}, b = {};
	_cleanup_(diff_done) struct diff d = {}, back = {};

	base_default(&a);
	base_default(&b);
	without(&b, "chmod");
	without(&b, "fchmod");
	without(&b, "fchmodat");
	is_int(diff_profiles(&a, &b, &target, &d, NULL), 0, "narrower: can be compared");
	is_int((int)d.n, 3, "narrower: exactly what was taken away");
	is_int((int)d.n_kind[DIFF_NARROWER], 3, "narrower: all are narrower");
	ok(d.narrower, "narrower: the whole is");
	ok(!d.wider, "narrower: the whole is not wider");
	ok(find(&d, "chmod") && segen_strset_has(&find(&d, "chmod")->open, "fchmodat2"),
	   "narrower: the way that stays open is named");
	is_str(find(&d, "chmod")->after, "refused (EPERM)", "narrower: the new answer");
	diff_profiles(&b, &a, &target, &back, NULL);
	is_int((int)back.n_kind[DIFF_WIDER], 3, "wider: the reverse");
	ok(back.wider, "wider: the whole is");
}

static void test_danger(void)
{
	_cleanup_(diff_done) struct diff d = {};

	texts("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	      "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	      "{\"names\":[\"read\",\"access\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	      "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"--allow\"}]}",
	      &d);
	is_str(d.v[0].name, "bpf", "order: the dangerous first");
	is_int(d.v[0].risk, RISK_KERNEL_CODE, "danger: its class");
	is_str(d.v[0].reason, "--allow", "reason: the rule's comment");
}

/* Docker 20.10's older mask against today's: one more namespace. */
static void test_mask(void)
{
#define CLONE(mask)                                                                   \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"clone\"]," \
	"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":" mask        \
	",\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}"
	_cleanup_(diff_done) struct diff d = {};

	texts(CLONE("2080505856"), CLONE("2114060288"), &d);
	is_int((int)d.n, 1, "mask: one call");
	is_int(d.v[0].kind, DIFF_NARROWER, "mask: lets in less");
	is_str(d.v[0].delta, "refuses CLONE_NEWCGROUP now",
	       "mask: the difference in words");
#undef CLONE
}

/* What a condition closes is not what other calls of the harmless part do. */
static void test_condition_open(void)
{
#define PROFILE(args)                                                                    \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"fork\","      \
	"\"unshare\"],\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"clone\"],\"action\":" \
	"\"SCMP_ACT_ALLOW\"" args "}]}"
	_cleanup_(diff_done) struct diff d = {};

	texts(PROFILE(""),
	      PROFILE(",\"args\":[{\"index\":0,\"value\":2114060288,\"valueTwo\":0,"
		      "\"op\":\"SCMP_CMP_MASKED_EQ\"}]"),
	      &d);
	is_int((int)d.n, 1, "condition: one call");
	ok(segen_strset_has(&d.v[0].open, "unshare"),
	   "condition: a call that does what it closes is named");
	ok(!segen_strset_has(&d.v[0].open, "fork"),
	   "condition: one that does only what stays open is not");
#undef PROFILE
}

static void test_list(void)
{
#define SOCKET(a, b)                                                                        \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"socket\"],"      \
	"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":" a                 \
	",\"op\":\"SCMP_CMP_EQ\"}]},{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\"," \
	"\"args\":[{\"index\":0,\"value\":" b ",\"op\":\"SCMP_CMP_EQ\"}]}]}"
	_cleanup_(diff_done) struct diff d = {};

	texts(SOCKET("1", "2"), SOCKET("1", "16"), &d);
	is_int(d.v[0].kind, DIFF_CHANGED, "list: wider and narrower is changed");
	ok(d.v[0].delta && strchr(d.v[0].delta, '+'), "list: the value that came");
	ok(d.v[0].delta && strchr(d.v[0].delta, '-'), "list: the value that went");
#undef SOCKET
}

static void test_answers(void)
{
	_cleanup_(diff_done) struct diff d = {};

	texts("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	      "{\"names\":[\"rseq\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	      "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38}]}",
	      "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	      "{\"names\":[\"rseq\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      &d);
	is_int((int)d.n, 1, "answers: one call");
	is_int(d.v[0].kind, DIFF_ANSWER,
	       "answers: another errno is neither wider nor less");
	ok(!d.wider && !d.narrower, "answers: nor is the whole");
}

static void test_spelling(void)
{
	_cleanup_(diff_done) struct diff d = {};

	texts("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	      "{\"names\":[\"read\",\"write\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      "{\"DEFAULTACTION\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	      "{\"names\":[\"write\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[]},"
	      "{\"name\":\"read\",\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"x\"}]}",
	      &d);
	is_int((int)d.n, 0, "spelling: order, grouping, key case mean nothing");
	is_int((int)d.remarks.n, 0, "spelling: nothing is remarked");
	is_int((int)d.n_equal, 2, "spelling: both calls are alike");
}

static void test_whole(void)
{
	_cleanup_(diff_done) struct diff d = {};

	texts("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	      "\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"architectures\":"
	      "[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"],"
	      "\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      &d);
	is_int((int)d.remarks.n, 2, "whole: an architecture and the default");
	has_str(d.remarks.v[1], "i386", "whole: the architecture is named");
	ok(d.wider, "whole: calls that were killed are filtered now");
}

/* Only with a capability, on one architecture. */
static void test_targets(void)
{
	_cleanup_(profile_done) struct profile a = {}, b = {};
	_cleanup_(diff_done) struct diff one = {}, all = {}, same = {};
	const char *base = "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
			   "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
	const char *more = "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
			   "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
			   "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ALLOW\","
			   "\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"],"
			   "\"arches\":[\"arm64\"]}}]}";

	parse(base, &a);
	parse(more, &b);
	diff_profiles(&a, &b, &target, &one, NULL);
	is_int((int)one.n, 0, "targets: no difference for the default one");
	diff_all_targets(&a, &b, &target, &all, NULL);
	is_int((int)all.n, 1, "targets: one among all");
	is_int((int)all.n_targets, 6,
	       "targets: two machines, three sets of capabilities");
	is_str(all.v[0].targets.v[0], "aarch64: with CAP_SYS_ADMIN",
	       "targets: it is named");
	diff_all_targets(&b, &b, &target, &same, NULL);
	is_int((int)same.n, 0, "targets: a profile equals itself on all");
}

/* --- random rules
 * ------------------------------------------------------------------------ */

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

/* Small values, values around 2^32, and bits. */
static uint64_t draw_value(uint64_t *state)
{
	switch (draw(state) % 3) {
	case 0: return draw(state) % 6;
	case 1: return UINT32_MAX - 2 + draw(state) % 5;
	default: return UINT64_C(1) << draw(state) % 40;
	}
}

/* One to three rules for one call, of the kinds that libseccomp joins without a doubt. */
static void draw_profile(struct profile *p, uint64_t *state)
{
	size_t n = 1 + draw(state) % 3;
	bool masks = draw(state) % 2;

	*p = (struct profile){.def = SEGEN_ACT_ERRNO, .def_err = PROFILE_NO_ERRNO};
	for (size_t i = 0; i < n; i++) {
		struct profile_rule *r = profile_add_rule(p);
		struct segen_cond c = {
			.op = masks ? SEGEN_CMP_MASKED_EQ
				    : (enum segen_cmp)(draw(state) % SEGEN_CMP_MASKED_EQ),
			.value = draw_value(state),
		};

		if (masks) {
			c.value |= draw_value(state);
			c.value_two = draw(state) % 2 ? c.value : 0;
		}
		r->action = SEGEN_ACT_ALLOW;
		profile_rule_add_name(r, "socket");
		profile_rule_add_cond(r, &c);
	}
}

/* What random arguments show must be in the comparison. */
static bool agrees(uint64_t *state)
{
	_cleanup_(profile_done) struct profile a = {}, b = {};
	_cleanup_(view_done) struct view va = {}, vb = {};
	_cleanup_(diff_done) struct diff d = {};
	const struct segen_arch *x86 = segen_arch_by_name("x86_64");
	int nr = segen_syscall_nr(x86, "socket");
	bool wider = false, narrower = false;

	draw_profile(&a, state);
	draw_profile(&b, state);
	view_init(&va, &a, &target, NULL);
	view_init(&vb, &b, &target, NULL);
	diff_profiles(&a, &b, &target, &d, NULL);
	for (int i = 0; i < 400; i++) {
		uint64_t args[6] = {draw_value(state)};
		bool in_a, in_b;

		args[0] ^= draw(state) % 2 ? draw_value(state) : 0;
		in_a = segen_verdict_lets(segen_rules_eval(&va.rules, x86, nr, args));
		in_b = segen_verdict_lets(segen_rules_eval(&vb.rules, x86, nr, args));
		wider |= in_b && !in_a;
		narrower |= in_a && !in_b;
	}
	return (!wider || d.wider) && (!narrower || d.narrower);
}

static void test_random(void)
{
	uint64_t state = 0x5e6e;
	unsigned good = 0;

	for (int i = 0; i < 500; i++)
		good += agrees(&state);
	is_int((int)good, 500,
	       "random rules: no difference that arguments show is missed");
}

static void see(struct segen_trace *t, const char *name, const char *program, int err)
{
	const struct segen_arch *x86 = segen_arch_by_name("x86_64");
	struct segen_call *c =
		segen_trace_call(t, x86, segen_syscall_nr(x86, name), NULL);
	struct segen_observation *s = segen_call_seen(c, 0);

	s->count++;
	segen_seen_outcome(s, err, 1);
	segen_seen_program(s, segen_trace_program(t, program));
}

static void test_traces(void)
{
	static const char *const argv[] = {"x", NULL};
	struct segen_trace a = {}, b = {};
	struct trace_diff d;

	segen_trace_add_run(&a, (char *const *)argv);
	segen_trace_add_run(&b, (char *const *)argv);
	see(&a, "read", "/bin/a", 0);
	see(&b, "read", "/bin/a", EAGAIN);
	see(&a, "open", "/bin/a", ENOENT);
	see(&b, "write", "/bin/b", 0);
	see(&a, "close", "/bin/a", 0);
	see(&b, "close", "/bin/a", 0);
	diff_traces(&a, &b, &d);
	is_int((int)d.n, 3, "traces: three calls differ");
	is_str(d.v[0].name, "write", "traces: what was added comes first");
	is_str(d.v[1].name, "open", "traces: then what was removed");
	ok(d.v[1].probe, "traces: that it never succeeded is kept");
	ok(segen_strset_has(&d.v[2].outcomes, "+EAGAIN"), "traces: a new outcome");
	ok(segen_strset_has(&d.v[2].outcomes, "-success"), "traces: an old outcome");
	ok(segen_strset_has(&d.programs, "+/bin/b"), "traces: a new program");
	is_int((int)d.n_equal, 1, "traces: one call is alike");
	trace_diff_done(&d);
	segen_trace_done(&a);
	segen_trace_done(&b);
}

int main(void)
{
	target_init_default(&target);
	target_set_arch(&target, "amd64", NULL);
	test_narrower();
	test_danger();
	test_mask();
	test_condition_open();
	test_list();
	test_answers();
	test_spelling();
	test_whole();
	test_targets();
	test_random();
	test_traces();
	target_done(&target);
	return done();
}
