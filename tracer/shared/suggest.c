/* suggest.c: edit distance (optimal string alignment) and the nearest word. */
#include <segen/suggest.h>

#include <segen/util.h>

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX_LEN 40 /* longer than every option and verb; nothing is near beyond */

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

size_t suggest_distance(const char *a, size_t a_len, const char *b)
{
	size_t d[WORD_MAX_LEN + 1][WORD_MAX_LEN + 1];
	size_t b_len = strlen(b);

	if (a_len > WORD_MAX_LEN || b_len > WORD_MAX_LEN)
		return SIZE_MAX;
	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a_len; i++)
		for (size_t j = 1; j <= b_len; j++) {
			size_t cost = !same(a[i - 1], b[j - 1]);

			d[i][j] = MIN(d[i - 1][j] + 1, d[i][j - 1] + 1);
			d[i][j] = MIN(d[i][j], d[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				d[i][j] = MIN(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[a_len][b_len];
}

struct suggest suggest_init(const char *typed, size_t len)
{
	return (struct suggest){.typed = typed, .typed_len = len, .distance = SIZE_MAX};
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t len = strlen(candidate);
	size_t limit = s->typed_len < 4 ? 1 : s->typed_len < 8 ? 2 : s->typed_len / 3 + 1;
	size_t d = suggest_distance(s->typed, s->typed_len, candidate);

	/* A beginning of the word is as good as a slip of one key. */
	if (s->typed_len >= 2 && s->typed_len < len &&
	    strncasecmp(s->typed, candidate, s->typed_len) == 0)
		d = 1;
	if (d > limit || d >= s->distance)
		return;
	s->best = candidate;
	s->distance = d;
}

char *suggest_hint(const struct suggest *s, const char *otherwise)
{
	return s->best ? xasprintf("; did you mean '%s'?", s->best) : xstrdup(otherwise);
}
