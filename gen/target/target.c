/* target.c: capabilities, kernel version and architecture of a container. */
#include "target/target.h"

#include <segen/suggest.h>

#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>

/* By number (linux/capability.h); the defaults are those of moby's oci/caps. */
static const struct {
	const char *name;
	bool docker, podman; /* in the bounding set of a container without options */
} caps[] = {
#define CAP(name) [name] = {#name, false, false},
#define DEFAULT_CAP(name) [name] = {#name, true, true},
#define DOCKER_CAP(name) [name] = {#name, true, false},
#include "target/caps.def"
#undef CAP
#undef DEFAULT_CAP
#undef DOCKER_CAP
};

#define CAP_WORD_MAX 64
#define ALL "ALL"

const char *cap_by_number(unsigned nr)
{
	return nr < ARRAY_SIZE(caps) ? caps[nr].name : NULL;
}

const char *cap_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (strcasecmp(word, caps[i].name) == 0 ||
		    strcasecmp(word, caps[i].name + strlen("CAP_")) == 0)
			return caps[i].name;
	return NULL;
}

int cap_unknown(const char *word, struct segen_error *err)
{
	struct suggest s = suggest_init(word, strlen(word));
	_cleanup_free_ char *hint = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(caps); i++) {
		suggest_offer(&s, caps[i].name + strlen("CAP_"));
		suggest_offer(&s, caps[i].name);
	}
	hint = suggest_hint(&s, "; capabilities(7) lists them");
	return segen_fail(err, -EINVAL, "unknown capability '%s'%s", word, hint);
}

int target_arch_unknown(const char *word, struct segen_error *err)
{
	struct suggest s = suggest_init(word, strlen(word));
	_cleanup_free_ char *hint = NULL;
	size_t n;
	const struct segen_arch *a = segen_arches(&n);

	for (size_t i = 0; i < n; i++) {
		suggest_offer(&s, a[i].name);
		suggest_offer(&s, a[i].docker);
	}
	hint = suggest_hint(&s, "; 'amd64', 'arm64' and 's390x' are some that are known");
	return segen_fail(err, -EINVAL, "unknown architecture '%s'%s", word, hint);
}

static void add_set(struct segen_strset *to, const struct segen_strset *from)
{
	for (size_t i = 0; i < from->n; i++)
		segen_strset_add(to, from->v[i]);
}

static void add_default_caps(struct segen_strset *set, enum engine engine)
{
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (engine == ENGINE_PODMAN ? caps[i].podman : caps[i].docker)
			segen_strset_add(set, caps[i].name);
}

/* Docker 20.10 was built with a list that ends at CAP_AUDIT_READ (gocapability). */
static void add_all_caps(struct segen_strset *set, enum engine engine)
{
	size_t n = engine == ENGINE_DOCKER_20_10 ? CAP_AUDIT_READ + 1 : ARRAY_SIZE(caps);

	for (size_t i = 0; i < n; i++)
		segen_strset_add(set, caps[i].name);
}

/* The first two numbers of a release, as moby's kernel_linux.go takes them. */
static void host_kernel(struct target *t)
{
	struct utsname u;

	if (uname(&u) < 0 ||
	    sscanf(u.release, "%u.%u", &t->kernel_major, &t->kernel_minor) != 2)
		t->kernel_major = t->kernel_minor = 0;
}

/*
 * moby's TweakCapabilities(): the order of the options does not matter, ALL wins over
 * names, and adding wins over dropping.
 */
static void tweak_caps(struct target *t)
{
	bool add_all = segen_strset_has(&t->added, ALL);

	segen_strset_done(&t->caps);
	if (!t->has_base) {
		segen_strset_done(&t->base);
		add_default_caps(&t->base, t->engine);
	}
	if (add_all)
		add_all_caps(&t->caps, t->engine);
	else if (!segen_strset_has(&t->dropped, ALL))
		add_set(&t->caps, &t->base);
	for (size_t i = 0; i < t->dropped.n; i++)
		segen_strset_remove(&t->caps, t->dropped.v[i]);
	if (!add_all)
		add_set(&t->caps, &t->added);
}

void target_init_default(struct target *t)
{
	*t = (struct target){.arch = segen_arch_native()};
	tweak_caps(t);
	host_kernel(t);
}

void target_done(struct target *t)
{
	segen_strset_done(&t->caps);
	segen_strset_done(&t->base);
	segen_strset_done(&t->added);
	segen_strset_done(&t->dropped);
	*t = (struct target){};
}

