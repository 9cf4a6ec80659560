/* test-gate-space.c: the answers for one call, per kind of target, and gates for them. */
#include "answer/gate-space.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

/* A rule of the base for the call in question; words of gates are comma lists. */
struct row {
	const char *caps, *not_caps, *arches, *not_arches, *since, *before;
	int err; /* 0: allow */
};

static void add_words(char ***v, size_t *n, const char *list)
{
	_cleanup_free_ char *copy = list ? xstrdup(list) : NULL;
	char *rest = copy, *word;

	while (rest && (word = strsep(&rest, ",")))
		profile_string_add(v, n, word);
}

static void add_row(struct profile *p, const struct row *row)
{
	struct profile_rule *r = profile_add_rule(p);

	profile_rule_add_name(r, "chroot");
	add_words(&r->includes.caps, &r->includes.n_caps, row->caps);
	add_words(&r->excludes.caps, &r->excludes.n_caps, row->not_caps);
	add_words(&r->includes.arches, &r->includes.n_arches, row->arches);
	add_words(&r->excludes.arches, &r->excludes.n_arches, row->not_arches);
	if (row->since)
		r->includes.min_kernel = xstrdup(row->since);
	if (row->before)
		r->excludes.min_kernel = xstrdup(row->before);
	if (row->err) {
		r->action = SEGEN_ACT_ERRNO;
		r->err = row->err;
	}
}

static void put_words(struct segen_buf *b, const char *before, char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		segen_buf_printf(b, "%s%s", i ? "," : before, v[i]);
}

static void put_answer(struct segen_buf *b, const struct gated_answer *a)
{
	segen_buf_puts(b, answer_allows(a->answer)
				  ? "allow"
				  : segen_errno_name(a->answer->verdict.err));
	put_words(b, " with ", a->includes.caps, a->includes.n_caps);
	put_words(b, " without ", a->excludes.caps, a->excludes.n_caps);
	put_words(b, " on ", a->includes.arches, a->includes.n_arches);
	put_words(b, " not on ", a->excludes.arches, a->excludes.n_arches);
	if (a->includes.min_kernel)
		segen_buf_printf(b, " since %s", a->includes.min_kernel);
	if (a->excludes.min_kernel)
		segen_buf_printf(b, " before %s", a->excludes.min_kernel);
}

/* The gates that are found for the answers of @n rules, on hosts of @arch. */
static const char *gates(const struct row *rows, size_t n, const char *arch)
{
	static char text[1024];
	const struct segen_arch *native = segen_arch_by_name(arch);
	_cleanup_(profile_done) struct profile p = {.def = SEGEN_ACT_ERRNO,
						    .def_err = PROFILE_NO_ERRNO};
	_cleanup_(rule_index_done) struct rule_index x = {};
	_cleanup_(gate_space_done) struct gate_space space = {};
	_cleanup_(gated_answers_done) struct gated_answers answers = {};
	_cleanup_(target_done) struct target target = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	struct gate_scope scope = {.natives = &native, .n_natives = 1, .target = &target};
	const struct rule_ref *refs;
	struct seen_args seen;
	size_t n_refs;

	for (size_t i = 0; i < n; i++)
		add_row(&p, &rows[i]);
	target_init_default(&target);
	rule_index_init(&x, &p);
	refs = rule_index_find(&x, "chroot", &n_refs);
	seen_args_init(&seen, "chroot", NULL, 0, true);
	if (gate_space_init(&space, &p, refs, n_refs, &seen, &scope) < 0)
		return "too many";
	gate_space_answers(&space, &scope, &answers);
	for (size_t i = 0; i < answers.n; i++) {
		segen_buf_puts(&b, i ? "; " : "");
		put_answer(&b, &answers.v[i]);
	}
	snprintf(text, sizeof(text), "%s", b.len ? b.s : "none");
	return text;
}
#define GATES(arch, ...)                         \
	gates((const struct row[]){__VA_ARGS__}, \
	      ARRAY_SIZE(((const struct row[]){__VA_ARGS__})), arch)

static void test_caps(void)
{
	is_str(GATES("x86_64", {.caps = "CAP_BPF"}), "allow with CAP_BPF",
	       "capabilities: one gate comes back as it was");
	is_str(GATES("x86_64", {.caps = "CAP_BPF"}, {.not_caps = "CAP_BPF"}), "allow",
	       "capabilities: with and without are one");
	is_str(GATES("x86_64", {.caps = "CAP_BPF"}, {.caps = "CAP_SYS_ADMIN"}),
	       "allow with CAP_BPF; allow with CAP_SYS_ADMIN",
	       "capabilities: either of two");
	is_str(GATES("x86_64", {.caps = "CAP_BPF,CAP_SYS_ADMIN"}),
	       "allow with CAP_BPF,CAP_SYS_ADMIN", "capabilities: both of two");
	is_str(GATES("x86_64", {.caps = "CAP_BPF"}, {}), "allow",
	       "capabilities: a rule without a gate covers the others");
	is_str(GATES("x86_64", {.err = ENOSYS, .not_caps = "CAP_BPF"}, {}),
	       "ENOSYS without CAP_BPF; allow with CAP_BPF",
	       "capabilities: different answers do not overlap");
	is_str(GATES("x86_64", {.caps = "cap_bpf"}), "none",
	       "capabilities: another spelling is one that no container has");
}

