/*
 * eh-frame.h: a search table for .eh_frame sections that come without one.
 *
 * Private to tracer/.  Linkers leave .eh_frame_hdr out of static programs.  Format: LSB
 * core, "Exception Frames".  The bytes are not trusted.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* As in .eh_frame_hdr; both relative to the start of the section. */
struct eh_frame_entry {
	int32_t start; /* first address of the function */
	int32_t fde;   /* its description */
};

/*
 * The entries of a section of @n bytes at address @vaddr, sorted; *@ret is the caller's.
 * @word is the size of an address in the file.  Returns their number, 0: none (and
 * nothing to free).  Stops at what it does not understand.
 */
size_t eh_frame_index(const unsigned char *section, size_t n, uint64_t vaddr, size_t word,
		      struct eh_frame_entry **ret);
