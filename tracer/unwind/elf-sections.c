/* elf-sections.c: the section headers of an ELF file. */
#include "unwind/elf-image.h"

#include <segen/util.h>

#include <elf.h>
#include <string.h>

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
