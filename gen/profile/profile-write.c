/* profile-write.c: a profile as JSON text, keys in the order of Docker's own file. */
#include "profile/profile-io.h"

#include <segen/outfile.h>

#include <json-c/json.h>

#include "profile/json-write.h"

static void write_gate(struct emit *e, const char *key, const struct gate *g, bool always)
{
	if (gate_is_empty(g) && !always)
		return;
	emit_open(e, key, '{');
	if (g->n_caps)
		emit_strings(e, "caps", g->caps, g->n_caps);
	if (g->n_arches)
		emit_strings(e, "arches", g->arches, g->n_arches);
	if (g->min_kernel)
		emit_string(e, "minKernel", g->min_kernel);
	emit_members(e, g->extra);
	emit_close(e, '}');
}

static void write_cond(struct emit *e, const struct profile_rule *r, size_t i)
{
	const struct segen_cond *c = &r->conds[i];

	emit_open(e, NULL, '{');
	emit_u64(e, "index", c->index);
	emit_u64(e, "value", c->value);
	if (c->value_two)
		emit_u64(e, "valueTwo", c->value_two);
	emit_string(e, "op", profile_cmp_name(c->op));
	if (r->conds_extra)
		emit_members(e, json_object_array_get_idx(r->conds_extra, i));
	emit_close(e, '}');
}

static void write_conds(struct emit *e, const struct profile_rule *r)
{
	if (!r->n_conds && r->null_args)
		emit_json(e, "args", NULL);
	if (!r->n_conds && (r->null_args || !r->wordy))
		return;
	emit_open(e, "args", '[');
	for (size_t i = 0; i < r->n_conds; i++)
		write_cond(e, r, i);
	emit_close(e, ']');
}

static void write_rule(struct emit *e, const struct profile_rule *r)
{
	emit_open(e, NULL, '{');
	if (r->by_name && r->n_names == 1)
		emit_string(e, "name", r->names[0]);
	else
		emit_strings(e, "names", r->names, r->n_names);
	emit_string(e, "action", profile_action_name(r->action));
	if (r->err != PROFILE_NO_ERRNO)
		emit_u64(e, "errnoRet", (uint64_t)r->err);
	if (r->err_word)
		emit_string(e, "errno", r->err_word);
	write_conds(e, r);
	if (r->comment || r->wordy)
		emit_string(e, "comment", r->comment ? r->comment : "");
	write_gate(e, "includes", &r->includes, r->wordy);
	write_gate(e, "excludes", &r->excludes, r->wordy);
	emit_members(e, r->extra);
	emit_close(e, '}');
}

static void write_arch_map(struct emit *e, const struct profile *p)
{
	emit_open(e, "archMap", '[');
	for (size_t i = 0; i < p->n_arch_map; i++) {
		const struct profile_arch *a = &p->arch_map[i];

		emit_open(e, NULL, '{');
		emit_string(e, "architecture", a->name);
		emit_strings(e, "subArchitectures", a->subs, a->n_subs);
		emit_members(e, a->extra);
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

static void write_header(struct emit *e, const struct profile *p)
{
	emit_string(e, "defaultAction", profile_action_name(p->def));
	if (p->def_err != PROFILE_NO_ERRNO)
		emit_u64(e, "defaultErrnoRet", (uint64_t)p->def_err);
	if (p->def_err_word)
		emit_string(e, "defaultErrno", p->def_err_word);
	if (p->n_architectures)
		emit_strings(e, "architectures", p->architectures, p->n_architectures);
	if (p->n_arch_map)
		write_arch_map(e, p);
	if (p->n_flags || p->has_flags)
		emit_strings(e, "flags", p->flags, p->n_flags);
	if (p->listener_path)
		emit_string(e, "listenerPath", p->listener_path);
	if (p->listener_metadata)
		emit_string(e, "listenerMetadata", p->listener_metadata);
}

static void profile_emit(struct emit *e, const char *key, const struct profile *p)
{
	emit_open(e, key, '{');
	write_header(e, p);
	emit_open(e, "syscalls", '[');
	for (size_t i = 0; i < p->n_rules; i++)
		write_rule(e, &p->rules[i]);
	emit_close(e, ']');
	emit_members(e, p->extra);
	emit_close(e, '}');
}

void profile_format(const struct profile *p, enum profile_style style,
		    struct segen_buf *out)
{
	struct emit e = {.out = out, .pretty = style == PROFILE_PRETTY};

	profile_emit(&e, NULL, p);
	emit_end(&e);
}

int profile_write(const char *path, const struct profile *p, enum profile_style style,
		  struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};

	profile_format(p, style, &out);
	return segen_outfile_write(path, out.s, out.len, err);
}
