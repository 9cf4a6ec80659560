/* arg-words.c: find the words for an argument's value or condition. */
#include "facts/arg-words.h"

#include <segen/syscall.h>

#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum word_set {
	SET_NONE,
	SET_FAMILY,
	SET_CLONE,
	SET_SIGNAL,
	SET_PERSONA,
	SET_DOMAIN,
	SET_PROTECTION,
	SET_PRCTL,
	SET_IOCTL,
	SET_LEVEL,
	SET_SOCKET_OPTION,
	SET_IP_OPTION,
	SET_IPV6_OPTION,
	SET_TCP_OPTION,
	SET_NETLINK_OPTION,
	SET_FCNTL,
	SET_SECCOMP,
	SET_BPF,
	SET_KEYCTL,
};

struct arg_row {
	const char *call;
	unsigned index;
	enum word_set set;
	int other; /* the argument that decides, or -1 */
	uint64_t value;
};

enum word_kind {
	KIND_VALUE,
	KIND_FLAG,
	KIND_FIELD,
	KIND_NONE_OF,
};

struct word_row {
	enum word_set set;
	enum word_kind kind;
	uint64_t value; /* of a field, of none-of: the mask */
	const char *word;
	enum word_set field;
};

#define ARG(...)
#define ARG_IF(...)
#define WORD(...)
#define FLAG(...)
#define FIELD(...)
#define PHRASE(...)
#define NONE_OF(...)

static const struct arg_row args_with_words[] = {
#undef ARG
#undef ARG_IF
#define ARG(call_, index_, set_) {#call_, index_, SET_##set_, -1, 0},
#define ARG_IF(call_, index_, set_, other_, value_) \
	{#call_, index_, SET_##set_, other_, value_},
#include "facts/arg-words.def"
};

static const struct word_row words[] = {
#undef ARG
#undef ARG_IF
#undef WORD
#undef FLAG
#undef FIELD
#undef PHRASE
#undef NONE_OF
#define ARG(...)
#define ARG_IF(...)
#define WORD(set_, const_) \
	{SET_##set_, KIND_VALUE, (uint32_t)(const_), #const_, SET_NONE},
#define FLAG(set_, const_) {SET_##set_, KIND_FLAG, (uint32_t)(const_), #const_, SET_NONE},
#define FIELD(set_, mask_, field_) {SET_##set_, KIND_FIELD, mask_, NULL, SET_##field_},
#define PHRASE(set_, value_, word_) {SET_##set_, KIND_VALUE, value_, word_, SET_NONE},
#define NONE_OF(set_, mask_, word_) \
	{SET_##set_, KIND_NONE_OF, (uint32_t)(mask_), word_, SET_NONE},
#include "facts/arg-words.def"
};

/* --- values ------------------------------------------------------------------------ */

/* @get: the value of another argument of the same call, false where it is not known. */
struct other_args {
	const uint64_t *args;
	const struct segen_cond *conds;
	size_t n;
};

/* The one value that @c allows, as far as an int goes. */
static bool is_one_value(const struct segen_cond *c, uint64_t *ret)
{
	if (c->op == SEGEN_CMP_EQ)
		*ret = c->value;
	else if (c->op == SEGEN_CMP_MASKED_EQ && (uint32_t)c->value == UINT32_MAX)
		*ret = c->value_two;
	else
		return false;
	return true;
}

static bool other_is(const struct other_args *o, unsigned index, uint64_t value)
{
	uint64_t v;

	if (o->args)
		return (uint32_t)o->args[index] == value;
	for (size_t i = 0; i < o->n; i++)
		if (o->conds[i].index == index && is_one_value(&o->conds[i], &v))
			return v == value;
	return false;
}

static const struct arg_row *find_arg(const char *call, unsigned index,
				      const struct other_args *o)
{
	for (size_t i = 0; i < ARRAY_SIZE(args_with_words); i++) {
		const struct arg_row *a = &args_with_words[i];

		if (a->index == index && !strcmp(a->call, call) &&
		    (a->other < 0 || other_is(o, (unsigned)a->other, a->value)))
			return a;
	}
	return NULL;
}

static const char *value_word(enum word_set set, uint64_t value)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].set == set && words[i].kind == KIND_VALUE &&
		    words[i].value == value)
			return words[i].word;
	return NULL;
}

static void put_part(struct segen_buf *b, size_t start, const char *word)
{
	segen_buf_printf(b, "%s%s", b->len > start ? "|" : "", word);
}

/* Flags and fields of @value; what nothing knows is added as a number. */
static void put_flags(struct segen_buf *b, enum word_set set, uint64_t value)
{
	size_t start = b->len;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const struct word_row *w = &words[i];
		const char *word = NULL;

		if (w->set != set || !(value & w->value))
			continue;
		if (w->kind == KIND_FLAG)
			word = w->word;
		else if (w->kind == KIND_FIELD)
			word = value_word(w->field, value & w->value);
		if (!word)
			continue;
		put_part(b, start, word);
		value &= ~w->value;
	}
	if (value || b->len == start)
		segen_buf_printf(b, "%s%#" PRIx64, b->len > start ? "|" : "", value);
}

