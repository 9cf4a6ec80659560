/* test-facts.c: every row of the fact tables names calls that exist, and only once. */
#include "facts/facts.h"

#include <segen/json.h>
#include <segen/syscall.h>

#include <string.h>

#include "tap.h"

static bool known(const char *name, const char *table)
{
	if (segen_syscall_known(name))
		return true;
	printf("# %s: no architecture has '%s'\n", table, name);
	return false;
}

static void test_floor(void)
{
	size_t n, seen = 0;
	const struct floor_fact *f = floor_facts(&n);
	bool names = true, whens = true, versions = true;

	for (size_t i = 0; i < n; i++) {
		names &= known(f[i].name, "floor");
		whens &= (f[i].when & WHEN_ALWAYS) != 0;
		versions &= f[i].since && strchr(f[i].since, '.');
		seen |= (size_t)1 << f[i].part;
	}
	ok(names, "floor: all %zu names are known", n);
	ok(whens, "floor: each row says when");
	ok(versions, "floor: each row says since which version");
	ok(seen == 7, "floor: runc, crun and docker-init have rows");
}

static void test_essentials(void)
{
	size_t n;
	const struct essential_fact *f = essential_facts(&n);
	bool names = true;

	for (size_t i = 0; i < n; i++)
		names &= known(f[i].name, "essentials") && f[i].why && *f[i].why;
	ok(names, "essentials: all %zu names are known and have a reason", n);
}

static void test_probes(void)
{
	size_t n;
	const struct probe_fact *f = probe_facts(&n);
	bool names = true, once = true;

	for (size_t i = 0; i < n; i++) {
		names &= known(f[i].name, "probes") && *f[i].fallback;
		for (size_t k = 0; k < i; k++)
			once &= strcmp(f[i].name, f[k].name) != 0;
	}
	ok(names, "probes: all %zu names are known and have a fallback", n);
	ok(once, "probes: none is there twice");
	ok(is_probe_fact("clone3") && !is_probe_fact("bpf"),
	   "probes: clone3 is, bpf is not");
}

/* An essential call that answers ENOSYS when missing would be a contradiction. */
static void test_fallbacks(void)
{
	size_t n;
	const struct fallback_fact *f = fallback_facts(&n);

	for (size_t i = 0; i < n; i++) {
		ok(is_probe_fact(f[i].name), "fallbacks: %s is one that has some",
		   f[i].name);
		ok(segen_syscall_known(f[i].call), "fallbacks: %s of %s is a call",
		   f[i].call, f[i].name);
		ok(!is_probe_fact(f[i].call), "fallbacks: %s of %s has none itself",
		   f[i].call, f[i].name);
	}
}

static void test_essentials_and_probes(void)
{
	size_t n;
	const struct essential_fact *f = essential_facts(&n);
	bool fine = true;

	for (size_t i = 0; i < n; i++)
		if (!strncmp(f[i].name, "exit", 4) || strstr(f[i].name, "return"))
			fine &= !is_probe_fact(f[i].name);
	ok(fine, "exits and returns are no probes");
}

static void test_twins(void)
{
	size_t n;
	const struct twin_fact *f = twin_facts(&n);
	bool names = true, once = true;

	for (size_t i = 0; i < n; i++) {
		names &= known(f[i].a, "twins") && known(f[i].b, "twins") &&
			 strcmp(f[i].a, f[i].b) != 0 && f[i].reasons;
		for (size_t k = 0; k < i; k++) {
			bool same =
				(!strcmp(f[i].a, f[k].a) && !strcmp(f[i].b, f[k].b)) ||
				(!strcmp(f[i].a, f[k].b) && !strcmp(f[i].b, f[k].a));

			if (same)
				printf("# twins: '%s' and '%s' twice\n", f[i].a, f[i].b);
			once &= !same;
		}
	}
	ok(names, "twins: all %zu pairs are known and have a reason", n);
	ok(once, "twins: no pair is there twice");
}

/* TWIN_ARCH must mean that some architecture has one of the two only. */
static void test_twins_arch(void)
{
	size_t n, n_arches;
	const struct twin_fact *f = twin_facts(&n);
	const struct segen_arch *arches = segen_arches(&n_arches);
	bool fine = true;

	for (size_t i = 0; i < n; i++) {
		bool differs = false;

		for (size_t k = 0; k < n_arches; k++)
			differs |= (segen_syscall_nr(&arches[k], f[i].a) < 0) !=
				   (segen_syscall_nr(&arches[k], f[i].b) < 0);
		if ((f[i].reasons & TWIN_ARCH) && !differs)
			printf("# twins: '%s' and '%s' are everywhere\n", f[i].a, f[i].b);
		fine &= differs || !(f[i].reasons & TWIN_ARCH);
	}
	ok(fine, "twins: those for an architecture differ between architectures");
}

