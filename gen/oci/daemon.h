/*
 * daemon.h: Docker's daemon on this machine: which process it is, and with what it was
 * started that matters for its configuration.
 *
 * Source: dockerd(8); a directive may be given as a flag or in the file, not in both.
 */
#pragma once

#include <segen/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define DAEMON_JSON "/etc/docker/daemon.json"
#define DAEMON_PIDFILE "/run/docker.pid"

struct daemon {
	pid_t pid;
	int fd;		   /* of the process: nobody else is ever signalled; -1: none */
	char *config_file; /* what it reads; NULL: the usual one */
	bool has_runtimes; /* some were given as flags */
};

/*
 * The daemon whose id is in @pidfile.  -ENOENT: there is no such file or process;
 * -EINVAL: no id is in it, or that of another program.
 */
int daemon_find(const char *pidfile, struct daemon *ret, struct segen_error *err);
void daemon_done(struct daemon *d);

/* Have it read its configuration again; containers go on. */
int daemon_reload(const struct daemon *d, struct segen_error *err);

/* Pure: a process id in a file; 0: there is none. */
pid_t daemon_parse_pid(const char *text);
/* Pure: the flags in /proc/PID/cmdline, whose words end with NUL. */
void daemon_parse_cmdline(const char *text, size_t len, struct daemon *ret);
