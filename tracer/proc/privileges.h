/*
 * privileges.h: programs whose privileges are lost under trace.
 *
 * The kernel ignores the set-user-ID bit and file capabilities when the tracer may not
 * have them (ptrace(2)), and under NO_NEW_PRIVS (prctl(2)).  Such a program then takes
 * other ways than it would in production, which the trace has to say.
 */
#pragma once

#include <sys/types.h>

/*
 * What process @pid, at its PTRACE_EVENT_EXEC, was not given: "set-user-ID",
 * "set-group-ID", "file capabilities"; NULL when nothing is missing.  Static.
 */
const char *privileges_lost(pid_t pid);
