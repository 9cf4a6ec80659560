/* test-privileges.c: programs that promise more than their process has. */
#include "proc/program.h"
#include "helpers/child.h"

#include <segen/util.h>

#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/xattr.h>

#include "tests/tap.h"

#define SOMEBODY 65534

static char place[] = "/tmp/test-privileges.XXXXXX";
static char *program;

/* What a process of @uid misses that runs it; @denied: it gets no privileges. */
static const char *lost(uid_t uid, bool denied)
{
	int ready[2];
	const char *what;
	char c;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return "pipe";
	pid = fork();
	if (pid == 0) {
		if (denied)
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (!uid || (!setgid(uid) && !setuid(uid)))
			execl(program, program, "wait", NULL);
		_exit(1);
	}
	close(ready[1]);
	/* The end of the pipe: exec has happened. */
	what = read(ready[0], &c, 1) < 0 ? "read" : privileges_lost(pid);
	close(ready[0]);
	child_end(pid);
	return what;
}

static bool is(const char *got, const char *want)
{
	return got == want || (got && want && !strcmp(got, want));
}

/* A file's mode is gone when its owner changes. */
static void belongs(uid_t uid, gid_t gid, mode_t mode)
{
	if (chown(program, uid, gid) < 0 || chmod(program, mode) < 0)
		perror(program);
}

static void test_bits(void)
{
	belongs(SOMEBODY, SOMEBODY, 0755);
	ok(is(lost(0, true), NULL), "a program that promises nothing");
	belongs(SOMEBODY, 0, 04755);
	ok(is(lost(0, true), "set-user-ID"), "set-user-ID, and still itself");
	ok(is(lost(SOMEBODY, true), NULL), "its owner has nothing to lose");
	ok(is(lost(0, false), NULL), "set-user-ID, and somebody else");
	belongs(0, SOMEBODY, 02755);
	ok(is(lost(0, true), "set-group-ID"), "set-group-ID");
	ok(is(lost(0, false), NULL), "and of the other group");
	belongs(0, SOMEBODY, 02745);
	ok(is(lost(0, true), NULL), "the bit that means locking");
}

static void test_capabilities(void)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1u << CAP_NET_RAW,
	};

	belongs(0, 0, 0755);
	if (setxattr(program, "security.capability", &caps, XATTR_CAPS_SZ_2, 0) < 0) {
		skip("capabilities of files", "not on this filesystem");
		return;
	}
	ok(is(lost(SOMEBODY, true), "file capabilities"), "capabilities it did not get");
	ok(is(lost(SOMEBODY, false), NULL), "and such as it got");
	ok(is(lost(0, true), NULL), "root has them anyway");
}

/* Of whatever there is here: proc is the kernel's, and so are disks. */
static void test_served(void)
{
	struct statx st;

	statx(AT_FDCWD, "/proc", 0, STATX_MODE, &st);
	is_int(st.stx_dev_major, 0, "mounts: /proc has a device of no driver");
	is_int(mount_kind(getpid(), 0, st.stx_dev_minor), MOUNT_KERNEL,
	       "mounts: /proc is the kernel's");
	is_int(mount_kind(getpid(), 8, 1), MOUNT_KERNEL, "mounts: a disk is");
	is_int(mount_kind(getpid(), 0, UINT32_MAX), MOUNT_SERVED,
	       "mounts: what is none may be served by a process");
	if (statx(AT_FDCWD, "/dev/shm", 0, STATX_MODE, &st) == 0 && st.stx_dev_major == 0)
		is_int(mount_kind(getpid(), 0, st.stx_dev_minor), MOUNT_MEMORY,
		       "mounts: /dev/shm is memory");
	else
		skip("mounts: /dev/shm is memory", "it is not there");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return pause();
	if (!mkdtemp(place))
		return 1;
	chmod(place, 0755);
	program = xasprintf("%s/program", place);
	child_copy_self(program);
	if (geteuid() == 0) {
		test_bits();
		test_capabilities();
	} else {
		skip("programs with privileges", "only root can make them");
	}
	test_served();
	ok(is(privileges_lost(0x7ffffff0), NULL), "nobody has nothing to lose");
	unlink(program);
	rmdir(place);
	free(program);
	return done();
}
