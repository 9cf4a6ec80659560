/*
 * tap.h: results of a unit test in the Test Anything Protocol.
 *
 * One translation unit per test program: include it once, call ok() and skip(), and end
 * main() with `return done();`.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static struct {
	unsigned n, failed;
} tap;

/* One result; @fmt says what is true when it passes.  Returns @good. */
#define ok(good, ...) tap_ok((good), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 4, 5), unused)) static bool
tap_ok(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", good ? "" : "not ", ++tap.n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good) {
		printf("# failed at %s:%d\n", file, line);
		tap.failed++;
	}
	fflush(stdout);
	return good;
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
