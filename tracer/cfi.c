/* cfi.c: the instructions of call frame information. */
#include "cfi.h"

#include <string.h>

/* DW_EH_PE_*, as far as compilers use them here. */
#define ENC_FORMAT 0x0f
#define ENC_ABSPTR 0x00
#define ENC_UDATA4 0x03
#define ENC_SDATA4 0x0b
#define ENC_APPLIED 0x70
#define ENC_PCREL 0x10
#define ENC_INDIRECT 0x80

#define REMEMBERED_MAX 8

static bool take(struct cfi_bytes *b, void *ret, size_t n)
{
	if (b->at > b->n || n > b->n - b->at)
		return false;
	memcpy(ret, b->v + b->at, n);
	b->at += n;
	return true;
}

static bool skip(struct cfi_bytes *b, uint64_t n)
{
	if (b->at > b->n || n > b->n - b->at)
		return false;
	b->at += n;
	return true;
}

static bool take_uleb(struct cfi_bytes *b, uint64_t *ret)
{
	unsigned char c = 0x80;

	*ret = 0;
	for (unsigned shift = 0; c & 0x80; shift += 7) {
		if (shift > 56 || !take(b, &c, 1))
			return false;
		*ret |= (uint64_t)(c & 0x7f) << shift;
	}
	return true;
}

static bool take_sleb(struct cfi_bytes *b, int64_t *ret)
{
	unsigned char c = 0x80;
	uint64_t v = 0;
	unsigned shift = 0;

	for (; c & 0x80; shift += 7) {
		if (shift > 56 || !take(b, &c, 1))
			return false;
		v |= (uint64_t)(c & 0x7f) << shift;
	}
	if (c & 0x40)
		v |= ~(uint64_t)0 << shift;
	*ret = (int64_t)v;
	return true;
}

static bool take_address(struct cfi_bytes *b, unsigned char enc, uint64_t *ret)
{
	uint64_t from = 0, wide = 0;
	int32_t narrow = 0;
	bool is_signed = (enc & ENC_FORMAT) == ENC_SDATA4;

	if ((enc & ENC_APPLIED) == ENC_PCREL)
		from = b->address + b->at;
	else if (enc & (ENC_APPLIED | ENC_INDIRECT))
		return false;
	if ((enc & ENC_FORMAT) == ENC_ABSPTR) {
		if (!take(b, &wide, sizeof(wide)))
			return false;
	} else if (is_signed || (enc & ENC_FORMAT) == ENC_UDATA4) {
		if (!take(b, &narrow, sizeof(narrow)))
			return false;
		wide = is_signed ? (uint64_t)(int64_t)narrow : (uint32_t)narrow;
	} else {
		return false;
	}
	*ret = from + wide;
	return true;
}

/* --- entries ---------------------------------------------------------------------- */

/* What the augmentation's letters announce; 'S' marks a signal's frame: not ordinary. */
static bool take_augmentation(struct cfi_bytes *b, const char *letters,
			      struct cfi_cie *ret)
{
	unsigned char personality;
	uint64_t n, ignored;
	size_t end;

	if (!take_uleb(b, &n) || n > b->n - b->at)
		return false;
	end = b->at + n;
	for (; *letters; letters++) {
		if (*letters == 'R') {
			if (!take(b, &ret->encoding, 1))
				return false;
		} else if (*letters == 'L') {
			if (!skip(b, 1))
				return false;
		} else if (*letters == 'P') {
			if (!take(b, &personality, 1) ||
			    !take_address(b, personality & ~ENC_INDIRECT, &ignored))
				return false;
		} else {
			return false;
		}
	}
	b->at = end;
	return true;
}

bool cfi_parse_cie(struct cfi_bytes b, struct cfi_cie *ret)
{
	const char *letters;
	unsigned char version;
	uint64_t ra = 0;
	uint32_t h[2]; /* length, id */

	*ret = (struct cfi_cie){.encoding = ENC_ABSPTR};
	if (!take(&b, h, sizeof(h)) || h[1] != 0 || !take(&b, &version, 1) ||
	    (version != 1 && version != 3))
		return false;
	letters = (const char *)b.v + b.at;
	if (!skip(&b, strnlen(letters, b.n - b.at)) || !skip(&b, 1) ||
	    !take_uleb(&b, &ret->code_align) || !take_sleb(&b, &ret->data_align) ||
	    !(version == 1 ? take(&b, &ra, 1) : take_uleb(&b, &ra)) || ra != CFI_RA)
		return false;
	ret->augmented = *letters == 'z';
	if (ret->augmented ? !take_augmentation(&b, letters + 1, ret) : *letters != '\0')
		return false;
	ret->program = b;
	return true;
}

/* --- instructions ----------------------------------------------------------------- */

struct run {
	const struct cfi_cie *cie;
	const struct cfi_state *initial; /* NULL while it is made */
	struct cfi_state s, remembered[REMEMBERED_MAX];
	unsigned n_remembered;
	uint64_t at; /* the address that the state is for */
};

static struct cfi_rule *rule_of(struct cfi_state *s, uint64_t reg)
{
	switch (reg) {
	case CFI_RBP: return &s->rbp;
	case CFI_RSP: return &s->rsp;
	case CFI_RA: return &s->ra;
	default: return NULL;
	}
}

