/*
 * conf.h: the settings of segen as an OCI runtime.
 *
 * From the environment (SEGEN_RUNTIME, SEGEN_STATE, SEGEN_MODE), else
 * /etc/segen/runtime.conf, else what is usual.
 */
#pragma once

#include <segen/error.h>

#include <stdbool.h>

#define OCI_CONF_FILE "/etc/segen/runtime.conf"

struct oci_conf {
	char *runtime;	/* path or name of the real runtime; NULL: runc, then crun */
	char *state;	/* folder of the traces */
	char *mode;	/* "fast" or "full"; NULL: fast */
	bool own_state; /* nobody has set @state: it is the usual one of this user */
};

/* "runtime = PATH", "state = FOLDER", "mode = MODE", one a line; "#" begins a comment. */
int oci_conf_parse(char *text, const char *name, struct oci_conf *c,
		   struct segen_error *err);

/* -ENOENT is no error: there need not be a file. */
int oci_conf_load(struct oci_conf *ret, struct segen_error *err);
void oci_conf_done(struct oci_conf *c);
/*
 * The state folder when nobody has set one, for the caller to free: the same in every
 * call of the runtime, whatever is left of the environment.
 */
char *oci_conf_usual_state(void);
/* The containers are root's: so are their traces, unless somebody has said where. */
void oci_conf_use_root_state(struct oci_conf *c);

/*
 * Root of this machine, not of a user namespace, as a runtime is that a rootless engine
 * calls (user_namespaces(7)).
 */
bool oci_is_root(void);

/* Whether containers are to be followed call by call, unless something else is asked. */
bool oci_conf_is_full(const struct oci_conf *c);

/*
 * The path of the real runtime, for the caller to free.  Never this program itself,
 * under whatever name.
 */
int oci_conf_find_runtime(const struct oci_conf *c, char **ret, struct segen_error *err);

/*
 * Whether root may believe in @path, a program or a configuration: it is root's, and so
 * are the folders that lead to it; no other user can change or replace it.  Whoever is
 * not root believes in what there is.  -EPERM, -errno.
 */
int oci_trust(const char *path, struct segen_error *err);
