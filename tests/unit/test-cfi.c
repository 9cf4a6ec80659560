/* test-cfi.c: descriptions written by hand, and mutilated ones. */
#include "tracer/cfi.h"

#include <segen/util.h>

#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

#define CIE_ADDRESS 0x10000
#define FDE_ADDRESS 0x20000
#define START 0x30000

/* As gcc writes it: code 1, data -8, the return address is 16, addresses pc-relative. */
static const unsigned char cie_bytes[] = {
	20,   0,    0,	 0, 0, 0,    0,	 0, /* length, id */
	1,    'z',  'R', 0, 1, 0x78, 16, /* version, augmentation, alignments, register */
	1,    0x1b,			 /* augmentation data: sdata4, pcrel */
	0x0c, 7,    8,			 /* CFA = rsp + 8 */
	0x90, 1,			 /* the return address at CFA - 8 */
	0,    0,
};

/* push %rbp; mov %rsp,%rbp; …; leave; ret; and after that a tail that saves nothing */
static const unsigned char program[] = {
	0x41,		  /* + 1 */
	0x0e, 16,	  /* CFA = rsp + 16 */
	0x86, 2,	  /* rbp at CFA - 16 */
	0x43,		  /* + 3 */
	0x0d, 6,	  /* CFA = rbp + 16 */
	0x02, 0x20,	  /* + 32 */
	0x0a,		  /* remember */
	0xc6,		  /* rbp as it was */
	0x0c, 7,    8,	  /* CFA = rsp + 8 */
	0x41,		  /* + 1 */
	0x0b,		  /* back */
	0x03, 0x00, 0x01, /* + 256 */
	0x07, 16,	  /* there is no caller */
};

static size_t make_fde(unsigned char *to, const unsigned char *what, size_t n)
{
	uint32_t length = (uint32_t)(13 + n), back = FDE_ADDRESS + 4 - CIE_ADDRESS;
	int32_t start = START - (FDE_ADDRESS + 8), range = 0x1000;

	memcpy(to, &length, 4);
	memcpy(to + 4, &back, 4);
	memcpy(to + 8, &start, 4);
	memcpy(to + 12, &range, 4);
	to[16] = 0; /* no augmentation data */
	memcpy(to + 17, what, n);
	return 17 + n;
}

static bool state_at(const unsigned char *cie, const unsigned char *fde, size_t n_fde,
		     uint64_t ip, struct cfi_state *ret)
{
	const struct cfi_bytes c = {cie, sizeof(cie_bytes), 0, CIE_ADDRESS};
	const struct cfi_bytes f = {fde, n_fde, 0, FDE_ADDRESS};
	struct cfi_cie common;

	*ret = (struct cfi_state){};
	return cfi_parse_cie(c, &common) && cfi_covers(&common, f, ip) &&
	       cfi_run(&common, f, ip, ret);
}

static void check(uint64_t ip, uint64_t reg, int64_t offset, bool saved, const char *what)
{
	unsigned char fde[64];
	size_t n = make_fde(fde, program, sizeof(program));
	struct cfi_state s;

	ok(state_at(cie_bytes, fde, n, ip, &s) && s.cfa_reg == reg &&
		   s.cfa_offset == offset && (s.rbp.kind == CFI_AT) == saved &&
		   (!saved || s.rbp.offset == -16),
	   "%s", what);
}

static void test_rows(void)
{
	unsigned char fde[64];
	size_t n = make_fde(fde, program, sizeof(program));
	struct cfi_state s;

	check(START, CFI_RSP, 8, false, "at the first instruction");
	check(START + 1, CFI_RSP, 16, true, "behind push");
	check(START + 3, CFI_RSP, 16, true, "and at the end of the next");
	check(START + 4, CFI_RBP, 16, true, "with a frame pointer");
	check(START + 36, CFI_RSP, 8, false, "behind leave");
	check(START + 37, CFI_RBP, 16, true, "remembered");
	ok(state_at(cie_bytes, fde, n, START + 37, &s) && s.ra.kind == CFI_AT &&
		   s.ra.offset == -8,
	   "where the return address is");
	ok(state_at(cie_bytes, fde, n, START + 293, &s) && s.ra.kind == CFI_UNDEFINED,
	   "no caller");
	ok(!state_at(cie_bytes, fde, n, START - 1, &s) &&
		   !state_at(cie_bytes, fde, n, START + 0x1000, &s),
	   "another function");
}

static bool runs(const unsigned char *what, size_t n, struct cfi_state *s)
{
	unsigned char fde[64];

	return state_at(cie_bytes, fde, make_fde(fde, what, n), START, s);
}

static void test_odd(void)
{
	static const unsigned char expression[] = {0x0f, 2, 0x77, 8};
	static const unsigned char saved[] = {0x10, 6, 2, 0x76, 0};
	static const unsigned char other[] = {0x10, 3, 2, 0x76, 0};
	static const unsigned char cut[] = {0x0e};
	static const unsigned char back[] = {0x0b};
	static const unsigned char in_register[] = {0x09, 16, 3};
	unsigned char cie[sizeof(cie_bytes)];
	struct cfi_state s;

	ok(!runs(expression, sizeof(expression), &s), "a CFA by an expression");
	ok(runs(saved, sizeof(saved), &s) && s.rbp.kind == CFI_ODD,
	   "a frame pointer by an expression");
	ok(runs(other, sizeof(other), &s) && s.rbp.kind == CFI_SAME,
	   "another register by one does not matter");
	ok(runs(in_register, sizeof(in_register), &s) && s.ra.kind == CFI_ODD,
	   "a return address in a register");
	ok(!runs(cut, sizeof(cut), &s) && !runs(back, sizeof(back), &s),
	   "an instruction that is cut off; nothing to go back to");
	memcpy(cie, cie_bytes, sizeof(cie));
	cie[10] = 'S';
	ok(!cfi_parse_cie((struct cfi_bytes){cie, sizeof(cie), 0, CIE_ADDRESS},
			  &(struct cfi_cie){}),
	   "the frame of a signal");
}

/* Nothing may be read beyond the end: sanitizers and valgrind look on. */
static void test_hostile(void)
{
	unsigned understood = 0;

	for (unsigned seed = 0; seed < 20000; seed++) {
		unsigned char fde[64];
		size_t n = make_fde(fde, program, sizeof(program));
		_cleanup_free_ unsigned char *c = xcalloc(1, sizeof(cie_bytes));
		_cleanup_free_ unsigned char *f = NULL;
		struct cfi_state s;

		srand(seed);
		memcpy(c, cie_bytes, sizeof(cie_bytes));
		c[8 + rand() % (sizeof(cie_bytes) - 8)] = (unsigned char)rand();
		fde[16 + rand() % (n - 16)] = (unsigned char)rand();
		n -= (size_t)rand() % 8;
		f = xcalloc(1, n);
		memcpy(f, fde, n);
		understood += state_at(c, f, n, START + (uint64_t)(rand() % 300), &s);
	}
	ok(understood > 0 && understood < 20000, "mutilated ones (%u understood)",
	   understood);
}

int main(void)
{
	test_rows();
	test_odd();
	test_hostile();
	return done();
}
