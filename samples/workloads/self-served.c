/*
 * self-served: mounts a filesystem that a child of it serves (FUSE), as an AppImage does,
 * and runs its own program from there; that one says so.
 *
 * usage: self-served FOLDER [WAY]     exits with 77 where it may not mount
 *
 * WAY: plain, deleted (it is called so), detached (lazily unmounted before), chrooted
 * (into a root without the mount), overlaid (an overlay's layer).  FOLDER.root and
 * FOLDER.over are made for the last two.
 */
#include "workload.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { ROOT = FUSE_ROOT_ID, PROGRAM };
enum { ROUNDS = 3 }; /* of those ways that can be repeated */

#define CHUNK ((size_t)64 * 1024)

static int source; /* the file that is served */

static struct fuse_attr attr_of(uint64_t node)
{
	struct fuse_attr a = {.ino = node, .nlink = 1, .mode = S_IFDIR | 0755};
	struct stat st;

	if (node == PROGRAM) {
		must(fstat(source, &st) == 0, "fstat");
		a.mode = S_IFREG | 0755;
		a.size = (uint64_t)st.st_size;
	}
	return a;
}

static void reply(int fd, const struct fuse_in_header *h, int err, const void *p,
		  size_t n)
{
	static char buf[sizeof(struct fuse_out_header) + 2 * CHUNK];
	struct fuse_out_header head = {.error = -err, .unique = h->unique};

	head.len = (uint32_t)(sizeof(head) + n);
	memcpy(buf, &head, sizeof(head));
	if (n)
		memcpy(buf + sizeof(head), p, n);
	/* ENOENT: who asked has gone. */
	must(write(fd, buf, head.len) == (ssize_t)head.len || errno == ENOENT, "reply");
}

static void reply_data(int fd, const struct fuse_in_header *h,
		       const struct fuse_read_in *in)
{
	static char data[2 * CHUNK];
	size_t size = in->size < sizeof(data) ? in->size : sizeof(data);
	ssize_t n = pread(source, data, size, (off_t)in->offset);

	must(n >= 0, "pread");
	reply(fd, h, 0, data, (size_t)n);
}

static void answer(int fd, const struct fuse_in_header *h)
{
	const struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = CHUNK,
		.max_write = CHUNK,
		.max_background = 8,
	};
	const struct fuse_entry_out entry = {.nodeid = PROGRAM, .attr = attr_of(PROGRAM)};
	const struct fuse_attr_out attr = {.attr = attr_of(h->nodeid)};
	const struct fuse_open_out opened = {.fh = 1};
	const struct fuse_statfs_out of = {.st = {.bsize = 4096, .namelen = 255}};

	switch (h->opcode) {
	case FUSE_INIT: reply(fd, h, 0, &init, sizeof(init)); break;
	case FUSE_LOOKUP: reply(fd, h, 0, &entry, sizeof(entry)); break;
	case FUSE_GETATTR: reply(fd, h, 0, &attr, sizeof(attr)); break;
	case FUSE_OPEN: reply(fd, h, 0, &opened, sizeof(opened)); break;
	case FUSE_STATFS: reply(fd, h, 0, &of, sizeof(of)); break;
	case FUSE_READ: reply_data(fd, h, (const void *)(h + 1)); break;
	case FUSE_GETXATTR: reply(fd, h, ENODATA, NULL, 0); break;
	case FUSE_FLUSH:
	case FUSE_RELEASE: reply(fd, h, 0, NULL, 0); break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT: break;
	default: reply(fd, h, ENOSYS, NULL, 0);
	}
}

static void serve(int fd)
{
	static _Alignas(8) char buf[sizeof(struct fuse_in_header) + 4 * CHUNK];

	for (;;)
		if (read(fd, buf, sizeof(buf)) > 0)
			answer(fd, (const void *)buf);
}

static pid_t mount_at(const char *folder)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[80];
	pid_t pid;

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u",
		 fd, getuid(), getgid());
	if (fd < 0 ||
	    mount("self-served", folder, "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		exit(77);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0)
		serve(fd);
	close(fd);
	return pid;
}

static char path[8192]; /* of the program */

static void execute(const char *folder)
{
	(void)folder;
	execl(path, "program", "inside", NULL);
}

/* From a mount that is in no list any more. */
static void execute_detached(const char *folder)
{
	int fd = open(path, O_PATH);

	umount2(folder, MNT_DETACH);
	execveat(fd, "", (char *[]){(char *)"program", (char *)"inside", NULL}, environ,
		 AT_EMPTY_PATH);
}

/* From a root that the mount is not in: that of the machine, without what it carries. */
static void execute_chrooted(const char *folder)
{
	int fd = open(path, O_PATH);
	char root[2048];

	snprintf(root, sizeof(root), "%s.root", folder);
	must(unshare(CLONE_NEWNS) == 0 && mkdir(root, 0755) == 0 &&
		     mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		     mount("/", root, NULL, MS_BIND, NULL) == 0 && chroot(root) == 0,
	     root);
	execveat(fd, "", (char *[]){(char *)"program", (char *)"inside", NULL}, environ,
		 AT_EMPTY_PATH);
}

/* Through an overlay, whose filesystem asks that of its layer. */
static void execute_overlaid(const char *folder)
{
	char over[2048], options[8192];

	snprintf(over, sizeof(over), "%s.over", folder);
	snprintf(options, sizeof(options), "lowerdir=%s:%s", folder, over);
	must(unshare(CLONE_NEWNS) == 0 && mkdir(over, 0755) == 0 &&
		     mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0,
	     over);
	if (mount("overlay", over, "overlay", 0, options) < 0)
		_exit(77);
	snprintf(path, sizeof(path), "%s/program", over);
	execute(folder);
}

static const struct way {
	const char *name, *program;
	void (*execute)(const char *folder);
} ways[] = {
	{"plain", "program", execute},
	{"deleted", "program (deleted)", execute},
	{"detached", "program", execute_detached},
	{"chrooted", "program", execute_chrooted},
	{"overlaid", "program", execute_overlaid},
};

static const struct way *way_of(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(ways[i].name, name))
			return &ways[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct way *way = way_of(argc > 2 ? argv[2] : "plain");
	pid_t server, pid;
	int status;

	must(argc > 1 && way, "usage: self-served FOLDER [WAY]");
	if (!strcmp(argv[1], "inside"))
		return puts("served") < 0;
	source = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	server = mount_at(argv[1]);
	snprintf(path, sizeof(path), "%s/%s", argv[1], way->program);
	for (int i = 0; i < (way->execute == execute ? ROUNDS : 1); i++) {
		pid = fork();
		if (pid == 0) {
			way->execute(argv[1]);
			_exit(127);
		}
		status = ended(pid);
		must(status == 0 || status == 77, "its program");
	}
	umount2(argv[1], MNT_DETACH);
	kill(server, SIGKILL);
	ended(server);
	return status;
}
