/*
 * user-fault: makes a call while its stack pointer is in a page that only a thread of its
 * own can provide (userfaultfd(2)): a tracer that read the stack would wait for ever.
 *
 * usage: user-fault [FILE [exec]]   FILE, on a tmpfs, is mapped read-only for them; exec:
 *                                   the path of an execve is in such a page instead
 * x86-64 only.  Exits with 77 where it may not have such pages.
 */
#include "workload.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define LENGTH ((size_t)64 * 1024)
#define PAGE 4096ull

static int served;

static void *serve(void *arg)
{
	static char zeros[PAGE];

	for (;;) {
		struct uffd_msg m;
		struct uffdio_copy copy = {.src = (uintptr_t)zeros, .len = PAGE};

		if (read(served, &m, sizeof(m)) != (ssize_t)sizeof(m))
			continue;
		copy.dst = m.arg.pagefault.address & ~(PAGE - 1);
		ioctl(served, UFFDIO_COPY, &copy);
	}
	return NULL;
}

static void *map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && ftruncate(fd, (off_t)LENGTH) == 0, path);
	return mmap(NULL, LENGTH, PROT_READ, MAP_SHARED, fd, 0);
}

static void *user_pages(const char *path)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register area = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	void *p = path ? map_file(path)
		       : mmap(NULL, LENGTH, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	served = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (served < 0)
		exit(77);
	area.range.start = (uintptr_t)p;
	area.range.len = LENGTH;
	must(ioctl(served, UFFDIO_API, &api) == 0, "UFFDIO_API");
	if (ioctl(served, UFFDIO_REGISTER, &area) < 0)
		exit(77);
	return p;
}

int main(int argc, char **argv)
{
	const char *file = argc > 1 && *argv[1] ? argv[1] : NULL;
	char *stack = (char *)user_pages(file) + LENGTH / 2;
	pthread_t thread;
	long sid;

	must(pthread_create(&thread, NULL, serve, NULL) == 0, "pthread_create");
	if (argc > 2) {
		execl(stack, "x", NULL);
		return puts("done") < 0;
	}
	__asm__ volatile("mov %%rsp, %%r12\n\t"
			 "mov %%rbp, %%r13\n\t"
			 "mov %2, %%rsp\n\t"
			 "mov %2, %%rbp\n\t"
			 "syscall\n\t"
			 "mov %%r12, %%rsp\n\t"
			 "mov %%r13, %%rbp"
			 : "=a"(sid)
			 : "a"((long)SYS_getsid), "r"(stack), "D"(0)
			 : "rcx", "r11", "r12", "r13", "memory");
	must(sid > 0, "getsid");
	printf("done\n");
	fflush(stdout);
	_exit(0);
}
