/* test-call-facts.c: the table of calls: complete, in order, each row with its sources.
 */
#include "facts/call-facts.h"
#include "facts/start-fails.h"
#include "profile/base.h"
#include "tap.h"

#include <segen/syscall.h>
#include <segen/util.h>

#include <ctype.h>

/* Prints what is wrong with a row; true: nothing. */
static bool good(bool is, const char *name, const char *what)
{
	if (!is)
		printf("# %s: %s\n", name, what);
	return is;
}

static bool is_version(const char *s)
{
	unsigned dots = 0;

	if (!isdigit((unsigned char)*s))
		return false;
	for (; *s; s++) {
		if (*s == '.' && isdigit((unsigned char)s[1]))
			dots++;
		else if (!isdigit((unsigned char)*s))
			return false;
	}
	return dots > 0;
}

static void test_order(void)
{
	size_t n;
	const struct call_fact *f = call_facts(&n);
	bool order = true, found = true;

	for (size_t i = 0; i < n; i++) {
		order &= i == 0 || good(strcmp(f[i - 1].name, f[i].name) < 0, f[i].name,
					"stands in the wrong place");
		found &= call_fact(f[i].name) == &f[i];
	}
	ok(n > 500, "table: has %zu rows", n);
	ok(order, "table: rows are sorted by name, each once");
	ok(found, "call_fact: finds every row");
	ok(!call_fact("nosuch"), "call_fact: an unknown name has no row");
	is_int(call_risk("nosuch"), RISK_ORDINARY,
	       "call_risk: an unknown name is ordinary");
}

static bool has_source(const struct source_fact *s)
{
	return s && *s->what && !strncmp(s->url, "https://", 8);
}

static void test_sources(void)
{
	size_t n;
	const struct call_fact *f = call_facts(&n);
	bool sources = true, versions = true, reasons = true;

	for (size_t i = 0; i < n; i++) {
		sources &= good(has_source(f[i].since_source), f[i].name, "no source");
		versions &= good(!f[i].since || is_version(f[i].since), f[i].name,
				 "not a version");
		if (f[i].risk == RISK_ORDINARY)
			reasons &= good(!f[i].why && !f[i].why_source, f[i].name,
					"an ordinary call needs no reason");
		else
			reasons &=
				good(f[i].why && *f[i].why && has_source(f[i].why_source),
				     f[i].name, "a risk needs reason and source");
	}
	ok(sources, "sources: every row has one");
	ok(versions, "since: every version is one");
	ok(reasons, "risks: each has a reason and a source, and only they have");
}

static void test_risks(void)
{
	bool rise = true, sources = true, used;

	for (unsigned r = 0; r < RISK_N; r++) {
		const struct risk_fact *f = risk_fact((enum risk)r);
		size_t n;
		const struct call_fact *calls = call_facts(&n);

		rise &= r == 0 || f->weight >= risk_fact((enum risk)(r - 1))->weight;
		sources &= has_source(f->source) && *f->what && *f->word;
		used = false;
		for (size_t i = 0; i < n; i++)
			used |= calls[i].risk == r;
		ok(used, "risk '%s': some call is of it", f->word);
	}
	ok(rise, "risks: weights rise");
	ok(sources, "risks: each has words and a source");
	is_int(risk_fact(RISK_ORDINARY)->weight, 1, "risks: an ordinary call weighs 1");
}

static void test_complete(const char *name)
{
	const struct segen_arch *arch = segen_arch_by_name(name);
	bool all = true;

	for (int nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		_cleanup_free_ char *call = segen_syscall_name(arch, nr);

		all &= !call || good(call_fact(call), call, "has no row");
	}
	ok(all, "table: has every call of %s", name);
}

static void test_base(void)
{
	_cleanup_(profile_done) struct profile base = {};
	bool all = true;

	base_default(&base);
	for (size_t i = 0; i < base.n_rules; i++)
		for (size_t k = 0; k < base.rules[i].n_names; k++)
			all &= good(call_fact(base.rules[i].names[k]),
				    base.rules[i].names[k], "has no row");
	ok(all, "table: has every call of Docker's profile");
}

/* A few that are easy to get wrong. */
static void test_rows(void)
{
	is_str(call_fact("openat2")->since, "5.6", "openat2: since Linux 5.6");
	is_str(call_fact("pread64")->since, "2.2",
	       "pread64: since 2.2, under another name");
	is_str(call_fact("getxattr")->since, "2.4.18", "getxattr: the earlier of two");
	is_str(call_fact("cachestat")->since, "6.5",
	       "cachestat: newer than the man page");
	ok(!call_fact("tuxcall")->since, "tuxcall: no kernel has it");
	is_int(call_risk("bpf"), RISK_KERNEL_CODE, "bpf: loads code into the kernel");
	is_int(call_risk("io_uring_setup"), RISK_EXPLOIT,
	       "io_uring: a material of exploits");
	is_int(call_risk("read"), RISK_ORDINARY, "read: ordinary");
}

/* What a start fails without is something that the runtime calls then. */
static void test_start(void)
{
	size_t n, n_floor;
	const struct start_fact *s = start_facts(&n);
	const struct floor_fact *f = floor_facts(&n_floor);
	bool all = true, words = true;

	for (size_t i = 0; i < n; i++) {
		unsigned when = 0;

		for (size_t k = 0; k < n_floor; k++)
			if (f[k].part == s[i].part && !strcmp(f[k].name, s[i].name))
				when |= f[k].when;
		all &= good((s[i].when & ~when) == 0, s[i].name,
			    "is not in the floor at that time");
		words &= *s[i].says && is_version(s[i].since);
	}
	ok(all, "start: every call that a start fails without is in the floor");
	ok(words, "start: every row has a version and words");
}

int main(void)
{
	test_start();
	test_order();
	test_sources();
	test_risks();
	test_complete("x86_64");
	test_complete("i386");
	test_complete("aarch64");
	test_base();
	test_rows();
	return done();
}
