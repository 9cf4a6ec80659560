/*
 * seccomp-log.h: what the kernel's log, or auditd's, says of seccomp (type=1326).  Pure.
 */
#pragma once

#include <segen/arch.h>
#include <segen/rules.h>
#include <segen/util.h>

/* Equal lines count as one. */
struct log_entry {
	const struct segen_arch *arch;
	int64_t nr;
	char *name; /* NULL: unknown number */
	enum segen_action action;
	char *comm, *exe; /* or NULL */
	size_t count;
};

struct seccomp_log {
	struct log_entry *v; /* most frequent first */
	size_t n, cap;
	size_t lines;	   /* that were of seccomp */
	size_t unreadable; /* of them: without arch, syscall or code, or of no known ABI
			    */
	size_t suppressed; /* lines by which the kernel says that it left some out */
};
void seccomp_log_parse(struct seccomp_log *l, const char *text, size_t len);
void seccomp_log_done(struct seccomp_log *l);
