/*
 * under-filter.c: run a command under a seccomp program from a file, without segen.
 *
 * usage: under-filter FILE PATH ARG0 [ARG…]
 *
 * FILE holds struct sock_filter, as seccomp_export_bpf(3) writes them.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter insns[BPF_MAXINSNS];

int main(int argc, char **argv)
{
	struct sock_fprog prog = {.filter = insns};
	ssize_t n;
	int fd;

	if (argc < 4)
		return 2;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, insns, sizeof(insns));
	if (n <= 0) {
		perror(argv[1]);
		return 125;
	}
	close(fd);
	prog.len = (unsigned short)((size_t)n / sizeof(*insns));
	/* As segen: NO_NEW_PRIVS only where it must be. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0 &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	     syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)) {
		perror("seccomp");
		return 125;
	}
	execv(argv[2], argv + 3);
	return 126;
}
