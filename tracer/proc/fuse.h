/*
 * fuse.h: filesystems that a process serves (FUSE).
 *
 * When that process is traced too, and stopped, whoever asks the filesystem for anything
 * waits for ever: the tracer must not.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether thread @tid sees one as device @major:@minor, of statx(2) or /proc/PID/maps. */
bool is_served(pid_t tid, uint32_t major, uint32_t minor);
