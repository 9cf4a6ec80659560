/* eh-frame.c: walk a .eh_frame section and sort what is found. */
#include "unwind/eh-frame.h"

#include <segen/util.h>

#include <string.h>

/* DW_EH_PE_*: how addresses are written (LSB core, "DWARF Exception Header Encoding"). */
#define ENC_FORMAT 0x0f
#define ENC_ABSPTR 0x00
#define ENC_UDATA4 0x03
#define ENC_UDATA8 0x04
#define ENC_SDATA4 0x0b
#define ENC_SDATA8 0x0c
#define ENC_APPLIED 0x70
#define ENC_PCREL 0x10

#define ENTRIES_MAX (1u << 18)

struct bytes {
	const unsigned char *v;
	size_t n, at;
};

static bool take(struct bytes *b, void *ret, size_t n)
{
	if (b->at > b->n || n > b->n - b->at)
		return false;
	memcpy(ret, b->v + b->at, n);
	b->at += n;
	return true;
}

static bool skip_leb128(struct bytes *b)
{
	unsigned char c;

	do {
		if (!take(b, &c, 1))
			return false;
	} while (c & 0x80);
	return true;
}

static size_t encoded_size(unsigned char enc, size_t word)
{
	switch (enc & ENC_FORMAT) {
	case ENC_ABSPTR: return word;
	case ENC_UDATA4:
	case ENC_SDATA4: return 4;
	case ENC_UDATA8:
	case ENC_SDATA8: return 8;
	default: return 0;
	}
}

/* The value of each augmentation letter, up to 'R': the encoding of addresses. */
static bool find_encoding(struct bytes *b, const char *letters, size_t word,
			  unsigned char *ret)
{
	unsigned char enc;

	for (; *letters; letters++) {
		if (*letters == 'R')
			return take(b, ret, 1);
		if (*letters == 'L') {
			b->at++;
		} else if (*letters == 'P') {
			if (!take(b, &enc, 1) || !encoded_size(enc, word))
				return false;
			b->at += encoded_size(enc, word);
		} else if (*letters != 'S' && *letters != 'B') {
			return false;
		}
	}
	return true;
}

/* How the descriptions that refer to the CIE at @at write addresses. */
static bool cie_encoding(const struct bytes *section, size_t at, size_t word,
			 unsigned char *ret)
{
	struct bytes b = *section;
	struct {
		uint32_t length, id;
	} h;
	unsigned char version;
	const char *letters;

	b.at = at;
	*ret = ENC_ABSPTR;
	if (!take(&b, &h, sizeof(h)) || h.id != 0 || h.length == UINT32_MAX ||
	    !take(&b, &version, 1) || (version != 1 && version != 3))
		return false;
	letters = (const char *)b.v + b.at;
	b.at += strnlen(letters, b.n - b.at) + 1;
	if (b.at >= b.n)
		return false;
	/* Code and data alignment, then the return address' register. */
	for (int i = 0; i < 3; i++)
		if (!skip_leb128(&b))
			return false;
	if (*letters == '\0')
		return true;
	return *letters == 'z' && skip_leb128(&b) &&
	       find_encoding(&b, letters + 1, word, ret);
}

static bool read_address(struct bytes *b, unsigned char enc, size_t word, uint64_t vaddr,
			 uint64_t *ret)
{
	uint64_t from = (enc & ENC_APPLIED) == ENC_PCREL ? vaddr + b->at : 0, v = 0;
	size_t size = encoded_size(enc, word);
	int32_t narrow;

	if (!size || (enc & ENC_APPLIED & ~ENC_PCREL))
		return false;
	if (size == 4) {
		if (!take(b, &narrow, 4))
			return false;
		v = (uint64_t)(int64_t)narrow;
	} else if (!take(b, &v, 8)) {
		return false;
	}
	*ret = v + from;
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct eh_frame_entry *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* One description; false: the section makes no sense from here on. */
static bool read_entry(struct bytes *b, uint64_t vaddr, size_t word, size_t *ret_end,
		       struct eh_frame_entry *ret, bool *ret_found)
{
	size_t begin = b->at, id_at;
	uint64_t start, distance;
	uint32_t length, id;
	unsigned char enc;

	*ret_found = false;
	if (!take(b, &length, 4) || length < 4 || length == UINT32_MAX)
		return false;
	id_at = b->at;
	*ret_end = id_at + length;
	if (*ret_end > b->n || !take(b, &id, 4))
		return false;
	if (id == 0)
		return true;
	if (id > id_at || !cie_encoding(b, id_at - id, word, &enc) ||
	    !read_address(b, enc, word, vaddr, &start))
		return true;
	distance = start - vaddr;
	*ret = (struct eh_frame_entry){(int32_t)distance, (int32_t)begin};
	*ret_found = (int64_t)distance == ret->start;
	return true;
}

size_t eh_frame_index(const unsigned char *section, size_t n, uint64_t vaddr, size_t word,
		      struct eh_frame_entry **ret)
{
	struct bytes b = {section, MIN(n, INT32_MAX), 0};
	struct eh_frame_entry *v = NULL, entry;
	size_t count = 0, cap = 0, end;
	bool found;

	while (count < ENTRIES_MAX && read_entry(&b, vaddr, word, &end, &entry, &found)) {
		if (found) {
			GROW(v, count, cap);
			v[count++] = entry;
		}
		b.at = end;
	}
	if (count > 0) {
		qsort(v, count, sizeof(*v), by_start);
		*ret = v;
	}
	return count;
}
