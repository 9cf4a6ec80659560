/* privileges.c: compare what a program's file promises with what its process has. */
#include "proc/privileges.h"

#include "proc/proc-status.h"
#include "proc/fuse.h"

#include <segen/util.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

const char *privileges_lost(pid_t pid)
{
	struct proc_status s;
	char exe[64];
	struct statx st;
	bool caps;

	snprintf(exe, sizeof(exe), "/proc/%d/exe", pid);
	/* A server of the file must not be asked (fuse.h): the kernel remembers. */
	if (statx(AT_FDCWD, exe, AT_STATX_DONT_SYNC, STATX_MODE | STATX_UID | STATX_GID,
		  &st) < 0)
		return NULL;
	caps = !is_served(pid, st.stx_dev_major, st.stx_dev_minor) &&
	       getxattr(exe, "security.capability", NULL, 0) > 0;
	if (!(st.stx_mode & (S_ISUID | S_ISGID)) && !caps)
		return NULL;
	if (proc_status_read(pid, &s) < 0)
		return NULL;
	if ((st.stx_mode & S_ISUID) && s.euid != st.stx_uid)
		return "set-user-ID";
	/* Without group execution the bit means mandatory locking. */
	if ((st.stx_mode & S_ISGID) && (st.stx_mode & S_IXGRP) && s.egid != st.stx_gid)
		return "set-group-ID";
	if (caps && s.euid && !s.cap_eff)
		return "file capabilities";
	return NULL;
}
