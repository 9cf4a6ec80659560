/* conf.c: reads the settings, finds the real runtime in PATH. */
#include "oci/conf.h"

#include <segen/json.h>
#include <segen/util.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define STATE_ROOT "/run/segen"
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t\r");
	n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = 0;
	return s;
}

static void replace(char **to, const char *value)
{
	free(*to);
	*to = xstrdup(value);
}

/* One row per setting. */
static const struct {
	const char *key, *variable;
	size_t offset;
} settings[] = {
	{"runtime", "SEGEN_RUNTIME", offsetof(struct oci_conf, runtime)},
	{"state", "SEGEN_STATE", offsetof(struct oci_conf, state)},
	{"mode", "SEGEN_MODE", offsetof(struct oci_conf, mode)},
};

static char **member(struct oci_conf *c, size_t i)
{
	return (char **)((char *)c + settings[i].offset);
}

int oci_conf_parse(char *text, const char *name, struct oci_conf *c,
		   struct segen_error *err)
{
	char *line, *next = text;

	for (unsigned n = 1; (line = strsep(&next, "\n")); n++) {
		char *value = line;
		char *key;
		size_t i;

		line[strcspn(line, "#")] = 0;
		key = trim(strsep(&value, "="));
		if (!value && !*key)
			continue;
		value = value ? trim(value) : value;
		if (!value || !*value)
			return segen_fail(err, -EINVAL, "%s:%u: 'KEY = VALUE' is missing",
					  name, n);
		for (i = 0; i < ARRAY_SIZE(settings); i++)
			if (!strcmp(key, settings[i].key))
				break;
		if (i == ARRAY_SIZE(settings))
			return segen_fail(
				err, -EINVAL,
				"%s:%u: unknown key '%s'; the keys are 'runtime', 'state' and 'mode'",
				name, n, key);
		replace(member(c, i), value);
	}
	return 0;
}

bool oci_is_root(void)
{
	_cleanup_free_ char *map = NULL;
	size_t len;
	unsigned inside, outside;

	if (geteuid() != 0)
		return false;
	/* Without user namespaces there is no such file. */
	return segen_file_read("/proc/self/uid_map", &map, &len, NULL) < 0 ||
	       sscanf(map, "%u %u", &inside, &outside) != 2 || inside != 0 ||
	       outside == 0;
}

static int trust_one(const char *path, struct segen_error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return segen_fail_errno(err, -errno, "cannot examine '%s'", path);
	if (st.st_uid != 0)
		return segen_fail(err, -EPERM, "'%s' is not owned by root", path);
	/* In a sticky folder nobody can replace what is root's. */
	if (S_ISDIR(st.st_mode)
		    ? (st.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH
		    : st.st_mode & S_IWOTH || (st.st_mode & S_IWGRP && st.st_gid != 0))
		return segen_fail(err, -EPERM,
				  "'%s' is writable by users other than root", path);
	return 0;
}

int oci_trust(const char *path, struct segen_error *err)
{
	_cleanup_free_ char *real = NULL;
	char *end;
	int r;

	if (!oci_is_root())
		return 0;
	real = realpath(path, NULL);
	if (!real)
		return segen_fail_errno(err, -errno, "cannot examine '%s'", path);
	r = trust_one(real, err);
	while (r == 0 && (end = strrchr(real, '/')) && end != real) {
		*end = 0;
		r = trust_one(real, err);
	}
	return r;
}

char *oci_conf_usual_state(void)
{
	const char *own = getenv("XDG_RUNTIME_DIR");

	if (!oci_is_root() && own && *own)
		return xasprintf("%s/segen", own);
	return xstrdup(STATE_ROOT);
}

static void from_environment(struct oci_conf *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		const char *value = getenv(settings[i].variable);

		if (value && *value)
			replace(member(c, i), value);
	}
	c->own_state = !c->state;
	if (!c->state)
		c->state = oci_conf_usual_state();
}

int oci_conf_load(struct oci_conf *ret, struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = 0;

	*ret = (struct oci_conf){};
	if (access(OCI_CONF_FILE, F_OK) == 0) {
		r = oci_trust(OCI_CONF_FILE, err);
		if (r == 0)
			r = segen_file_read(OCI_CONF_FILE, &text, &len, err);
		if (r == 0)
			r = oci_conf_parse(text, OCI_CONF_FILE, ret, err);
	}
	from_environment(ret);
	if (r == 0 && ret->mode && strcmp(ret->mode, "full") != 0 &&
	    strcmp(ret->mode, "fast") != 0)
		r = segen_fail(err, -EINVAL,
			       "the mode of segen-runtime is 'fast' or 'full', not '%s'; "
			       "see SEGEN_MODE and " OCI_CONF_FILE,
			       ret->mode);
	return r;
}

void oci_conf_use_root_state(struct oci_conf *c)
{
	if (c->own_state)
		replace(&c->state, STATE_ROOT);
}

bool oci_conf_is_full(const struct oci_conf *c)
{
	return c->mode && !strcmp(c->mode, "full");
}

void oci_conf_done(struct oci_conf *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		free(*member(c, i));
	*c = (struct oci_conf){};
}

static bool is_other_program(const char *path)
{
	struct stat self, st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || access(path, X_OK) < 0)
		return false;
	return stat("/proc/self/exe", &self) < 0 || self.st_dev != st.st_dev ||
	       self.st_ino != st.st_ino;
}

/* The first other program of this name, or NULL. */
static char *search(const char *name)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return is_other_program(name) ? xstrdup(name) : NULL;
	for (const char *p = path && *path ? path : DEFAULT_PATH;;) {
		size_t n = strcspn(p, ":");
		_cleanup_free_ char *file = xasprintf("%.*s/%s", (int)n, p, name);

		if (n && is_other_program(file))
			return TAKE_PTR(file);
		if (!p[n])
			return NULL;
		p += n + 1;
	}
}

static int find_runtime(const struct oci_conf *c, char **ret, struct segen_error *err)
{
	*ret = NULL;
	if (c->runtime) {
		*ret = search(c->runtime);
		if (*ret)
			return 0;
		return segen_fail(
			err, -ENOENT,
			"the runtime '%s' is not a program other than segen; see "
			"SEGEN_RUNTIME and " OCI_CONF_FILE,
			c->runtime);
	}
	*ret = search("runc");
	if (!*ret)
		*ret = search("crun");
	if (!*ret)
		return segen_fail(
			err, -ENOENT,
			"neither runc nor crun is in PATH; set the runtime in SEGEN_RUNTIME or " OCI_CONF_FILE);
	return 0;
}

int oci_conf_find_runtime(const struct oci_conf *c, char **ret, struct segen_error *err)
{
	int r = find_runtime(c, ret, err);

	return r < 0 ? r : oci_trust(*ret, err);
}
