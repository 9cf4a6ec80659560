/* test-proc-status.c: the parser on made-up text, the reader on this process. */
#include "proc/proc-status.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

static const char inner[] = "Name:\tTgid:\t7\n"
			    "State:\tt (tracing stop)\n"
			    "Tgid:\t4711\n"
			    "Pid:\t4712\n"
			    "PPid:\t4000\n"
			    "TracerPid:\t99\n"
			    "Uid:\t1000\t1001\t1002\t1003\n"
			    "Groups:\t \n"
			    "NStgid:\t4711\t33\t1\n"
			    "NSpid:\t4712\t34\t2\n"
			    "SigCgt:\t0000000000010201\n"
			    "CapEff:\t0000000000000000\n"
			    "CapBnd:\t00000000a80425fb\n"
			    "NoNewPrivs:\t1\n"
			    "Seccomp:\t2\n"
			    "Seccomp_filters:\t5\n";

static void test_parse(void)
{
	struct proc_status s;

	ok(proc_status_parse(inner, &s) == 0, "a thread in a container");
	ok(s.tgid == 4711 && s.ppid == 4000 && s.tracer == 99 && s.state == 't', "ids");
	ok(s.ns_tgid == 1, "the innermost PID namespace");
	ok(s.uid == 1000 && s.euid == 1001, "user");
	ok(s.cap_bnd == 0xa80425fb && s.cap_eff == 0, "capabilities");
	ok(s.sig_caught == 0x10201, "signals with a handler");
	ok(s.no_new_privs && s.seccomp == 2, "no_new_privs and seccomp");
}

static void test_parse_odd(void)
{
	struct proc_status s = {.tgid = 5};

	ok(proc_status_parse("", &s) == -EINVAL && s.tgid == 5, "nothing");
	ok(proc_status_parse("Pid:\t1\n", &s) == -EINVAL, "no Tgid");
	ok(proc_status_parse("Tgid:\t8", &s) == 0 && s.tgid == 8 && s.ns_tgid == 8 &&
		   s.uid == (uid_t)-1,
	   "a kernel without the newer fields");
	ok(proc_status_parse("PPid:\t\nTgid:\t8\nNStgid:\t\nCapBnd:\n", &s) == 0 &&
		   s.ppid == 0 && s.cap_bnd == 0,
	   "an empty value does not take the next line's");
	ok(proc_status_parse("Tgid\n:\n\n::\nTgid:\t8\n", &s) == 0, "odd lines");
}

static void test_read(void)
{
	struct proc_status s;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	ok(proc_status_read(pid, &s) == 0 && s.tgid == pid && s.ppid == getpid(),
	   "a child");
	ok(s.no_new_privs && s.state == 'T' && s.uid == getuid(), "what it did");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(proc_status_read(pid, &s) == -ESRCH, "a process that is gone");
}

int main(void)
{
	test_parse();
	test_parse_odd();
	test_read();
	return done();
}
