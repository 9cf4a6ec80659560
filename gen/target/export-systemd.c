/*
 * export-systemd.c: a drop-in for a service.
 *
 * SystemCallFilter= knows names only.  Three conditions of Docker's have settings of
 * their own: the families of socket, the namespace flags of clone, personality.  Source:
 * systemd.exec(5).
 *
 * "~name:errno" after an allow list is an answer of its own since systemd 247
 * (shared/seccomp-util.c); an older one gives the default's, which refuses as well.
 *
 * An empty setting resets the filter: a list without a word in it must never be written.
 */
#include "target/export.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "target/export-systemd-args.h"

#define LINE_MAX_COLUMNS 88

/* What the filter says to one name. */
struct saying {
	const char *name;
	const struct profile_rule *rule; /* the unconditional one that counts, or NULL */
	bool conditional;		 /* there are only rules with conditions */
	bool other;			 /* some rule says otherwise than the default */
};

static const struct {
	const char *arch, *systemd;
} arch_words[] = {
	{"x86_64", "x86-64"},
	{"i386", "x86"},
	{"x32", "x32"},
	{"aarch64", "arm64"},
	{"arm", "arm"},
	{"mips", "mips"},
	{"mips64", "mips64"},
	{"mips64n32", "mips64-n32"},
	{"mipsel", "mips-le"},
	{"mipsel64", "mips64-le"},
	{"mipsel64n32", "mips64-le-n32"},
	{"ppc", "ppc"},
	{"ppc64", "ppc64"},
	{"ppc64le", "ppc64-le"},
	{"riscv64", "riscv64"},
	{"s390", "s390"},
	{"s390x", "s390x"},
	{"parisc", "parisc"},
	{"loongarch64", "loongarch64"},
};

static bool is_default(const struct profile *flat, const struct profile_rule *r)
{
	if (r->action != flat->def)
		return false;
	return r->action != SEGEN_ACT_ERRNO ||
	       profile_rule_errno(r) == profile_default_errno(flat);
}

static struct saying say(const struct profile *flat, const char *name)
{
	struct saying s = {.name = name};

	for (size_t i = 0; i < flat->n_rules; i++) {
		const struct profile_rule *r = &flat->rules[i];

		if (!profile_rule_has(r, name))
			continue;
		s.other |= !is_default(flat, r);
		if (r->n_conds) {
			s.conditional = true;
			continue;
		}
		s.rule = r;
		s.conditional = false;
		break;
	}
	return s;
}

/* "native" is the target's own. */
static void put_arches(const struct profile *flat, const struct target *t,
		       struct segen_buf *out)
{
	segen_buf_puts(out, "SystemCallArchitectures=native");
	for (size_t i = 0; i < flat->n_architectures; i++) {
		const struct segen_arch *a = segen_arch_by_name(flat->architectures[i]);

		for (size_t k = 0; a && a != t->arch && k < ARRAY_SIZE(arch_words); k++)
			if (strcmp(arch_words[k].arch, a->name) == 0)
				segen_buf_printf(out, " %s", arch_words[k].systemd);
	}
	segen_buf_puts(out, "\n");
}

/* Lines of one setting add up. */
static void put_words(struct segen_buf *out, const char *lead,
		      const struct segen_strset *words)
{
	size_t column = 0;

	for (size_t i = 0; i < words->n; i++) {
		size_t n = strlen(words->v[i]);

		if (!i || column + 1 + n > LINE_MAX_COLUMNS) {
			segen_buf_printf(out, "%s%s", i ? "\n" : "", lead);
			column = strlen(lead);
		} else {
			segen_buf_puts(out, " ");
			column++;
		}
		segen_buf_puts(out, words->v[i]);
		column += n;
	}
	if (words->n)
		segen_buf_puts(out, "\n");
}

static bool lets(const struct profile_rule *r)
{
	assert(r);
	return r->action == SEGEN_ACT_ALLOW;
}

/* The errno of systemd's words, or "kill"; NULL: there is no word for what @r answers. */
static char *refusal_word(const struct profile_rule *r, const char *call)
{
	const char *name;

	if (r->action == SEGEN_ACT_KILL_PROCESS)
		return xasprintf("%s:kill", call);
	if (r->action != SEGEN_ACT_ERRNO)
		return NULL;
	name = segen_errno_name(profile_rule_errno(r));
	return name ? xasprintf("%s:%s", call, name)
		    : xasprintf("%s:%d", call, profile_rule_errno(r));
}

/* What follows from an allow list: names to let in, and answers unlike the default's. */
struct lists {
	struct segen_strset let_in, answers;
};

static void lists_done(struct lists *l)
{
	segen_strset_done(&l->let_in);
	segen_strset_done(&l->answers);
}

static void allow_name(const struct profile *flat, const struct saying *s,
		       struct systemd_args *args, struct lists *to,
		       struct segen_strset *losses)
{
	_cleanup_free_ char *word = NULL;

	if (!s->other)
		return;
	if (s->conditional) {
		if (systemd_args_add(args, flat, s->name, losses))
			segen_strset_add(&to->let_in, s->name);
		return;
	}
	if (lets(s->rule)) {
		systemd_args_narrow(args, s->name, losses);
		segen_strset_add(&to->let_in, s->name);
		return;
	}
	if (is_default(flat, s->rule))
		return;
	word = refusal_word(s->rule, s->name);
	if (word)
		segen_strset_add(&to->answers, word);
	else if (s->rule->action == SEGEN_ACT_LOG)
		export_loss(losses, "'%s' is allowed and logged", s->name);
	else
		export_loss(losses, "'%s' answers with %s", s->name,
			    profile_action_name(s->rule->action));
}

