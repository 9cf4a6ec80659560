/*
 * export-systemd.c: a drop-in for a service.
 *
 * SystemCallFilter= knows names only.  Three conditions of Docker's have settings of
 * their own: the families of socket, the namespace flags of clone, personality.  Source:
 * systemd.exec(5); clone3 is answered with ENOSYS under RestrictNamespaces= since 251.
 */
#include "target/export.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "target/export-systemd-args.h"

#define LINE_MAX_COLUMNS 88

/* What the filter says to one name. */
struct saying {
	const char *name;
	const struct profile_rule *rule; /* the unconditional one that counts, or NULL */
	bool conditional;		 /* there are only rules with conditions */
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

static struct saying say(const struct profile *flat, const char *name)
{
	struct saying s = {.name = name};

	for (size_t i = 0; i < flat->n_rules; i++) {
		const struct profile_rule *r = &flat->rules[i];

		if (!profile_rule_has(r, name))
			continue;
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

static void put_arches(const struct profile *flat, struct segen_buf *out)
{
	segen_buf_puts(out, "SystemCallArchitectures=native");
	for (size_t i = 0; i < flat->n_architectures; i++) {
		const struct segen_arch *a = segen_arch_by_name(flat->architectures[i]);

		for (size_t k = 0; a && k < ARRAY_SIZE(arch_words); k++)
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

/* A name in an allow list; true: it belongs into the list. */
static bool allow_name(const struct profile *flat, const struct saying *s,
		       struct systemd_args *args, struct segen_strset *losses)
{
	if (s->conditional)
		return systemd_args_add(args, flat, s->name, losses);
	if (lets(s->rule)) {
		systemd_args_narrow(args, s->name, losses);
		return true;
	}
	if (s->rule->action == SEGEN_ACT_LOG) {
		export_loss(losses, "'%s' is let in and logged", s->name);
		return false;
	}
	if (systemd_args_answers(args, s->name, profile_rule_errno(s->rule)))
		return true;
	if (s->rule->action != flat->def ||
	    profile_rule_errno(s->rule) != profile_default_errno(flat))
		export_loss(losses, "'%s' answers otherwise than the default", s->name);
	return false;
}

/* A name in a deny list; the word to put there, or NULL. */
static char *deny_name(const struct saying *s, struct segen_strset *losses)
{
	const char *name;

	if (s->conditional) {
		export_loss(losses, "'%s' has conditions on its arguments", s->name);
		return xstrdup(s->name);
	}
	if (lets(s->rule))
		return NULL;
	if (s->rule->action == SEGEN_ACT_KILL_PROCESS)
		return xasprintf("%s:kill", s->name);
	if (s->rule->action != SEGEN_ACT_ERRNO) {
		export_loss(losses, "'%s' answers with %s", s->name,
			    profile_action_name(s->rule->action));
		return xasprintf("%s:kill", s->name);
	}
	name = segen_errno_name(profile_rule_errno(s->rule));
	return name ? xasprintf("%s:%s", s->name, name)
		    : xasprintf("%s:%d", s->name, profile_rule_errno(s->rule));
}

static void all_names(const struct profile *flat, struct segen_strset *names)
{
	for (size_t i = 0; i < flat->n_rules; i++)
		for (size_t k = 0; k < flat->rules[i].n_names; k++)
			segen_strset_add(names, flat->rules[i].names[k]);
}

static void put_allow_list(const struct profile *flat, const struct target *t,
			   const struct segen_strset *names, struct segen_buf *out,
			   struct segen_strset *losses)
{
	_cleanup_(segen_strset_done) struct segen_strset words = {};
	struct systemd_args args;

	systemd_args_init(&args, flat, t);
	for (size_t i = 0; i < names->n; i++) {
		const struct saying s = say(flat, names->v[i]);

		if (allow_name(flat, &s, &args, losses))
			segen_strset_add(&words, s.name);
	}
	put_words(out, "SystemCallFilter=", &words);
	systemd_args_put(&args, out);
	systemd_args_done(&args);
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

static void put_head(const struct export_request *rq, const struct segen_strset *losses,
		     struct segen_buf *out)
{
	segen_buf_printf(out, "# /etc/systemd/system/%s.service.d/seccomp.conf\n",
			 rq->name);
	segen_buf_puts(out, "# systemd lets its group @default in besides.\n");
	for (size_t i = 0; i < losses->n; i++)
		segen_buf_printf(out, "# left out: %s\n", losses->v[i]);
	segen_buf_puts(out, "[Service]\n");
}

void export_systemd(const struct profile *flat, const struct export_request *rq,
		    struct segen_buf *out, struct segen_strset *losses)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_(segen_buf_done) struct segen_buf body = {};

	all_names(flat, &names);
	put_arches(flat, &body);
	put_default(flat, &body, losses);
	if (flat->def == SEGEN_ACT_ALLOW)
		put_deny_list(flat, &names, &body, losses);
	else
		put_allow_list(flat, &rq->target, &names, &body, losses);
	put_head(rq, losses, out);
	segen_buf_puts(out, body.s);
}
