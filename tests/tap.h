/*
 * tap.h: results of a unit test in the Test Anything Protocol.
 *
 * One translation unit per test program: include it once, call ok(), is_int(), is_str()
 * and their like, and skip(), and end main() with `return done();`.  A title stands
 * alone: "subject: what holds".
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static struct {
	unsigned n, failed;
} tap;

/* One result; @fmt says what is true when it passes.  Returns @good. */
#define ok(good, ...) tap_ok((good), __FILE__, __LINE__, __VA_ARGS__)

/* The same of two values, which are printed when they differ: got, then wanted. */
#define is_int(got, want, ...) tap_is_int((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_hex(got, want, ...) tap_is_hex((got), (want), __FILE__, __LINE__, __VA_ARGS__)
/* NULL equals only NULL. */
#define is_str(got, want, ...) tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
/* @got holds @part. */
#define has_str(got, part, ...) \
	tap_has_str((got), (part), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 4, 0))) static bool
tap_result(bool good, const char *file, int line, const char *fmt, va_list ap)
{
	printf("%sok %u - ", good ? "" : "not ", ++tap.n);
	vprintf(fmt, ap);
	printf("\n");
	if (!good) {
		printf("# failed at %s:%d\n", file, line);
		tap.failed++;
	}
	fflush(stdout);
	return good;
}

__attribute__((format(printf, 4, 5), unused)) static bool
tap_ok(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_result(good, file, line, fmt, ap);
	va_end(ap);
	return good;
}

__attribute__((format(printf, 5, 6), unused)) static bool
tap_is_int(intmax_t got, intmax_t want, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(got == want, file, line, fmt, ap))
		printf("# got:  %jd\n# want: %jd\n", got, want);
	va_end(ap);
	return got == want;
}

__attribute__((format(printf, 5, 6), unused)) static bool
tap_is_hex(uintmax_t got, uintmax_t want, const char *file, int line, const char *fmt,
	   ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(got == want, file, line, fmt, ap))
		printf("# got:  0x%jx\n# want: 0x%jx\n", got, want);
	va_end(ap);
	return got == want;
}

__attribute__((unused)) static void tap_diag_str(const char *label, const char *s)
{
	printf("# %s", label);
	for (; s && *s; s++) {
		putchar(*s);
		if (*s == '\n')
			printf("# %*s", (int)strlen(label), "");
	}
	printf("%s\n", s ? "" : "(null)");
}

__attribute__((format(printf, 5, 6), unused)) static bool
tap_is_str(const char *got, const char *want, const char *file, int line, const char *fmt,
	   ...)
{
	bool same = got && want ? !strcmp(got, want) : got == want;
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(same, file, line, fmt, ap)) {
		tap_diag_str("got:  ", got);
		tap_diag_str("want: ", want);
	}
	va_end(ap);
	return same;
}

__attribute__((format(printf, 5, 6), unused)) static bool
tap_has_str(const char *got, const char *part, const char *file, int line,
	    const char *fmt, ...)
{
	bool has = got && strstr(got, part);
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(has, file, line, fmt, ap)) {
		tap_diag_str("got:      ", got);
		tap_diag_str("lacks:    ", part);
	}
	va_end(ap);
	return has;
}

/* Something that cannot be tested here. */
__attribute__((unused)) static void skip(const char *what, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++tap.n, what, why);
	fflush(stdout);
}

/* The plan; the exit status of the program. */
static int done(void)
{
	printf("1..%u\n", tap.n);
	return tap.failed != 0;
}
