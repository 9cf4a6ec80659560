/*
 * alpine-app: a small service as one finds it in an Alpine image.  Linked statically
 * with musl for the tests, and once more with glibc.
 *
 *   alpine-app [DIR]        work once: configuration, files, a child, threads, a socket
 *   alpine-app serve SOCK   answer on a local socket until SIGTERM
 *   alpine-app ask SOCK     ask it (a health check)
 */
#include "workload.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

enum { THREADS = 4, LINES = 100 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long total;
static volatile sig_atomic_t stop;

static void write_config(void)
{
	FILE *f = fopen("app.conf.new", "w");

	must(f != NULL, "app.conf.new");
	for (int i = 0; i < LINES; i++)
		fprintf(f, "key%d = %d\n", i, i * i);
	must(!fflush(f) && !fsync(fileno(f)), "fsync");
	must(!fclose(f) && !rename("app.conf.new", "app.conf"), "rename");
	must(!chmod("app.conf", 0640), "chmod");
}

static void read_config(void)
{
	FILE *f = fopen("app.conf", "r");
	int key, value, n = 0, sum = 0;

	must(f != NULL, "app.conf");
	while (fscanf(f, "key%d = %d\n", &key, &value) == 2) {
		n++;
		sum += value;
	}
	fclose(f);
	printf("config: %d keys, sum %d\n", n, sum);
}

static void look_at_files(void)
{
	struct stat st;
	struct dirent *e;
	DIR *d = opendir(".");
	int fd = open("app.conf", O_RDWR | O_CLOEXEC);
	int n = 0;
	char *map;

	must(fd >= 0 && d, "app.conf");
	must(!fstat(fd, &st), "fstat");
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	must(map != MAP_FAILED, "mmap");
	printf("file: mode %o, first byte %c\n", st.st_mode & 0777, map[0]);
	munmap(map, st.st_size);
	must(!ftruncate(fd, 10) && lseek(fd, 0, SEEK_END) == 10, "ftruncate");
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	printf("folder: %d file\n", n);
	closedir(d);
	close(fd);
	must(!unlink("app.conf"), "unlink");
}

/* A child upper-cases what comes through one pipe into another. */
static void filter(int in, int out)
{
	char c;

	while (read(in, &c, 1) == 1) {
		if (c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		must(write(out, &c, 1) == 1, "write");
	}
	_exit(21);
}

static void use_a_child(void)
{
	int to[2], from[2];
	char buf[32] = "";
	pid_t pid;

	must(!pipe(to) && !pipe(from), "pipe");
	fflush(stdout);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		dup2(to[0], 0);
		close(to[1]);
		filter(0, from[1]);
	}
	close(to[0]);
	must(write(to[1], "hello child", 11) == 11, "write");
	close(to[1]);
	printf("child: exit %d", ended(pid));
	must(read(from[0], buf, sizeof(buf) - 1) == 11, "read");
	printf(", says %s\n", buf);
	close(from[0]);
	close(from[1]);
}

static void *count(void *arg)
{
	struct timespec ts = {.tv_nsec = 1000000};

	for (int i = 0; i < 100; i++) {
		pthread_mutex_lock(&lock);
		total += i;
		pthread_mutex_unlock(&lock);
	}
	nanosleep(&ts, NULL);
	return NULL;
}

static void use_threads(void)
{
	pthread_t t[THREADS];

	for (int i = 0; i < THREADS; i++)
		must(!pthread_create(&t[i], NULL, count, NULL), "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	printf("threads: %lu\n", total);
}

static int local_socket(const char *path, struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0, "socket");
	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	snprintf(sa->sun_path, sizeof(sa->sun_path), "%s", path);
	return fd;
}

static int listen_on(const char *path)
{
	struct sockaddr_un sa;
	int fd = local_socket(path, &sa);

	unlink(path);
	must(!bind(fd, (struct sockaddr *)&sa, sizeof(sa)) && !listen(fd, 8), path);
	return fd;
}

static void ask(const char *path)
{
	struct sockaddr_un sa;
	int fd = local_socket(path, &sa);
	char buf[64] = "";

	must(!connect(fd, (struct sockaddr *)&sa, sizeof(sa)), path);
	must(send(fd, "ping", 4, MSG_NOSIGNAL) == 4, "send");
	must(recv(fd, buf, sizeof(buf) - 1, 0) > 0, "recv");
	printf("answer: %s\n", buf);
	close(fd);
}

static void answer_one(int fd)
{
	char buf[16];
	int c = accept(fd, NULL, NULL);

	if (c < 0)
		return;
	if (recv(c, buf, sizeof(buf), 0) == 4)
		must(send(c, "pong", 4, MSG_NOSIGNAL) == 4, "send");
	close(c);
}

static void *answer_thread(void *fd)
{
	answer_one(*(int *)fd);
	return NULL;
}

static void use_a_socket(void)
{
	int fd = listen_on("app.sock");
	pthread_t t;

	must(!pthread_create(&t, NULL, answer_thread, &fd), "pthread_create");
	ask("app.sock");
	pthread_join(t, NULL);
	close(fd);
	unlink("app.sock");
}

static void on_term(int sig)
{
	stop = 1;
}

/* SIGTERM may come at any moment: the wait is bounded, so it cannot be missed. */
static int serve(const char *path)
{
	struct sigaction sa = {.sa_handler = on_term};
	struct pollfd p = {.fd = listen_on(path), .events = POLLIN};

	sigaction(SIGTERM, &sa, NULL);
	printf("ready\n");
	fflush(stdout);
	while (!stop) {
		if (poll(&p, 1, 100) > 0)
			answer_one(p.fd);
	}
	unlink(path);
	printf("stopped\n");
	return 0;
}

int main(int argc, char **argv)
{
	char dir[] = "alpine-app.XXXXXX";

	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "ask")) {
		ask(argv[2]);
		return 0;
	}
	must(!chdir(argc > 1 ? argv[1] : "/tmp"), "chdir");
	must(mkdtemp(dir) && !chdir(dir), dir);
	write_config();
	read_config();
	look_at_files();
	use_a_child();
	use_threads();
	use_a_socket();
	must(!chdir("..") && !rmdir(dir), "rmdir");
	return 17;
}