static void test_jobs(void)
{
	size_t n;
	const struct job_fact *f = job_facts(&n);
	bool names = true, together = true;

	for (size_t i = 0; i < n; i++) {
		names &= known(f[i].name, "jobs") && f[i].part == !!f[i].how;
		for (size_t k = 0; i && k + 1 < i; k++)
			together &= strcmp(f[k].job, f[i].job) != 0 ||
				    !strcmp(f[i - 1].job, f[i].job);
	}
	ok(names, "jobs: all %zu names are known, detours are explained", n);
	ok(together, "jobs: the rows of a job stand together");
}

static bool makes(const char *version, unsigned when, const char *name)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};

	floor_names(PART_RUNC, version, when, &names);
	return segen_strset_has(&names, name);
}

static void test_floor_names(void)
{
	ok(!makes("1.1.15", WHEN_RUN, "statx"), "floor: runc 1.1.15 calls no statx");
	ok(makes("1.3.6", WHEN_RUN, "statx"), "floor: runc 1.3.6 calls statx");
	ok(!makes("1.1.5", WHEN_NNP, "fcntl"), "floor: 1.1.5 is older than 1.1.15");
	ok(makes("1.1.15", WHEN_NNP, "fcntl"), "floor: a row holds from its version on");
	ok(makes("1.1.5", WHEN_NNP, "epoll_ctl"), "floor: a row holds before its end");
	ok(!makes("1.3", WHEN_NNP, "epoll_ctl"), "floor: a row ends with its version");
	ok(makes(NULL, WHEN_NNP, "epoll_ctl"), "floor: without a version all rows hold");
	ok(!makes(NULL, WHEN_EXEC, "mmap"), "floor: rare calls are not there unasked");
	ok(makes(NULL, WHEN_EXEC | WHEN_RARE, "mmap"),
	   "floor: rare calls when asked for");
	ok(!makes(NULL, WHEN_EXEC, "open_tree"),
	   "floor: what may be refused is not there unasked");
}

/* --- against the measurements ---------------------------------------------------------
 */

/* What floor.def is to say of one version in one mode. */
static const struct measured {
	const char *section, *list;
	enum floor_part part;
	const char *version; /* NULL: a list of what some version may do */
	unsigned when;
} measured[] = {
	{"runc_1_1_5_deb", "run", PART_RUNC, "1.1.5", WHEN_RUN},
	{"runc_1_1_5_deb", "run_nnp", PART_RUNC, "1.1.5", WHEN_RUN_NNP},
	{"runc_1_1_5_deb", "exec", PART_RUNC, "1.1.5", WHEN_EXEC},
	{"runc_1_1_5_deb", "exec_nnp", PART_RUNC, "1.1.5", WHEN_EXEC_NNP},
	{"runc_1_1_5_deb", "timing", PART_RUNC, NULL, WHEN_ALWAYS},
	{"runc_timing_possible", "names", PART_RUNC, NULL, WHEN_ALWAYS},
	{"runc_1_2_to_1_5", "add_run", PART_RUNC, NULL, WHEN_RUN},
	{"runc_1_2_to_1_5", "add_run_nnp", PART_RUNC, NULL, WHEN_RUN_NNP},
	{"runc_1_3_6", "run", PART_RUNC, "1.3.6", WHEN_RUN},
	{"runc_1_3_6", "run_user_adds", PART_RUNC, NULL, WHEN_RUN},
	{"runc_1_3_6", "run_nnp", PART_RUNC, "1.3.6", WHEN_RUN_NNP},
	{"runc_1_3_6", "exec", PART_RUNC, "1.3.6", WHEN_EXEC},
	{"runc_1_3_6", "exec_nnp", PART_RUNC, "1.3.6", WHEN_EXEC_NNP},
	{"crun_1_8_1", "run", PART_CRUN, "1.8.1", WHEN_RUN},
	{"crun_1_8_1", "run_nnp", PART_CRUN, "1.8.1", WHEN_RUN_NNP},
	{"crun_1_8_1", "exec", PART_CRUN, "1.8.1", WHEN_EXEC},
	{"crun_1_14_plus", "add", PART_CRUN, NULL, WHEN_RUN},
	{"crun_1_28", "run", PART_CRUN, "1.28", WHEN_RUN},
	{"crun_1_28", "run_nnp", PART_CRUN, "1.28", WHEN_RUN_NNP},
	{"crun_1_28", "exec", PART_CRUN, "1.28", WHEN_EXEC},
	{"crun_1_28", "exec_nnp", PART_CRUN, "1.28", WHEN_EXEC_NNP},
	{"docker_init_tini_0_19", "names", PART_DOCKER_INIT, NULL, WHEN_RUN},
};

