/* profile-write.c: a profile as JSON text, keys in the order of Docker's own file. */
#include "profile/profile-io.h"

#include <segen/json-write.h>
#include <segen/outfile.h>

static void write_gate(struct segen_json_out *w, const char *key, const struct gate *g,
		       bool always)
{
	if (gate_is_empty(g) && !always)
		return;
	segen_json_put_open(w, key, '{');
	if (g->n_caps)
		segen_json_put_strings(w, "caps", g->caps, g->n_caps);
	if (g->n_arches)
		segen_json_put_strings(w, "arches", g->arches, g->n_arches);
	if (g->min_kernel)
		segen_json_put_string(w, "minKernel", g->min_kernel);
	segen_json_put_members(w, g->extra);
	segen_json_put_close(w, '}');
}

static void write_cond(struct segen_json_out *w, const struct profile_rule *r, size_t i)
{
	const struct segen_cond *c = &r->conds[i];

	segen_json_put_open(w, NULL, '{');
	segen_json_put_u64(w, "index", c->index);
	segen_json_put_u64(w, "value", c->value);
	if (c->value_two)
		segen_json_put_u64(w, "valueTwo", c->value_two);
	segen_json_put_string(w, "op", profile_cmp_name(c->op));
	if (i < r->n_conds_extra)
		segen_json_put_members(w, r->conds_extra[i]);
	segen_json_put_close(w, '}');
}

static void write_conds(struct segen_json_out *w, const struct profile_rule *r)
{
	if (!r->n_conds && r->null_args)
		segen_json_put_raw(w, "args", "null");
	if (!r->n_conds && (r->null_args || !r->wordy))
		return;
	segen_json_put_open(w, "args", '[');
	for (size_t i = 0; i < r->n_conds; i++)
		write_cond(w, r, i);
	segen_json_put_close(w, ']');
}

static void write_rule(struct segen_json_out *w, const struct profile_rule *r)
{
	segen_json_put_open(w, NULL, '{');
	if (r->by_name && r->n_names == 1)
		segen_json_put_string(w, "name", r->names[0]);
	else
		segen_json_put_strings(w, "names", r->names, r->n_names);
	segen_json_put_string(w, "action", profile_action_name(r->action));
	if (r->err != PROFILE_NO_ERRNO)
		segen_json_put_u64(w, "errnoRet", (uint64_t)r->err);
	if (r->err_word)
		segen_json_put_string(w, "errno", r->err_word);
	write_conds(w, r);
	if (r->comment || r->wordy)
		segen_json_put_string(w, "comment", r->comment ? r->comment : "");
	write_gate(w, "includes", &r->includes, r->wordy);
	write_gate(w, "excludes", &r->excludes, r->wordy);
	segen_json_put_members(w, r->extra);
	segen_json_put_close(w, '}');
}

static void write_arch_map(struct segen_json_out *w, const struct profile *p)
{
	segen_json_put_open(w, "archMap", '[');
	for (size_t i = 0; i < p->n_arch_map; i++) {
		const struct profile_arch *a = &p->arch_map[i];

		segen_json_put_open(w, NULL, '{');
		segen_json_put_string(w, "architecture", a->name);
		segen_json_put_strings(w, "subArchitectures", a->subs, a->n_subs);
		segen_json_put_members(w, a->extra);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, ']');
}

static void write_header(struct segen_json_out *w, const struct profile *p)
{
	if (p->comment)
		segen_json_put_raw(w, "comment", p->comment);
	segen_json_put_string(w, "defaultAction", profile_action_name(p->def));
	if (p->def_err != PROFILE_NO_ERRNO)
		segen_json_put_u64(w, "defaultErrnoRet", (uint64_t)p->def_err);
	if (p->def_err_word)
		segen_json_put_string(w, "defaultErrno", p->def_err_word);
	if (p->n_architectures)
		segen_json_put_strings(w, "architectures", p->architectures,
				       p->n_architectures);
	if (p->n_arch_map)
		write_arch_map(w, p);
	if (p->n_flags || p->has_flags)
		segen_json_put_strings(w, "flags", p->flags, p->n_flags);
	if (p->listener_path)
		segen_json_put_string(w, "listenerPath", p->listener_path);
	if (p->listener_metadata)
		segen_json_put_string(w, "listenerMetadata", p->listener_metadata);
}

static void profile_emit(struct segen_json_out *w, const char *key,
			 const struct profile *p)
{
	segen_json_put_open(w, key, '{');
	write_header(w, p);
	segen_json_put_open(w, "syscalls", '[');
	for (size_t i = 0; i < p->n_rules; i++)
		write_rule(w, &p->rules[i]);
	segen_json_put_close(w, ']');
	segen_json_put_members(w, p->extra);
	segen_json_put_close(w, '}');
}

void profile_format(const struct profile *p, enum profile_style style,
		    struct segen_buf *out)
{
	struct segen_json_out w = {.out = out,
				   .style = style == PROFILE_PRETTY ? SEGEN_JSON_LINES
								    : SEGEN_JSON_COMPACT};

	profile_emit(&w, NULL, p);
	segen_json_put_end(&w);
}

int profile_write(const char *path, const struct profile *p, enum profile_style style,
		  struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};

	profile_format(p, style, &out);
	return segen_outfile_write(path, out.s, out.len, 0644, err);
}
