/* audit-containers.c: segen audit --all-containers. */
#include "cmd/audit-containers.h"

#include "cmd/audit-running.h"
#include "container/container-list.h"
#include "profile/base.h"
#include "report/report-containers.h"

#include <errno.h>

/* One that has ended, or whose filters may not be read, keeps what its engine says. */
static void audit_one(const struct container_row *row, const struct profile *docker,
		      const struct target *t, struct container_line *ret)
{
	_cleanup_(running_done) struct running running = {};
	_cleanup_(audit_done) struct audit a = {};
	struct audit_input in = {.path = row->name, .docker = docker, .target = t};
	struct segen_error err = {};

	*ret = (struct container_line){
		.engine = row->engine,
		.name = row->name,
		.image = row->image,
		.profile = row->profile,
		.pid = row->pid,
	};
	if (running_read(row->pid, NULL, &running, &err) < 0)
		return;
	in.answering = &running.answering;
	if (audit_init(&a, &in, &err) < 0)
		return;
	ret->known = true;
	ret->filters = running.filters.n;
	ret->exposure = a.own;
}

int audit_containers(const struct target *t, enum report_format format,
		     enum terminal_color color, struct segen_error *err)
{
	_cleanup_(container_list_done) struct container_list list = {};
	_cleanup_(profile_done) struct profile docker = {};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_free_ struct container_line *lines = NULL;
	struct layout l = report_layout(color, &out);
	int r;

	if (format != FORMAT_TEXT && format != FORMAT_JSON)
		return segen_fail(err, -EINVAL,
				  "--all-containers has the formats text and json");
	r = container_list(&list, err);
	if (r < 0)
		return r;
	base_default(&docker);
	lines = xcalloc(list.n + 1, sizeof(*lines));
	for (size_t i = 0; i < list.n; i++)
		audit_one(&list.v[i], &docker, t, &lines[i]);
	if (format == FORMAT_JSON)
		report_containers_json(&out, lines, list.n);
	else
		report_containers_text(&l, lines, list.n);
	report_print(format, &out);
	return 0;
}
