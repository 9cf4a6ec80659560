/* error.c: fill and wrap the error object. */
#include <segen/error.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void fill(struct segen_error *err, int code,
						       const char *fmt, va_list ap)
{
	assert(code < 0);
	if (!err)
		return;
	err->code = code;
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
}

static void append(struct segen_error *err, const char *text)
{
	size_t n = strlen(err->msg);

	snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", text);
}

int segen_fail(struct segen_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	return code;
}

int segen_fail_errno(struct segen_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	if (err)
		append(err, strerror(-code));
	return code;
}

int segen_wrap(struct segen_error *err, int code, const char *fmt, ...)
{
	char old[SEGEN_ERROR_MAX] = "";
	va_list ap;

	if (err)
		memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	if (err)
		append(err, old);
	return code;
}
