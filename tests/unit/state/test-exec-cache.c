/* test-exec-cache.c: programs known by their files. */
#include "state/exec-cache.h"
#include "tests/tap.h"

#include "helpers/child.h"

#include <segen/syscall.h>
#include <segen/util.h>

#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char place[] = "/tmp/test-exec-cache.XXXXXX";
static struct exec_cache cache;
static struct exec_claim claim;

/* The name by which @path is known. */
static const char *known_as(const char *path)
{
	exec_claim_make(&claim, &cache, getpid(), (uint64_t)(uintptr_t)path);
	return claim.name;
}

static bool is_claimed(const char *path)
{
	known_as(path);
	return claim.file.ino != 0;
}

/* As the tracer does it: the claim on the way in, what runs afterwards. */
static void execute(const char *path)
{
	struct exec_claim c = {};
	pid_t pid;

	exec_claim_make(&c, &cache, getpid(), (uint64_t)(uintptr_t)path);
	pid = child_start(path, "wait");
	exec_cache_learn(&cache, &c, pid);
	child_end(pid);
	exec_claim_done(&c);
}

static bool is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

static void test_names(const char *program, const char *link_, const char *symlink_)
{
	ok(!known_as(program) && is_claimed(program), "not known before it ran");
	execute(program);
	ok(is(known_as(program), program), "known by its name");
	ok(symlink(program, symlink_) == 0 && is(known_as(symlink_), program),
	   "through a symbolic link: by its own name");
	ok(link(program, link_) == 0 && !known_as(link_),
	   "a new link changes the file: looked at again");
	execute(link_);
	ok(is(known_as(link_), link_) && is(known_as(program), program),
	   "a file of two names has the one it is called by");
	ok(chmod(program, 0700) == 0 && !known_as(program), "so does another mode");
	execute(program);
	ok(chmod(program, 04755) == 0 && !is_claimed(program),
	   "what gives privileges is looked at each time");
}

static void test_others(void)
{
	_cleanup_free_ char *script = xasprintf("%s/script", place);
	FILE *f = fopen(script, "w");
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *end = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	fprintf(f, "#!/bin/sh\nkill -STOP $$\n");
	fclose(f);
	chmod(script, 0755);
	execute(script);
	ok(!known_as(script), "a script is not what runs");
	unlink(script);
	ok(!is_claimed("sleep") && !is_claimed("./sleep"), "a path of another folder");
	ok(!is_claimed("/proc/self/exe"), "a name for another file in each process");
	ok(!is_claimed("/nowhere") && !is_claimed("/tmp"), "no file");
	ok(!is_claimed((const char *)(uintptr_t)8), "no memory");
	munmap(end + page, page);
	memcpy(end + page - 8, "/bin/sh", 8);
	ok(is_claimed(end + page - 8), "a path at the end of memory");
	memset(end, 'x', page);
	end[0] = '/';
	ok(!is_claimed(end), "a path that is too long or has no end");
	munmap(end, page);
}

static bool may_move(const char *name, uint64_t arg0)
{
	struct segen_trace t = {};
	const struct segen_arch *arch = segen_arch_native();
	struct segen_call *c =
		segen_trace_call(&t, arch, segen_syscall_nr(arch, name), NULL);
	bool may;

	segen_call_value(c, 0, arg0);
	may = exec_cache_may_move(&t);
	segen_trace_done(&t);
	return may;
}

static void test_moves(void)
{
	ok(!exec_cache_may_move(NULL) && !may_move("read", 0), "nobody leaves");
	ok(may_move("chroot", 0) && may_move("unshare", 0) && may_move("setns", 0) &&
		   may_move("pivot_root", 0),
	   "calls that lead elsewhere");
	ok(may_move("mount", 0) && may_move("move_mount", 0),
	   "calls after which paths had better not be looked at");
	ok(may_move("clone", CLONE_NEWNS) && !may_move("clone", CLONE_VM),
	   "clone: by its flags");
}

int main(int argc, char **argv)
{
	_cleanup_free_ char *program = NULL, *link_ = NULL, *symlink_ = NULL;

	if (argc > 1)
		return pause();
	if (!mkdtemp(place))
		return 1;
	program = xasprintf("%s/program", place);
	link_ = xasprintf("%s/link", place);
	symlink_ = xasprintf("%s/symlink", place);
	child_copy_self(program);
	test_names(program, link_, symlink_);
	test_others();
	test_moves();
	exec_claim_done(&claim);
	unlink(program);
	unlink(link_);
	unlink(symlink_);
	rmdir(place);
	return done();
}
