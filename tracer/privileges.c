/* privileges.c: compare what a program's file promises with what its process has. */
#include "privileges.h"

#include "proc-status.h"

#include <segen/util.h>

#include <sys/stat.h>
#include <sys/xattr.h>

const char *privileges_lost(pid_t pid)
{
	struct proc_status s;
	char exe[64];
	struct stat st;
	bool caps;

	snprintf(exe, sizeof(exe), "/proc/%d/exe", pid);
	if (stat(exe, &st) < 0)
		return NULL;
	caps = getxattr(exe, "security.capability", NULL, 0) > 0;
	if (!(st.st_mode & (S_ISUID | S_ISGID)) && !caps)
		return NULL;
	if (proc_status_read(pid, &s) < 0)
		return NULL;
	if ((st.st_mode & S_ISUID) && s.euid != st.st_uid)
		return "set-user-ID";
	/* Without group execution the bit means mandatory locking. */
	if ((st.st_mode & S_ISGID) && (st.st_mode & S_IXGRP) && s.egid != st.st_gid)
		return "set-group-ID";
	if (caps && s.euid && !s.cap_eff)
		return "file capabilities";
	return NULL;
}