static bool has_flags(enum word_set set)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].set == set && words[i].kind == KIND_FLAG)
			return true;
	return false;
}

/* The whole of a field: "PER_LINUX" for a persona of 0. */
static const char *zero_word(enum word_set set)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].set == set && words[i].kind == KIND_FIELD)
			return value_word(words[i].field, 0);
	return NULL;
}

static void put_value(struct segen_buf *b, enum word_set set, uint64_t value)
{
	const char *word = value_word(set, value);

	if (!word && !value)
		word = zero_word(set);
	if (word)
		segen_buf_puts(b, word);
	else if (has_flags(set))
		put_flags(b, set, value);
	else
		segen_buf_printf(b, "%#" PRIx64, value);
}

void arg_words_value(struct segen_buf *b, const char *call, unsigned index,
		     uint64_t value, const uint64_t *args)
{
	const struct other_args o = {.args = args};
	const struct arg_row *a = find_arg(call, index, &o);

	put_value(b, a ? a->set : SET_NONE, value);
}

/* --- conditions -------------------------------------------------------------------- */

static const struct segen_arg_fact *arg_fact(const char *call, unsigned index)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].index == index && !strcmp(f[i].name, call))
			return &f[i];
	return NULL;
}

/* "no new namespaces": none of these bits; "... except CLONE_NEWCGROUP": but for some. */
static bool put_none_of(struct segen_buf *b, enum word_set set, uint64_t mask)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const struct word_row *w = &words[i];

		if (w->set != set || w->kind != KIND_NONE_OF || (mask & ~w->value))
			continue;
		segen_buf_puts(b, w->word);
		if (mask != w->value) {
			segen_buf_puts(b, " except ");
			put_flags(b, set, w->value & ~mask);
		}
		return true;
	}
	return false;
}

/* A mask of the upper bits stands for a range. */
static bool put_range(struct segen_buf *b, enum word_set set, const struct segen_cond *c)
{
	uint32_t low = ~(uint32_t)c->value;

	if (has_flags(set) || (low & (low + 1)))
		return false;
	put_value(b, set, c->value_two);
	segen_buf_puts(b, " to ");
	put_value(b, set, c->value_two | low);
	return true;
}

static void put_masked(struct segen_buf *b, enum word_set set, const struct segen_cond *c)
{
	uint64_t clear = c->value & ~c->value_two;

	if (put_range(b, set, c))
		return;
	if (!c->value_two && put_none_of(b, set, c->value))
		return;
	if (!has_flags(set)) {
		segen_buf_printf(b, "& %#" PRIx64 " is %#" PRIx64, c->value,
				 c->value_two);
		return;
	}
	if (c->value_two) {
		segen_buf_puts(b, "with ");
		put_flags(b, set, c->value_two);
	}
	if (clear) {
		segen_buf_puts(b, c->value_two ? " without " : "without ");
		put_flags(b, set, clear);
	}
}

static void put_op(struct segen_buf *b, enum word_set set, const struct segen_cond *c)
{
	static const char *const before[] = {
		[SEGEN_CMP_NE] = "other than ", [SEGEN_CMP_LT] = "below ",
		[SEGEN_CMP_LE] = "up to ",	[SEGEN_CMP_EQ] = "",
		[SEGEN_CMP_GE] = "from ",	[SEGEN_CMP_GT] = "above ",
	};

	if (c->op == SEGEN_CMP_MASKED_EQ) {
		put_masked(b, set, c);
		return;
	}
	segen_buf_puts(b, before[c->op]);
	put_value(b, set, c->value);
}

/* Whether the words for the condition need no name of the argument before them. */
static bool speaks_for_itself(enum word_set set, const struct segen_cond *c)
{
	uint64_t v;

	if (set == SET_NONE)
		return false;
	if (is_one_value(c, &v))
		return has_flags(set) || value_word(set, v);
	return true;
}

static void put_cond(struct segen_buf *b, const char *call, const struct segen_cond *c,
		     enum word_set set)
{
	const struct segen_arg_fact *f = arg_fact(call, c->index);
	uint64_t v;

	if (!speaks_for_itself(set, c)) {
		if (f && f->what)
			segen_buf_printf(b, "%s ", f->what);
		else
			segen_buf_printf(b, "argument %u ", c->index);
	}
	/* All bits that the kernel looks at. */
	if (c->op == SEGEN_CMP_MASKED_EQ && f && c->value == f->mask)
		put_value(b, set, c->value_two);
	else if (is_one_value(c, &v))
		put_value(b, set, v);
	else
		put_op(b, set, c);
}

void arg_words_conds(struct segen_buf *b, const char *call,
		     const struct segen_cond *conds, size_t n)
{
	const struct other_args o = {.conds = conds, .n = n};

	for (size_t i = 0; i < n; i++) {
		const struct arg_row *a = find_arg(call, conds[i].index, &o);
		bool of_last = a && i && a->other == (int)conds[i - 1].index;

		segen_buf_puts(b, !i ? "" : of_last ? "/" : " and ");
		put_cond(b, call, &conds[i], a ? a->set : SET_NONE);
	}
}