static void check_rows(const struct measured *m, const struct segen_strset *names)
{
	_cleanup_(segen_strset_done) struct segen_strset rows = {};

	floor_names(m->part, m->version, m->when | WHEN_RARE | WHEN_TOLERATED, &rows);
	for (size_t i = 0; i < names->n; i++)
		ok(segen_strset_has(&rows, names->v[i]), "floor: %s.%s: %s has a row",
		   m->section, m->list, names->v[i]);
}

/* fchown is called for a user who does not own the standard streams. */
static void check_superfluous(const struct measured *m, const struct segen_strset *names)
{
	size_t n;
	const struct floor_fact *f = floor_facts(&n);

	for (size_t i = 0; m->version && i < n; i++)
		if (f[i].part == m->part && (f[i].when & m->when) &&
		    !(f[i].when & WHEN_RARE) && f[i].evidence == EVIDENCE_MEASURED &&
		    strverscmp(f[i].since, m->version) <= 0 &&
		    (!f[i].until || strverscmp(m->version, f[i].until) < 0) &&
		    strcmp(f[i].name, "fchown") != 0)
			ok(segen_strset_has(names, f[i].name),
			   "floor: %s.%s: the row of %s was measured", m->section,
			   m->list, f[i].name);
}

/* The list @m->list of the section that begins with @t. */
static int read_list(struct segen_json *j, const struct measured *m,
		     const struct segen_json_token *t)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	struct segen_json_token value, element;
	const char *key, *name = "?";
	int r = segen_json_open(j, t, SEGEN_JSON_OBJECT, NULL);

	while (r >= 0 && (r = segen_json_member(j, &key, &value, NULL)) > 0) {
		if (strcmp(key, m->list) != 0) {
			r = segen_json_skip(j, &value, NULL);
			continue;
		}
		r = segen_json_open(j, &value, SEGEN_JSON_ARRAY, NULL);
		while (r >= 0 && (r = segen_json_element(j, &element, NULL)) > 0) {
			r = segen_json_string(j, &element, &name, NULL);
			segen_strset_add(&names, name);
		}
	}
	ok(names.n, "floor: %s.%s is measured", m->section, m->list);
	check_rows(m, &names);
	check_superfluous(m, &names);
	return r;
}

static int check_measured(const char *text, size_t len, const struct measured *m)
{
	_cleanup_(segen_json_done) struct segen_json j = {};
	struct segen_json_token t;
	const char *key;
	int r;

	segen_json_init(&j, text, len, "measurements");
	r = segen_json_begin(&j, &t, NULL);
	while (r >= 0 && (r = segen_json_member(&j, &key, &t, NULL)) > 0)
		r = strcmp(key, m->section) ? segen_json_skip(&j, &t, NULL)
					    : read_list(&j, m, &t);
	return r;
}

static void test_measured(void)
{
	const char *folder = getenv("SEGEN_REFERENCE");
	_cleanup_free_ char *path = NULL, *text = NULL;
	size_t len;

	if (!folder || !*folder) {
		skip("floor: against the measurements", "no reference folder");
		return;
	}
	path = xasprintf("%s/floor/runtime-floor.json", folder);
	if (!ok(segen_file_read(path, &text, &len, NULL) == 0,
		"floor: the measurements can be read"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(measured); i++)
		is_int(check_measured(text, len, &measured[i]), 0,
		       "floor: the measurements of %s are JSON", measured[i].section);
}

int main(void)
{
	test_floor();
	test_floor_names();
	test_essentials();
	test_probes();
	test_fallbacks();
	test_essentials_and_probes();
	test_twins();
	test_twins_arch();
	test_jobs();
	test_measured();
	return done();
}
