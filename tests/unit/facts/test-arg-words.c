/* test-arg-words.c: values and conditions of arguments in words. */
#include "facts/arg-words.h"

#include <segen/syscall.h>

#include <sys/socket.h>

#include "tests/tap.h"

#define NAMESPACES 0x7e020000u

static const char *value(const char *call, unsigned index, uint64_t v,
			 const uint64_t *args)
{
	static char text[256];
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	arg_words_value(&b, call, index, v, args);
	snprintf(text, sizeof(text), "%s", b.s ? b.s : "");
	return text;
}

static void test_values(void)
{
	static const struct {
		const char *call;
		unsigned index;
		uint64_t value;
		const char *words;
	} rows[] = {
		{"socket", 0, 1, "AF_UNIX"},
		{"socket", 0, 200, "0xc8"},
		{"clone", 0, 0x1200011,
		 "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD"},
		{"unshare", 0, 0, "0"},
		{"unshare", 0, 0x30000000, "CLONE_NEWUSER|CLONE_NEWPID"},
		{"clone", 0, 1ull << 40 | 0x100, "CLONE_VM|0x10000000000"},
		{"personality", 0, 0xffffffff, "only asking"},
		{"personality", 0, 0, "PER_LINUX"},
		{"personality", 0, 0x20008, "UNAME26|PER_LINUX32"},
		{"mprotect", 2, 0, "PROT_NONE"},
		{"mprotect", 2, 5, "PROT_READ|PROT_EXEC"},
		{"prctl", 0, 15, "PR_SET_NAME"},
		{"fcntl", 1, 1030, "F_DUPFD_CLOEXEC"},
		{"seccomp", 0, 1, "SECCOMP_SET_MODE_FILTER"},
		{"bpf", 0, 5, "BPF_PROG_LOAD"},
		{"keyctl", 0, 1, "KEYCTL_JOIN_SESSION_KEYRING"},
		{"read", 0, 3, "0x3"},
	};
	const uint64_t socket_level[6] = {4, SOL_SOCKET}, tcp_level[6] = {4, 6};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		is_str(value(rows[i].call, rows[i].index, rows[i].value, NULL),
		       rows[i].words, "value: %s of %s", rows[i].words, rows[i].call);
	is_str(value("setsockopt", 2, SO_DEBUG, socket_level), "SO_DEBUG",
	       "value: an option of sockets");
	is_str(value("setsockopt", 2, 1, tcp_level), "TCP_NODELAY",
	       "value: an option of TCP with the same number");
	is_str(value("setsockopt", 2, 1, NULL), "0x1",
	       "value: an option of a level that is not known");
}

static struct segen_cond cond(unsigned index, enum segen_cmp op, uint64_t v, uint64_t two)
{
	return (struct segen_cond){
		.index = index, .op = op, .value = v, .value_two = two};
}

static const char *conds(const char *call, struct segen_cond a,
			 const struct segen_cond *more)
{
	static char text[256];
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	struct segen_cond v[2] = {a};

	if (more)
		v[1] = *more;
	arg_words_conds(&b, call, v, more ? 2 : 1);
	snprintf(text, sizeof(text), "%s", b.s ? b.s : "");
	return text;
}

static void test_conds(void)
{
	const enum segen_cmp masked = SEGEN_CMP_MASKED_EQ, eq = SEGEN_CMP_EQ;
	const struct {
		const char *call;
		struct segen_cond cond;
		const char *words;
	} rows[] = {
		{"socket", cond(0, eq, 1, 0), "AF_UNIX"},
		{"socket", cond(0, eq, 99, 0), "family 0x63"},
		{"socket", cond(0, masked, UINT32_MAX, 10), "AF_INET6"},
		{"socket", cond(0, masked, ~(uint64_t)7, 8), "AF_ATMPVC to AF_KEY"},
		{"socket", cond(0, SEGEN_CMP_NE, 40, 0), "other than AF_VSOCK"},
		{"socket", cond(0, SEGEN_CMP_LT, 38, 0), "below AF_ALG"},
		{"clone", cond(0, masked, NAMESPACES, 0), "no new namespaces"},
		{"clone", cond(0, masked, NAMESPACES & ~0x02000000u, 0),
		 "no new namespaces except CLONE_NEWCGROUP"},
		{"clone", cond(0, masked, 0x10000, 0x10000), "with CLONE_THREAD"},
		{"clone", cond(0, masked, 0x10100, 0x10000),
		 "with CLONE_THREAD without CLONE_VM"},
		{"mmap", cond(2, masked, 7, 3), "PROT_READ|PROT_WRITE"},
		{"personality", cond(0, eq, 8, 0), "PER_LINUX32"},
		{"kcmp", cond(2, eq, 1, 0), "argument 2 0x1"},
		{"kcmp", cond(2, SEGEN_CMP_GT, 16, 0), "argument 2 above 0x10"},
		{"kcmp", cond(2, masked, 0x30, 0x10), "argument 2 & 0x30 is 0x10"},
	};
	const struct segen_cond debug = cond(2, masked, UINT32_MAX, SO_DEBUG);
	const struct segen_cond kind = cond(2, eq, 6, 0);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		is_str(conds(rows[i].call, rows[i].cond, NULL), rows[i].words,
		       "condition: %s of %s", rows[i].words, rows[i].call);
	is_str(conds("setsockopt", cond(1, masked, UINT32_MAX, SOL_SOCKET), &debug),
	       "SOL_SOCKET/SO_DEBUG", "conditions: level and option");
	is_str(conds("socket", cond(0, eq, 2, 0), &kind), "AF_INET and argument 2 0x6",
	       "conditions: two that have nothing to do with each other");
}

/* What is recorded of arguments can be said in words. */
static void test_rows(void)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);
	const uint64_t levels[6] = {0, SOL_SOCKET};

	for (size_t i = 0; i < n; i++) {
		bool any = false;

		for (uint64_t v = 0; v < 0x10000 && !any; v++)
			any = strncmp(value(f[i].name, f[i].index, v, levels), "0x", 2) !=
				      0 &&
			      strcmp(value(f[i].name, f[i].index, v, levels), "0") != 0;
		ok(any, "rows: argument %u of %s has words", f[i].index, f[i].name);
	}
}

int main(void)
{
	test_values();
	test_conds();
	test_rows();
	return done();
}
