/* json-keys.c: sorts keys by what they mean, and compares neighbours. */
#include "shared/json-keys.h"

#include <string.h>

#include "shared/json-scan.h"

void json_keys_done(struct json_keys *k)
{
	free(k->v);
}

void json_keys_add(struct json_keys *k, const char *text,
		   const struct segen_json_token *key)
{
	GROW(k->v, k->n, k->cap);
	k->v[k->n++] = (struct json_key){
		.at = (uint32_t)(key->s - text),
		.n = (uint32_t)key->n & INT32_MAX,
		.escaped = key->escaped,
	};
}

/* "\u0061" is "a". */
static int compare_texts(const char *text, const struct json_key *a,
			 const struct json_key *b)
{
	_cleanup_(segen_buf_done) struct segen_buf x = {}, y = {};
	const struct segen_json_token ta = {
		.escaped = true, .s = text + a->at, .n = a->n};
	const struct segen_json_token tb = {
		.escaped = true, .s = text + b->at, .n = b->n};
	int r;

	if (!a->escaped && !b->escaped) {
		r = memcmp(ta.s, tb.s, MIN(ta.n, tb.n));
		return r ? r : (ta.n > tb.n) - (ta.n < tb.n);
	}
	json_token_text(&ta, &x);
	json_token_text(&tb, &y);
	return strcmp(x.s, y.s);
}

static int compare_keys(const void *pa, const void *pb, void *text)
{
	const struct json_key *a = pa, *b = pb;
	int r = compare_texts(text, a, b);

	return r ? r : (a->at > b->at) - (a->at < b->at);
}

const char *json_keys_second(struct json_keys *k, const char *text)
{
	uint32_t first = UINT32_MAX;

	if (k->n < 2)
		return NULL;
	qsort_r(k->v, k->n, sizeof(*k->v), compare_keys, (void *)text);
	for (size_t i = 1; i < k->n; i++)
		if (compare_texts(text, &k->v[i - 1], &k->v[i]) == 0)
			first = MIN(first, k->v[i].at);
	return first == UINT32_MAX ? NULL : text + first;
}
