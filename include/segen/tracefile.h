/*
 * tracefile.h: traces as JSON files; the format is documented in docs/trace-format.md.
 *
 * Must not know: ptrace, profiles.  Reading trusts nothing: every error names the file
 * and the JSON path.  Writing is byte-stable: equal traces give equal bytes.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>

#define SEGEN_TRACE_VERSION 1

/* Read @path ("-": standard input) and merge it into @t; @t is untouched on failure. */
int segen_tracefile_read(const char *path, struct segen_trace *t,
			 struct segen_error *err);

/*
 * Whether the text is meant for a trace, by its first key that only traces have; what is
 * wrong behind that is for segen_tracefile_parse() to say.
 */
bool segen_tracefile_is(const char *text, size_t len);

/* Parse @len bytes of text; @name is the word for messages. */
int segen_tracefile_parse(const char *text, size_t len, const char *name,
			  struct segen_trace *t, struct segen_error *err);

/* The document of @t in its canonical form, see segen_trace_sort(), into @out. */
void segen_tracefile_format(const struct segen_trace *t, struct segen_buf *out);

/*
 * Write it to @path ("-": standard output), whole or not at all.  Of a document that
 * would be larger than can be read, stacks are left out, then programs, with a note.
 */
int segen_tracefile_write(const char *path, const struct segen_trace *t,
			  struct segen_error *err);
