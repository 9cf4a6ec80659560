/*
 * cfi.h: run one description of .eh_frame.
 *
 * Private to tracer/.  Pure.  For x86-64, and what rows.h says of ordinary code.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cfi_bytes {
	const unsigned char *v;
	size_t n, at;
	uint64_t address; /* of v[0] in the tracee */
};

/* Registers as DWARF numbers them (System V ABI, AMD64). */
enum { CFI_RBP = 6, CFI_RSP = 7, CFI_RA = 16 };

struct cfi_rule {
	enum { CFI_SAME, CFI_AT, CFI_UNDEFINED, CFI_ODD } kind;
	int64_t offset; /* CFI_AT: from the CFA */
};

struct cfi_state {
	uint64_t cfa_reg;
	int64_t cfa_offset;
	struct cfi_rule rbp, ra, rsp;
};

/* A common entry, and where its instructions are. */
struct cfi_cie {
	uint64_t code_align;
	int64_t data_align;
	unsigned char encoding;
	bool augmented;
	struct cfi_bytes program;
};

/* Both begin at their length.  False: not understood. */
bool cfi_parse_cie(struct cfi_bytes b, struct cfi_cie *ret);

/* Whether @fde is of the function that holds @ip.  False too: not understood. */
bool cfi_covers(const struct cfi_cie *cie, struct cfi_bytes fde, uint64_t ip);
/* What holds there. */
bool cfi_run(const struct cfi_cie *cie, struct cfi_bytes fde, uint64_t ip,
	     struct cfi_state *ret);
