/*
 * outer-filter: runs a command under a filter that does not let it make one of its own:
 * seccomp(2) is answered with EPERM, with SIGSYS, or with death; or, as by a kernel
 * before 4.17, with EINVAL when it comes with SECCOMP_FILTER_FLAG_SPEC_ALLOW.
 */
#include "workload.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

static const struct {
	const char *name;
	unsigned action;
	unsigned flags; /* 0: whatever the flags */
} ways[] = {
	{"errno", SECCOMP_RET_ERRNO | EPERM, 0},
	{"trap", SECCOMP_RET_TRAP, 0},
	{"kill", SECCOMP_RET_KILL_PROCESS, 0},
	{"old-kernel", SECCOMP_RET_ERRNO | EINVAL, SECCOMP_FILTER_FLAG_SPEC_ALLOW},
};

static void forbid(unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flags, 0, flags != 0),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0), "PR_SET_SECCOMP");
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name) != 0)
			continue;
		forbid(ways[i].action, ways[i].flags);
		execvp(argv[2], argv + 2);
		must(false, argv[2]);
	}
	must(false, "usage: outer-filter errno|trap|kill|old-kernel COMMAND…");
}
