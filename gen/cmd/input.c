/* input.c: a file that may be a trace or a profile. */
#include "cmd/input.h"

#include "cmd/next-command.h"
#include "profile/base.h"
#include "profile/profile-io.h"

#include <segen/json.h>
#include <segen/tracefile.h>

#include <string.h>

static bool is_base(const char *path)
{
	return !strcmp(path, "docker") || !strcmp(path, "docker-20.10") ||
	       !strcmp(path, "podman");
}

static int parse(struct input *in, struct segen_error *err)
{
	const char *name = strcmp(in->path, "-") == 0 ? "standard input" : in->path;

	if (segen_tracefile_is(in->text, in->len)) {
		in->kind = INPUT_TRACE;
		return segen_tracefile_parse(in->text, in->len, name, &in->trace, err);
	}
	in->kind = INPUT_PROFILE;
	return profile_parse(in->text, in->len, name, &in->profile, &in->notes, err);
}

int input_read(const char *path, struct input *ret, struct segen_error *err)
{
	struct input in = {.path = path, .kind = INPUT_PROFILE};
	int r;

	if (is_base(path)) {
		r = base_load(path, &in.profile, &in.notes, err);
	} else {
		r = segen_file_read(path, &in.text, &in.len, err);
		if (r == 0)
			r = parse(&in, err);
	}
	if (r < 0) {
		input_done(&in);
		return r;
	}
	*ret = in;
	return 0;
}

void input_done(struct input *in)
{
	free(TAKE_PTR(in->text));
	segen_trace_done(&in->trace);
	profile_done(&in->profile);
	segen_strset_done(&in->notes);
}

/* A profile has a default action, whatever else is wrong with it. */
static bool is_profile(const char *text, size_t len)
{
	static const char key[] = "\"defaultAction\"";

	return memmem(text, len, key, strlen(key));
}

int input_wrong_kind(const char *path, enum input_kind wanted, int r,
		     struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;

	/* Standard input cannot be read again. */
	if (strcmp(path, "-") == 0 || segen_file_read(path, &text, &len, NULL) < 0)
		return r;
	if (wanted == INPUT_TRACE && !segen_tracefile_is(text, len) &&
	    is_profile(text, len))
		return segen_fail(
			err, r,
			"'%s' is a profile, but a trace is needed; profiles are for segen lint, diff, export and --base",
			path);
	if (wanted == INPUT_PROFILE && segen_tracefile_is(text, len)) {
		_cleanup_(segen_buf_done) struct segen_buf word = {};

		shell_word(&word, path);
		return segen_fail(
			err, r,
			"'%s' is a trace, but a profile is needed; 'segen gen %s' makes one",
			path, word.s);
	}
	return r;
}
