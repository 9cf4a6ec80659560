/* policy.c: read the words of the user's options. */
#include "generate/policy.h"

#include "facts/call-facts.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

void gen_policy_init(struct gen_policy *p)
{
	memset(p, 0, sizeof(*p));
	target_init_default(&p->target);
}

static void tie_done(struct tie *t)
{
	segen_strset_done(&t->names);
}

void gen_policy_done(struct gen_policy *p)
{
	for (size_t i = 0; i < p->n_ties; i++)
		tie_done(&p->ties[i]);
	free(p->ties);
	free(p->arches);
	segen_strset_done(&p->allow);
	segen_strset_done(&p->deny);
	segen_strset_done(&p->args);
	target_done(&p->target);
	memset(p, 0, sizeof(*p));
}

/* The next word of a comma list, or NULL at its end; blanks around it are dropped. */
static char *next_word(char **rest)
{
	char *word;
	size_t len;

	if (!*rest)
		return NULL;
	word = strsep(rest, ",");
	word += strspn(word, " \t\n");
	len = strlen(word);
	while (len && strchr(" \t\n", word[len - 1]))
		word[--len] = '\0';
	return word;
}

int gen_policy_calls(struct segen_strset *set, const char *list, struct segen_error *err)
{
	_cleanup_free_ char *copy = xstrdup(list);
	char *rest = copy, *word;

	while ((word = next_word(&rest))) {
		if (!segen_syscall_known(word)) {
			_cleanup_free_ char *hint = call_hint(word);

			return segen_fail(err, -EINVAL, "unknown system call '%s'%s",
					  word, hint);
		}
		segen_strset_add(set, word);
	}
	return 0;
}

static bool has_recorded_args(const char *name)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].name, name))
			return true;
	return false;
}

static void add_all_args(struct segen_strset *set)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++)
		segen_strset_add(set, f[i].name);
}

int gen_policy_args(struct gen_policy *p, const char *list, struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset set = {};
	int r;

	if (!strcmp(list, "all")) {
		add_all_args(&p->args);
		return 0;
	}
	r = gen_policy_calls(&set, list, err);
	for (size_t i = 0; r == 0 && i < set.n; i++) {
		if (!has_recorded_args(set.v[i]))
			return segen_fail(err, -EINVAL,
					  "the arguments of '%s' are not recorded",
					  set.v[i]);
		segen_strset_add(&p->args, set.v[i]);
	}
	return r;
}

int gen_policy_tie(struct gen_policy *p, const char *words, struct segen_error *err)
{
	const char *eq = strchr(words, '=');
	_cleanup_free_ char *list = NULL;
	_cleanup_(tie_done) struct tie tie = {0};
	int r;

	if (!eq || eq == words || !eq[1])
		return segen_fail(err, -EINVAL,
				  "'%s' is not of the form CALL[,CALL...]=CAP", words);
	tie.cap = cap_name(eq + 1);
	if (!tie.cap)
		return cap_unknown(eq + 1, err);
	list = xstrndup(words, eq - words);
	r = gen_policy_calls(&tie.names, list, err);
	if (r < 0)
		return r;
	GROW(p->ties, p->n_ties, p->cap_ties);
	p->ties[p->n_ties++] = tie;
	memset(&tie, 0, sizeof(tie));
	return 0;
}

static bool has_arch(const struct gen_policy *p, const struct segen_arch *a)
{
	for (size_t i = 0; i < p->n_arches; i++)
		if (p->arches[i] == a)
			return true;
	return false;
}

int gen_policy_arches(struct gen_policy *p, const char *list, struct segen_error *err)
{
	_cleanup_free_ char *copy = xstrdup(list);
	char *rest = copy, *word;

	while ((word = next_word(&rest))) {
		const struct segen_arch *a = segen_arch_by_name(word);

		if (!a)
			return target_arch_unknown(word, err);
		if (has_arch(p, a))
			continue;
		GROW(p->arches, p->n_arches, p->cap_arches);
		p->arches[p->n_arches++] = a;
	}
	return 0;
}

int gen_policy_check(const struct gen_policy *p, struct segen_error *err)
{
	for (size_t i = 0; i < p->allow.n; i++)
		if (segen_strset_has(&p->deny, p->allow.v[i]))
			return segen_fail(err, -EINVAL,
					  "'%s' cannot be both allowed and denied",
					  p->allow.v[i]);
	for (size_t i = 0; i < p->n_ties; i++) {
		const struct tie *t = &p->ties[i];

		for (size_t k = 0; k < t->names.n; k++) {
			const char *name = t->names.v[k];
			bool allow = segen_strset_has(&p->allow, name);

			if (allow || segen_strset_has(&p->deny, name))
				return segen_fail(err, -EINVAL,
						  "'%s' cannot be both tied to %s and %s",
						  name, t->cap,
						  allow ? "allowed" : "denied");
		}
	}
	return 0;
}
