/* return-address-none.c: return addresses are on the stack, and plain. */
#include "unwind/return-address.h"

uint64_t return_address_signature(pid_t tid)
{
	return 0;
}

bool return_address_of_leaf(elf_gregset_t regs, uint64_t signature)
{
	return false;
}

bool return_address_record(unw_cursor_t *c, uint64_t *ret)
{
	return false;
}
