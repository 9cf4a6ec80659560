/*
 * util.h: cleanup attributes, allocation that cannot fail, small containers.
 *
 * Out of memory ends the program (exit 125 with a message): segen owns no state
 * that would be worth the untestable branches.  Knows nothing of the rest of segen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _cleanup_free_ _cleanup_(segen_cleanup_free)
#define _cleanup_close_ _cleanup_(segen_cleanup_close)
#define _cleanup_fclose_ _cleanup_(segen_cleanup_fclose)
#define _unused_ __attribute__((unused))

/* Hand a pointer or a file descriptor over: the variable forgets it. */
#define TAKE_PTR(p)                    \
	({                             \
		typeof(p) take_ = (p); \
		(p) = NULL;            \
		take_;                 \
	})
#define TAKE_FD(fd)               \
	({                        \
		int take_ = (fd); \
		(fd) = -1;        \
		take_;            \
	})

static inline void segen_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void segen_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void segen_cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Make room for one more element in the array *@p of *@cap elements, of which @n
 * are in use.  Use through GROW(array, n, cap).
 */
void segen_grow(void *p, size_t n, size_t *cap, size_t size);
#define GROW(a, n, cap) segen_grow(&(a), (n), &(cap), sizeof(*(a)))

/*
 * Write it all, a message as a rule.  A descriptor that somebody has made non-blocking is
 * waited for, some seconds at most in all.
 */
void segen_write_patiently(int fd, const char *s, size_t n);

/* Text that grows.  Zero-initialised is empty; @s is NULL until something is added. */
struct segen_buf {
	char *s;
	size_t len, cap;
};
void segen_buf_add(struct segen_buf *b, const char *s, size_t n);
void segen_buf_puts(struct segen_buf *b, const char *s);
void segen_buf_printf(struct segen_buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void segen_buf_done(struct segen_buf *b);

/* A sorted set of strings (strcmp order), owned.  Zero-initialised is empty. */
struct segen_strset {
	char **v;
	size_t n, cap;
};
bool segen_strset_add(struct segen_strset *s, const char *str); /* true: was new */
bool segen_strset_has(const struct segen_strset *s, const char *str);
bool segen_strset_remove(struct segen_strset *s, const char *str);
void segen_strset_done(struct segen_strset *s);
