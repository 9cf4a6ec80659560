/* profile-notes.c: find what engines and runtimes ignore in a profile. */
#include "profile/profile-notes.h"

#include <segen/syscall.h>

#include <stdarg.h>
#include <string.h>

/* Names in one note: a hostile profile must not fill the screen. */
#define NAMES_MAX 8

static void __attribute__((format(printf, 2, 3)))
note(struct segen_strset *notes, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) >= 0)
		segen_strset_add(notes, s);
	va_end(ap);
}

static void note_unknown(const struct profile *p, struct segen_strset *notes)
{
	_cleanup_(segen_strset_done) struct segen_strset unknown = {};
	_cleanup_(segen_buf_done) struct segen_buf list = {};

	for (size_t i = 0; i < p->n_rules; i++)
		for (size_t k = 0; k < p->rules[i].n_names; k++)
			if (!segen_syscall_known(p->rules[i].names[k]))
				segen_strset_add(&unknown, p->rules[i].names[k]);
	for (size_t i = 0; i < MIN(unknown.n, NAMES_MAX); i++)
		segen_buf_printf(&list, "%s'%s'", i ? ", " : "", unknown.v[i]);
	if (unknown.n > NAMES_MAX)
		segen_buf_printf(&list, " and %zu more", unknown.n - NAMES_MAX);
	if (unknown.n)
		note(notes, "unknown system calls are ignored by the runtimes: %s",
		     list.s);
}

static void note_default(const struct profile *p, struct segen_strset *notes)
{
	bool differs = p->def_err != PROFILE_NO_ERRNO && p->def_err != EPERM;

	if (p->def_err_word &&
	    profile_errno_by_word(p->def_err_word) !=
		    (p->def_err == PROFILE_NO_ERRNO ? EPERM : p->def_err))
		note(notes, "only podman obeys 'defaultErrno'; docker answers with "
			    "'defaultErrnoRet', or EPERM without it");
	if (differs)
		note(notes, "docker before 23.0 ignores 'defaultErrnoRet' and answers "
			    "with EPERM");
	if (p->n_flags)
		note(notes, "docker before 23.0 ignores 'flags', runc before 1.2 refuses "
			    "them");
	for (size_t i = 0; i < p->n_arch_map; i++)
		if (!profile_arch_known(p->arch_map[i].name))
			note(notes, "unknown architecture '%s' in 'archMap'",
			     p->arch_map[i].name);
}

static bool same_answer_as_default(const struct profile *p, const struct profile_rule *r)
{
	return r->action == p->def && profile_rule_errno(r) == profile_default_errno(p);
}

static void note_rule_words(const struct profile_rule *r, size_t i,
			    struct segen_strset *notes)
{
	if (r->err_word && profile_errno_by_word(r->err_word) !=
				   (r->err == PROFILE_NO_ERRNO ? EPERM : r->err))
		note(notes,
		     "syscalls[%zu]: only podman obeys 'errno'; docker answers "
		     "with 'errnoRet', or EPERM without it",
		     i);
	if (r->err != PROFILE_NO_ERRNO && r->action != SEGEN_ACT_ERRNO &&
	    r->action != SEGEN_ACT_TRACE)
		note(notes,
		     "syscalls[%zu]: 'errnoRet' means nothing for %s; runc "
		     "ignores it, crun refuses it",
		     i, profile_action_name(r->action));
}

static void note_rule(const struct profile *p, size_t i, struct segen_strset *notes)
{
	const struct profile_rule *r = &p->rules[i];

	note_rule_words(r, i, notes);
	if (!r->n_names)
		note(notes, "syscalls[%zu]: a rule without names has no effect", i);
	if (same_answer_as_default(p, r))
		note(notes,
		     "syscalls[%zu]: the rule repeats the default; the runtimes drop it",
		     i);
	if (r->action == SEGEN_ACT_NOTIFY && !p->listener_path)
		note(notes,
		     "syscalls[%zu]: runc refuses SCMP_ACT_NOTIFY without "
		     "'listenerPath'",
		     i);
	if (r->action == SEGEN_ACT_NOTIFY && profile_rule_has(r, "write"))
		note(notes,
		     "syscalls[%zu]: runc would say 'SCMP_ACT_NOTIFY cannot be "
		     "used for the write syscall'",
		     i);
}

void profile_notes(const struct profile *p, struct segen_strset *notes)
{
	note_default(p, notes);
	for (size_t i = 0; i < p->n_rules; i++)
		note_rule(p, i, notes);
	note_unknown(p, notes);
}
