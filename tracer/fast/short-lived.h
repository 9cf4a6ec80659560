/*
 * short-lived.h: programs that are over soon, run one after the other.
 *
 * A process on the fast path still stops some times for each program that it starts, and
 * most of the price of a stop is waking the tracer on another CPU (affinity.h).  A shell
 * that runs one short program after the other is therefore kept on the tracer's CPU
 * together with them: they take turns anyway.  A process that lasts longer than
 * SHORT_LIVED_US, or that runs beside others, is released.
 */
#pragma once

#include "state/tracer-state.h"

#include <signal.h>

/* Interrupts wait4().  Ignored by default: harmless if another process gets it. */
#define WAKE_UP_SIGNAL SIGURG

/* Found by measurement: what lasts longer gains nothing that shows. */
#define SHORT_LIVED_US 5000

/* @parent, of a process on the fast path, has started @child. */
void short_lived_born(struct tracer *tr, struct tracee *parent, struct tracee *child);

/* The last thread of @p has ended. */
void short_lived_ended(struct tracer *tr, const struct process *p);

/* A stop of a tracee that is kept: it is alive and busy. */
void short_lived_stopped(struct tracer *tr, struct tracee *t);

/* wait4() was interrupted, perhaps by the clock: release what lasts too long. */
void short_lived_tick(struct tracer *tr);

void short_lived_done(struct short_lived *b);