/* A name in a deny list; the word to put there, or NULL. */
static char *deny_name(const struct saying *s, struct segen_strset *losses)
{
	char *word;

	if (!s->other)
		return NULL;
	if (s->conditional) {
		export_loss(losses, "'%s' has conditions on its arguments", s->name);
		return xstrdup(s->name);
	}
	if (lets(s->rule))
		return NULL;
	word = refusal_word(s->rule, s->name);
	if (word)
		return word;
	export_loss(losses, "'%s' answers with %s", s->name,
		    profile_action_name(s->rule->action));
	return xasprintf("%s:kill", s->name);
}

/* --- what is for containers ------------------------------------------------------- */

static bool is_of_runtime(const struct profile_rule *r)
{
	static const char *const leads[] = {
		"runtime: ", "runtime floor: ", "docker-init: "};

	for (size_t i = 0; r->comment && i < ARRAY_SIZE(leads); i++)
		if (!strncmp(r->comment, leads[i], strlen(leads[i])))
			return true;
	return false;
}

/* Every rule for @name says that it is there for a container's runtime or init. */
static bool is_for_containers(const struct profile *flat, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < flat->n_rules; i++) {
		if (!profile_rule_has(&flat->rules[i], name))
			continue;
		if (!is_of_runtime(&flat->rules[i]))
			return false;
		found = true;
	}
	return found && strcmp(name, "execve") != 0;
}

static void all_names(const struct profile *flat, struct segen_strset *names)
{
	for (size_t i = 0; i < flat->n_rules; i++)
		for (size_t k = 0; k < flat->rules[i].n_names; k++)
			segen_strset_add(names, flat->rules[i].names[k]);
}

static int put_allow_list(const struct profile *flat, const struct target *t,
			  const struct segen_strset *names, struct segen_buf *out,
			  struct segen_strset *losses, struct segen_error *err)
{
	_cleanup_(lists_done) struct lists lists = {};
	struct systemd_args args;
	size_t runtime = 0;

	systemd_args_init(&args, flat, t);
	for (size_t i = 0; i < names->n; i++) {
		const struct saying s = say(flat, names->v[i]);

		if (is_for_containers(flat, names->v[i]))
			runtime++;
		else
			allow_name(flat, &s, &args, &lists, losses);
	}
	if (runtime)
		segen_buf_printf(out,
				 "# without %zu calls of a container's runtime and "
				 "init, which a service does not have\n",
				 runtime);
	put_words(out, "SystemCallFilter=", &lists.let_in);
	put_words(out, "SystemCallFilter=~", &lists.answers);
	systemd_args_put(&args, out);
	systemd_args_done(&args);
	if (lists.let_in.n)
		return 0;
	return segen_fail(
		err, -ENODATA,
		"the profile allows nothing that systemd can express, and systemd treats an empty list as no filter at all");
}

static void put_deny_list(const struct profile *flat, const struct segen_strset *names,
			  struct segen_buf *out, struct segen_strset *losses)
{
	_cleanup_(segen_strset_done) struct segen_strset words = {};

	for (size_t i = 0; i < names->n; i++) {
		const struct saying s = say(flat, names->v[i]);
		_cleanup_free_ char *word = deny_name(&s, losses);

		if (word)
			segen_strset_add(&words, word);
	}
	put_words(out, "SystemCallFilter=~", &words);
}

static void put_default(const struct profile *flat, struct segen_buf *out,
			struct segen_strset *losses)
{
	int e = profile_default_errno(flat);
	const char *name = segen_errno_name(e);

	if (flat->def == SEGEN_ACT_ERRNO && name)
		segen_buf_printf(out, "SystemCallErrorNumber=%s\n", name);
	else if (flat->def == SEGEN_ACT_ERRNO)
		segen_buf_printf(out, "SystemCallErrorNumber=%d\n", e);
	else if (flat->def != SEGEN_ACT_KILL_PROCESS && flat->def != SEGEN_ACT_ALLOW)
		export_loss(losses, "default action %s", profile_action_name(flat->def));
}

/* The characters of unit names (systemd.unit(5)); '@' would make a template of it. */
char *export_systemd_name(const char *name)
{
	char *s = xstrdup(name);

	for (char *c = s; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr(":-_.", *c)))
			*c = '-';
	return s;
}

static void put_head(const struct profile *flat, const struct export_request *rq,
		     const struct segen_strset *losses, struct segen_buf *out)
{
	_cleanup_free_ char *name = export_systemd_name(rq->name);

	segen_buf_printf(out, "# /etc/systemd/system/%s.service.d/seccomp.conf\n", name);
	segen_buf_puts(
		out,
		"# for systemd 247 or newer, which always allows its group @default\n");
	if (flat->def == SEGEN_ACT_ALLOW)
		segen_buf_puts(out, "# the profile allows everything it does not name\n");
	for (size_t i = 0; i < losses->n; i++)
		segen_buf_printf(out, "# left out: %s\n", losses->v[i]);
	segen_buf_puts(out, "[Service]\n");
}

int export_systemd(const struct profile *flat, const struct export_request *rq,
		   struct segen_buf *out, struct segen_strset *losses,
		   struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_(segen_buf_done) struct segen_buf body = {};
	int r = 0;

	all_names(flat, &names);
	put_arches(flat, &rq->target, &body);
	put_default(flat, &body, losses);
	if (flat->def == SEGEN_ACT_ALLOW)
		put_deny_list(flat, &names, &body, losses);
	else
		r = put_allow_list(flat, &rq->target, &names, &body, losses, err);
	put_head(flat, rq, losses, out);
	segen_buf_puts(out, body.s);
	return r;
}
