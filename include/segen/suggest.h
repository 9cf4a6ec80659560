/*
 * suggest.h: "did you mean": the nearest of some words to what was typed.
 *
 * Candidates are offered one by one, so that any table can be searched.  Borrows all
 * strings.  Small and capital letters are the same.
 */
#pragma once

#include <stddef.h>

struct suggest {
	const char *typed;
	size_t typed_len;
	const char *best; /* nothing is near enough: NULL */
	size_t distance;
};

struct suggest suggest_init(const char *typed, size_t len);
void suggest_offer(struct suggest *s, const char *candidate);

/* "; did you mean 'X'?", or @otherwise where nothing is near: what a message ends with.
 */
char *suggest_hint(const struct suggest *s, const char *otherwise);

/*
 * Number of single-character edits (insert, delete, replace, swap of neighbours) that
 * make @b of the first @a_len bytes of @a.
 */
size_t suggest_distance(const char *a, size_t a_len, const char *b);
