/*
 * test-profile-hostile.c: malformed and hostile profiles: a clear error or the right
 * result, in bounded time and memory.  To be run with sanitizers as well.
 */
#include "profile/profile-io.h"
#include "target/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/tap.h"

#define SECONDS_EACH 20
#define CPU_SECONDS_EACH 10

/* All that the format has; what is made of it is in tests below. */
static const char seed[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,\"archMap\":[{"
	"\"architecture\":\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\"]}],"
	"\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],\"listenerPath\":\"/s\","
	"\"listenerMetadata\":\"m\",\"syscalls\":[{\"names\":[\"read\",\"write\"],"
	"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":1,\"valueTwo\":2,"
	"\"op\":\"SCMP_CMP_MASKED_EQ\"}],\"comment\":\"c\",\"includes\":{\"caps\":["
	"\"CAP_KILL\"],\"arches\":[\"amd64\"],\"minKernel\":\"4.8\"},\"excludes\":{}},"
	"{\"name\":\"clone3\",\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38,"
	"\"errno\":\"ENOSYS\"}]}";

enum want {
	REFUSED,
	TAKEN,
	EITHER,
};

static unsigned inputs;

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* What is taken must survive all that segen does with a profile. */
static bool usable(const struct profile *p)
{
	_cleanup_(segen_buf_done) struct segen_buf first = {}, second = {};
	_cleanup_(profile_done) struct profile again = {}, flat = {};
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	_cleanup_(target_done) struct target t = {};

	profile_format(p, PROFILE_COMPACT, &first);
	if (profile_parse(first.s, first.len, "again", &again, NULL, NULL) < 0)
		return false;
	profile_format(&again, PROFILE_COMPACT, &second);
	if (first.len != second.len || memcmp(first.s, second.s, first.len) != 0)
		return false;
	target_init_default(&t);
	if (resolve(p, &t, &flat, NULL) == 0)
		resolve_rules(&flat, &t, true, &rules, NULL);
	return true;
}

/* A message is one line that starts with the name of the input. */
static bool clear(const struct segen_error *err)
{
	return strstr(err->msg, "input") && !strchr(err->msg, '\n') &&
	       strlen(err->msg) > strlen("input: ");
}

static bool feed(const char *text, size_t len, enum want want)
{
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	_cleanup_(profile_done) struct profile p = {};
	struct segen_error err = {};
	double start = cpu_seconds();
	bool good;
	int r;

	alarm(SECONDS_EACH);
	inputs++;
	r = profile_parse(text, len, "input", &p, &notes, &err);
	good = r < 0 ? clear(&err) && want != TAKEN : usable(&p) && want != REFUSED;
	if (!good)
		printf("# %d '%s': %.*s\n", r, err.msg, (int)MIN(len, 200u), text);
	if (cpu_seconds() - start > CPU_SECONDS_EACH) {
		printf("# %.1f s\n", cpu_seconds() - start);
		good = false;
	}
	return good;
}

static bool feed_string(const char *text, enum want want)
{
	return feed(text, strlen(text), want);
}

static void test_seed(void)
{
	ok(feed_string(seed, TAKEN), "hostile: the seed itself is taken");
}

static void test_truncated(void)
{
	bool good = true;

	for (size_t n = 0; n < strlen(seed); n++)
		good &= feed(seed, n, REFUSED);
	ok(good, "hostile: every truncation is refused");
}

/* @to for the first @from of the seed. */
static char *replaced(const char *from, const char *to)
{
	const char *at = strstr(seed, from);

	return xasprintf("%.*s%s%s", (int)(at - seed), seed, to, at + strlen(from));
}

/* The values of the seed, and of which JSON type they must be: null is as absent. */
static const struct {
	const char *value;
	char type; /* s, n, a, o */
	bool needed;
} places[] = {
	{"\"SCMP_ACT_ERRNO\"", 's', true},
	{"1,\"archMap\"", 'n', false},
	{"\"SCMP_ARCH_X86_64\"", 's', false},
	{"[\"SCMP_ARCH_X86\"]", 'a', false},
	{"\"SCMP_ARCH_X86\"", 's', true},
	{"[\"SECCOMP_FILTER_FLAG_LOG\"]", 'a', false},
	{"\"SECCOMP_FILTER_FLAG_LOG\"", 's', true},
	{"\"/s\"", 's', false},
	{"\"m\"", 's', false},
	{"[\"read\",\"write\"]", 'a', false},
	{"\"read\"", 's', true},
	{"\"SCMP_ACT_ALLOW\"", 's', true},
	{"0,\"value\"", 'n', false},
	{"1,\"valueTwo\"", 'n', false},
	{"2,\"op\"", 'n', false},
	{"\"SCMP_CMP_MASKED_EQ\"", 's', true},
	{"\"c\"", 's', false},
	{"[\"CAP_KILL\"]", 'a', false},
	{"[\"amd64\"]", 'a', false},
	{"\"4.8\"", 's', false},
	{"{}", 'o', false},
	{"\"clone3\"", 's', false},
	{"38", 'n', false},
	{"\"ENOSYS\"", 's', false},
};

static const struct {
	const char *text;
	char type; /* - null, x: never right */
} values[] = {
	{"null", '-'},	 {"true", 'x'},	      {"1.5", 'x'},
	{"-1", 'x'},	 {"1e2", 'x'},	      {"1.0", 'x'},
	{"[[]]", 'x'},	 {"{\"x\":{}}", 'o'}, {"3", 'n'},
	{"\"zz\"", 's'}, {"[]", 'a'},	      {"{}", 'o'},
	{"1e999", 'x'},	 {"-0.0", 'x'},	      {"99999999999999999999999", 'x'},
	{"[null]", 'x'}, {"[1]", 'x'},
};

static enum want wanted(size_t place, size_t value)
{
	if (values[value].type == '-')
		return places[place].needed ? REFUSED : TAKEN;
	return values[value].type == places[place].type ? EITHER : REFUSED;
}

static void test_types(void)
{
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
			const char *rest =
				places[i].value + strcspn(places[i].value, ",");
			const bool number = places[i].type == 'n';
			_cleanup_free_ char *to =
				xasprintf("%s%s", values[k].text, number ? rest : "");
			_cleanup_free_ char *text = replaced(places[i].value, to);

			good &= feed_string(text, wanted(i, k));
		}
	}
	ok(good, "hostile: wrong types are refused, null is as absent");
}

