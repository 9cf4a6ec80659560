/*
 * let-go-state: makes calls in a row and looks after each whether anything of its own
 * has changed: registers, blocked signals, and at the end the map of its memory.  Says on
 * stderr whether it has a filter by then.
 *
 * usage: let-go-state [no-memory]: it can have no more than it has already
 */
#include "workload.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>

enum { CALLS = 400, REGISTERS = 9 };

/* One call with a known value in every register that a call keeps. */
static long call_keeping(uint64_t *seen)
{
	long ret;
#if defined(__x86_64__)
	register uint64_t a __asm__("rdi") = seen[0];
	register uint64_t b __asm__("rsi") = seen[1];
	register uint64_t c __asm__("rdx") = seen[2];
	register uint64_t d __asm__("r10") = seen[3];
	register uint64_t e __asm__("r8") = seen[4];
	register uint64_t f __asm__("r9") = seen[5];
	register uint64_t g __asm__("r12") = seen[6];
	register uint64_t h __asm__("r14") = seen[7];
	register uint64_t i __asm__("r15") = seen[8];

	__asm__ volatile("syscall"
			 : "=a"(ret), "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e),
			   "+r"(f), "+r"(g), "+r"(h), "+r"(i)
			 : "0"((long)SYS_getppid)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long nr __asm__("x8") = SYS_getppid;
	register long r __asm__("x0");
	register uint64_t a __asm__("x1") = seen[0];
	register uint64_t b __asm__("x2") = seen[1];
	register uint64_t c __asm__("x3") = seen[2];
	register uint64_t d __asm__("x4") = seen[3];
	register uint64_t e __asm__("x5") = seen[4];
	register uint64_t f __asm__("x6") = seen[5];
	register uint64_t g __asm__("x7") = seen[6];
	register uint64_t h __asm__("x9") = seen[7];
	register uint64_t i __asm__("x28") = seen[8];

	__asm__ volatile("svc #0"
			 : "=r"(r), "+r"(nr), "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e),
			   "+r"(f), "+r"(g), "+r"(h), "+r"(i)
			 :
			 : "memory");
	ret = r;
#else
	uint64_t a = seen[0], b = seen[1], c = seen[2], d = seen[3], e = seen[4];
	uint64_t f = seen[5], g = seen[6], h = seen[7], i = seen[8];

	ret = syscall(SYS_getppid);
#endif
	memcpy(seen, (uint64_t[]){a, b, c, d, e, f, g, h, i}, REGISTERS * sizeof(*seen));
	return ret;
}

static bool registers_kept(unsigned round)
{
	uint64_t want[REGISTERS], seen[REGISTERS];

	for (unsigned i = 0; i < REGISTERS; i++)
		want[i] = 0x0123456789abcdefU * (round + i + 1);
	memcpy(seen, want, sizeof(seen));
	return call_keeping(seen) == getppid() && !memcmp(seen, want, sizeof(seen));
}

static bool mask_kept(const sigset_t *want)
{
	sigset_t now;

	must(!sigprocmask(SIG_SETMASK, NULL, &now), "sigprocmask");
	for (int sig = 1; sig < SIGRTMAX; sig++)
		if (sigismember(&now, sig) != sigismember(want, sig))
			return false;
	return true;
}

static size_t slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t len = 0;
	ssize_t n;

	must(fd >= 0, path);
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	close(fd);
	return len;
}

int main(int argc, char **argv)
{
	const struct rlimit none = {1, 1};
	static char maps[65536], after[65536], status[8192];
	unsigned registers = 0, masks = 0;
	sigset_t mask;

	printf("%d rounds\n", CALLS);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigaddset(&mask, SIGRTMIN + 5);
	must(!sigprocmask(SIG_BLOCK, &mask, NULL), "sigprocmask");
	if (argc > 1 && !strcmp(argv[1], "no-memory"))
		must(!setrlimit(RLIMIT_AS, &none), "setrlimit");
	slurp("/proc/self/maps", maps, sizeof(maps));
	for (unsigned i = 0; i < CALLS; i++) {
		registers += registers_kept(i);
		masks += mask_kept(&mask);
	}
	slurp("/proc/self/maps", after, sizeof(after));
	slurp("/proc/self/status", status, sizeof(status));
	printf("registers kept: %u, masks kept: %u, maps kept: %d\n", registers, masks,
	       !strcmp(maps, after));
	fprintf(stderr, "filtered: %d\n", strstr(status, "Seccomp:\t2") != NULL);
	return 0;
}
