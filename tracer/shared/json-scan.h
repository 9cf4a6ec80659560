/*
 * json-scan.h: JSON text, token by token, trusting nothing.
 *
 * A pull parser of RFC 8259, as strict as <segen/json.h> says, but for duplicate keys,
 * which are the business of who keeps keys.  It allocates nothing; tokens are slices of
 * the text.  Private to shared/json-*.c.
 */
#pragma once

#include <segen/json.h>

#include <stdarg.h>

/* @text and @name are borrowed. */
void json_scan_init(struct segen_json_scan *s, const char *text, size_t len,
		    const char *name);

/* The next token; -EINVAL and the words when the text is wrong. */
int json_scan_next(struct segen_json_scan *s, struct segen_json_token *ret,
		   struct segen_error *err);

/* Append a string or key with its escapes resolved. */
void json_token_text(const struct segen_json_token *t, struct segen_buf *out);

/* "NAME:LINE:COLUMN: $.calls.x86_64: <message>", for where the scan is; -EINVAL. */
int json_scan_fail(const struct segen_json_scan *s, struct segen_error *err,
		   const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int json_scan_vfail(const struct segen_json_scan *s, struct segen_error *err,
		    const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));
