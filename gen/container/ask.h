/*
 * ask.h: have another program say something, and read what it said.
 */
#pragma once

#include <segen/error.h>

#include <stddef.h>

struct reply {
	int status;    /* as a shell shows it; 127: there is no such program */
	char *out;     /* what it wrote on its standard output, NUL-terminated */
	size_t len;    /* of @out */
	char *message; /* the first line that it wrote on its standard error */
};

/* Execute @argv (found in PATH) without a standard input, and wait for its end. */
int ask(char *const *argv, struct reply *ret, struct segen_error *err);
void reply_done(struct reply *a);
