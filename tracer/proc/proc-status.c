/* proc-status.c: one row per field. */
#include "proc/proc-status.h"

#include <segen/util.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct number {
	uint64_t first, second, last;
};

static struct number numbers(const char *s, int base)
{
	struct number ret = {};

	/* strtoull() would skip the newline and read on in the next field. */
	for (unsigned i = 0; isxdigit((unsigned char)*s); i++) {
		char *end;
		uint64_t v = strtoull(s, &end, base);

		if (end == s)
			break;
		if (i == 0)
			ret.first = v;
		if (i == 1)
			ret.second = v;
		ret.last = v;
		s = end + strspn(end, " \t");
	}
	return ret;
}

static void set_tgid(struct proc_status *s, const char *v)
{
	s->tgid = (pid_t)numbers(v, 10).first;
	if (s->ns_tgid <= 0)
		s->ns_tgid = s->tgid;
}

static void set_ppid(struct proc_status *s, const char *v)
{
	s->ppid = (pid_t)numbers(v, 10).first;
}

static void set_tracer(struct proc_status *s, const char *v)
{
	s->tracer = (pid_t)numbers(v, 10).first;
}

/* One number per nested PID namespace, the innermost last. */
static void set_ns_tgid(struct proc_status *s, const char *v)
{
	s->ns_tgid = (pid_t)numbers(v, 10).last;
}

static void set_uid(struct proc_status *s, const char *v)
{
	struct number n = numbers(v, 10);

	s->uid = (uid_t)n.first;
	s->euid = (uid_t)n.second;
}

static void set_gid(struct proc_status *s, const char *v)
{
	s->egid = (gid_t)numbers(v, 10).second;
}

static void set_cap_bnd(struct proc_status *s, const char *v)
{
	s->cap_bnd = numbers(v, 16).first;
}

static void set_cap_eff(struct proc_status *s, const char *v)
{
	s->cap_eff = numbers(v, 16).first;
}

static void set_sig_caught(struct proc_status *s, const char *v)
{
	s->sig_caught = numbers(v, 16).first;
}

static void set_sig_ignored(struct proc_status *s, const char *v)
{
	s->sig_ignored = numbers(v, 16).first;
}

static void set_no_new_privs(struct proc_status *s, const char *v)
{
	s->no_new_privs = numbers(v, 10).first != 0;
}

static void set_seccomp(struct proc_status *s, const char *v)
{
	s->seccomp = (int)numbers(v, 10).first;
}

static void set_filters(struct proc_status *s, const char *v)
{
	s->filters = (int)numbers(v, 10).first;
}

static void set_state(struct proc_status *s, const char *v)
{
	s->state = *v;
}

static const struct {
	const char *key;
	void (*set)(struct proc_status *s, const char *value);
} fields[] = {
	{"State", set_state},
	{"Tgid", set_tgid},
	{"PPid", set_ppid},
	{"TracerPid", set_tracer},
	{"Uid", set_uid},
	{"Gid", set_gid},
	{"NStgid", set_ns_tgid},
	{"CapEff", set_cap_eff},
	{"CapBnd", set_cap_bnd},
	{"NoNewPrivs", set_no_new_privs},
	{"SigIgn", set_sig_ignored},
	{"SigCgt", set_sig_caught},
	{"Seccomp", set_seccomp},
	{"Seccomp_filters", set_filters},
};

static void parse_line(struct proc_status *s, const char *line, size_t key_len)
{
	const char *value = line + key_len + 1;

	value += strspn(value, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strlen(fields[i].key) == key_len &&
		    !memcmp(fields[i].key, line, key_len))
			fields[i].set(s, value);
}

int proc_status_parse(const char *text, struct proc_status *ret)
{
	struct proc_status s = {.uid = (uid_t)-1, .euid = (uid_t)-1, .filters = -1};

	/* The name comes first and may hold anything but a newline, which is escaped. */
	for (const char *line = text; *line;) {
		size_t key_len = strcspn(line, ":\n");

		if (line[key_len] == ':')
			parse_line(&s, line, key_len);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	if (s.tgid <= 0)
		return -EINVAL;
	*ret = s;
	return 0;
}

int proc_status_read(pid_t pid, struct proc_status *ret)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_close_ int fd = -1;
	char chunk[4096];
	ssize_t n;

	snprintf(chunk, sizeof(chunk), "/proc/%d/status", pid);
	fd = open(chunk, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	/* A process in many groups has a very long line of them. */
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		segen_buf_add(&text, chunk, (size_t)n);
	if (n < 0)
		return -errno;
	return proc_status_parse(text.s ? text.s : "", ret);
}
