/* fuzz-profile.c: whatever is read as a profile is written as one that means the same. */
#include "profile/profile-io.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(profile_done) struct profile p = {}, again = {};
	_cleanup_(segen_buf_done) struct segen_buf first = {}, second = {};
	struct segen_error err;

	if (profile_parse((const char *)data, size, "fuzz", &p, NULL, &err) < 0)
		return 0;
	profile_format(&p, PROFILE_COMPACT, &first);
	if (profile_parse(first.s, first.len, "again", &again, NULL, &err) < 0)
		abort();
	profile_format(&again, PROFILE_COMPACT, &second);
	if (first.len != second.len || memcmp(first.s, second.s, first.len) != 0)
		abort();
	return 0;
}
