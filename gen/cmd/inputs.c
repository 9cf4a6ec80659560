/* inputs.c: several traces and profiles on one command line. */
#include "cmd/inputs.h"

#include <errno.h>
#include <string.h>

static int read_one(struct inputs *in, const char *path, struct segen_error *err)
{
	struct input *i = &in->v[in->n];
	int r = input_read(path, i, err);

	if (r < 0)
		return r;
	in->n++;
	if (i->kind != INPUT_TRACE)
		return 0;
	if (in->n_traces++)
		segen_trace_merge(&in->trace, &i->trace);
	else
		in->trace = i->trace;
	if (in->n_traces > 1)
		segen_trace_done(&i->trace);
	i->trace = (struct segen_trace){};
	return 0;
}

int inputs_read(char *const *paths, size_t n, struct inputs *ret, struct segen_error *err)
{
	struct inputs in = {.v = xcalloc(n + 1, sizeof(*in.v))};
	bool input = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!strcmp(paths[i], "-") && input)
			r = segen_fail(err, -EINVAL,
				       "standard input can be read only once");
		else
			r = read_one(&in, paths[i], err);
		input |= !strcmp(paths[i], "-");
	}
	if (r < 0) {
		inputs_done(&in);
		return r;
	}
	*ret = in;
	return 0;
}

void inputs_done(struct inputs *in)
{
	for (size_t i = 0; i < in->n; i++)
		input_done(&in->v[i]);
	free(in->v);
	segen_trace_done(&in->trace);
	*in = (struct inputs){};
}
