/*
 * elf-image.h: what an ELF file says of itself: segments, build id, unwind table,
 * symbols.
 *
 * Private to tracer/.  Files come from the workload and are not trusted: everything is
 * read through a bounded source, copied, and checked.  Both classes, this machine's byte
 * order only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where bytes come from: all @n of them at @at, or false. */
struct elf_source {
	bool (*read)(void *ctx, uint64_t at, void *buf, size_t n);
	void *ctx;
};

#define ELF_LOADS_MAX 16
#define ELF_BUILD_ID_MAX 64 /* hexadecimal digits; usually 40 */

struct elf_segment {
	uint64_t offset, vaddr, filesz, memsz;
	bool exec;
};

struct elf_image {
	bool is64;
	struct elf_segment loads[ELF_LOADS_MAX];
	size_t n_loads;
	uint64_t base;		     /* the lowest address, on a page */
	struct elf_segment eh_frame; /* PT_GNU_EH_FRAME; memsz 0: none */
	struct elf_segment notes[4];
	size_t n_notes;
	uint64_t sections; /* file offset of the section headers; 0: none */
	unsigned n_sections, names_section;
};

/* From the first bytes of the file or its mapping.  -ENOEXEC: not one for us. */
int elf_image_read(const struct elf_source *src, struct elf_image *ret);

/* The address, in the file's own numbering, of a file offset that holds code. */
bool elf_image_vaddr(const struct elf_image *e, uint64_t offset, uint64_t *ret);

/*
 * The build id in hexadecimal, or "".  @src reads memory: position 0 is the image's
 * base.
 */
void elf_image_build_id(const struct elf_image *e, const struct elf_source *src,
			char ret[ELF_BUILD_ID_MAX + 1]);

/* The sorted table of .eh_frame_hdr (LSB core, "Exception Frames"). */
struct elf_unwind_table {
	uint64_t header;  /* address; entries are relative to it */
	uint64_t entries; /* address of the table */
	uint64_t n;	  /* 0: none */
};

/* @src as for the build id. */
void elf_image_unwind_table(const struct elf_image *e, const struct elf_source *src,
			    struct elf_unwind_table *ret);

struct elf_section {
	uint32_t type, link, name; /* name: offset into the section names */
	uint64_t vaddr, offset, size;
};

struct elf_sections {
	struct elf_section *v;
	size_t n;
};

/* @src reads the file by offsets.  False, and nothing in @ret, when there are none. */
bool elf_sections_read(const struct elf_image *e, const struct elf_source *src,
		       struct elf_sections *ret);
void elf_sections_done(struct elf_sections *s);

/* The section of this name, or NULL. */
const struct elf_section *elf_sections_find(const struct elf_image *e,
					    const struct elf_source *src,
					    const struct elf_sections *s,
					    const char *name);

struct elf_symbol {
	uint64_t value;
	uint32_t size;
	uint32_t name : 28; /* offset into the names */
	uint32_t bind : 4;  /* STB_* */
};

/* The functions of .symtab, or of .dynsym when there is no other. */
struct elf_symtab {
	struct elf_symbol *v;
	size_t n;
	char *names; /* NUL-terminated as a whole */
	size_t names_len;
};

/* @src reads the file by offsets.  Zero symbols when it has none or is broken. */
void elf_symtab_load(const struct elf_image *e, const struct elf_source *src,
		     struct elf_symtab *ret);
void elf_symtab_done(struct elf_symtab *t);
size_t elf_symtab_bytes(const struct elf_symtab *t);

/*
 * The function that holds address @vaddr.  Of several names for one address: what the
 * file exports before what is local, then the fewest leading underscores, then strcmp
 * order; so the answer does not depend on the order in the file.  The name is the
 * table's; NULL: none.
 */
const char *elf_symtab_find(const struct elf_symtab *t, uint64_t vaddr,
			    uint64_t *ret_value);
