/* cmdline.h: the words of a process's command line. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * From /proc/PID/cmdline, NULL-terminated, in one block for free().  None, if the process
 * has ended or has overwritten them; of more than 128 KiB the first ones.
 */
char **cmdline_read(pid_t pid);

/* Pure.  Of @text, where each ends with a NUL, maybe but for the last one. */
char **cmdline_split(const char *text, size_t len);
