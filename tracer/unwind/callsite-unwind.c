/*
 * callsite-unwind.c: libunwind as the engine, everything it reads given by us.
 *
 * libunwind's own accessors for other processes map the files that /proc/PID/maps names
 * and trust them, and fetch memory a word at a time.  Here it gets the unwind tables that
 * the process itself has in memory: right in any mount namespace, for deleted files and
 * for the vdso, and bounded.  Files are opened for symbols only (modules.c).
 */
#include "unwind/callsite.h"

#include <segen/util.h>

#include <elf.h>
#include <errno.h>
#include <libunwind-ptrace.h>
#include <string.h>
#include <sys/procfs.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "trace/frame-text.h"
#include "unwind/mappings.h"
#include "unwind/modules.h"
#include "ptrace/regs.h"
#include "ptrace/remote-mem.h"
#include "unwind/return-address.h"

/* Reads of memory in one unwind; an ordinary frame needs some 200. */
#define READS_MAX 50000u

/* Where a table of our own seems to be: no process has memory there. */
#define INDEX_ADDRESS ((unw_word_t)3 << (8 * sizeof(unw_word_t) - 2))

/* Exported for perf and its like, but in no header of libunwind. */
#define dwarf_search_unwind_table UNW_OBJ(dwarf_search_unwind_table)
int dwarf_search_unwind_table(unw_addr_space_t as, unw_word_t ip, unw_dyn_info_t *di,
			      unw_proc_info_t *pi, int need_unwind_info, void *arg);

struct callsite_unwinder {
	unw_accessors_t accessors; /* libunwind keeps its address */
	unw_addr_space_t space;
	struct modules *modules;
	struct remote_mem *mem;
	pid_t tid;
	const struct module *index; /* whose table is at INDEX_ADDRESS */
	elf_gregset_t regs;	    /* of @tid */
	uint64_t signature; /* bits of return addresses that are not the address */
	void *upt; /* libunwind's handle for them, where regs.h does not know them */
	struct mappings maps;
};

/* --- what libunwind asks for ------------------------------------------------------ */

struct place {
	const struct procmap *start; /* of the file */
	const struct module *module;
	uint64_t bias; /* address in memory - address in the file's own numbering */
	uint64_t vaddr;
};

/* Where @ip lies.  False: not in the code of a module that can be read. */
static bool locate(struct callsite_unwinder *u, uint64_t ip, struct place *ret)
{
	const struct procmap *map = mappings_find(&u->maps, ip);
	bool vdso = map && !strcmp(map->path, "[vdso]");
	struct place p = {};

	if (!map || !map->exec)
		return false;
	p.start = vdso ? map : procmaps_file_start(&u->maps.list, map);
	if (!p.start || modules_mount_kind(u->modules, u->tid, p.start) == MOUNT_SERVED)
		return false;
	p.module = modules_get(u->modules, u->tid, u->mem, p.start);
	if (!p.module ||
	    !elf_image_vaddr(&p.module->image, map->offset + (ip - map->start), &p.vaddr))
		return false;
	p.bias = ip - p.vaddr;
	*ret = p;
	return true;
}

/* Offer @m's table to libunwind as if it were in the process' memory. */
static void use_table(struct callsite_unwinder *u, const struct module *m, uint64_t bias,
		      unw_dyn_info_t *di)
{
	const struct elf_unwind_table *t = &m->unwind;
	uint64_t n = t->n ? t->n : m->n_index;

	di->format = UNW_INFO_FORMAT_REMOTE_TABLE;
	di->u.rti.segbase = bias + (t->n ? t->header : m->index_vaddr);
	di->u.rti.table_data = t->n ? bias + t->entries : INDEX_ADDRESS;
	/* In words; an entry is two 32-bit numbers. */
	di->u.rti.table_len = n * sizeof(struct eh_frame_entry) / sizeof(unw_word_t);
	u->index = m;
}

static int find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *pi,
			  int need_unwind_info, void *arg)
{
	struct callsite_unwinder *u = arg;
	unw_dyn_info_t di = {.end_ip = (unw_word_t)-1};
	struct place p;

	if (!locate(u, ip, &p) || (!p.module->unwind.n && !p.module->n_index))
		return -UNW_ENOINFO;
	di.start_ip = p.start->start;
	use_table(u, p.module, p.bias, &di);
	return dwarf_search_unwind_table(as, ip, &di, pi, need_unwind_info, arg);
}

static void put_unwind_info(unw_addr_space_t as, unw_proc_info_t *pi, void *arg)
{
}

static int get_dyn_info_list_addr(unw_addr_space_t as, unw_word_t *ret, void *arg)
{
	return -UNW_ENOINFO;
}

/* A signed return address, which libunwind does not know, becomes a plain one. */
static unw_word_t plain(struct callsite_unwinder *u, unw_word_t word)
{
	unw_word_t address = word & ~u->signature;

	return address != word && mappings_is_code(&u->maps, address) ? address : word;
}

