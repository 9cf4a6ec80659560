/* answers.c: the calls of each ABI by what a filter answers. */
#include "inspect/answers.h"

#include "inspect/words.h"

#include <segen/syscall.h>

#include <string.h>

static struct reply view_answer(const void *ctx, const struct segen_arch *arch, int nr)
{
	return view_reply(ctx, arch, nr);
}

struct answering answering_of(const struct view *v)
{
	return (struct answering){view_answer, v};
}

void answers_done(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++) {
		for (size_t k = 0; k < a->v[i].n; k++) {
			free(a->v[i].v[k].answer);
			segen_strset_done(&a->v[i].v[k].calls);
		}
		free(a->v[i].v);
	}
	free(a->v);
	*a = (struct answers){};
}

static struct segen_strset *group(struct answers_abi *a, const char *answer)
{
	for (size_t i = 0; i < a->n; i++)
		if (!strcmp(a->v[i].answer, answer))
			return &a->v[i].calls;
	GROW(a->v, a->n, a->cap);
	a->v[a->n] = (struct answers_group){.answer = xstrdup(answer)};
	return &a->v[a->n++].calls;
}

static void add_abi(struct answers *a, const struct answering *of,
		    const struct segen_arch *arch)
{
	struct answers_abi *abi;

	GROW(a->v, a->n, a->cap);
	abi = &a->v[a->n++];
	*abi = (struct answers_abi){.arch = arch};
	for (int nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		_cleanup_free_ char *name = segen_syscall_name(arch, nr);
		_cleanup_(segen_buf_done) struct segen_buf b = {};
		struct reply r;

		if (!name)
			continue;
		r = of->reply(of->ctx, arch, nr);
		if (r.lets == LETS_SOME)
			segen_buf_puts(&b, "allowed for some arguments, else ");
		words_verdict(&b, r.verdict);
		segen_strset_add(group(abi, b.s), name);
	}
}

void answers_init(struct answers *a, const struct answering *of,
		  const struct segen_arch *arch)
{
	*a = (struct answers){};
	add_abi(a, of, arch);
	for (size_t i = 0; i < ARRAY_SIZE(arch->subs) && arch->subs[i]; i++)
		add_abi(a, of, segen_arch_by_name(arch->subs[i]));
}
