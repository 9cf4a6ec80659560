/*
 * tracefile-container.h: what a trace file holds of the containers that runs were in.
 *
 * The profile of a run is kept once for all runs that have it, under a digest of its
 * text. Private to tracer/tracefile-*.c.
 */
#pragma once

#include <segen/json-write.h>
#include <segen/trace.h>

#include "trace/tracefile-read.h"

/* The object "profiles" of the document; see struct tracefile_reader. */
int tracefile_read_profiles(struct segen_json *r, const struct segen_json_token *t,
			    void *into, struct segen_error *err);
/* When all is read: runs name their profiles by digest, from here on they have them. */
int tracefile_resolve_profiles(struct tracefile_reader *f, const char *name,
			       struct segen_error *err);
/* The member "container" of a run, into a struct segen_container. */
int tracefile_read_container(struct segen_json *r, const struct segen_json_token *t,
			     void *into, struct segen_error *err);

/* The member "profiles" of the document, if any run has one. */
void tracefile_put_profiles(struct segen_json_out *w, const struct segen_trace *t);
/* The member "container" of a run, if there is something to say. */
void tracefile_put_container(struct segen_json_out *w, const struct segen_container *c);
