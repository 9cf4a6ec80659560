/*
 * program.h: which program a process runs, named as the workload itself sees it.
 *
 * Private to tracer/.
 */
#pragma once

#include <sys/types.h>

/*
 * A path as this program's root shows it, turned into what process @pid sees: the
 * process's own root directory (chroot) is taken off the front, and the kernel's mark of
 * a deleted file off the end.  @path is taken over, the result is the caller's.
 */
char *program_path_inside(pid_t pid, char *path);

/*
 * The executable of @pid, to be freed by the caller.  A file that was deleted or replaced
 * since keeps the name it was started under.  When the leading thread has ended, another
 * thread of the process is asked.  NULL: cannot be known (no permission, a kernel thread,
 * already reaped); the caller keeps what it knew last.
 */
char *program_path(pid_t pid);
