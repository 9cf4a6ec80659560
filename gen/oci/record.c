/* record.c: reads what the engine says of the container, follows it, writes the trace. */
#include "oci/record.h"

#include "oci/background.h"
#include "oci/bundle.h"
#include "oci/request.h"
#include "oci/state.h"

#include <segen/follow.h>
#include <segen/tracefile.h>
#include <segen/util.h>

#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

struct recording {
	const struct oci_cmdline *c;
	const struct oci_conf *conf;
	const char *program; /* the runtime's */
	char *name;	     /* and its name */
	const char *dir;     /* of the request; NULL: there is none */
	pid_t runtime;
	int ready;
	bool is_exec;
	struct oci_facts facts;
	struct oci_request request;
};

/* A link to a runtime says nothing of which one it is. */
static char *name_of(const char *program)
{
	_cleanup_free_ char *real = realpath(program, NULL);
	const char *slash = real ? strrchr(real, '/') : NULL;

	return slash ? xstrdup(slash + 1) : NULL;
}

static void read_facts(struct recording *r)
{
	_cleanup_free_ char *config =
		xasprintf("%s/config.json", r->c->bundle ? r->c->bundle : ".");

	r->name = name_of(r->program);
	if (!r->is_exec)
		oci_facts_read(config, false, &r->facts, NULL);
	else if (r->c->process)
		oci_facts_read(r->c->process, true, &r->facts, NULL);
}

static void say_ready(void *ctx)
{
	struct recording *r = ctx;

	background_ready(TAKE_FD(r->ready));
	/* Nor is a folder kept from being removed or unmounted. */
	if (chdir("/") < 0)
		return;
}

/* What gen and audit want to know of the target, so that nobody has to tell them. */
static void add_facts(struct recording *r, struct segen_run *run)
{
	run->runtime = TAKE_PTR(r->name);
	run->container.known = r->facts.has_caps;
	run->container.no_new_privs = r->facts.no_new_privs;
	run->container.profile = TAKE_PTR(r->facts.profile);
	run->container.namespace = TAKE_PTR(r->facts.namespace);
	run->container.pod = TAKE_PTR(r->facts.pod);
	run->container.name = TAKE_PTR(r->facts.name);
	run->image = TAKE_PTR(r->facts.image);
	for (size_t i = 0; i < r->facts.caps.n; i++)
		segen_strset_add(&run->caps, r->facts.caps.v[i]);
	for (size_t i = 0; i < r->facts.effective.n; i++)
		segen_strset_add(&run->container.effective, r->facts.effective.v[i]);
}

static void replace_argv(const struct recording *r, struct segen_run *run)
{
	char *const *argv = r->facts.argv ? r->facts.argv : r->c->words;
	size_t n = 0;

	while (argv[n])
		n++;
	if (!n)
		return;
	for (size_t i = 0; run->argv && run->argv[i]; i++)
		free(run->argv[i]);
	free(run->argv);
	run->argv = xcalloc(n + 1, sizeof(*run->argv));
	for (size_t i = 0; i < n; i++)
		run->argv[i] = xstrdup(argv[i]);
}

static int follow(struct recording *r, struct segen_trace *t, bool *ret_recorded)
{
	char *const unknown[] = {(char *)r->c->id, NULL};
	const struct segen_follow_opts opts = {
		.pid = r->runtime,
		.confined = r->facts.profile,
		.argv = unknown,
		.phases = r->is_exec ? SEGEN_PHASE_EXEC : 0,
		.fast = !r->request.full,
		.known = &r->request.known,
		.patience = r->request.patience,
		.args = r->request.args,
		.stacks = !r->request.no_stacks,
		.seized = say_ready,
		.ctx = r,
	};

	return segen_follow(&opts, t, ret_recorded, NULL);
}

static void record(void *ctx, int ready)
{
	_cleanup_(segen_trace_done) struct segen_trace trace = {};
	_cleanup_(oci_part_end) struct oci_part part = {.fd = -1, .dir = -1};
	_cleanup_free_ char *path = NULL;
	struct recording *r = ctx;
	bool recorded;

	r->ready = ready;
	umask(0027);
	prctl(PR_SET_NAME, "segen-recorder");
	/* While the runtime waits its files are there, and are as it will see them. */
	read_facts(r);
	if (oci_facts_is_sandbox(&r->facts))
		return;
	/* What was asked for comes before what is usual here. */
	if (!r->dir || oci_request_read(r->dir, true, &r->request, NULL) < 0)
		r->request.full = oci_conf_is_full(r->conf);
	/* For the next one, who may not make it. */
	oci_request_make_room(r->conf->state, NULL);
	if (oci_part_begin(r->conf->state, r->c->id, &part, NULL) < 0 ||
	    follow(r, &trace, &recorded) < 0 || !recorded)
		return;
	replace_argv(r, trace.runs[0]);
	add_facts(r, trace.runs[0]);
	path = oci_part_trace_path(&part);
	/* Collecting it is for the group of the folder, too. */
	if (segen_tracefile_write(path, &trace, NULL) == 0)
		chmod(path, 0640);
}

int oci_record_start(const struct oci_cmdline *c, const struct oci_conf *conf,
		     const char *runtime, const char *request, struct segen_error *err)
{
	struct recording r = {
		.c = c,
		.conf = conf,
		.program = runtime,
		.dir = request,
		.runtime = getpid(),
		.is_exec = !strcmp(c->verb, "exec"),
	};
	int e;

	/* With Yama only ancestors may trace: any process may trace this one now. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	e = background_start(record, &r, err);
	prctl(PR_SET_PTRACER, 0);
	return e;
}
