/* elf-image.c: headers, build id and unwind table of an ELF file. */
#include "unwind/elf-image.h"

#include <segen/util.h>

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#define PHDRS_MAX 64
#define NOTES_BYTES_MAX 4096
#define PAGE_MASK 4095ull
/* DW_EH_PE_*: how .eh_frame_hdr encodes its numbers (LSB core). */
#define ENC_FORMAT 0x0f
#define ENC_UDATA4 0x03
#define ENC_SDATA4 0x0b
#define ENC_DATAREL_SDATA4 0x3b

static bool get(const struct elf_source *src, uint64_t at, void *buf, size_t n)
{
	return src->read(src->ctx, at, buf, n);
}

static bool read_header(const struct elf_source *src, Elf64_Ehdr *ret, bool *ret_is64)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr e32;
		Elf64_Ehdr e64;
	} h;
	const unsigned char data =
		BYTE_ORDER == LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;

	if (!get(src, 0, &h.e32, sizeof(h.e32)) ||
	    memcmp(h.ident, ELFMAG, SELFMAG) != 0 || h.ident[EI_DATA] != data)
		return false;
	*ret_is64 = h.ident[EI_CLASS] == ELFCLASS64;
	if (*ret_is64) {
		if (!get(src, 0, ret, sizeof(*ret)))
			return false;
		return ret->e_phentsize == sizeof(Elf64_Phdr);
	}
	*ret = (Elf64_Ehdr){
		.e_phoff = h.e32.e_phoff,
		.e_phnum = h.e32.e_phnum,
		.e_shoff = h.e32.e_shoff,
		.e_shnum = h.e32.e_shnum,
		.e_shentsize = h.e32.e_shentsize,
		.e_shstrndx = h.e32.e_shstrndx,
	};
	return h.ident[EI_CLASS] == ELFCLASS32 && h.e32.e_phentsize == sizeof(Elf32_Phdr);
}

static bool read_phdr(const struct elf_source *src, uint64_t phoff, unsigned i, bool is64,
		      Elf64_Phdr *ret)
{
	Elf32_Phdr p;

	if (is64)
		return get(src, phoff + i * sizeof(*ret), ret, sizeof(*ret));
	if (!get(src, phoff + i * sizeof(p), &p, sizeof(p)))
		return false;
	*ret = (Elf64_Phdr){
		.p_type = p.p_type,
		.p_flags = p.p_flags,
		.p_offset = p.p_offset,
		.p_vaddr = p.p_vaddr,
		.p_filesz = p.p_filesz,
		.p_memsz = p.p_memsz,
	};
	return true;
}

static void add_segment(struct elf_image *e, const Elf64_Phdr *p)
{
	struct elf_segment s = {p->p_offset, p->p_vaddr, p->p_filesz, p->p_memsz,
				(p->p_flags & PF_X) != 0};

	if (p->p_type == PT_LOAD && e->n_loads < ARRAY_SIZE(e->loads))
		e->loads[e->n_loads++] = s;
	else if (p->p_type == PT_NOTE && e->n_notes < ARRAY_SIZE(e->notes))
		e->notes[e->n_notes++] = s;
	else if (p->p_type == PT_GNU_EH_FRAME)
		e->eh_frame = s;
}

int elf_image_read(const struct elf_source *src, struct elf_image *ret)
{
	struct elf_image e = {.base = UINT64_MAX};
	Elf64_Ehdr h;

	if (!read_header(src, &h, &e.is64))
		return -ENOEXEC;
	for (unsigned i = 0; i < MIN(h.e_phnum, PHDRS_MAX); i++) {
		Elf64_Phdr p;

		if (!read_phdr(src, h.e_phoff, i, e.is64, &p))
			return -ENOEXEC;
		add_segment(&e, &p);
	}
	for (size_t i = 0; i < e.n_loads; i++)
		e.base = MIN(e.base, e.loads[i].vaddr & ~PAGE_MASK);
	if (e.n_loads == 0)
		return -ENOEXEC;
	if (h.e_shentsize == (e.is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr))) {
		e.sections = h.e_shoff;
		e.n_sections = h.e_shnum;
		e.names_section = h.e_shstrndx;
	}
	*ret = e;
	return 0;
}

bool elf_image_vaddr(const struct elf_image *e, uint64_t offset, uint64_t *ret)
{
	for (size_t i = 0; i < e->n_loads; i++) {
		const struct elf_segment *s = &e->loads[i];
		/* Mappings are whole pages: the bytes around a segment are there too. */
		uint64_t in_page = s->offset & PAGE_MASK, first = s->offset - in_page;
		uint64_t len = (s->filesz + in_page + PAGE_MASK) & ~PAGE_MASK;

		if (!s->exec || offset < first || offset - first >= len)
			continue;
		*ret = s->vaddr + (offset - s->offset);
		return true;
	}
	return false;
}

