/* Files appear whole or not at all, whatever the target is. */
#include <segen/outfile.h>
#include <segen/util.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/tap.h"

static char dir[] = "/tmp/segen-outfile-XXXXXX";

static bool holds(const char *path, const char *text)
{
	char got[256] = "";
	_cleanup_fclose_ FILE *f = fopen(path, "re");

	return f && fread(got, 1, sizeof(got) - 1, f) == strlen(text) &&
	       !strcmp(got, text);
}

static int put(const char *path, const char *text, struct segen_error *err)
{
	return segen_outfile_write(path, text, strlen(text), 0644, err);
}

/* The number of files in the folder, to see that no temporary one stays. */
static unsigned n_files(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static void clean(void)
{
	static const char *const names[] = {"a", "link", "dangling", "b", "fifo", "ro"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(names[i]);
}

static void test_write_new(void)
{
	struct segen_error err = {};
	struct stat st;

	umask(027);
	is_int(segen_outfile_write("a", "one", 3, 0666, &err), 0,
	       "output: a new file is written");
	ok(holds("a", "one"), "output: a new file holds what was written");
	stat("a", &st);
	is_int(st.st_mode & 0777, 0640, "output: the umask counts for a new file");
	is_int(segen_outfile_write("b", "one", 3, 0600, &err), 0,
	       "output: a private file is written");
	stat("b", &st);
	is_int(st.st_mode & 0777, 0600, "output: a private file is its owner's alone");
	unlink("b");
	umask(022);
	ok(put("./a", "", &err) == 0 && holds("a", ""), "nothing is something to write");
	ok(n_files(".") == 1, "no other file is left");
	clean();
}

static void test_write_existing(void)
{
	struct segen_error err = {};
	struct stat st, old;

	put("a", "a long first text", &err);
	chmod("a", 0604);
	if (geteuid() == 0)
		ok(chown("a", 12, 34) == 0, "it is another's");
	stat("a", &old);
	ok(put("a", "two", &err) == 0 && holds("a", "two"), "a file is replaced");
	stat("a", &st);
	ok(st.st_mode == old.st_mode && st.st_uid == old.st_uid &&
		   st.st_gid == old.st_gid,
	   "mode and owner are kept");
	ok(st.st_ino != old.st_ino, "it is a new file, moved over the old one");
	clean();
}

static void test_write_links(void)
{
	struct segen_error err = {};
	struct stat st;

	put("a", "one", &err);
	ok(symlink("a", "link") == 0 && put("link", "two", &err) == 0 &&
		   holds("a", "two") && lstat("link", &st) == 0 && S_ISLNK(st.st_mode),
	   "a link stays, its target is replaced");
	ok(symlink("b", "dangling") == 0 && put("dangling", "new", &err) == 0 &&
		   holds("b", "new") && lstat("dangling", &st) == 0 &&
		   S_ISLNK(st.st_mode),
	   "the target of a dangling link is made");
	clean();
	ok(symlink("link", "link") == 0 && put("link", "x", &err) == -ELOOP,
	   "a link to itself: %s", err.msg);
	clean();
}

/* A folder that all may write to, and what another user has put there; as root. */
static void test_write_traps(void)
{
	struct segen_error err = {};
	struct stat st;
	mode_t modes[] = {0777, 01777};

	if (geteuid() != 0) {
		skip("output: traps of other users", "takes root");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		mkdir("open", 0755);
		chmod("open", modes[i]);
		put("a", "kept", &err);
		ok(symlink("../a", "open/link") == 0, "output: a link is there");
		ok(lchown("open/link", 65534, 65534) == 0,
		   "output: it is another user's");
		is_int(put("open/link", "x", &err), -EPERM,
		       "output: another user's link is not followed");
		has_str(err.msg, "belongs to another user", "output: the error says why");
		is_int(segen_outfile_check("open/link", &err), -EPERM,
		       "output: another user's link is seen before the run");
		ok(holds("a", "kept"),
		   "output: the target of another's link is left alone");
		is_int(put("open/link/x", "x", &err), -EPERM,
		       "output: another user's link is not followed on the way");
		unlink("open/link");
		ok(symlink("../none", "open/link") == 0,
		   "output: a dangling link is there");
		ok(lchown("open/link", 65534, 65534) == 0,
		   "output: it is another's, too");
		is_int(put("open/link", "x", &err), -EPERM,
		       "output: another user's dangling link is not followed");
		unlink("open/link");
		put("open/file", "old", &err);
		ok(chown("open/file", 65534, 65534) == 0, "output: a file is another's");
		chmod("open/file", 0666);
		is_int(segen_outfile_write("open/file", "new", 3, 0600, &err), 0,
		       "output: another user's file is replaced");
		stat("open/file", &st);
		is_int(st.st_uid, 0, "output: another user's file becomes our own");
		is_int(st.st_mode & 0777, 0600, "output: its mode is not kept");
		unlink("open/file");
		ok(mkfifo("open/fifo", 0666) == 0, "output: a pipe is there");
		ok(chown("open/fifo", 65534, 65534) == 0,
		   "output: it is another user's pipe");
		is_int(put("open/fifo", "x", &err), -EPERM,
		       "output: another user's pipe is not written to");
		unlink("open/fifo");
		ok(symlink("../a", "open/own") == 0,
		   "output: a link of our own is there");
		is_int(put("open/own", "two", &err), 0,
		       "output: our own link is followed");
		ok(holds("a", "two"), "output: the target of our own link is replaced");
		unlink("open/own");
		rmdir("open");
		clean();
	}
}

static void test_write_refused(void)
{
	struct segen_error err = {};

	ok(put("no/such/file", "x", &err) == -ENOENT &&
		   !strcmp(err.msg,
			   "cannot write 'no/such/file': no file can be created in "
			   "'no/such/': No such file or directory"),
	   "a missing folder is named");
	ok(put(".", "x", &err) == -EISDIR, "%s", err.msg);
	ok(put("", "x", &err) == -ENOENT, "%s", err.msg);
	ok(put("/dev/full", "x", &err) == -ENOSPC, "%s", err.msg);
	ok(put("/dev/null", "x", &err) == 0, "a device is written to");
	put("a", "x", &err);
	ok(put("a/b", "x", &err) == -ENOTDIR, "%s", err.msg);
	clean();
}

static void test_write_read_only(void)
{
	struct segen_error err = {};
	pid_t pid;
	int status;

	chmod(dir, 0777);
	put("ro", "kept", &err);
	chmod("ro", 0444);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(9);
		_exit(put("ro", "changed", &err) == -EACCES ? 0 : 1);
	}
	ok(waitpid(pid, &status, 0) == pid && status == 0 && holds("ro", "kept"),
	   "a read-only file is not replaced");
	clean();
	chmod(dir, 0755);
}

static void test_write_pipe(void)
{
	struct segen_error err = {};
	char got[8] = "";
	int fd;
	pid_t pid;

	mkfifo("fifo", 0600);
	pid = fork();
	if (pid == 0)
		_exit(put("fifo", "piped", &err) ? 1 : 0);
	fd = open("fifo", O_RDONLY | O_CLOEXEC);
	ok(read(fd, got, sizeof(got)) == 5 && !strcmp(got, "piped"),
	   "a pipe is written to");
	close(fd);
	waitpid(pid, NULL, 0);
	ok(n_files(".") == 1, "and is still one");
	clean();
}

/* Standard output, by its names. */
static void test_write_stdout(const char *name)
{
	struct segen_error err = {};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("b", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		dup2(fd, STDOUT_FILENO);
		_exit(put(name, "product", &err) ? 1 : 0);
	}
	ok(waitpid(pid, &status, 0) == pid && status == 0 && holds("b", "product"),
	   "'%s' is standard output", name);
	clean();
}

static void test_check(void)
{
	struct segen_error err = {};

	ok(segen_outfile_check("a", &err) == 0 && n_files(".") == 0,
	   "looking makes no file");
	ok(segen_outfile_check("no/a", &err) == -ENOENT, "%s", err.msg);
	ok(segen_outfile_check(".", &err) == -EISDIR, "%s", err.msg);
	ok(segen_outfile_check("", &err) == -ENOENT, "%s", err.msg);
	ok(segen_outfile_check("/dev/fd/999", &err) == -EBADF, "%s", err.msg);
	ok(symlink("no/a", "link") == 0 && segen_outfile_check("link", &err) == -ENOENT,
	   "%s", err.msg);
	clean();
	ok(segen_outfile_check("-", &err) == 0 &&
		   segen_outfile_check("/dev/null", &err) == 0,
	   "standard output and devices are fine");
	ok(segen_outfile_check("/proc/x", &err) < 0 || geteuid() == 0, "not in /proc");
}

/* Appended to by the shell, it is not to be written over. */
static void test_write_appended(const char *name)
{
	struct segen_error err = {};
	int status;
	pid_t pid;

	put("b", "log, ", &err);
	pid = fork();
	if (pid == 0) {
		int fd = open("b", O_WRONLY | O_APPEND | O_CLOEXEC);

		dup2(fd, STDOUT_FILENO);
		_exit(segen_outfile_check(name, &err) || put(name, "product", &err));
	}
	ok(waitpid(pid, &status, 0) == pid && status == 0 && holds("b", "log, product"),
	   "'%s' is as the shell opened it", name);
	clean();
}

int main(void)
{
	if (!mkdtemp(dir) || chmod(dir, 0755) < 0 || chdir(dir) < 0)
		return 99;
	test_write_new();
	test_write_existing();
	test_write_links();
	test_write_traps();
	test_write_refused();
	test_write_read_only();
	test_write_pipe();
	test_write_stdout("-");
	test_write_stdout("/dev/stdout");
	test_write_appended("-");
	test_write_appended("/dev/stdout");
	test_write_appended("/dev/fd/1");
	test_write_appended("/proc/self/fd/1");
	test_check();
	ok(rmdir(dir) == 0, "nothing is left");
	return done();
}
