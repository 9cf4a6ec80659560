/*
 * live.h: one line on the terminal that says how a run is going.
 *
 * It is drawn only on a terminal, only while that terminal works line by line (a program
 * that has taken the whole screen, or edits its own command line, is left alone), only
 * in the foreground, and is erased when the run ends.  It is below what the workload has
 * printed, whose cursor is not moved.
 */
#pragma once

#include <segen/tracer.h>
#include <segen/util.h>

struct live {
	int fd;		  /* -1: never draw */
	bool drawn;	  /* there is a line to erase */
	size_t calls;	  /* seen when it was drawn last */
	uint64_t news_ms; /* when that number last grew */
};

/* On @fd if it is a terminal that can do it, else nowhere. */
void live_init(struct live *l, int fd);
/* For segen_tracer_opts.progress; @ctx is the struct live. */
void live_progress(const struct segen_progress *p, void *ctx);
void live_erase(struct live *l);

/*
 * The text, at most @columns wide; @quiet_ms: how long there has been no new call.  Pure.
 */
void live_text(const struct segen_progress *p, uint64_t quiet_ms, size_t columns,
	       struct segen_buf *out);
