/* syscall.c: names and numbers: libseccomp's, and what is newer. */
#include <segen/syscall.h>

#include <segen/util.h>

#include <seccomp.h>
#include <signal.h>
#include <string.h>

struct new_call {
	const char *name;
	int nr;
	const char *arch; /* NULL: every one */
};

static const struct new_call new_calls[] = {
#define NEW(name, nr, since) {#name, nr, NULL},
#define NEW_ON(arch, name, nr, since) {#name, nr, #arch},
#include "shared/syscall-new.def"
#undef NEW
#undef NEW_ON
};

/* The mips ABIs number from different starts (arch/mips/include/uapi/asm/unistd.h). */
static const struct {
	const char *arch;
	int offset;
} number_offsets[] = {
	{"mips", 4000},	    {"mipsel", 4000},	 {"mips64", 5000},
	{"mipsel64", 5000}, {"mips64n32", 6000}, {"mipsel64n32", 6000},
};

static const struct segen_arg_fact arg_facts[] = {
#define ARG(name, index, mask, base, what) {#name, what, mask, index, base},
#include "shared/syscall-args.def"
#undef ARG
};

static const struct {
	const char *name;
	int n;
} arg_counts[] = {
#define NARGS(name, n) {#name, n},
#include "shared/syscall-nargs.def"
#undef NARGS
};

static const struct segen_path_fact path_facts[] = {
#define PATH(name, index) {#name, index},
#include "shared/syscall-paths.def"
#undef PATH
};

static int number_offset(const struct segen_arch *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(number_offsets); i++)
		if (!strcmp(number_offsets[i].arch, arch->name))
			return number_offsets[i].offset;
	return 0;
}

static bool is_x32(const struct segen_arch *arch)
{
	return arch->scmp == SCMP_ARCH_X32;
}

static const struct new_call *find_new(const struct segen_arch *arch, const char *name,
				       int64_t nr)
{
	for (size_t i = 0; i < ARRAY_SIZE(new_calls); i++) {
		const struct new_call *c = &new_calls[i];

		if (c->arch && strcmp(c->arch, arch->name) != 0)
			continue;
		if (name ? !strcmp(c->name, name) : c->nr + number_offset(arch) == nr)
			return c;
	}
	return NULL;
}

static bool scmp_knows(const struct segen_arch *arch, const char *name)
{
	return seccomp_syscall_resolve_name_arch(arch->scmp, name) != __NR_SCMP_ERROR;
}

char *segen_syscall_name(const struct segen_arch *arch, int64_t nr)
{
	const struct new_call *c;
	char *name;

	/* libseccomp takes mips numbers without their offset, too; the kernel does not.
	 */
	if (nr < number_offset(arch) || nr >= SEGEN_X32_BIT)
		return NULL;
	name = seccomp_syscall_resolve_num_arch(
		arch->scmp, (int)nr | (is_x32(arch) ? SEGEN_X32_BIT : 0));
	if (name)
		return name;
	c = find_new(arch, NULL, nr);
	/* Where libseccomp knows the name, it knows that this ABI does not have it. */
	return c && !scmp_knows(arch, c->name) ? xstrdup(c->name) : NULL;
}

/*
 * Calls that 32-bit ABIs also reach through socketcall(2) and ipc(2) have a pseudo number
 * in libseccomp; the real one, where there is one, is found by its name.  They came late,
 * with Linux 4.3 (326 on powerpc, 359 elsewhere) and 5.1 (393 to 402); only mips had them
 * from the start, at 168.
 */
#define DIRECT_FIRST 320
#define DIRECT_FIRST_MIPS 160
#define DIRECT_LAST 410

static bool multiplexes(const struct segen_arch *arch)
{
	return seccomp_syscall_resolve_name_arch(arch->scmp, "socketcall") >= 0 ||
	       seccomp_syscall_resolve_name_arch(arch->scmp, "ipc") >= 0;
}

static int direct_number(const struct segen_arch *arch, const char *name)
{
	const int offset = number_offset(arch);
	const int first = offset ? DIRECT_FIRST_MIPS : DIRECT_FIRST;

	for (int nr = offset + first; nr <= offset + DIRECT_LAST; nr++) {
		_cleanup_free_ char *s = seccomp_syscall_resolve_num_arch(arch->scmp, nr);

		if (s && !strcmp(s, name))
			return nr;
	}
	return -ENOENT;
}

int segen_syscall_nr(const struct segen_arch *arch, const char *name)
{
	int nr = seccomp_syscall_resolve_name_arch(arch->scmp, name);
	const struct new_call *c;

	if (nr >= 0)
		return is_x32(arch) ? nr & ~SEGEN_X32_BIT : nr;
	if (nr != __NR_SCMP_ERROR)
		return nr > -1000 && multiplexes(arch) ? direct_number(arch, name)
						       : -ENOENT;
	c = find_new(arch, name, 0);
	return c ? c->nr + number_offset(arch) : -ENOENT;
}

char *segen_syscall_library(void)
{
	const struct scmp_version *v = seccomp_version();

	return xasprintf("%u.%u.%u", v->major, v->minor, v->micro);
}

bool segen_syscall_is_new(const struct segen_arch *arch, const char *name)
{
	return find_new(arch, name, 0) != NULL;
}

bool segen_syscall_known(const char *name)
{
	if (seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(new_calls); i++)
		if (!strcmp(new_calls[i].name, name))
			return true;
	return false;
}

int segen_syscall_nargs(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(arg_counts); i++)
		if (!strcmp(arg_counts[i].name, name))
			return arg_counts[i].n;
	return -1;
}

const struct segen_path_fact *segen_path_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(path_facts);
	return path_facts;
}

const struct segen_arg_fact *segen_arg_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(arg_facts);
	return arg_facts;
}

/* glibc 2.32 knows the symbols.  The highest is EDQUOT of mips, 1133. */
#define ERRNO_END 1134

const char *segen_errno_name(int err)
{
	return err > 0 ? strerrorname_np(err) : NULL;
}

/* The second of two names of one value. */
static const struct {
	const char *name;
	int err;
} errno_aliases[] = {
	{"EWOULDBLOCK", EWOULDBLOCK},
	{"ENOTSUP", ENOTSUP},
	{"EOPNOTSUPP", EOPNOTSUPP},
	{"EDEADLOCK", EDEADLOCK},
};

int segen_errno_by_name(const char *name)
{
	for (int err = 1; err < ERRNO_END; err++) {
		const char *s = strerrorname_np(err);

		if (s && !strcmp(s, name))
			return err;
	}
	for (size_t i = 0; i < ARRAY_SIZE(errno_aliases); i++)
		if (!strcmp(errno_aliases[i].name, name))
			return errno_aliases[i].err;
	return -ENOENT;
}
