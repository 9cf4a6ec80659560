/* test-target.c: capabilities, kernels and architectures by the words of docker. */
#include "target/target.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/utsname.h>

#include "tests/tap.h"

#define DOCKER_CAPS 14
#define PODMAN_CAPS 11

static void test_names(void)
{
	static const char *const chown[] = {"chown", "CHOWN", "cap_chown", "CAP_CHOWN"};
	static const char *const none[] = {"", "CAP_", "CHOWNX", "ALL"};
	unsigned n = 0;

	while (cap_by_number(n)) {
		is_str(cap_name(cap_by_number(n)), cap_by_number(n), "names: %s",
		       cap_by_number(n));
		n++;
	}
	ok(n == CAP_LAST_CAP + 1, "names: %u capabilities, as linux/capability.h has", n);
	is_str(cap_by_number(CAP_SYS_ADMIN), "CAP_SYS_ADMIN", "names: by number");
	for (size_t i = 0; i < ARRAY_SIZE(chown); i++)
		is_str(cap_name(chown[i]), "CAP_CHOWN", "names: '%s'", chown[i]);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		is_str(cap_name(none[i]), NULL, "names: '%s' is none", none[i]);
}

static void test_defaults(void)
{
	_cleanup_(target_done) struct target t = {};
	struct utsname u = {};
	char kernel[32];

	target_init_default(&t);
	is_int(t.caps.n, DOCKER_CAPS, "defaults: docker's capabilities");
	is_str(t.arch->name, segen_arch_native()->name, "defaults: this architecture");
	uname(&u);
	snprintf(kernel, sizeof(kernel), "%u.%u", t.kernel_major, t.kernel_minor);
	ok(!strncmp(u.release, kernel, strlen(kernel)), "defaults: this kernel (%s, %s)",
	   kernel, u.release);
	is_int(target_set_engine(&t, "podman", NULL), 0, "engine: podman is known");
	is_int(t.caps.n, PODMAN_CAPS, "engine: podman's capabilities");
	is_int(target_set_engine(&t, "lxc", NULL), -EINVAL, "engine: lxc is not known");
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
		is_int(r, 0, "line %zu: taken", i);
		is_int(t.caps.n, lines[i].n, "line %zu: the number of capabilities", i);
		if (lines[i].has)
			ok(segen_strset_has(&t.caps, lines[i].has), "line %zu: with %s",
			   i, lines[i].has);
		if (lines[i].lacks)
			ok(!segen_strset_has(&t.caps, lines[i].lacks),
			   "line %zu: without %s", i, lines[i].lacks);
	}
}

static void test_refused(void)
{
	static const char *const kernels[] = {"",    "6",    "6.",   ".1",
					      "x.y", "-1.2", "6.1x", "v6.1"};
	_cleanup_(target_done) struct target t = {};
	struct segen_error err = {};

	target_init_default(&t);
	is_int(target_add_caps(&t, "KILL,FOO", &err), -EINVAL,
	       "refused: an unknown capability");
	has_str(err.msg, "'FOO'", "refused: the message names the capability");
	is_int(target_set_caps(&t, "KILL BPF", &err), -EINVAL,
	       "refused: a list without commas");
	is_int(t.caps.n, DOCKER_CAPS, "refused: a failed edit changes nothing");
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++)
		is_int(target_set_kernel(&t, kernels[i], &err), -EINVAL,
		       "refused: kernel '%s'", kernels[i]);
	is_int(target_set_kernel(&t, "5.10.0-8-amd64", &err), 0,
	       "kernel: a whole release");
	is_int(t.kernel_major, 5, "kernel: its first number");
	is_int(t.kernel_minor, 10, "kernel: its second number");
	is_int(target_set_arch(&t, "arm64", &err), 0, "architecture: docker's word");
	is_str(t.arch->name, "aarch64", "architecture: what docker's word means");
	is_int(target_set_arch(&t, "z80", &err), -EINVAL, "refused: %s", err.msg);
}

int main(void)
{
	test_names();
	test_defaults();
	test_lines();
	test_refused();
	return done();
}
