/*
 * duration.h: lengths of time as people write them: "30s", "5m", "1h30m".  Pure.
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

#include <stdint.h>

#define DURATION_MAX_MS (UINT64_C(365) * 24 * 3600 * 1000)

/*
 * Numbers with a unit each (d, h, m, s, ms), largest unit first; a number alone is
 * seconds, as for timeout(1), and may have a fraction: "1.5s".  -EINVAL when it is
 * none, is zero, or is longer than a year.
 */
int duration_parse(const char *text, uint64_t *ret_ms, struct segen_error *err);

/* "0.4s", "12.3s", "2m05s", "1h02m". */
void duration_add(struct segen_buf *out, uint64_t ms);
