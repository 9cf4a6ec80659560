/*
 * return-address.h: where an architecture keeps return addresses, and what it adds to
 * them.
 *
 * return-address-aarch64.c, or return-address-none.c for those where each is on the stack
 * as it is; chosen by meson.
 */
#pragma once

#include <libunwind.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/procfs.h>
#include <sys/types.h>

/* The bits of an address in code that hold a signature in the process of @tid; 0: none.
 */
uint64_t return_address_signature(pid_t tid);

/*
 * @regs are of a function that has called no other one: make them those it returns to,
 * as far as the unwinding of what follows takes.  False: its return address is in memory.
 */
bool return_address_of_leaf(elf_gregset_t regs, uint64_t signature);

/*
 * Where the frame at @c keeps its record: two words, the address of its caller's record
 * and its return address.  False: frames of this architecture need not have one.
 */
bool return_address_record(unw_cursor_t *c, uint64_t *ret);
