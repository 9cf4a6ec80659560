/* test-proc-stat.c: one line of /proc/PID/stat, whatever the name in it. */
#include "proc/proc-stat.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

#define REST " 12 12 0 -1 %s 1 2 3 4 5 6 7 8 20 0 %s 0 100 1000 2000"

static void test_names(void)
{
	static const char *const names[] = {"sh", "a b", "a) S 1 (b", "((",
					    "))", "",	 "x\ny"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct proc_stat s;
		char text[256];

		snprintf(text, sizeof(text), "12 (%s) S 7" REST "\n", names[i], "4194304",
			 "3");
		ok(proc_stat_parse(text, &s) == 0 && !strcmp(s.name, names[i]) &&
			   s.ppid == 7 && s.state == 'S' && s.threads == 3 &&
			   !s.is_kernel && !s.is_copy,
		   "the name is '%s'", names[i]);
	}
}

static void test_flags(void)
{
	struct proc_stat s;
	char text[256];

	snprintf(text, sizeof(text), "2 (kthreadd) S 0" REST, "2129984", "1");
	ok(proc_stat_parse(text, &s) == 0 && s.is_kernel, "a kernel thread");
	snprintf(text, sizeof(text), "3 (x) R 2" REST, "4194368", "1");
	ok(proc_stat_parse(text, &s) == 0 && s.is_copy, "forked, no execve yet");
}

static void test_broken(void)
{
	static const char *const texts[] = {
		"", "1", "1 (sh", "1 sh) S 1", ")1 (", "1 (sh) S", "1 (sh) S 1 2 3 4"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct proc_stat s;

		ok(proc_stat_parse(texts[i], &s) == -EINVAL, "'%s' is none", texts[i]);
	}
}

static void test_real(void)
{
	struct proc_stat s, child;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	ok(proc_stat_read(getpid(), &s) == 0 && s.ppid == getppid() && !s.is_copy &&
		   !s.is_kernel && s.threads >= 1,
	   "this process");
	ok(proc_stat_read(pid, &child) == 0 && child.is_copy && child.ppid == getpid(),
	   "a copy of it");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(proc_stat_read(pid, &child) == -ESRCH, "one that is gone");
}

int main(void)
{
	test_names();
	test_flags();
	test_broken();
	test_real();
	return done();
}
