/* test-sheet.c: all that the tables know of one call. */
#include "inspect/sheet.h"
#include "profile/base.h"
#include "tap.h"

#include <segen/syscall.h>

#include <errno.h>

static struct profile base;

static void test_gated(void)
{
	_cleanup_(sheet_done) struct sheet s = {};

	is_int(sheet_init(&s, "bpf", &base), 0, "bpf: is known");
	sheet_numbers(&s);
	ok(s.n_numbers > 10, "bpf: has numbers on many architectures");
	is_int(s.numbers[0].nr, segen_syscall_nr(s.numbers[0].arch, "bpf"),
	       "bpf: they are libseccomp's");
	is_int(s.n_base, 2, "bpf: docker lets it in in two ways");
	is_str(s.base[0].gates, "with CAP_SYS_ADMIN", "bpf: one capability");
	is_str(s.base[1].gates, "with CAP_BPF", "bpf: or the other");
	ok(!s.base[0].conds, "bpf: whatever the arguments");
	is_str(s.base[0].answer, "allowed", "bpf: is allowed then");
}

static void test_masked(void)
{
	_cleanup_(sheet_done) struct sheet s = {};

	sheet_init(&s, "clone", &base);
	is_int(s.n_base, 3, "clone: docker has three rules");
	has_str(s.base[1].conds, "no new namespaces", "clone: a mask in words");
	ok(segen_strset_has(&s.alternatives, "clone3"),
	   "clone: clone3 is an alternative");
	ok(segen_strset_has(&s.args, "0: flags"), "clone: its flags matter");
	has_str(s.same_job.v[0], "create a process: ", "clone: a job with a name");
	has_str(s.same_job.v[0], "vfork", "clone: vfork does it, too");
}

static void test_refused(void)
{
	_cleanup_(sheet_done) struct sheet s = {};

	sheet_init(&s, "keyctl", &base);
	is_int(s.n_base, 0, "keyctl: docker never lets it in");
	is_int(s.fact->risk, RISK_KEYRING, "keyctl: of the class of keyrings");
}

static void test_others(void)
{
	_cleanup_(sheet_done) struct sheet s = {}, e = {}, none = {};

	sheet_init(&s, "openat2", &base);
	has_str(s.fallback, "openat", "openat2: openat is its fallback");
	ok(s.runtimes.n >= 1, "openat2: a runtime calls it");
	has_str(s.runtimes.v[0], "runc", "openat2: runc does");
	sheet_init(&e, "exit_group", &base);
	ok(e.essential, "exit_group: is essential");
	is_int(sheet_init(&none, "nosuch", &base), -ENOENT, "nosuch: is no call");
}

int main(void)
{
	base_default(&base);
	test_gated();
	test_masked();
	test_refused();
	test_others();
	profile_done(&base);
	return done();
}
