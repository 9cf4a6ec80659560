/*
 * io-uring: reads a file through io_uring when it can have one, with preadv when it
 * cannot.  The output is the same on both ways; -v tells which it was.
 */
#include "workload.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/uio.h>

struct ring {
	int fd;
	unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static void *ring_map(const struct ring *r, size_t len, off_t what)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		       r->fd, what);

	must(p != MAP_FAILED, "mmap of the ring");
	return p;
}

static bool ring_open(struct ring *r)
{
	struct io_uring_params p = {0};
	char *sq, *cq;

	r->fd = (int)syscall(SYS_io_uring_setup, 1, &p);
	if (r->fd < 0)
		return false;
	sq = ring_map(r, p.sq_off.array + p.sq_entries * sizeof(unsigned),
		      IORING_OFF_SQ_RING);
	cq = ring_map(r, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		      IORING_OFF_CQ_RING);
	r->sqes =
		ring_map(r, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	r->sq_tail = (unsigned *)(sq + p.sq_off.tail);
	r->sq_mask = (unsigned *)(sq + p.sq_off.ring_mask);
	r->sq_array = (unsigned *)(sq + p.sq_off.array);
	r->cq_head = (unsigned *)(cq + p.cq_off.head);
	r->cq_mask = (unsigned *)(cq + p.cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return true;
}

static ssize_t ring_read(struct ring *r, int fd, char *buf, unsigned len)
{
	unsigned tail = *r->sq_tail, slot = tail & *r->sq_mask;

	memset(&r->sqes[slot], 0, sizeof(r->sqes[slot]));
	r->sqes[slot].opcode = IORING_OP_READ;
	r->sqes[slot].fd = fd;
	r->sqes[slot].addr = (uintptr_t)buf;
	r->sqes[slot].len = len;
	r->sq_array[slot] = slot;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	must(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) ==
		     1,
	     "io_uring_enter");
	return r->cqes[*r->cq_head & *r->cq_mask].res;
}

int main(int argc, char **argv)
{
	struct ring r;
	char buf[256];
	struct iovec iov = {buf, sizeof(buf)};
	ssize_t n;
	bool ring = ring_open(&r);
	int fd = open("/proc/self/exe", O_RDONLY);

	must(fd >= 0, "/proc/self/exe");
	n = ring ? ring_read(&r, fd, buf, sizeof(buf)) : preadv(fd, &iov, 1, 0);
	must(n == (ssize_t)sizeof(buf), "read");
	printf("read an ELF file: %d\n", !memcmp(buf, "\177ELF", 4));
	if (argc > 1)
		printf("with %s\n", ring ? "io_uring" : "preadv");
	return 0;
}
