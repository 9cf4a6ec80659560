/*
 * return-address-aarch64.c: x30 holds the return address, which programs may sign.
 *
 * The signature is in the upper bits that no address of a user process needs
 * (Documentation/arm64/pointer-authentication.rst).
 */
#include "unwind/return-address.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#ifndef NT_ARM_PAC_MASK
#define NT_ARM_PAC_MASK 0x406
#endif

/* Indexes of struct user_pt_regs. */
enum { LINK = 30, PC = 32 };

/* struct user_pac_mask of <asm/ptrace.h>, which glibc's headers do not go with. */
struct pac_mask {
	uint64_t data, insn;
};

uint64_t return_address_signature(pid_t tid)
{
	struct pac_mask mask = {};
	struct iovec iov = {&mask, sizeof(mask)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_ARM_PAC_MASK, &iov) < 0)
		return 0;
	return mask.insn;
}

bool return_address_of_leaf(elf_gregset_t regs, uint64_t signature)
{
	regs[PC] = regs[LINK] & ~signature;
	return true;
}

bool return_address_record(unw_cursor_t *c, uint64_t *ret)
{
	unw_word_t fp;

	if (unw_get_reg(c, UNW_AARCH64_X29, &fp) < 0)
		return false;
	*ret = fp;
	return true;
}
