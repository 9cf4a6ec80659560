/* test-target.c: capabilities, kernels and architectures by the words of docker. */
#include "target/target.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "tests/tap.h"

#define DOCKER_CAPS 14
#define PODMAN_CAPS 11

static void test_names(void)
{
	unsigned n = 0;

	while (cap_by_number(n)) {
		ok(cap_name(cap_by_number(n)) == cap_by_number(n), "%s",
		   cap_by_number(n));
		n++;
	}
	ok(n == CAP_LAST_CAP + 1, "%u capabilities, as linux/capability.h has", n);
	ok(strcmp(cap_by_number(CAP_SYS_ADMIN), "CAP_SYS_ADMIN") == 0, "by number");
	ok(cap_name("chown") == cap_name("CAP_CHOWN") &&
		   cap_name("CHOWN") == cap_name("cap_chown"),
	   "four spellings");
	ok(!cap_name("") && !cap_name("CAP_") && !cap_name("CHOWNX") && !cap_name("ALL"),
	   "no capability");
}

static void test_defaults(void)
{
	_cleanup_(target_done) struct target t = {};

	target_init_default(&t);
	ok(t.caps.n == DOCKER_CAPS, "docker's %zu", t.caps.n);
	ok(t.arch == segen_arch_native(), "this machine's architecture");
	ok(t.kernel_major >= 3, "this machine's kernel %u.%u", t.kernel_major,
	   t.kernel_minor);
	ok(target_set_engine(&t, "podman", NULL) == 0 && t.caps.n == PODMAN_CAPS,
	   "podman's %zu", t.caps.n);
	ok(target_set_engine(&t, "lxc", NULL) == -EINVAL, "no such engine");
}

/* A line of docker run and what comes of it; NULL: not given. */
static const struct {
	const char *caps, *add, *drop;
	size_t n;
	const char *has, *lacks;
} lines[] = {
	{NULL, NULL, NULL, 14, "CAP_CHOWN", "CAP_SYS_ADMIN"},
	{NULL, "SYS_ADMIN", NULL, 15, "CAP_SYS_ADMIN", "CAP_SYS_TIME"},
	{NULL, "CHOWN", NULL, 14, "CAP_CHOWN", "CAP_SYS_TIME"},
	{NULL, NULL, "chown,CAP_KILL", 12, "CAP_FOWNER", "CAP_KILL"},
	{NULL, NULL, "ALL", 0, NULL, "CAP_CHOWN"},
	{NULL, "KILL", "ALL", 1, "CAP_KILL", "CAP_CHOWN"},
	{NULL, "ALL", NULL, 41, "CAP_BPF", NULL},
	{NULL, "all", "SYS_ADMIN", 40, "CAP_BPF", "CAP_SYS_ADMIN"},
	{NULL, "ALL", "ALL", 41, "CAP_CHOWN", NULL},
	{NULL, "KILL", "KILL", 14, "CAP_KILL", NULL},
	{"none", NULL, NULL, 0, NULL, "CAP_CHOWN"},
	{"", NULL, NULL, 0, NULL, "CAP_CHOWN"},
	{"all", NULL, NULL, 41, "CAP_CHECKPOINT_RESTORE", NULL},
	{"SYS_TIME,,kill", "BPF", "KILL", 2, "CAP_BPF", "CAP_KILL"},
};

static void test_lines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_(target_done) struct target t = {};
		int r = 0;

		target_init_default(&t);
		if (lines[i].drop)
			r |= target_drop_caps(&t, lines[i].drop, NULL);
		if (lines[i].add)
			r |= target_add_caps(&t, lines[i].add, NULL);
		if (lines[i].caps)
			r |= target_set_caps(&t, lines[i].caps, NULL);
		ok(r == 0 && t.caps.n == lines[i].n &&
			   (!lines[i].has || segen_strset_has(&t.caps, lines[i].has)) &&
			   (!lines[i].lacks ||
			    !segen_strset_has(&t.caps, lines[i].lacks)),
		   "line %zu: %zu capabilities", i, t.caps.n);
	}
}

static void test_refused(void)
{
	static const char *const kernels[] = {"",    "6",    "6.",   ".1",
					      "x.y", "-1.2", "6.1x", "v6.1"};
	_cleanup_(target_done) struct target t = {};
	struct segen_error err = {};

	target_init_default(&t);
	ok(target_add_caps(&t, "KILL,FOO", &err) == -EINVAL && strstr(err.msg, "'FOO'"),
	   "an unknown capability is named: %s", err.msg);
	ok(target_set_caps(&t, "KILL BPF", &err) == -EINVAL && t.caps.n == DOCKER_CAPS,
	   "a failed edit changes nothing");
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++)
		ok(target_set_kernel(&t, kernels[i], &err) == -EINVAL, "kernel '%s'",
		   kernels[i]);
	ok(target_set_kernel(&t, "5.10.0-8-amd64", &err) == 0 && t.kernel_major == 5 &&
		   t.kernel_minor == 10,
	   "a whole release");
	ok(target_set_arch(&t, "arm64", &err) == 0 &&
		   strcmp(t.arch->name, "aarch64") == 0,
	   "docker's word for an architecture");
	ok(target_set_arch(&t, "z80", &err) == -EINVAL, "%s", err.msg);
}

int main(void)
{
	test_names();
	test_defaults();
	test_lines();
	test_refused();
	return done();
}