static void set(struct run *r, uint64_t reg, struct cfi_rule rule)
{
	struct cfi_rule *to = rule_of(&r->s, reg);

	if (to)
		*to = rule;
}

static bool set_at(struct run *r, uint64_t reg, int64_t factored)
{
	set(r, reg, (struct cfi_rule){CFI_AT, factored * r->cie->data_align});
	return true;
}

static bool restore(struct run *r, uint64_t reg)
{
	struct cfi_state initial;

	if (!r->initial)
		return false;
	initial = *r->initial;
	if (rule_of(&initial, reg))
		set(r, reg, *rule_of(&initial, reg));
	return true;
}

static bool advance(struct run *r, struct cfi_bytes *b, size_t bytes)
{
	uint32_t n = 0;

	if (!take(b, &n, bytes))
		return false;
	r->at += n * r->cie->code_align;
	return true;
}

/* Those with a register first. */
static bool register_rule(struct run *r, struct cfi_bytes *b, unsigned char op)
{
	uint64_t reg, n;
	int64_t sn;

	if (!take_uleb(b, &reg))
		return false;
	switch (op) {
	case 0x05: return take_uleb(b, &n) && set_at(r, reg, (int64_t)n);
	case 0x06: return restore(r, reg);
	case 0x07: set(r, reg, (struct cfi_rule){CFI_UNDEFINED, 0}); return true;
	case 0x08: set(r, reg, (struct cfi_rule){CFI_SAME, 0}); return true;
	case 0x11: return take_sleb(b, &sn) && set_at(r, reg, sn);
	case 0x09: /* in another register */
	case 0x14: /* the value itself is an offset */
		set(r, reg, (struct cfi_rule){CFI_ODD, 0});
		return take_uleb(b, &n);
	default: /* expressions */
		set(r, reg, (struct cfi_rule){CFI_ODD, 0});
		return take_uleb(b, &n) && skip(b, n);
	}
}

static bool cfa_rule(struct run *r, struct cfi_bytes *b, unsigned char op)
{
	struct cfi_state *s = &r->s;
	uint64_t n;

	if (op != 0x0e && !take_uleb(b, &s->cfa_reg))
		return false;
	if (op == 0x0d)
		return true;
	if (!take_uleb(b, &n))
		return false;
	s->cfa_offset = (int64_t)n;
	return true;
}

static bool remember(struct run *r, bool back)
{
	if (back ? !r->n_remembered : r->n_remembered == REMEMBERED_MAX)
		return false;
	if (back)
		r->s = r->remembered[--r->n_remembered];
	else
		r->remembered[r->n_remembered++] = r->s;
	return true;
}

static bool instruction(struct run *r, struct cfi_bytes *b)
{
	unsigned char op;
	uint64_t n;

	if (!take(b, &op, 1))
		return false;
	switch (op >> 6) {
	case 1: r->at += (op & 0x3f) * r->cie->code_align; return true;
	case 2: return take_uleb(b, &n) && set_at(r, op & 0x3f, (int64_t)n);
	case 3: return restore(r, op & 0x3f);
	}
	switch (op) {
	case 0x00: return true;
	case 0x02: return advance(r, b, 1);
	case 0x03: return advance(r, b, 2);
	case 0x04: return advance(r, b, 4);
	case 0x05 ... 0x09:
	case 0x10:
	case 0x11:
	case 0x14:
	case 0x16: return register_rule(r, b, op);
	case 0x0a:
	case 0x0b: return remember(r, op == 0x0b);
	case 0x0c ... 0x0e: return cfa_rule(r, b, op);
	case 0x2e: return take_uleb(b, &n); /* DW_CFA_GNU_args_size */
	default: return false;		    /* CFA by an expression, say */
	}
}

/* Up to @ip; the state is then in @r->s. */
static bool execute(struct run *r, struct cfi_bytes b, uint64_t ip)
{
	while (b.at < b.n && r->at <= ip)
		if (!instruction(r, &b))
			return false;
	return true;
}

/* Up to the augmentation. */
static bool take_range(const struct cfi_cie *cie, struct cfi_bytes *fde,
		       uint64_t *ret_start, uint64_t *ret_length)
{
	return skip(fde, 8) && take_address(fde, cie->encoding, ret_start) &&
	       take_address(fde, cie->encoding & ENC_FORMAT, ret_length);
}

bool cfi_covers(const struct cfi_cie *cie, struct cfi_bytes fde, uint64_t ip)
{
	uint64_t start, length;

	return take_range(cie, &fde, &start, &length) && ip >= start &&
	       ip - start < length;
}

bool cfi_run(const struct cfi_cie *cie, struct cfi_bytes fde, uint64_t ip,
	     struct cfi_state *ret)
{
	struct run r = {.cie = cie};
	struct cfi_state initial;
	uint64_t start, length, n = 0;

	if (!take_range(cie, &fde, &start, &length) ||
	    (cie->augmented && (!take_uleb(&fde, &n) || !skip(&fde, n))) ||
	    !execute(&r, cie->program, UINT64_MAX))
		return false;
	initial = r.s;
	r.initial = &initial;
	r.n_remembered = 0;
	r.at = start;
	if (!execute(&r, fde, ip))
		return false;
	*ret = r.s;
	return true;
}