/* Texts that are no JSON, or none that Go or segen would take. */
static const char *const broken[] = {
	"",
	" ",
	"\n",
	"{",
	"}",
	"[",
	"nul",
	"nulll",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\"",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\"}}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\"} x",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\"}{}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\"},",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",}",
	"{,\"defaultAction\":\"SCMP_ACT_ERRNO\"}",
	"{\"defaultAction\" \"SCMP_ACT_ERRNO\"}",
	"{defaultAction:\"SCMP_ACT_ERRNO\"}",
	"{'defaultAction':'SCMP_ACT_ERRNO'}",
	"{\"defaultAction\":SCMP_ACT_ERRNO}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO}",
	"{\"defaultAction\":\"SCMP_ACT\nERRNO\"}",
	"{\"defaultAction\":\"SCMP_ACT\tERRNO\"}",
	"{\"defaultAction\":\"SCMP\\_ACT\"}",
	"{\"defaultAction\":\"\\u12\"}",
	"{\"defaultAction\":\"\\ud800\"}",
	"/* c */{\"defaultAction\":\"SCMP_ACT_ERRNO\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\"} // c",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":01}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":+1}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":0x1}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1.}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":.1}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":NaN}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":Infinity}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":-Infinity}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":tru}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":True}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":[1,]}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":[,1]}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":[1 2]}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":[1}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":{1:2}}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":-}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":1e}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultAction\":\"SCMP_ACT_ALLOW\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"default\\u0041ction\":\"SCMP_ACT_ALLOW\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"DEFAULTACTION\":\"SCMP_ACT_ALLOW\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":1,\"x\":1}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"\":1,\"\":2}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[],\"\xc5\xbfyscalls\":[]}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\\u0000\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\\u0000\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"\\u0000\":1}",
	"\xef\xbb\xbf{\"defaultAction\":\"SCMP_ACT_ERRNO\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\xff\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\x80\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\xc0\x80\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\xc3\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\xe2\x82\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\xed\xa0\x80\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":\"\xf4\x90\x80\x80\"}",
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"\xfe\":1}",
	"\xfe\xff\x00{",
};

static void test_broken(void)
{
	static const char with_nul[] = "{\"defaultAction\":\"SCMP_ACT_ERRNO\"}\0{}";
	static const char nul_inside[] = "{\"defaultAction\":\"SCMP_ACT_ERRNO\0\"}";
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
		good &= feed_string(broken[i], REFUSED);
	good &= feed(with_nul, sizeof(with_nul) - 1, REFUSED);
	good &= feed(nul_inside, sizeof(nul_inside) - 1, REFUSED);
	ok(good, "hostile: what is no JSON is refused");
}

static void repeat(struct segen_buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		segen_buf_puts(b, s);
}

/* @head, @n times @middle, @n times @tail, @end. */
static bool feed_nested(const char *head, const char *middle, const char *tail,
			const char *end, size_t n, enum want want)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_puts(&b, head);
	repeat(&b, middle, n);
	repeat(&b, tail, n);
	segen_buf_puts(&b, end);
	return feed(b.s, b.len, want);
}

#define DEEP 1000000
#define HEAD "{\"defaultAction\":\"SCMP_ACT_ERRNO\","