static void test_arches(void)
{
	is_str(GATES("x86_64", {.arches = "amd64"}), "allow on amd64",
	       "architectures: a gate comes back as it was");
	is_str(GATES("aarch64", {.arches = "amd64"}), "none",
	       "architectures: no rule for a host that does not pass the gate");
	is_str(GATES("x86_64", {.not_arches = "arm64,s390x"}), "allow not on arm64,s390x",
	       "architectures: all but some");
	is_str(GATES("x86_64", {.arches = "amd64"}, {.not_arches = "amd64"}), "allow",
	       "architectures: one and all others are all");
}

static void test_kernels(void)
{
	is_str(GATES("x86_64", {.since = "5.4"}), "allow since 5.4",
	       "kernels: a gate comes back as it was");
	is_str(GATES("x86_64", {.since = "5.4"}, {.since = "5.0"}), "allow since 5.0",
	       "kernels: of two versions of one kernel the older counts");
	is_str(GATES("x86_64", {.since = "4.8"}, {.since = "4.8", .caps = "CAP_BPF"}),
	       "allow since 4.8", "kernels: a version that is named twice");
	is_str(GATES("x86_64", {.since = "4.8", .before = "5.4"}),
	       "allow since 4.8 before 5.4", "kernels: from one to another");
	is_str(GATES("x86_64", {.before = "4.8"}, {.caps = "CAP_BPF"}),
	       "allow before 4.8; allow with CAP_BPF", "kernels: or a capability");
	is_str(GATES("x86_64", {.since = "4.8"}, {.since = "5.0", .err = ENOSYS}),
	       "allow since 4.8", "kernels: the first rule counts in both");
}

static void test_limits(void)
{
	struct row rows[GATE_CAPS_MAX + 1] = {};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
		rows[i].caps = cap_by_number(i);
	is_str(gates(rows, GATE_CAPS_MAX + 1, "x86_64"), "too many",
	       "limits: more capabilities than can be sorted out");
	ok(strcmp(gates(rows, GATE_CAPS_MAX, "x86_64"), "too many") != 0,
	   "limits: as many capabilities as can be");
}

/* The cell of a target has the answer that resolving for it gives. */
static void test_find(void)
{
	const struct segen_arch *native = segen_arch_by_name("x86_64");
	const struct row row = {
		.caps = "CAP_SYS_CHROOT", .since = "5.4", .arches = "amd64"};
	_cleanup_(profile_done) struct profile p = {.def = SEGEN_ACT_ERRNO,
						    .def_err = PROFILE_NO_ERRNO};
	_cleanup_(rule_index_done) struct rule_index x = {};
	_cleanup_(gate_space_done) struct gate_space space = {};
	_cleanup_(target_done) struct target t = {};
	struct gate_scope scope = {.natives = &native, .n_natives = 1, .target = &t};
	const struct rule_ref *refs;
	struct seen_args seen;
	size_t n;

	add_row(&p, &row);
	target_init_default(&t);
	target_set_arch(&t, "amd64", NULL);
	rule_index_init(&x, &p);
	refs = rule_index_find(&x, "chroot", &n);
	seen_args_init(&seen, "chroot", NULL, 0, true);
	gate_space_init(&space, &p, refs, n, &seen, &scope);
	is_int(gate_cell_count(&space.axes), 8,
	       "cells: a capability, an architecture and a kernel make 8");
	target_set_kernel(&t, "5.4", NULL);
	ok(answer_allows(&space.answers[gate_space_find(&space, &t)]),
	   "cells: of a target that passes both gates");
	target_set_kernel(&t, "5.3", NULL);
	ok(!answer_allows(&space.answers[gate_space_find(&space, &t)]),
	   "cells: of an older kernel");
	target_set_kernel(&t, "6.0", NULL);
	target_set_arch(&t, "arm64", NULL);
	ok(!answer_allows(&space.answers[gate_space_find(&space, &t)]),
	   "cells: of another architecture");
	target_set_arch(&t, "amd64", NULL);
	target_drop_caps(&t, "SYS_CHROOT", NULL);
	ok(!answer_allows(&space.answers[gate_space_find(&space, &t)]),
	   "cells: without the capability");
}

int main(void)
{
	test_caps();
	test_arches();
	test_kernels();
	test_limits();
	test_find();
	return done();
}
