/*
 * bundle.h: the facts of a container, or of an exec into one, that the engine wrote
 * for the runtime.  Format: OCI runtime specification, config.md.
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

#include <stdbool.h>

/* The name of the request (request.h) for containers whose id nobody writes into it. */
#define OCI_ANNOTATION_REQUEST "segen.request"

struct oci_facts {
	char **argv;			     /* NULL-terminated; NULL: not known */
	bool has_caps;			     /* the two sets are known, even if empty */
	struct segen_strset caps, effective; /* bounding, effective */
	bool no_new_privs;
	/* What Kubernetes calls it, and its image; NULL: not said. */
	char *namespace, *pod, *name, *image;
	char *kind;    /* "sandbox": no container of anybody's, but what holds a pod */
	char *request; /* the annotation OCI_ANNOTATION_REQUEST; NULL: none */
	char *profile; /* linux.seccomp as text, config.json only; NULL: none */
};
void oci_facts_done(struct oci_facts *f);

/* Whether it is what holds a pod: its profile is never that of the pod's containers. */
bool oci_facts_is_sandbox(const struct oci_facts *f);

/* From config.json of a bundle, or from the process.json of an exec (@is_process). */
int oci_facts_parse(const char *text, size_t len, const char *name, bool is_process,
		    struct oci_facts *ret, struct segen_error *err);
int oci_facts_read(const char *path, bool is_process, struct oci_facts *ret,
		   struct segen_error *err);
