/* test-seccomp-log.c: seccomp lines of the kernel's log and auditd. */
#include "inspect/seccomp-log.h"
#include "tap.h"

static void parse(const char *text, struct seccomp_log *l)
{
	seccomp_log_parse(l, text, strlen(text));
}

#define LINE(rest) \
	"[ 12.5] audit: type=1326 audit(1700000000.123:45): auid=0 uid=0 gid=0 ses=1 pid=7 " rest

static void test_lines(void)
{
	struct seccomp_log l;

	parse(LINE("comm=\"app\" exe=\"/app\" sig=0 arch=c000003e syscall=435 compat=0 "
		   "ip=0x7f code=0x7ffc0000\n") "something else\n",
	      &l);
	is_int((int)l.n, 1, "logged call: one entry");
	is_str(l.v[0].name, "clone3", "logged call: its name");
	is_str(l.v[0].arch->name, "x86_64", "logged call: its ABI");
	is_str(l.v[0].exe, "/app", "logged call: the program");
	is_int(l.v[0].action, SEGEN_ACT_LOG, "logged call: it was let in");
	seccomp_log_done(&l);

	parse("type=SECCOMP msg=audit(1700000000.1:2): pid=9 comm=\"x\" exe=\"/x\" sig=0 "
	      "arch=c000003e syscall=165 compat=0 ip=0x1 code=0x50000\x1d"
	      "ARCH=x86_64\n",
	      &l);
	is_str(l.v[0].name, "mount", "auditd: its name");
	is_int(l.v[0].action, SEGEN_ACT_ERRNO, "auditd: refused with an errno");
	seccomp_log_done(&l);

	parse(LINE("comm=\"old\" exe=\"/old\" sig=31 arch=40000003 syscall=5 code=0x0"),
	      &l);
	is_str(l.v[0].arch->name, "i386", "32 bit: the ABI");
	is_str(l.v[0].name, "open", "32 bit: the number is read by it");
	is_int(l.v[0].action, SEGEN_ACT_KILL_THREAD, "32 bit: the thread was killed");
	seccomp_log_done(&l);

	parse(LINE("comm=\"x\" exe=\"/x\" arch=c000003e syscall=1073741825 "
		   "code=0x80000000\n"),
	      &l);
	is_str(l.v[0].arch->name, "x32", "x32: told by its bit");
	is_str(l.v[0].name, "write", "x32: the name");
	is_int(l.v[0].action, SEGEN_ACT_KILL_PROCESS, "x32: the process was killed");
	seccomp_log_done(&l);
}

static void test_repeats(void)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	struct seccomp_log l;

	for (int i = 0; i < 1000; i++)
		segen_buf_puts(&b, LINE("comm=\"a\" exe=\"/a\" arch=c000003e syscall=165 "
					"code=0x50000\n"));
	segen_buf_puts(&b, LINE("comm=\"b\" exe=\"/b\" arch=c000003e syscall=165 "
				"code=0x50000\n"));
	segen_buf_puts(&b, "audit_printk_skb: 120 callbacks suppressed\n");
	segen_buf_puts(&b, LINE("comm=\"b\" exe=\"/b\" arch=c000003e syscall=165 "
				"code=0x7ffc0000\n"));
	parse(b.s, &l);
	is_int((int)l.n, 3, "repeats: one entry for each program and answer");
	is_int((int)l.v[0].count, 1000, "repeats: are counted");
	is_int((int)l.lines, 1002, "repeats: all lines are");
	is_int((int)l.suppressed, 1, "rate limit: that lines may be missing is noticed");
	seccomp_log_done(&l);
}

static void test_hostile(void)
{
	struct seccomp_log l;

	parse(LINE("comm=2F746D702F61206226 exe=(null) arch=c000003e syscall=0 "
		   "code=0x7ffc0000\n"),
	      &l);
	is_str(l.v[0].comm, "/tmp/a b&", "unusual name: is decoded");
	ok(!l.v[0].exe, "no program: none is invented");
	seccomp_log_done(&l);

	parse("type=1326\ntype=1326 arch=zz syscall=1 code=0\n"
	      "type=1326 arch=12345 syscall=1 code=0x0\ntype=1326 syscall=1 arch=",
	      &l);
	is_int((int)l.n, 0, "broken lines: no entry");
	is_int((int)l.unreadable, 4, "broken lines: are counted");
	seccomp_log_done(&l);

	parse(LINE("exe=\"/x\" arch=c000003e syscall=99999 code=0x7ffc0000\n"), &l);
	ok(!l.v[0].name, "unknown number: has no name");
	is_int((int)l.v[0].nr, 99999, "unknown number: is kept");
	seccomp_log_done(&l);
}

int main(void)
{
	test_lines();
	test_repeats();
	test_hostile();
	return done();
}
