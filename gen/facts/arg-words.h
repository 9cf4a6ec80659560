/*
 * arg-words.h: values of arguments in words: "AF_UNIX", "no new namespaces",
 * "SOL_SOCKET/SO_DEBUG".
 *
 * The rows are arg-words.def.  Constants that differ between architectures are those of
 * the architecture that segen was built for.  Pure.  Must not know: profiles, traces.
 */
#pragma once

#include <segen/rules.h>
#include <segen/util.h>

/*
 * Append @value of argument @index of @call: its words, or the number where no row knows
 * it.  @args, all six of the same call, may be NULL: an option of setsockopt() has a word
 * only where the level is known.
 */
void arg_words_value(struct segen_buf *b, const char *call, unsigned index,
		     uint64_t value, const uint64_t *args);

/*
 * Append what @n conditions, which must all hold, ask of the arguments of @call:
 * "AF_UNIX"; "no new namespaces"; "argument 3 above 0x10 and argument 4 0x1".
 */
void arg_words_conds(struct segen_buf *b, const char *call,
		     const struct segen_cond *conds, size_t n);
