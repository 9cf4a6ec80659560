/*
 * runtime-install.h: segen runtime --install, --uninstall, --status and --print.
 *
 * What is to be read on standard output is added to @out.
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

struct install_opts {
	const char *daemon_json; /* NULL: what the daemon reads */
	const char *pidfile;
	const char *containerd; /* containerd's configuration */
	const char *print;	/* what is to be printed: "containerd", "crio" */
};

int runtime_install(const struct install_opts *o, struct segen_buf *out,
		    struct segen_error *err);
int runtime_uninstall(const struct install_opts *o, struct segen_error *err);
/* What somebody has to write into the configuration; nothing is changed. */
int runtime_print(const struct install_opts *o, struct segen_buf *out,
		  struct segen_error *err);
int runtime_status(const struct install_opts *o, struct segen_buf *out,
		   struct segen_error *err);
