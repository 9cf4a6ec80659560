/*
 * runtime-install.h: segen runtime --install, --uninstall and --status.
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
};

int runtime_install(const struct install_opts *o, struct segen_buf *out,
		    struct segen_error *err);
int runtime_uninstall(const struct install_opts *o, struct segen_error *err);
int runtime_status(const struct install_opts *o, struct segen_buf *out,
		   struct segen_error *err);
