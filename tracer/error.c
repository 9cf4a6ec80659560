/* error.c: fill and wrap the error object. */
#include <segen/error.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int segen_fail(struct segen_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	assert(code < 0);
	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return code;
}

int segen_fail_errno(struct segen_error *err, int code, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	assert(code < 0);
	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", strerror(-code));
	return code;
}

int segen_wrap(struct segen_error *err, int code, const char *fmt, ...)
{
	char old[SEGEN_ERROR_MAX];
	va_list ap;
	size_t n;

	assert(code < 0);
	if (!err)
		return code;
	memcpy(old, err->msg, sizeof(old));
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof(err->msg) - n, ": %.*s", (int)sizeof(old) - 1, old);
	return code;
}
