/*
 * error.h: the one error object.
 *
 * A function that can fail returns 0 or a negative errno and takes a
 * `struct segen_error *err` last.  The message is filled once, where the fact is
 * known; callers add a prefix only when they add a fact.  It stays untouched on
 * success.  NULL is allowed wherever the caller does not want the words.
 * Messages follow git's rules: lower case, no full stop, subject in single quotes.
 */
#pragma once

#define SEGEN_ERROR_MAX 1024

struct segen_error {
	int code; /* the negative errno that the function returned */
	char msg[SEGEN_ERROR_MAX];
};

/* Fill @err and return @code: a failure is one line.  @code must be negative. */
int segen_fail(struct segen_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with ": <strerror(-code)>" appended. */
int segen_fail_errno(struct segen_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "<fmt>: " before the message that @err holds already; returns @code. */
int segen_wrap(struct segen_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
