/* audit.c: what a profile exposes, and what of it a workload used. */
#include "inspect/audit.h"

#include "facts/cap-calls.h"
#include "facts/facts.h"

#include <segen/suggest.h>
#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

static void calls_done(struct audit_calls *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].name);
		segen_strset_done(&c->v[i].programs);
	}
	free(c->v);
}

void audit_done(struct audit *a)
{
	for (unsigned r = 0; r < RISK_N; r++) {
		segen_strset_done(&a->classes[r].all);
		segen_strset_done(&a->classes[r].some);
	}
	segen_strset_done(&a->unused);
	segen_strset_done(&a->unseen);
	segen_strset_done(&a->held);
	segen_strset_done(&a->used);
	segen_strset_done(&a->images);
	calls_done(&a->risky);
	calls_done(&a->refused);
	calls_done(&a->missing);
	calls_done(&a->probes);
	coverage_done(&a->coverage);
	*a = (struct audit){};
}

/* --- exposure -------------------------------------------------------------------------
 */

double exposure_score(const struct exposure *e)
{
	return e->of ? 10.0 * e->points / e->of : 0;
}

/*
 * A call that is let in for some arguments counts as an ordinary one: its risk is in the
 * arguments that are not.
 */
static unsigned points(enum risk risk, enum lets lets)
{
	if (lets == LETS_NONE)
		return 0;
	return lets == LETS_ALL ? risk_fact(risk)->weight
				: risk_fact(RISK_ORDINARY)->weight;
}

static void expose(struct exposure *e, enum risk risk, enum lets lets)
{
	e->points += points(risk, lets);
	e->of += risk_fact(risk)->weight;
	e->calls += lets != LETS_NONE;
}

/* One call of the target's architecture. */
static void audit_call(struct audit *a, const struct answering *own_filter,
		       const struct view *docker, int nr, const char *name)
{
	enum risk risk = call_risk(name);
	struct audit_class *class = &a->classes[risk];
	const struct segen_arch *arch = docker->target->arch;
	enum lets own = own_filter->reply(own_filter->ctx, arch, nr).lets;
	enum lets theirs = view_reply(docker, arch, nr).lets;

	a->n_calls++;
	expose(&a->own, risk, own);
	expose(&a->docker, risk, theirs);
	expose(&a->unconfined, risk, LETS_ALL);
	if (own == LETS_ALL)
		segen_strset_add(&class->all, name);
	else if (own == LETS_SOME)
		segen_strset_add(&class->some, name);
	class->docker += theirs == LETS_ALL;
}

static void audit_exposure(struct audit *a, const struct answering *v,
			   const struct view *docker)
{
	for (unsigned r = 0; r < RISK_N; r++)
		a->classes[r].risk = (enum risk)r;
	for (int nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		_cleanup_free_ char *name = segen_syscall_name(docker->target->arch, nr);

		if (name && !call_is_gone(name))
			audit_call(a, v, docker, nr, name);
	}
}

/* --- what was recorded -------------------------------------------------------------- */

static const char *gate_of(const struct profile *docker, const char *name)
{
	for (size_t i = 0; i < docker->n_rules; i++) {
		const struct profile_rule *r = &docker->rules[i];

		if (r->includes.n_caps && r->action == SEGEN_ACT_ALLOW && !r->n_conds &&
		    profile_rule_has(r, name))
			return cap_name(r->includes.caps[0]);
	}
	return NULL;
}

static void add_call(struct audit_calls *to, const struct audit_input *in,
		     const struct segen_call *c, const char *name)
{
	struct audit_call *a;
	bool at_least;

	GROW(to->v, to->n, to->cap);
	a = &to->v[to->n++];
	*a = (struct audit_call){
		.name = xstrdup(name),
		.arch = c->arch,
		.count = segen_call_count(c, &at_least),
		.gate = gate_of(in->docker, name),
	};
	for (size_t i = 0; i < c->n_seen; i++) {
		a->refused += c->seen[i].refused;
		for (size_t k = 0; k < c->seen[i].n_programs; k++)
			segen_strset_add(&a->programs,
					 in->trace->programs[c->seen[i].programs[k]]);
	}
}

static bool was_refused(const struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].refused)
			return true;
	return false;
}

static bool succeeded(const struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++)
		for (size_t k = 0; k < c->seen[i].n_outcomes; k++)
			if (c->seen[i].outcomes[k].err == 0)
				return true;
	return false;
}

static bool by_workload(const struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (!c->seen[i].phases || (c->seen[i].phases & ~SEGEN_PHASE_RUNTIME))
			return true;
	return false;
}

