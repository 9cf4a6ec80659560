/* util.c: allocation that cannot fail, growable text, string sets. */
#include <segen/util.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>

#define PATIENCE 50 /* times */
#define PATIENCE_MS 100

void segen_write_patiently(int fd, const char *s, size_t n)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};

	for (int left = PATIENCE; n && left;) {
		ssize_t r = write(fd, s, n);

		if (r > 0) {
			s += r;
			n -= (size_t)r;
			continue;
		}
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno != EAGAIN)
			return;
		left--;
		poll(&writable, 1, PATIENCE_MS);
	}
}

/* The one place in library code that ends the program: there is nothing to save. */
static void *must(void *p)
{
	static const char msg[] = "segen: out of memory\n";

	if (p)
		return p;
	segen_write_patiently(STDERR_FILENO, msg, sizeof(msg) - 1);
	_exit(125);
}

void *xcalloc(size_t n, size_t size)
{
	return must(calloc(n ? n : 1, size ? size : 1));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	return must(reallocarray(p, n ? n : 1, size));
}

char *xstrdup(const char *s)
{
	return must(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return must(strndup(s, n));
}

char *xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vasprintf(&s, fmt, ap);
	va_end(ap);
	return must(r < 0 ? NULL : s);
}

void segen_grow(void *p, size_t n, size_t *cap, size_t size)
{
	void **array = p;

	if (n < *cap)
		return;
	*cap = *cap ? 2 * *cap : 2;
	*array = xreallocarray(*array, *cap, size);
}

void segen_buf_add(struct segen_buf *b, const char *s, size_t n)
{
	if (b->len + n + 1 > b->cap) {
		b->cap = MAX(2 * b->cap, b->len + n + 1);
		b->s = xreallocarray(b->s, b->cap, 1);
	}
	memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void segen_buf_puts(struct segen_buf *b, const char *s)
{
	segen_buf_add(b, s, strlen(s));
}

void segen_buf_printf(struct segen_buf *b, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	must(n < 0 ? NULL : s);
	segen_buf_add(b, s, (size_t)n);
}

void segen_buf_done(struct segen_buf *b)
{
	free(b->s);
	*b = (struct segen_buf){};
}

/* Where @str is, or would have to be inserted. */
static size_t strset_slot(const struct segen_strset *s, const char *str, bool *ret_found)
{
	size_t lo = 0, hi = s->n;

	*ret_found = false;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(s->v[mid], str);

		if (c == 0) {
			*ret_found = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool segen_strset_add(struct segen_strset *s, const char *str)
{
	bool found;
	size_t i = strset_slot(s, str, &found);

	if (found)
		return false;
	GROW(s->v, s->n, s->cap);
	memmove(s->v + i + 1, s->v + i, (s->n - i) * sizeof(*s->v));
	s->v[i] = xstrdup(str);
	s->n++;
	return true;
}

bool segen_strset_has(const struct segen_strset *s, const char *str)
{
	bool found;

	strset_slot(s, str, &found);
	return found;
}

bool segen_strset_remove(struct segen_strset *s, const char *str)
{
	bool found;
	size_t i = strset_slot(s, str, &found);

	if (!found)
		return false;
	free(s->v[i]);
	s->n--;
	memmove(s->v + i, s->v + i + 1, (s->n - i) * sizeof(*s->v));
	return true;
}

void segen_strset_done(struct segen_strset *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct segen_strset){};
}
