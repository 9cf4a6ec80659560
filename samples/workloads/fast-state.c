/*
 * fast-state: makes calls in a row and looks after each whether anything of its own
 * has changed: registers, blocked signals, and at the end the map of its memory.  Says on
 * stderr whether it has a filter by then.
 *
 * usage: fast-state [no-memory]: it can have no more than it has already
 */
#include "workload.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>

enum { CALLS = 400 };

/* call_keeping(): one getppid() with a known value in each register that a call keeps. */
#if defined(__x86_64__)
enum { REGISTERS = 9 };

static long call_keeping(uint64_t *seen)
{
	long ret;
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
	memcpy(seen, (uint64_t[]){a, b, c, d, e, f, g, h, i}, REGISTERS * sizeof(*seen));
	return ret;
}
#elif defined(__aarch64__)
enum { REGISTERS = 31 };

/* All but x0, the result, and x8, the number. */
#define KEPT \
	"1,2,3,4,5,6,7,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30"
#define LOAD ".irp n, " KEPT "\n ldr x\\n, [x0, #8 * \\n]\n .endr\n"
#define STORE ".irp n, " KEPT "\n str x\\n, [x0, #8 * \\n]\n .endr\n"

static long call_keeping(uint64_t *seen)
{
	register uint64_t x0 __asm__("x0") = (uint64_t)seen;
	register long x8 __asm__("x8") = SYS_getppid;

	__asm__ volatile("stp x29, x30, [sp, #-32]!\n"
			 "str x0, [sp, #16]\n" LOAD "svc #0\n"
			 "str x0, [sp, #24]\n"
			 "ldr x0, [sp, #16]\n" STORE "ldr x0, [sp, #24]\n"
			 "ldp x29, x30, [sp], #32\n"
			 : "+r"(x0), "+r"(x8)
			 :
			 : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x9", "x10", "x11",
			   "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20",
			   "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30",
			   "memory");
	return (long)x0;
}
#else
enum { REGISTERS = 1 };

static long call_keeping(uint64_t *seen)
{
	return syscall(SYS_getppid);
}
#endif

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
