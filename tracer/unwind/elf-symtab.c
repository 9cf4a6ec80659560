/* elf-symtab.c: the functions of an ELF file by address. */
#include "unwind/elf-image.h"

#include <segen/util.h>

#include <elf.h>
#include <string.h>

/* Bounds on what one file can cost; larger tables are cut. */
#define SYMBOLS_MAX (1u << 20)
#define NAMES_MAX (8u << 20) /* fits elf_symbol.name */
#define CHUNK 512	     /* symbols read at a time */

/* .symtab holds all that .dynsym holds, and is the first to be stripped. */
static const struct elf_section *find_symbols(const struct elf_sections *all)
{
	const struct elf_section *found = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct elf_section *s = &all->v[i];

		if (s->type == SHT_SYMTAB)
			return s;
		if (s->type == SHT_DYNSYM)
			found = s;
	}
	return found;
}

static void add_symbol(struct elf_symtab *t, const Elf64_Sym *s)
{
	unsigned type = ELF64_ST_TYPE(s->st_info);

	if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
		return;
	if (s->st_shndx == SHN_UNDEF || s->st_shndx == SHN_ABS || !s->st_name ||
	    s->st_name >= t->names_len || !t->names[s->st_name])
		return;
	/* "$x", "$d": marks of the ARM ABIs, not functions. */
	if (t->names[s->st_name] == '$')
		return;
	t->v[t->n++] = (struct elf_symbol){
		.value = s->st_value,
		.name = s->st_name,
		.size = (uint32_t)MIN(s->st_size, UINT32_MAX),
		.bind = ELF64_ST_BIND(s->st_info),
	};
}

static void load_symbols(const struct elf_image *e, const struct elf_source *src,
			 const struct elf_section *s, struct elf_symtab *t)
{
	const size_t size = e->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	uint64_t n = MIN(s->size / size, SYMBOLS_MAX);
	union {
		Elf64_Sym s64[CHUNK];
		Elf32_Sym s32[CHUNK];
	} chunk;

	t->v = xreallocarray(NULL, n, sizeof(*t->v));
	for (uint64_t i = 0; i < n; i += CHUNK) {
		size_t part = MIN(n - i, CHUNK);

		if (!src->read(src->ctx, s->offset + i * size, &chunk, part * size))
			return;
		for (size_t k = 0; k < part; k++) {
			const Elf32_Sym *s32 = &chunk.s32[k];
			Elf64_Sym wide = {s32->st_name,	 s32->st_info,	s32->st_other,
					  s32->st_shndx, s32->st_value, s32->st_size};

			add_symbol(t, e->is64 ? &chunk.s64[k] : &wide);
		}
	}
}

void elf_symtab_load(const struct elf_image *e, const struct elf_source *src,
		     struct elf_symtab *ret)
{
	_cleanup_(elf_symtab_done) struct elf_symtab t = {};
	_cleanup_(elf_sections_done) struct elf_sections all = {};
	const struct elf_section *symbols, *names;

	*ret = t;
	if (!elf_sections_read(e, src, &all))
		return;
	symbols = find_symbols(&all);
	if (!symbols || symbols->link >= all.n || all.v[symbols->link].type != SHT_STRTAB)
		return;
	names = &all.v[symbols->link];
	t.names_len = MIN(names->size, NAMES_MAX);
	t.names = xreallocarray(NULL, t.names_len + 1, 1);
	if (!src->read(src->ctx, names->offset, t.names, t.names_len))
		return;
	t.names[t.names_len] = '\0';
	load_symbols(e, src, symbols, &t);
	*ret = t;
	t = (struct elf_symtab){};
}

void elf_symtab_done(struct elf_symtab *t)
{
	free(t->v);
	free(t->names);
	*t = (struct elf_symtab){};
}

size_t elf_symtab_bytes(const struct elf_symtab *t)
{
	return t->n * sizeof(*t->v) + t->names_len;
}

/* Whether @a is the better name, both being at one address. */
static bool better_name(const struct elf_symtab *t, const struct elf_symbol *a,
			const struct elf_symbol *b)
{
	const char *na = t->names + a->name, *nb = t->names + b->name;
	size_t ua = strspn(na, "_"), ub = strspn(nb, "_");
	size_t la = strlen(na), lb = strlen(nb);

	if ((a->bind == STB_LOCAL) != (b->bind == STB_LOCAL))
		return b->bind == STB_LOCAL;
	if (ua != ub)
		return ua < ub;
	return la != lb ? la < lb : strcmp(na, nb) > 0;
}

/* Hand-written assembly often gives its symbols no size; those reach a little way. */
static bool holds(const struct elf_symbol *s, uint64_t vaddr)
{
	/* Below it the difference is huge. */
	return vaddr - s->value < (s->size ? s->size : 256);
}

/* Whether @a tells more about an address that both hold. */
static bool better(const struct elf_symtab *t, const struct elf_symbol *a,
		   const struct elf_symbol *b)
{
	if (!a->size != !b->size)
		return a->size != 0;
	if (a->value != b->value)
		return a->value > b->value;
	return better_name(t, a, b);
}

const char *elf_symtab_find(const struct elf_symtab *t, uint64_t vaddr,
			    uint64_t *ret_value)
{
	const struct elf_symbol *best = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (holds(&t->v[i], vaddr) && (!best || better(t, &t->v[i], best)))
			best = &t->v[i];
	if (!best)
		return NULL;
	*ret_value = best->value;
	return t->names + best->name;
}