static int access_mem(unw_addr_space_t as, unw_word_t addr, unw_word_t *val, int write,
		      void *arg)
{
	struct callsite_unwinder *u = arg;
	unsigned long word;

	if (write)
		return -UNW_EINVAL;
	if (addr >= INDEX_ADDRESS)
		return module_index_word(u->index, addr - INDEX_ADDRESS, val)
			       ? 0
			       : -UNW_EINVAL;
	if (!remote_mem_word(u->mem, addr, &word))
		return -UNW_EINVAL;
	*val = plain(u, word);
	return 0;
}

static int access_reg(unw_addr_space_t as, unw_regnum_t reg, unw_word_t *val, int write,
		      void *arg)
{
	struct callsite_unwinder *u = arg;
	int i = reg < 0 ? -1 : regs_dwarf_index((unsigned)reg);

	if (write)
		return -UNW_EREADONLYREG;
	if (u->upt)
		return _UPT_access_reg(as, reg, val, 0, u->upt);
	if (i < 0)
		return -UNW_EBADREG;
	*val = plain(u, u->regs[i]);
	return 0;
}

static int access_fpreg(unw_addr_space_t as, unw_regnum_t reg, unw_fpreg_t *val,
			int write, void *arg)
{
	return -UNW_EBADREG;
}

static int resume(unw_addr_space_t as, unw_cursor_t *c, void *arg)
{
	return -UNW_EINVAL;
}

/* --- the mappings ----------------------------------------------------------------- */

/* Pages that the process could change are good for one stop only. */
static enum remote_mem_keep keep_page(void *ctx, uint64_t addr)
{
	struct callsite_unwinder *u = ctx;
	const struct procmap *map = mappings_find(&u->maps, addr);
	enum mount_kind kind;

	kind = map ? modules_mount_kind(u->modules, u->tid, map) : MOUNT_SERVED;
	if (kind == MOUNT_SERVED)
		return REMOTE_MEM_REFUSE;
	/* What the workload may have to provide itself is read only where it is. */
	if (map->write || kind == MOUNT_MEMORY || (!map->inode && map->path[0] != '['))
		return REMOTE_MEM_ONCE;
	return REMOTE_MEM_KEEP;
}

/* Drop what was kept of a mapping that is gone. */
static void forget_mapping(void *ctx, const struct procmap *map)
{
	struct callsite_unwinder *u = ctx;

	remote_mem_forget(u->mem, map->start, map->end);
	if (map->exec)
		unw_flush_cache(u->space, 0, 0);
}

/*
 * @ip is where the frame goes on: behind the call, which may be the last instruction of
 * its function; so the function is the one that holds the byte before.
 */
static void name_frame(struct callsite_unwinder *u, uint64_t ip, bool after_call,
		       struct segen_frame *ret)
{
	const struct procmap *map = mappings_find(&u->maps, ip);
	const char *symbol;
	uint64_t value;
	struct place p;

	*ret = (struct segen_frame){.module = xstrdup(mappings_path(&u->maps, map))};
	if (!locate(u, ip, &p)) {
		ret->offset = map->offset + (ip - map->start);
		return;
	}
	if (p.module->build_id[0])
		ret->build_id = xstrdup(p.module->build_id);
	ret->offset = p.vaddr - p.module->image.base;
	symbol = modules_symbol(u->modules, p.module, u->tid, u->mem, p.start,
				p.vaddr - after_call, &value);
	if (symbol) {
		ret->symbol = frame_text_clean(symbol);
		ret->offset = p.vaddr - value;
	}
}

/* By the records that frames keep: the caller's record, and where it goes on. */
static size_t walk_records(struct callsite_unwinder *u, unw_cursor_t *c,
			   struct segen_frame *frames, size_t n)
{
	uint64_t at, record[2];

	if (!return_address_record(c, &at))
		return n;
	while (n < CALLSITE_DEPTH_MAX &&
	       remote_mem_read(u->mem, at, record, sizeof(record)) &&
	       mappings_is_code(&u->maps, plain(u, record[1]))) {
		name_frame(u, plain(u, record[1]), true, &frames[n++]);
		if (record[0] <= at)
			break;
		at = record[0];
	}
	return n;
}

/* From the registers on; @n frames are there already. */
static size_t walk_on(struct callsite_unwinder *u, struct segen_frame *frames, size_t n)
{
	bool after_call = true; /* a system call, too, is an instruction that ended */
	unw_word_t ip, sp, last_ip = 0, last_sp = 0;
	unw_cursor_t c;

	if (unw_init_remote(&c, u->space, u) < 0)
		return n;
	for (; n < CALLSITE_DEPTH_MAX; last_ip = ip, last_sp = sp) {
		/* Beyond broken frames lies nonsense; it ends where no code is. */
		if (unw_get_reg(&c, UNW_REG_IP, &ip) < 0 ||
		    unw_get_reg(&c, UNW_REG_SP, &sp) < 0 ||
		    !mappings_is_code(&u->maps, ip))
			break;
		/* Tables of code that signs are beyond libunwind before 1.8: no step. */
		if (ip == last_ip && sp == last_sp)
			return walk_records(u, &c, frames, n);
		name_frame(u, ip, after_call, &frames[n++]);
		after_call = unw_is_signal_frame(&c) <= 0;
		if (unw_step(&c) <= 0)
			break;
	}
	return n;
}

