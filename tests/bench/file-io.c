/*
 * file-io.c: many threads, each with a file of its own.
 *
 * usage: file-io DIRECTORY THREADS ROUNDS
 *
 * A round is open, write, read back, stat, close, unlink.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS_MAX 1000

static const char *directory;
static int rounds;

static int one_round(const char *path)
{
	char text[512], back[512];
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int good;

	if (fd < 0)
		return 0;
	memset(text, 'x', sizeof(text));
	good = write(fd, text, sizeof(text)) == (ssize_t)sizeof(text) &&
	       pread(fd, back, sizeof(back), 0) == (ssize_t)sizeof(back) &&
	       fstat(fd, &st) == 0 && st.st_size == (off_t)sizeof(text);
	close(fd);
	return good && unlink(path) == 0;
}

/* NULL, or the directory: it failed. */
static void *run(void *number)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%ld", directory, (long)number);
	for (int i = 0; i < rounds; i++)
		if (!one_round(path))
			return (void *)directory;
	return NULL;
}

int main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[2]) : 0, failed = 0;
	pthread_t threads[THREADS_MAX];
	void *ret;

	if (argc < 4 || n < 1 || n > THREADS_MAX)
		return 2;
	directory = argv[1];
	rounds = atoi(argv[3]);
	for (long i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)i) != 0)
			return 1;
	for (int i = 0; i < n; i++) {
		pthread_join(threads[i], &ret);
		failed |= ret != NULL;
	}
	return failed;
}
