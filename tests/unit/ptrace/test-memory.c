/* test-memory.c: the memory of another process. */
#include "ptrace/memory.h"

#include <segen/util.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

#define PAGE ((size_t)4096)

static uint64_t at(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static void test_other(char *word)
{
	char copy[8] = "";
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		memcpy(word, "child", 6);
		raise(SIGSTOP);
		_exit(strcmp(word, "wrote") ? 1 : 0);
	}
	waitpid(pid, &status, WUNTRACED);
	ok(memory_read(pid, at(word), copy, sizeof(copy)) == 0 && !strcmp(copy, "child"),
	   "the child's memory, not ours, is read");
	ok(memory_write(pid, at(word), "wrote", 6) == 0 && !strcmp(word, "parent"),
	   "it is written");
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "and the child sees it");
	ok(memory_read(pid, at(word), copy, 1) < 0 &&
		   memory_write(pid, at(word), "", 1) < 0,
	   "who is gone has none");
}

static void test_edges(void)
{
	char *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char copy[16];

	two[0] = 1;
	munmap(two + PAGE, PAGE);
	ok(memory_read(getpid(), at(two + PAGE - 16), copy, 16) == 0, "up to the edge");
	ok(memory_read(getpid(), at(two + PAGE - 8), copy, 16) == -EFAULT,
	   "a read over the edge is an error, not a short one");
	ok(memory_write(getpid(), at(two + PAGE - 8), copy, 16) == -EFAULT,
	   "so is a write");
	ok(memory_read(getpid(), at(two + PAGE), copy, 1) < 0,
	   "beyond it there is nothing");
	mprotect(two, PAGE, PROT_READ);
	ok(memory_write(getpid(), at(two), "x", 1) == 0 && *two == 'x',
	   "what the process cannot write, its tracer can");
	munmap(two, PAGE);
}

int main(void)
{
	char *word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	memcpy(word, "parent", 7);
	test_other(word);
	test_edges();
	munmap(word, PAGE);
	return done();
}