static size_t walk(struct callsite_unwinder *u, struct segen_frame *frames)
{
	size_t n = walk_on(u, frames, 0);

	/* arm64's vdso has no tables; its functions make calls before any of others. */
	if (n == 1 && !strcmp(frames[0].module, "[vdso]") &&
	    return_address_of_leaf(u->regs, u->signature))
		n = walk_on(u, frames, 1);
	return n;
}

/*
 * Take the registers.  False: programs of another ABI than ours have others, and CFI of
 * another machine.
 */
static bool take_registers(struct callsite_unwinder *u)
{
	struct iovec iov = {&u->regs, sizeof(u->regs)};

	return ptrace(PTRACE_GETREGSET, u->tid, (void *)NT_PRSTATUS, &iov) == 0 &&
	       iov.iov_len == sizeof(u->regs);
}

#define FOREIGN_SITE_MAX 2

/*
 * Where an i386 program called the vdso from: __kernel_vsyscall keeps three registers on
 * the stack, above them is the return address (arch/x86/entry/vdso/vdso32).
 */
static bool i386_vdso_caller(const struct mappings *maps, struct remote_mem *mem,
			     uint64_t sp, uint64_t *ret)
{
	uint32_t caller;

	if (!remote_mem_read(mem, sp + 3 * sizeof(caller), &caller, sizeof(caller)) ||
	    !mappings_is_code(maps, caller))
		return false;
	*ret = caller;
	return true;
}

/*
 * A program of another ABI: where it stands, and who called the vdso if it is there;
 * addresses of instructions behind the one that called.  Returns how many.
 */
static size_t foreign_site(pid_t tid, const struct mappings *maps, struct remote_mem *mem,
			   uint64_t ret[FOREIGN_SITE_MAX])
{
	struct __ptrace_syscall_info info = {};
	const struct procmap *map;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) <= 0)
		return 0;
	map = mappings_find(maps, info.instruction_pointer);
	if (!map || !map->exec)
		return 0;
	ret[0] = info.instruction_pointer;
	if (info.arch != AUDIT_ARCH_I386 || strcmp(map->path, "[vdso]") != 0 ||
	    !i386_vdso_caller(maps, mem, info.stack_pointer, &ret[1]))
		return 1;
	return 2;
}

/* Only where it stands, and who called the vdso. */
static size_t stand(struct callsite_unwinder *u, struct segen_frame *frames)
{
	uint64_t at[FOREIGN_SITE_MAX];
	size_t n = foreign_site(u->tid, &u->maps, u->mem, at);

	for (size_t i = 0; i < n; i++)
		name_frame(u, at[i], true, &frames[i]);
	return n;
}

static size_t look(struct callsite_unwinder *u, struct segen_frame *frames)
{
	size_t n;

	u->index = NULL;
	u->upt = regs_supported() ? NULL : _UPT_create(u->tid);
	n = take_registers(u) ? walk(u, frames) : stand(u, frames);
	if (u->upt)
		_UPT_destroy(u->upt);
	return n;
}

/* --- interface -------------------------------------------------------------------- */

static const unw_accessors_t accessors = {
	.find_proc_info = find_proc_info,
	.put_unwind_info = put_unwind_info,
	.get_dyn_info_list_addr = get_dyn_info_list_addr,
	.access_mem = access_mem,
	.access_reg = access_reg,
	.access_fpreg = access_fpreg,
	.resume = resume,
};

struct callsite_unwinder *callsite_new(void)
{
	struct callsite_unwinder *u = xcalloc(1, sizeof(*u));

	u->accessors = accessors;
	u->space = unw_create_addr_space(&u->accessors, 0);
	if (!u->space) {
		free(u);
		return NULL;
	}
	unw_set_caching_policy(u->space, UNW_CACHE_GLOBAL);
	u->modules = modules_new();
	u->mem = remote_mem_new(keep_page, u);
	return u;
}

void callsite_free(struct callsite_unwinder *u)
{
	if (!u)
		return;
	unw_destroy_addr_space(u->space);
	modules_free(u->modules);
	remote_mem_free(u->mem);
	mappings_done(&u->maps);
	free(u);
}

int callsite_unwind(struct callsite_unwinder *u, pid_t tid, struct segen_frame **ret,
		    size_t *ret_n)
{
	struct segen_frame frames[CALLSITE_DEPTH_MAX];
	size_t n;

	if (!u)
		return -ENODATA;
	u->tid = tid;
	u->signature = return_address_signature(tid);
	remote_mem_begin(u->mem, tid, READS_MAX);
	modules_forget_devices(u->modules);
	if (!mappings_read(&u->maps, tid, forget_mapping, u))
		return -ENODATA;
	n = look(u, frames);
	if (n == 0)
		return -ENODATA;
	*ret = xcalloc(n, sizeof(**ret));
	memcpy(*ret, frames, n * sizeof(*frames));
	*ret_n = n;
	return 0;
}