static void test_deep(void)
{
	ok(feed_nested("", "[", "]", "", DEEP, REFUSED), "deep: 10^6 arrays are refused");
	ok(feed_nested("", "[", "", "", DEEP, REFUSED),
	   "deep: 10^6 open arrays are refused");
	ok(feed_nested("", "{\"a\":", "", "", DEEP, REFUSED),
	   "deep: 10^6 open objects are refused");
	ok(feed_nested(HEAD "\"x\":", "[", "]", "}", DEEP, REFUSED),
	   "deep: 10^6 arrays under a key are refused");
	ok(feed_nested(HEAD "\"x\":", "{\"a\":", "}", "}", DEEP, REFUSED),
	   "deep: 10^6 objects under a key are refused");
	ok(feed_nested(HEAD "\"syscalls\":", "[", "]", "}", DEEP, REFUSED),
	   "deep: 10^6 arrays for syscalls are refused");
	ok(feed_nested(HEAD "\"x\":", "[", "]", "}", 20, TAKEN),
	   "deep: 20 objects are taken");
}

static void test_large(void)
{
	ok(feed_nested(HEAD "\"x\":1", "0", "", "}", DEEP, EITHER),
	   "large: 10^6 digits end without a crash");
	ok(feed_nested(HEAD "\"x\":\"", "y", "", "\"}", DEEP, TAKEN),
	   "large: 10^6 characters are taken");
	ok(feed_nested(HEAD "\"syscalls\":[{\"action\":\"SCMP_ACT_LOG\",\"names\":[\"a\"",
		       ",\"no_such\"", "", "]}]}", 100000, TAKEN),
	   "large: 100 001 names are taken");
	ok(feed_nested(HEAD
		       "\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_LOG"
		       "\"}",
		       ",{\"names\":[\"accept\",\"zz\"],\"action\":\"SCMP_ACT_ALLOW\"}",
		       "", "]}", 10000, TAKEN),
	   "large: 10 001 rules are taken");
	ok(feed_nested(HEAD
		       "\"syscalls\":[{\"names\":[\"ioctl\"],\"action\":\"SCMP_ACT_LOG"
		       "\",\"args\":[{\"op\":\"SCMP_CMP_EQ\"}",
		       ",{\"index\":1,\"value\":7,\"op\":\"SCMP_CMP_NE\"}", "", "]}]}",
		       10000, TAKEN),
	   "large: 10 001 conditions are taken");
	ok(feed_nested(HEAD
		       "\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_LOG"
		       "\",\"includes\":{\"caps\":[\"X\"",
		       ",\"CAP_KILL\"", "", "]}}]}", 100000, TAKEN),
	   "large: 100 001 capabilities are taken");
	ok(feed_nested(HEAD "\"archMap\":[{\"architecture\":\"Z\"}",
		       ",{\"architecture\":\"A\",\"subArchitectures\":[]}", "", "]}",
		       10000, TAKEN),
	   "large: 10 001 architectures are taken");
	ok(feed_nested("", " ", "", "", DEEP, REFUSED), "large: 10^6 blanks are refused");
	ok(feed_nested(HEAD "\"x\":[0", ",{\"DefaultAction\":0}", "", "]}", 100000,
		       TAKEN),
	   "large: 100 000 small objects are taken");
}

/* xorshift: the same corpus every time. */
static uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void test_mutations(void)
{
	static const char pool[] = "{}[]\",:0129-+.eE\\u\x00\x7f\x80\xff truefalsn";
	uint32_t state = 0x5e6e0001;
	bool good = true;

	for (unsigned i = 0; i < 1000; i++) {
		char text[sizeof(seed)];
		unsigned changes = 1 + random_next(&state) % 4;

		memcpy(text, seed, sizeof(seed));
		for (unsigned k = 0; k < changes; k++)
			text[random_next(&state) % (sizeof(seed) - 1)] =
				pool[random_next(&state) % (sizeof(pool) - 1)];
		good &= feed(text, sizeof(seed) - 1, EITHER);
	}
	ok(good, "hostile: 1000 mutations of the seed end without a crash");
}

static void test_files(void)
{
	char path[] = "/tmp/segen-hostile.XXXXXX";
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_close_ int fd = mkstemp(path);
	struct segen_error err = {};
	double start = cpu_seconds();

	ok(fd >= 0 && ftruncate(fd, 200l << 20) == 0, "files: one of 200 MiB is made");
	ok(profile_read(path, &p, NULL, &err) < 0, "files: one of 200 MiB is refused");
	has_str(err.msg, path, "files: the message names it");
	ok(cpu_seconds() - start < 1, "files: it is refused without being read");
	unlink(path);
	ok(profile_read("/", &p, NULL, &err) == -EISDIR, "files: a folder is EISDIR (%s)",
	   err.msg);
	ok(profile_read("/dev/null", &p, NULL, &err) < 0,
	   "files: /dev/null is refused (%s)", err.msg);
	ok(profile_read("/dev/zero", &p, NULL, &err) < 0,
	   "files: /dev/zero is refused (%s)", err.msg);
}

int main(void)
{
	test_seed();
	test_truncated();
	test_types();
	test_broken();
	test_deep();
	test_large();
	test_mutations();
	test_files();
	ok(inputs >= 200, "hostile: %u inputs were tried", inputs);
	return done();
}
