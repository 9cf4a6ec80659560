/* trace-compose.c: writes what was recorded of the services of Compose. */
#include "cmd/trace-compose.h"

#include "cli/message.h"
#include "cli/trace-files.h"
#include "cmd/generate-run.h"
#include "oci/runtime.h"
#include "target/target.h"

#include <segen/outfile.h>
#include <segen/tracefile.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* One service on its way to its files. */
struct writer {
	const struct trace_opts *opts;
	const struct profile *base;
	struct compose_service *service;
	struct trace_files files;
	struct gen_report report;
	struct gen_opts gen; /* but for the target it is borrowed */
};

static void writer_done(struct writer *w)
{
	trace_files_done(&w->files);
	gen_report_done(&w->report);
	target_done(&w->gen.policy.target);
}

static void writer_init(struct writer *w, const struct trace_opts *o,
			const struct profile *base, struct compose_service *service)
{
	_cleanup_free_ char *trace =
		o->output ? xasprintf("%s/%s.trace.json", o->output, service->name)
			  : NULL;

	*w = (struct writer){.opts = o, .base = base, .service = service, .gen = o->gen};
	target_copy(&w->gen.policy.target, &o->gen.policy.target);
	target_from_trace(&w->gen.policy.target, &service->trace);
	trace_files_init(&w->files, service->name, trace, NULL);
}

static int write_profile(struct writer *w, struct segen_error *err)
{
	const struct generate_run g = {
		.opts = &w->gen,
		.trace = &w->service->trace,
		.base = w->base,
		.path = w->files.profile,
		.style = PROFILE_PRETTY,
	};

	return w->opts->no_profile ? 0 : generate_run(&g, &w->report, err);
}

static int read_earlier(struct writer *w, struct segen_error *err)
{
	if (!w->opts->append || access(w->files.trace, F_OK) < 0)
		return 0;
	return segen_tracefile_read(w->files.trace, &w->service->trace, err);
}

/* What else there is to say of a run tells how to start it alone, which is Compose's. */
static void print_summary(const struct writer *w)
{
	const struct segen_trace *t = &w->service->trace;

	if (w->opts->quiet)
		return;
	if (w->service->lost)
		say("service '%s': recordings that were interrupted: %u",
		    w->service->name, w->service->lost);
	if (w->opts->no_profile)
		say("service '%s': %zu distinct calls in %zu runs: %s", w->service->name,
		    t->n_calls, t->n_runs, w->files.trace);
	else
		say("service '%s': %zu distinct calls in %zu runs: %s; the profile allows %zu "
		    "of the %zu that the base does: %s",
		    w->service->name, t->n_calls, t->n_runs, w->files.trace,
		    w->report.profile_allows, w->report.base_allows, w->files.profile);
}

/* *@ret_profile: its absolute path; NULL: none was wanted. */
static int write_service(struct writer *w, char **ret_profile, struct segen_error *err)
{
	int r = read_earlier(w, err);

	if (r == 0)
		r = segen_tracefile_write(w->files.trace, &w->service->trace, err);
	if (r == 0)
		r = write_profile(w, err);
	if (r < 0)
		return segen_wrap(err, r, "service '%s'", w->service->name);
	*ret_profile = w->opts->no_profile ? NULL : realpath(w->files.profile, NULL);
	print_summary(w);
	return 0;
}

static int write_override(const struct trace_opts *o, const char *const *names,
			  char *const *profiles, size_t n, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_free_ char *path =
		xasprintf("%s/" COMPOSE_OVERRIDE, o->output ? o->output : ".");
	int r;

	if (o->no_profile)
		return 0;
	compose_confined(&text, names, (const char *const *)profiles, n);
	r = segen_outfile_write(path, text.s, text.len, 0644, err);
	if (r == 0)
		say("'%s' gives each service its profile: add it as the last --file, after those of the project",
		    o->output ? path : COMPOSE_OVERRIDE);
	return r;
}

/* Podman's service has one runtime for all, whatever a Compose file says. */
static int nothing_recorded(const struct compose_cmdline *c, struct segen_error *err)
{
	_cleanup_free_ char *runtime = oci_runtime_path();

	if (c->podman)
		return segen_fail(err, -ENODATA,
				  "no service was recorded: start podman's service with "
				  "segen's runtime: podman --runtime %s system service",
				  runtime);
	return segen_fail(err, -ENODATA,
			  "no service was recorded: see what compose said above; 'sudo "
			  "segen runtime --install' registers the runtime segen");
}

static int write_services(const struct trace_opts *o, const struct profile *base,
			  const struct compose_cmdline *c, struct compose_result *res,
			  struct segen_error *err)
{
	_cleanup_free_ const char **names = xcalloc(res->n, sizeof(*names));
	char **profiles = xcalloc(res->n + 1, sizeof(*profiles));
	size_t recorded = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < res->n; i++) {
		struct writer w;

		names[i] = res->services[i].name;
		if (!res->services[i].trace.n_runs) {
			say("service '%s' was not recorded: no container of it was started",
			    names[i]);
			continue;
		}
		recorded++;
		writer_init(&w, o, base, &res->services[i]);
		r = write_service(&w, &profiles[i], err);
		writer_done(&w);
	}
	if (r == 0 && !recorded)
		r = nothing_recorded(c, err);
	if (r == 0)
		r = write_override(o, names, profiles, res->n, err);
	for (size_t i = 0; i < res->n; i++)
		free(profiles[i]);
	free(profiles);
	return r;
}

int trace_compose(const struct trace_opts *o, const struct profile *base,
		  const struct oci_request *request, char *const *argv,
		  const struct compose_cmdline *c, int *ret_status,
		  struct segen_error *err)
{
	_cleanup_(compose_result_done) struct compose_result res = {};
	struct stat st;
	int r;

	/* What can be known to fail afterwards fails before anything is started. */
	if (stat(o->output ? o->output : ".", &st) < 0 || !S_ISDIR(st.st_mode))
		return segen_fail(
			err, -EINVAL,
			"--output: the files of services go into a folder, and '%s' is not one",
			o->output);
	r = compose_run(argv, c, request, o->for_ms, &res, err);
	*ret_status = res.status;
	return r < 0 ? r : write_services(o, base, c, &res, err);
}
