/*
 * words.h: gates and answers as words for people; arguments have facts/arg-words.h. Pure.
 */
#pragma once

#include "inspect/view.h"

#include <segen/util.h>

/* "allowed", "refused (EPERM)", "not there (ENOSYS)", "kills the process", ... */
void words_verdict(struct segen_buf *out, struct segen_verdict v);

/* "with CAP_SYS_ADMIN, on amd64 or x32, from kernel 4.8 on"; nothing for empty gates. */
void words_gates(struct segen_buf *out, const struct gate *includes,
		 const struct gate *excludes);

/* The name of argument @index of @call as people know it: "flags", else "argument 0". */
void words_arg(struct segen_buf *out, const char *call, unsigned index);
