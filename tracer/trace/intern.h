/*
 * intern.h: from strings to small numbers.
 *
 * Private to tracer/.  Keys are borrowed and must outlive the table.  Zero-initialised
 * is empty.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct intern {
	struct intern_slot {
		const char *key; /* NULL: free */
		size_t value;
	} * slots; /* open addressing, a power of two, at most half full */
	size_t n, n_slots;
};

bool intern_find(const struct intern *x, const char *key, size_t *ret);
/* @key must not be in the table yet. */
void intern_add(struct intern *x, const char *key, size_t value);
void intern_done(struct intern *x);
