/* rows-x86_64.c: find descriptions, run them, keep the rows. */
#include "rows.h"

#include <segen/util.h>

#include <string.h>

#include "cfi.h"
#include "eh-frame.h"
#include "regs.h"

/* Longer entries are for libunwind. */
#define ENTRY_MAX 1024

void rows_forget(struct rows *r)
{
	memset(r, 0, sizeof(*r));
}

static bool table_entry(const struct module *m, uint64_t bias, struct remote_mem *mem,
			size_t i, struct eh_frame_entry *ret)
{
	if (m->unwind.n)
		return remote_mem_read(mem, bias + m->unwind.entries + i * sizeof(*ret),
				       ret, sizeof(*ret));
	*ret = m->index[i];
	return true;
}

/* The address of the description of the last function that starts at @at or below. */
static bool find_fde(const struct module *m, uint64_t bias, struct remote_mem *mem,
		     uint64_t at, uint64_t *ret)
{
	uint64_t base = bias + (m->unwind.n ? m->unwind.header : m->index_vaddr);
	size_t lo = 0, hi = m->unwind.n ? m->unwind.n : m->n_index;
	struct eh_frame_entry e;
	bool found = false;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (!table_entry(m, bias, mem, mid, &e))
			return false;
		if ((int64_t)(at - base) < e.start) {
			hi = mid;
			continue;
		}
		lo = mid + 1;
		*ret = base + (uint64_t)(int64_t)e.fde;
		found = true;
	}
	return found;
}

/* A whole entry, from its length on. */
static bool read_entry(struct remote_mem *mem, uint64_t address,
		       unsigned char buf[ENTRY_MAX], struct cfi_bytes *ret)
{
	uint32_t length;

	if (!remote_mem_read(mem, address, &length, sizeof(length)) || length < 4 ||
	    length > ENTRY_MAX - sizeof(length) ||
	    !remote_mem_read(mem, address, buf, length + sizeof(length)))
		return false;
	*ret = (struct cfi_bytes){buf, length + sizeof(length), 0, address};
	return true;
}

static bool is_ordinary(const struct cfi_state *s)
{
	return (s->cfa_reg == CFI_RSP || s->cfa_reg == CFI_RBP) &&
	       s->rsp.kind == CFI_SAME &&
	       (s->rbp.kind == CFI_SAME || s->rbp.kind == CFI_AT) &&
	       (s->ra.kind == CFI_AT || s->ra.kind == CFI_UNDEFINED);
}

static struct row row_of(const struct cfi_state *s, uint64_t at)
{
	return (struct row){
		.at = at,
		.cfa = s->cfa_offset,
		.ra = s->ra.offset,
		.fp = s->rbp.offset,
		.by_fp = s->cfa_reg == CFI_RBP,
		.fp_saved = s->rbp.kind == CFI_AT,
		.last = s->ra.kind == CFI_UNDEFINED,
	};
}

static bool make_row(struct remote_mem *mem, uint64_t fde_at, uint64_t at,
		     struct row *ret)
{
	unsigned char fde_buf[ENTRY_MAX], cie_buf[ENTRY_MAX];
	struct cfi_bytes fde, cie;
	struct cfi_state s;
	struct cfi_cie c;
	uint32_t back;

	if (!read_entry(mem, fde_at, fde_buf, &fde))
		return false;
	memcpy(&back, fde_buf + 4, sizeof(back));
	if (!back || !read_entry(mem, fde_at + 4 - back, cie_buf, &cie) ||
	    !cfi_parse_cie(cie, &c))
		return false;
	if (!cfi_covers(&c, fde, at)) {
		*ret = (struct row){.at = at, .none = true};
		return true;
	}
	if (!cfi_run(&c, fde, at, &s) || !is_ordinary(&s))
		return false;
	*ret = row_of(&s, at);
	return true;
}

/* The row for the instruction at @at, near @ip. */
static const struct row *get_row(struct rows *r, struct remote_mem *mem,
				 rows_locate *locate, void *ctx, uint64_t ip, uint64_t at)
{
	struct row *slot = &r->slots[(at ^ at >> 8) % ROWS_SLOTS];
	const struct module *m;
	uint64_t bias, fde;

	if (at && slot->at == at)
		return slot;
	slot->at = 0;
	if (!at || !locate(ctx, ip, &m, &bias) || !m->image.is64 ||
	    !find_fde(m, bias, mem, at, &fde) || !make_row(mem, fde, at, slot))
		return NULL;
	return slot;
}

struct frame {
	uint64_t ip, sp, fp;
};

/* To the caller's.  A stack grows downwards: going up there is an end to it. */
static bool step(const struct row *row, struct remote_mem *mem, struct frame *f)
{
	uint64_t cfa = (row->by_fp ? f->fp : f->sp) + (uint64_t)row->cfa;

	if (cfa <= f->sp ||
	    !remote_mem_read(mem, cfa + (uint64_t)row->ra, &f->ip, sizeof(f->ip)) ||
	    (row->fp_saved &&
	     !remote_mem_read(mem, cfa + (uint64_t)row->fp, &f->fp, sizeof(f->fp))))
		return false;
	f->sp = cfa;
	return true;
}

static uint64_t reg(elf_gregset_t regs, unsigned dwarf)
{
	int i = regs_dwarf_index(dwarf);

	return i < 0 ? 0 : regs[i];
}

size_t rows_walk(struct rows *r, struct remote_mem *mem, elf_gregset_t regs,
		 rows_locate *locate, void *ctx, uint64_t *ips, size_t max)
{
	struct frame f = {reg(regs, CFI_RA), reg(regs, CFI_RSP), reg(regs, CFI_RBP)};
	size_t n = 0;

	while (n < max) {
		const struct row *row;

		ips[n] = f.ip;
		if (!locate(ctx, f.ip, NULL, NULL))
			return n && !f.ip ? n : 0;
		/* Behind a call may be another function already. */
		row = get_row(r, mem, locate, ctx, f.ip, f.ip - (n > 0));
		if (!row)
			return 0;
		n++;
		/* The kernel starts programs without a frame pointer. */
		if (row->last || (row->none && n > 1 && f.fp == 0))
			return n;
		if (row->none)
			return 0;
		if (!step(row, mem, &f))
			return 0;
	}
	return n;
}
