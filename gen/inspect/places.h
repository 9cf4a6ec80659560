/*
 * places.h: where in a JSON text the values stand: line by path.  Pure.
 */
#pragma once

#include <segen/util.h>

struct place {
	char *path; /* "$.syscalls[3].names[0]" */
	size_t line;
	char *text; /* of a string, without escapes; else NULL */
	bool key;   /* the value has a key (is no element of a list) */
};

struct places {
	struct place *v; /* in the order of the text */
	size_t n, cap;
};

/* As far as the text is JSON; NULL: nothing. */
void places_init(struct places *p, const char *text, size_t len);
void places_done(struct places *p);

/*
 * The line of @path, or of the nearest value around it; 0: not known.  Keys count in any
 * case, as engines read them.
 */
size_t places_line(const struct places *p, const char *path);
