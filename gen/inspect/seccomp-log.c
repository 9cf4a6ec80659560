/*
 * seccomp-log.c: seccomp lines of the kernel's log and auditd.
 *
 * The kernel writes (kernel/auditsc.c, audit_seccomp): "type=1326 audit(...): ... pid=7
 * comm="app" exe="/app" sig=0 arch=c000003e syscall=435 compat=0 ip=0x...
 * code=0x7ffc0000". auditd names the type SECCOMP.  A value with unusual characters is in
 * hexadecimal, without quotes.
 */
#include "inspect/seccomp-log.h"

#include <segen/syscall.h>

#include <ctype.h>
#include <linux/seccomp.h>
#include <string.h>

#ifndef SECCOMP_RET_USER_NOTIF
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U /* Linux 5.0 */
#endif

/* One line, NUL-terminated. */
static bool is_seccomp(const char *line)
{
	return strstr(line, "type=1326") || strstr(line, "type=SECCOMP");
}

/* The value of " KEY=" up to the next blank, or NULL; *@ret_n its length. */
static const char *value_of(const char *line, const char *key, size_t *ret_n)
{
	size_t n = strlen(key);

	for (const char *p = strstr(line, key); p; p = strstr(p + 1, key)) {
		if ((p > line && !isspace((unsigned char)p[-1])) || p[n] != '=')
			continue;
		p += n + 1;
		if (*p == '"') {
			*ret_n = strcspn(++p, "\"");
			return p;
		}
		*ret_n = strcspn(p, " \t\r\n\x1d");
		return p;
	}
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Text that the audit subsystem wrote as pairs of capital hexadecimal digits. */
static char *decode(const char *s, size_t n)
{
	char *text = xstrndup(s, n);
	size_t k = 0;

	if (n < 2 || n % 2)
		return text;
	for (size_t i = 0; i < n; i++)
		if (hex_digit(s[i]) < 0)
			return text;
	for (size_t i = 0; i < n; i += 2)
		text[k++] = (char)(hex_digit(s[i]) << 4 | hex_digit(s[i + 1]));
	text[k] = '\0';
	return text;
}

static char *text_of(const char *line, const char *key)
{
	size_t n;
	const char *s = value_of(line, key, &n);

	if (!s || !n || (n == 6 && !strncmp(s, "(null)", 6)))
		return NULL;
	return s[-1] == '"' ? xstrndup(s, n) : decode(s, n);
}

static bool number_of(const char *line, const char *key, int base, unsigned long *ret)
{
	size_t n;
	const char *s = value_of(line, key, &n);
	char *end;

	if (!s || !n)
		return false;
	*ret = strtoul(s, &end, base);
	return end != s;
}

static enum segen_action action_of(unsigned long code)
{
	switch (code & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_PROCESS: return SEGEN_ACT_KILL_PROCESS;
	case SECCOMP_RET_KILL_THREAD: return SEGEN_ACT_KILL_THREAD;
	case SECCOMP_RET_TRAP: return SEGEN_ACT_TRAP;
	case SECCOMP_RET_ERRNO: return SEGEN_ACT_ERRNO;
	case SECCOMP_RET_USER_NOTIF: return SEGEN_ACT_NOTIFY;
	case SECCOMP_RET_TRACE: return SEGEN_ACT_TRACE;
	case SECCOMP_RET_LOG: return SEGEN_ACT_LOG;
	default: return SEGEN_ACT_ALLOW;
	}
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Takes the texts of @e over. */
static void add(struct seccomp_log *l, struct log_entry *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct log_entry *o = &l->v[i];

		if (o->arch != e->arch || o->nr != e->nr || o->action != e->action ||
		    !same(o->exe, e->exe) || !same(o->comm, e->comm))
			continue;
		o->count++;
		free(e->comm);
		free(e->exe);
		return;
	}
	GROW(l->v, l->n, l->cap);
	e->name = segen_syscall_name(e->arch, e->nr);
	e->count = 1;
	l->v[l->n++] = *e;
}

static void parse_line(struct seccomp_log *l, const char *line)
{
	unsigned long arch, nr, code;
	struct log_entry e = {};

	if (strstr(line, "callbacks suppressed") || strstr(line, "audit: rate limit") ||
	    strstr(line, "audit_lost="))
		l->suppressed++;
	if (!is_seccomp(line))
		return;
	l->lines++;
	if (number_of(line, "arch", 16, &arch) && number_of(line, "syscall", 10, &nr) &&
	    number_of(line, "code", 16, &code)) {
		e.nr = (int64_t)nr;
		e.arch = segen_arch_of_call((uint32_t)arch, &e.nr);
		e.action = action_of(code);
	}
	if (!e.arch) {
		l->unreadable++;
		return;
	}
	e.comm = text_of(line, "comm");
	e.exe = text_of(line, "exe");
	add(l, &e);
}

static int by_count(const void *pa, const void *pb)
{
	const struct log_entry *a = pa, *b = pb;
	int r;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	r = strcmp(a->name ? a->name : "", b->name ? b->name : "");
	return r ? r : strcmp(a->exe ? a->exe : "", b->exe ? b->exe : "");
}

void seccomp_log_parse(struct seccomp_log *l, const char *text, size_t len)
{
	*l = (struct seccomp_log){};
	for (const char *end = text + len; text < end;) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);
		_cleanup_free_ char *line = xstrndup(text, n);

		parse_line(l, line);
		text += n + 1;
	}
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_count);
}

void seccomp_log_done(struct seccomp_log *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].comm);
		free(l->v[i].exe);
	}
	free(l->v);
	*l = (struct seccomp_log){};
}