static bool build_id_in(const char *note, size_t len, char ret[ELF_BUILD_ID_MAX + 1])
{
	Elf32_Nhdr h; /* the same in both classes */

	for (size_t at = 0; len - at >= sizeof(h);) {
		size_t name, desc, end;

		memcpy(&h, note + at, sizeof(h));
		name = at + sizeof(h);
		desc = name + (((size_t)h.n_namesz + 3) & ~(size_t)3);
		end = desc + (((size_t)h.n_descsz + 3) & ~(size_t)3);
		if (end > len)
			return false;
		if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == 4 &&
		    !memcmp(note + name, "GNU", 4) && h.n_descsz > 0) {
			for (size_t i = 0; i < MIN(h.n_descsz, ELF_BUILD_ID_MAX / 2); i++)
				snprintf(ret + 2 * i, 3, "%02x",
					 (unsigned char)note[desc + i]);
			return true;
		}
		at = end;
	}
	return false;
}

void elf_image_build_id(const struct elf_image *e, const struct elf_source *src,
			char ret[ELF_BUILD_ID_MAX + 1])
{
	char note[NOTES_BYTES_MAX];

	ret[0] = '\0';
	for (size_t i = 0; i < e->n_notes; i++) {
		size_t len = MIN(e->notes[i].filesz, sizeof(note));

		if (get(src, e->notes[i].vaddr - e->base, note, len) &&
		    build_id_in(note, len, ret))
			return;
	}
}

static size_t encoded_size(unsigned char encoding)
{
	unsigned format = encoding & ENC_FORMAT;

	if (format == ENC_UDATA4 || format == ENC_SDATA4)
		return 4;
	return 8;
}

void elf_image_unwind_table(const struct elf_image *e, const struct elf_source *src,
			    struct elf_unwind_table *ret)
{
	struct {
		uint8_t version, frame_enc, count_enc, table_enc;
	} h;
	uint64_t at = e->eh_frame.vaddr, skip, n;
	uint32_t count;

	*ret = (struct elf_unwind_table){};
	if (e->eh_frame.memsz < sizeof(h) || !get(src, at - e->base, &h, sizeof(h)))
		return;
	/* What every linker writes, and all that can be searched without decoding. */
	if (h.version != 1 || h.count_enc != ENC_UDATA4 ||
	    h.table_enc != ENC_DATAREL_SDATA4)
		return;
	skip = sizeof(h) + encoded_size(h.frame_enc);
	if (!get(src, at + skip - e->base, &count, sizeof(count)))
		return;
	skip += sizeof(count);
	if (e->eh_frame.memsz < skip)
		return;
	n = MIN(count, (e->eh_frame.memsz - skip) / 8);
	*ret = (struct elf_unwind_table){.header = at, .entries = at + skip, .n = n};
}

/* --- sections ---------------------------------------------------------------------- */

/* More than any linker writes for a program; a bound on what one file can cost. */
#define SECTIONS_MAX 4096

bool elf_sections_read(const struct elf_image *e, const struct elf_source *src,
		       struct elf_sections *ret)
{
	const size_t size = e->is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	_cleanup_free_ char *raw = NULL;

	*ret = (struct elf_sections){};
	if (!e->sections || e->n_sections > SECTIONS_MAX)
		return false;
	raw = xcalloc(e->n_sections, size);
	if (!src->read(src->ctx, e->sections, raw, e->n_sections * size))
		return false;
	ret->n = e->n_sections;
	ret->v = xcalloc(ret->n, sizeof(*ret->v));
	for (size_t i = 0; i < ret->n; i++) {
		Elf64_Shdr s = {};
		Elf32_Shdr s32;

		if (e->is64) {
			memcpy(&s, raw + i * size, size);
		} else {
			memcpy(&s32, raw + i * size, size);
			s.sh_type = s32.sh_type;
			s.sh_link = s32.sh_link;
			s.sh_name = s32.sh_name;
			s.sh_addr = s32.sh_addr;
			s.sh_offset = s32.sh_offset;
			s.sh_size = s32.sh_size;
		}
		ret->v[i] = (struct elf_section){s.sh_type, s.sh_link,	 s.sh_name,
						 s.sh_addr, s.sh_offset, s.sh_size};
	}
	return true;
}

void elf_sections_done(struct elf_sections *s)
{
	free(s->v);
	*s = (struct elf_sections){};
}

const struct elf_section *elf_sections_find(const struct elf_image *e,
					    const struct elf_source *src,
					    const struct elf_sections *s,
					    const char *name)
{
	const struct elf_section *names;
	size_t len = strlen(name) + 1;
	char here[32];

	if (e->names_section >= s->n || len > sizeof(here))
		return NULL;
	names = &s->v[e->names_section];
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].name < names->size &&
		    src->read(src->ctx, names->offset + s->v[i].name, here, len) &&
		    !memcmp(here, name, len))
			return &s->v[i];
	return NULL;
}
