/*
 * words.h: rules, gates, conditions and answers as words for people.  Pure.
 */
#pragma once

#include "inspect/view.h"

#include <segen/util.h>

/* "allowed", "refused (EPERM)", "not there (ENOSYS)", "kills the process", ... */
void words_verdict(struct segen_buf *out, struct segen_verdict v);

/* "with CAP_SYS_ADMIN, on amd64 or x32, from kernel 4.8 on"; nothing for empty gates. */
void words_gates(struct segen_buf *out, const struct gate *includes,
		 const struct gate *excludes);

/* "flags without CLONE_NEWNS|CLONE_NEWNET and family AF_UNIX". */
void words_conds(struct segen_buf *out, const char *call, const struct segen_cond *conds,
		 size_t n);

/* The name of argument @index of @call as people know it: "flags", else "argument 0". */
void words_arg(struct segen_buf *out, const char *call, unsigned index);

/* One value of it: "AF_UNIX", "CLONE_VM|CLONE_FS", "0x17". */
void words_value(struct segen_buf *out, const char *call, unsigned index, uint64_t value);