static void audit_recorded(struct audit *a, const struct audit_input *in,
			   const struct answering *v, const struct segen_call *c)
{
	_cleanup_free_ char *known = segen_syscall_name(c->arch, c->nr);
	_cleanup_free_ char *number = xasprintf("#%lld", (long long)c->nr);
	const char *name = known ? known : number;
	enum lets lets = known ? v->reply(v->ctx, c->arch, (int)c->nr).lets : LETS_NONE;

	if (was_refused(c))
		add_call(&a->refused, in, c, name);
	else if (lets == LETS_NONE && succeeded(c))
		add_call(&a->missing, in, c, name);
	if (lets == LETS_ALL && call_risk(name) != RISK_ORDINARY && by_workload(c))
		add_call(&a->risky, in, c, name);
	if (segen_trace_is_probe(in->trace, c) && !was_refused(c))
		add_call(&a->probes, in, c, name);
	if (lets != LETS_NONE && c->arch == in->target->arch)
		a->n_used++;
}

/* Whether something but a record asks for the call. */
static bool is_asked_for(const char *name)
{
	size_t n;
	const struct essential_fact *e = essential_facts(&n);
	const struct floor_fact *f;

	for (size_t i = 0; i < n; i++)
		if (!strcmp(e[i].name, name))
			return true;
	f = floor_facts(&n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].name, name))
			return true;
	return false;
}

static void audit_unused(struct audit *a, const struct audit_input *in)
{
	const struct segen_arch *arch = in->target->arch;

	for (unsigned r = 0; r < RISK_N; r++) {
		const struct segen_strset *sets[] = {&a->classes[r].all,
						     &a->classes[r].some};

		for (size_t s = 0; s < ARRAY_SIZE(sets); s++)
			for (size_t i = 0; i < sets[s]->n; i++) {
				const char *name = sets[s]->v[i];

				if (segen_trace_find(in->trace, arch,
						     segen_syscall_nr(arch, name)))
					continue;
				segen_strset_add(is_asked_for(name) ? &a->unseen
								    : &a->unused,
						 name);
			}
	}
}

static int by_name(const void *pa, const void *pb)
{
	const struct audit_call *a = pa, *b = pb;
	int r = strcmp(a->arch->name, b->arch->name);

	return r ? r : strcmp(a->name, b->name);
}

static void sort(struct audit_calls *c)
{
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_name);
}

/* --- capabilities ------------------------------------------------------------------- */

/* "nginx:1.25", or with the digest under which a registry has it. */
static void add_image(struct audit *a, const struct segen_run *run)
{
	_cleanup_free_ char *full = NULL;

	if (!run->image)
		return;
	if (!run->image_digest || strchr(run->image, '@')) {
		segen_strset_add(&a->images, run->image);
		return;
	}
	full = xasprintf("%s@%s", run->image, run->image_digest);
	segen_strset_add(&a->images, full);
}

static void held_caps(struct audit *a, const struct audit_input *in)
{
	for (size_t i = 0; i < in->target->caps.n; i++)
		segen_strset_add(&a->held, in->target->caps.v[i]);
	for (size_t i = 0; i < in->trace->n_runs; i++) {
		a->caps_known |= in->trace->runs[i]->container.known;
		a->no_new_privs |= in->trace->runs[i]->container.no_new_privs;
		add_image(a, in->trace->runs[i]);
	}
}

static void used_cap(struct audit *a, const char *cap)
{
	if (cap && segen_strset_has(&a->held, cap))
		segen_strset_add(&a->used, cap);
}

/* A raw socket's family is one that only CAP_NET_RAW opens. */
static bool is_raw(const struct segen_call *c, const char *name)
{
	const struct segen_values *v = segen_call_values(c, 0);

	if (strcmp(name, "socket") != 0 || !v)
		return false;
	for (unsigned i = 0; i < v->n; i++)
		if (v->v[i] == 17) /* AF_PACKET */
			return true;
	return v->many;
}

static void used_caps(struct audit *a, const struct audit_input *in)
{
	size_t n;
	const struct cap_call *rows = cap_calls(&n);

	for (size_t i = 0; i < in->trace->n_calls; i++) {
		const struct segen_call *c = in->trace->calls[i];
		_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);

		if (!name || !succeeded(c) || !by_workload(c))
			continue;
		if (call_risk(name) != RISK_PROCESS)
			used_cap(a, gate_of(in->docker, name));
		for (size_t k = 0; k < n; k++)
			if (!strcmp(rows[k].call, name))
				used_cap(a, rows[k].cap);
		if (is_raw(c, name))
			used_cap(a, "CAP_NET_RAW");
	}
}