/* One word of a list: a capability or ALL; "" (an empty list) is nothing. */
void target_copy(struct target *to, const struct target *from)
{
	*to = *from;
	to->caps = to->base = to->added = to->dropped = (struct segen_strset){};
	add_set(&to->caps, &from->caps);
	add_set(&to->base, &from->base);
	add_set(&to->added, &from->added);
	add_set(&to->dropped, &from->dropped);
}

static int parse_cap(const char *word, struct segen_strset *set, struct segen_error *err)
{
	const char *name = cap_name(word);

	if (!*word)
		return 0;
	if (strcasecmp(word, ALL) == 0 || strcasecmp(word, "CAP_ALL") == 0)
		name = ALL;
	if (!name)
		return cap_unknown(word, err);
	segen_strset_add(set, name);
	return 0;
}

static int parse_caps(const char *list, struct segen_strset *set, struct segen_error *err)
{
	for (const char *p = list; *p;) {
		char word[CAP_WORD_MAX];
		size_t n = strcspn(p, ",");
		int r;

		snprintf(word, sizeof(word), "%.*s", (int)MIN(n, sizeof(word) - 1), p);
		r = parse_cap(word, set, err);
		if (r < 0)
			return r;
		p += n + (p[n] == ',');
	}
	return 0;
}

/* Replaces the base set; earlier --cap-add and --cap-drop stay in force. */
int target_set_caps(struct target *t, const char *list, struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset set = {};
	int r;

	r = strcasecmp(list, "none") == 0 ? 0 : parse_caps(list, &set, err);
	if (r < 0)
		return r;
	if (segen_strset_remove(&set, ALL))
		add_all_caps(&set, t->engine);
	segen_strset_done(&t->base);
	t->base = set;
	t->has_base = true;
	set = (struct segen_strset){};
	tweak_caps(t);
	return 0;
}

int target_add_caps(struct target *t, const char *list, struct segen_error *err)
{
	int r = parse_caps(list, &t->added, err);

	tweak_caps(t);
	return r;
}

int target_drop_caps(struct target *t, const char *list, struct segen_error *err)
{
	int r = parse_caps(list, &t->dropped, err);

	tweak_caps(t);
	return r;
}

int target_set_kernel(struct target *t, const char *version, struct segen_error *err)
{
	unsigned major, minor;
	char rest = '\0';
	int n;

	n = sscanf(version, "%4u.%4u%c", &major, &minor, &rest);
	if (n < 2 || !isdigit((unsigned char)*version) || isalnum((unsigned char)rest))
		return segen_fail(err, -EINVAL,
				  "'%s' is not a kernel version; give it as '6.1'",
				  version);
	t->kernel_major = major;
	t->kernel_minor = minor;
	return 0;
}

int target_set_arch(struct target *t, const char *name, struct segen_error *err)
{
	const struct segen_arch *a = segen_arch_by_name(name);

	if (!a)
		return target_arch_unknown(name, err);
	t->arch = a;
	return 0;
}

int target_set_engine(struct target *t, const char *name, struct segen_error *err)
{
	static const char *const words[] = {
		[ENGINE_DOCKER] = "docker",
		[ENGINE_DOCKER_20_10] = "docker-20.10",
		[ENGINE_PODMAN] = "podman",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i], name) == 0) {
			t->engine = (enum engine)i;
			tweak_caps(t);
			return 0;
		}
	}
	return segen_fail(err, -EINVAL,
			  "unknown engine '%s'; give docker, docker-20.10 or podman",
			  name);
}

/* --- from a trace ------------------------------------------------------------------ */

static bool same_caps(const struct segen_strset *a, const struct segen_strset *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

/* The set that all containers have, or NULL. */
static const struct segen_strset *common_caps(const struct segen_trace *trace)
{
	const struct segen_strset *common = NULL;

	for (size_t i = 0; i < trace->n_runs; i++) {
		const struct segen_run *run = trace->runs[i];

		if (!run->container.known)
			continue;
		if (common && !same_caps(common, &run->caps))
			return NULL;
		common = &run->caps;
	}
	return common;
}

bool target_from_trace(struct target *t, const struct segen_trace *trace)
{
	const struct segen_strset *common = common_caps(trace);
	struct segen_buf list = {};
	int r;

	if (!common || t->has_base || t->added.n || t->dropped.n)
		return false;
	for (size_t i = 0; i < common->n; i++)
		segen_buf_printf(&list, "%s%s", i ? "," : "", common->v[i]);
	/* It fails for a capability newer than segen: the default stays. */
	r = target_set_caps(t, list.s ? list.s : "none", NULL);
	segen_buf_done(&list);
	return r == 0;
}
