/* Containers and text that grow, against the plain way to do the same. */
#include <segen/util.h>

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/tap.h"

static void test_buf(void)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	_cleanup_free_ char *want = xcalloc(100000, 1);
	size_t n = 0;
	bool same = true;

	ok(!b.s && !b.len, "an empty buffer has no text");
	segen_buf_add(&b, "", 0);
	ok(b.s && !strcmp(b.s, ""), "but has some after nothing was added");
	for (unsigned i = 0; i < 20000; i++) {
		n += (size_t)sprintf(want + n, "%u", i % 100);
		segen_buf_printf(&b, "%u", i % 100);
		same &= b.len == n && b.len < b.cap && b.s[n] == '\0';
	}
	ok(same && !strcmp(b.s, want), "text is appended and terminated");
	b.len = 0;
	segen_buf_puts(&b, "new");
	segen_buf_add(&b, "\0x", 2);
	ok(b.len == 5 && !memcmp(b.s, "new\0x", 6), "it may be cut, and have NULs");
	segen_buf_done(&b);
	ok(!b.s && !b.len && !b.cap, "and be empty again");
}

static void test_strset(void)
{
	_cleanup_(segen_strset_done) struct segen_strset s = {};
	bool there[256] = {}, right = true, sorted = true;
	size_t n = 0;

	srand(1);
	for (int i = 0; i < 20000; i++) {
		unsigned k = (unsigned)rand() % 256;
		char word[8];
		bool add = rand() % 2;

		snprintf(word, sizeof(word), "%x", k * 37);
		right &= segen_strset_has(&s, word) == there[k];
		if (add)
			right &= segen_strset_add(&s, word) == !there[k];
		else
			right &= segen_strset_remove(&s, word) == there[k];
		n += add && !there[k];
		n -= !add && there[k];
		there[k] = add;
		right &= s.n == n;
	}
	for (size_t i = 1; i < s.n; i++)
		sorted &= strcmp(s.v[i - 1], s.v[i]) < 0;
	ok(right, "a set knows what was added and removed");
	ok(sorted && s.n > 50, "and is sorted");
	segen_strset_done(&s);
	ok(!s.n && !segen_strset_has(&s, "0"), "and empty in the end");
}

static void test_grow(void)
{
	_cleanup_free_ unsigned *v = NULL;
	size_t cap = 0;
	bool kept = true;

	for (unsigned i = 0; i < 10000; i++) {
		GROW(v, i, cap);
		v[i] = i;
	}
	for (unsigned i = 0; i < 10000; i++)
		kept &= v[i] == i;
	ok(kept && cap >= 10000 && cap < 40000, "an array grows and keeps its elements");
}

static void test_take(void)
{
	char *p = xstrdup("x");
	_cleanup_free_ char *q = TAKE_PTR(p);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), again;

	ok(!p && !strcmp(q, "x"), "a pointer is handed over");
	{
		_cleanup_close_ int closed = TAKE_FD(fd);

		again = closed;
	}
	ok(fd == -1 && fcntl(again, F_GETFD) == -1, "a descriptor, too, and then closed");
}

static void test_strings(void)
{
	_cleanup_free_ char *a = xasprintf("%s-%d", "x", 7), *b = xstrndup("abcdef", 3),
			    *c = xcalloc(0, 0);

	ok(!strcmp(a, "x-7") && !strcmp(b, "abc") && c, "strings are made");
}

/* Sanitizers and valgrind need more memory than is left. */
static bool has_own_memory(void)
{
	const char *sanitize = getenv("SANITIZE"), *preload = getenv("LD_PRELOAD");

	return (sanitize && strstr(sanitize, "address")) ||
	       (preload && strstr(preload, "valgrind"));
}

/* The one place that ends the program. */
static void test_out_of_memory(void)
{
	const struct rlimit limit = {64 << 20, 64 << 20};
	char said[64] = "";
	int fds[2], status = 0;
	pid_t pid;

	if (has_own_memory()) {
		printf("# out of memory is tested without sanitizers and valgrind only\n");
		return;
	}
	if (pipe(fds) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		setrlimit(RLIMIT_AS, &limit);
		for (;;)
			memset(xcalloc(1, 1 << 20), 1, 1 << 20);
	}
	close(fds[1]);
	waitpid(pid, &status, 0);
	ok(read(fds[0], said, sizeof(said) - 1) > 0 &&
		   !strcmp(said, "segen: out of memory\n") && WIFEXITED(status) &&
		   WEXITSTATUS(status) == 125,
	   "out of memory ends the program with status 125 and says so");
	close(fds[0]);
}

int main(void)
{
	test_buf();
	test_strset();
	test_grow();
	test_take();
	test_strings();
	test_out_of_memory();
	return done();
}