static const char *short_cap(const char *cap)
{
	return strncmp(cap, "CAP_", 4) == 0 ? cap + 4 : cap;
}

/* A word for the shell: in quotes unless all of it is harmless. */
static void shell_word(struct segen_buf *b, const char *s)
{
	static const char harmless[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-./:@=+,";

	if (*s && !s[strspn(s, harmless)]) {
		segen_buf_puts(b, s);
		return;
	}
	segen_buf_puts(b, "'");
	for (; *s; s++) {
		if (*s == '\'')
			segen_buf_puts(b, "'\\''");
		else
			segen_buf_add(b, s, 1);
	}
	segen_buf_puts(b, "'");
}

char *audit_docker_run(const struct audit *a)
{
	_cleanup_free_ char *seccomp = xasprintf("seccomp=%s", a->path);
	struct segen_buf b = {};

	segen_buf_puts(&b, "docker run --cap-drop=ALL");
	for (size_t i = 0; i < a->used.n; i++)
		segen_buf_printf(&b, " --cap-add=%s", short_cap(a->used.v[i]));
	if (a->no_new_privs)
		segen_buf_puts(&b, " --security-opt no-new-privileges");
	segen_buf_puts(&b, " --security-opt ");
	shell_word(&b, seccomp);
	segen_buf_puts(&b, " ");
	shell_word(&b, a->images.n == 1 ? a->images.v[0] : "IMAGE");
	return b.s;
}

/* --- findings ----------------------------------------------------------------------- */

unsigned audit_findings(const struct audit *a)
{
	const struct coverage *c = &a->coverage;
	unsigned f = 0;

	if (!a->traced)
		return 0;
	f |= a->risky.n ? AUDIT_RISKY : 0;
	f |= a->unused.n ? AUDIT_UNUSED : 0;
	f |= a->refused.n ? AUDIT_REFUSED : 0;
	f |= a->missing.n ? AUDIT_NEW : 0;
	if (!c->estimated || c->chao2.estimate - (double)c->calls >= 0.5)
		f |= AUDIT_UNSEEN;
	return f;
}

static const struct {
	const char *word;
	unsigned bit;
} finding_words[] = {
	{"risky", AUDIT_RISKY}, {"unused", AUDIT_UNUSED}, {"refused", AUDIT_REFUSED},
	{"new", AUDIT_NEW},	{"unseen", AUDIT_UNSEEN},
};

static unsigned finding_bit(const char *word, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(finding_words); i++)
		if (strlen(finding_words[i].word) == n &&
		    !strncmp(finding_words[i].word, word, n))
			return finding_words[i].bit;
	return 0;
}

static int unknown_finding(const char *word, size_t n, struct segen_error *err)
{
	struct suggest s = suggest_init(word, n);
	_cleanup_free_ char *hint = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(finding_words); i++)
		suggest_offer(&s, finding_words[i].word);
	hint = suggest_hint(&s, "; choose from risky, unused, refused, new, unseen");
	return segen_fail(err, -EINVAL, "unknown word '%.*s'%s", (int)n, word, hint);
}

int audit_findings_parse(const char *list, unsigned *ret, struct segen_error *err)
{
	unsigned bits = 0;

	for (const char *p = list;; p++) {
		size_t n = strcspn(p, ",");
		unsigned bit = finding_bit(p, n);

		if (!bit)
			return unknown_finding(p, n, err);
		bits |= bit;
		p += n;
		if (!*p)
			break;
	}
	*ret = bits;
	return 0;
}

/* --- the whole ---------------------------------------------------------------------- */

static void audit_trace(struct audit *a, const struct audit_input *in,
			const struct answering *v)
{
	a->traced = true;
	for (size_t i = 0; i < in->trace->n_calls; i++)
		audit_recorded(a, in, v, in->trace->calls[i]);
	sort(&a->risky);
	sort(&a->refused);
	sort(&a->missing);
	sort(&a->probes);
	audit_unused(a, in);
	held_caps(a, in);
	used_caps(a, in);
	coverage_init(&a->coverage, in->trace);
}

int audit_init(struct audit *a, const struct audit_input *in, struct segen_error *err)
{
	_cleanup_(view_done) struct view v = {}, docker = {};
	struct answering own = answering_of(&v);
	int r = 0;

	if (in->profile)
		r = view_init(&v, in->profile, in->target, err);
	else
		own = *in->answering;
	if (r == 0)
		r = view_init(&docker, in->docker, in->target, err);
	if (r < 0)
		return r;
	*a = (struct audit){.path = in->path};
	audit_exposure(a, &own, &docker);
	if (in->trace)
		audit_trace(a, in, &own);
	return 0;
}
