/* intern.c: a hash table from strings to numbers. */
#include "trace/intern.h"

#include <segen/util.h>

#include <string.h>

/* FNV-1a */
static size_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

static struct intern_slot *find_slot(const struct intern *x, const char *key)
{
	size_t i = hash(key) & (x->n_slots - 1);

	while (x->slots[i].key && strcmp(x->slots[i].key, key) != 0)
		i = (i + 1) & (x->n_slots - 1);
	return &x->slots[i];
}

static void rehash(struct intern *x, size_t n_slots)
{
	struct intern old = *x;

	x->n_slots = n_slots;
	x->slots = xcalloc(n_slots, sizeof(*x->slots));
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].key)
			*find_slot(x, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

bool intern_find(const struct intern *x, const char *key, size_t *ret)
{
	const struct intern_slot *s = x->n_slots ? find_slot(x, key) : NULL;

	if (!s || !s->key)
		return false;
	*ret = s->value;
	return true;
}

void intern_add(struct intern *x, const char *key, size_t value)
{
	if (2 * (x->n + 1) > x->n_slots)
		rehash(x, x->n_slots ? 2 * x->n_slots : 64);
	*find_slot(x, key) = (struct intern_slot){.key = key, .value = value};
	x->n++;
}

void intern_done(struct intern *x)
{
	free(x->slots);
	*x = (struct intern){};
}
