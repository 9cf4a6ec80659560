/*
 * program.h: which program a process runs, named as the workload itself sees it; what its
 * file promises; and whether that may be asked at all.
 *
 * No path of the workload's tree is walked here: a lookup may have to be answered by a
 * process that is stopped.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A path as this program's root shows it, turned into what process @pid sees: the
 * process's own root directory (chroot) is taken off the front, and the kernel's mark of
 * a deleted file off the end.  For paths of mappings; @path is taken over, the result is
 * the caller's.
 */
char *program_path_inside(pid_t pid, char *path);

/*
 * The executable of @pid, to be freed by the caller.  A file that was deleted or replaced
 * since keeps the name it was started under.  When the leading thread has ended, another
 * thread of the process is asked.  NULL: cannot be known (no permission, a kernel thread,
 * already reaped); the caller keeps what it knew last.
 */
char *program_path(pid_t pid);

/*
 * Whether /proc is there and shows this PID namespace; else what it says of a number is
 * about another process, or nothing.
 */
bool program_proc_is_ours(void);

/* Who has to provide what is in a file, or in a mapping of it. */
enum mount_kind {
	MOUNT_KERNEL, /* a disk, a network, /proc */
	MOUNT_MEMORY, /* tmpfs, hugetlbfs: pages may be userfaultfd(2)'s */
	MOUNT_SERVED, /* a process (FUSE) */
};

/*
 * What thread @tid sees as device @major:@minor, of statx(2) or /proc/PID/maps.  When the
 * process that serves a filesystem is traced and stopped, whoever asks the filesystem for
 * anything waits for ever: the tracer must not.  What is not among the thread's mounts
 * (chroot, umount -l) is taken for such a one.
 */
enum mount_kind mount_kind(pid_t tid, uint32_t major, uint32_t minor);
/* Whether one of the mounts that @tid sees is of that kind, or may be. */
bool mount_any_served(pid_t tid);

/*
 * What process @pid, at its PTRACE_EVENT_EXEC, was not given: "set-user-ID",
 * "set-group-ID", "file capabilities"; NULL when nothing is missing.  Static.
 *
 * The kernel ignores the set-user-ID bit and file capabilities when the tracer may not
 * have them (ptrace(2)), and under NO_NEW_PRIVS (prctl(2)).  Such a program then takes
 * other ways than it would in production, which the trace has to say.
 */
const char *privileges_lost(pid_t pid);
