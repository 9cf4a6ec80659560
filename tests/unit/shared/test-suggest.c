/* test-suggest.c: how far words are apart, and which is meant. */
#include <segen/suggest.h>

#include <segen/util.h>

#include <stdint.h>
#include <string.h>

#include "tests/tap.h"

static void test_distance(void)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} cases[] = {
		{"trace", "trace", 0}, {"", "gen", 3},	       {"tarce", "trace", 1},
		{"trac", "trace", 1},  {"traces", "trace", 1}, {"trade", "trace", 1},
		{"gne", "gen", 1},     {"merge", "gen", 4},    {"abc", "xyz", 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ok(suggest_distance(cases[i].a, strlen(cases[i].a), cases[i].b) ==
			   cases[i].want,
		   "'%s' to '%s': %zu", cases[i].a, cases[i].b, cases[i].want);
}

static void test_distance_of_long_words(void)
{
	char word[200];

	memset(word, 'x', sizeof(word));
	ok(suggest_distance(word, sizeof(word), "trace") == SIZE_MAX,
	   "a very long word is near nothing");
}

static const char *meant(const char *typed)
{
	static const char *const verbs[] = {"trace", "gen", "merge", "export",
					    "completion"};
	struct suggest s = suggest_init(typed, strlen(typed));

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		suggest_offer(&s, verbs[i]);
	return s.best ? s.best : "nothing";
}

static void test_suggest(void)
{
	static const struct {
		const char *typed, *want;
	} cases[] = {
		{"tarce", "trace"}, {"tr", "trace"},	  {"comp", "completion"},
		{"gem", "gen"},	    {"exprot", "export"}, {"zzz", "nothing"},
		{"x", "nothing"},   {"", "nothing"},	  {"megre", "merge"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ok(strcmp(meant(cases[i].typed), cases[i].want) == 0, "'%s' means %s",
		   cases[i].typed, cases[i].want);
}

int main(void)
{
	test_distance();
	test_distance_of_long_words();
	test_suggest();
	return done();
}
