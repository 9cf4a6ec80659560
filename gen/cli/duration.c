/* duration.c: lengths of time, in and out. */
#include "cli/duration.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Largest first: each may stand once, in this order. */
static const struct {
	const char *word;
	uint64_t ms;
} units[] = {
	{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

#define DEFAULT_UNIT 3 /* seconds */

/* The index of the unit at *@text, at least @from; moves *@text; -1: none. */
static int unit_at(const char **text, int from)
{
	size_t n = 0;

	while (isalpha((unsigned char)(*text)[n]))
		n++;
	if (n == 0)
		return **text == '\0' && from <= DEFAULT_UNIT ? DEFAULT_UNIT : -1;
	for (int i = from; i < (int)ARRAY_SIZE(units); i++)
		if (strlen(units[i].word) == n && memcmp(*text, units[i].word, n) == 0) {
			*text += n;
			return i;
		}
	return -1;
}

/* Digits, and a fraction, in thousandths; -1: none, or too many. */
static int64_t thousandths_at(const char **text)
{
	const char *p = *text;
	int64_t value = 0, scale = 1000;

	if (!isdigit((unsigned char)*p))
		return -1;
	for (; isdigit((unsigned char)*p); p++) {
		value = value * 10 + INT64_C(1000) * (*p - '0');
		if (value > INT64_MAX / 100)
			return -1;
	}
	if (*p == '.')
		for (p++; isdigit((unsigned char)*p); p++)
			value += (*p - '0') * (scale /= 10);
	*text = p;
	return value;
}

int duration_parse(const char *text, uint64_t *ret_ms, struct segen_error *err)
{
	const char *p = text;
	uint64_t sum = 0;
	int unit = -1;

	do {
		int64_t n = thousandths_at(&p);

		unit = n < 0 ? -1 : unit_at(&p, unit + 1);
		if (unit < 0)
			return segen_fail(
				err, -EINVAL,
				"'%s' is not a duration; write 30s, 5m or 1h30m", text);
		if ((uint64_t)n / 1000 > DURATION_MAX_MS / units[unit].ms)
			return segen_fail(err, -EINVAL, "'%s' is longer than a year",
					  text);
		sum += (uint64_t)n * units[unit].ms / 1000;
	} while (*p);
	if (sum == 0)
		return segen_fail(err, -EINVAL, "'%s' is zero; give a longer time", text);
	if (sum > DURATION_MAX_MS)
		return segen_fail(err, -EINVAL, "'%s' is longer than a year", text);
	*ret_ms = sum;
	return 0;
}

void duration_add(struct segen_buf *out, uint64_t ms)
{
	uint64_t s = ms / 1000;

	if (s < 60)
		segen_buf_printf(out, "%" PRIu64 ".%" PRIu64 "s", s, ms % 1000 / 100);
	else if (s < 3600)
		segen_buf_printf(out, "%" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
	else
		segen_buf_printf(out, "%" PRIu64 "h%02" PRIu64 "m", s / 3600,
				 s % 3600 / 60);
}
