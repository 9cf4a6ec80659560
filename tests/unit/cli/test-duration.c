/* test-duration.c: lengths of time, in and out. */
#include "cli/duration.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "tests/tap.h"

static void test_parse(void)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} cases[] = {
		{"30s", 30000},
		{"5m", 300000},
		{"1h30m", 5400000},
		{"10", 10000},
		{"1.5s", 1500},
		{"250ms", 250},
		{"1s500ms", 1500},
		{"1d", 86400000},
		{"0.001s", 1},
		{"1h1m1s", 3661000},
		{"365d", DURATION_MAX_MS},
		{"0.5h", 1800000},
		{"1m30", 90000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ms = 0;

		ok(duration_parse(cases[i].text, &ms, NULL) == 0 && ms == cases[i].ms,
		   "'%s' is %" PRIu64 " ms", cases[i].text, cases[i].ms);
	}
}

static void test_parse_refuses(void)
{
	static const char *const cases[] = {
		"",	"s",	"-5s",	 "+5s", "5x",	"5 s",
		"1m1h", "1s1s", "0",	 "0s",	"1.s.", "5sx",
		"366d", "1e3s", "0x10s", "5S",	"inf",	"999999999999999999999s",
		"1ms5",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct segen_error err = {};
		uint64_t ms = 42;

		ok(duration_parse(cases[i], &ms, &err) == -EINVAL && ms == 42 &&
			   err.msg[0],
		   "'%s' is refused", cases[i]);
	}
}

static void test_add(void)
{
	static const struct {
		uint64_t ms;
		const char *want;
	} cases[] = {
		{0, "0.0s"},	     {449, "0.4s"},	 {12345, "12.3s"},
		{59999, "59.9s"},    {60000, "1m00s"},	 {125000, "2m05s"},
		{3599999, "59m59s"}, {3600000, "1h00m"}, {90061000, "25h01m"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(segen_buf_done) struct segen_buf out = {};

		duration_add(&out, cases[i].ms);
		ok(strcmp(out.s, cases[i].want) == 0, "%" PRIu64 " ms is %s", cases[i].ms,
		   cases[i].want);
	}
}

int main(void)
{
	test_parse();
	test_parse_refuses();
	test_add();
	return done();
}
