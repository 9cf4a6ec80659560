/*
 * export-k8s.c: a SeccompProfile of the Security Profiles Operator.
 *
 * Source of the schema: security-profiles-operator, deploy/base-crds/crds/
 * seccompprofile.yaml (v1beta1): no defaultErrnoRet, errnoRet is a string.
 */
#include "target/export.h"

#include <segen/json-write.h>
#include <segen/syscall.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define NAME_MAX_DNS 63

/* A name as Kubernetes has them (RFC 1123): a-z, 0-9 and '-', ends without '-'. */
static void put_name(struct segen_buf *out, const char *name)
{
	char dns[NAME_MAX_DNS + 1];
	size_t n = 0;

	for (; *name && n < NAME_MAX_DNS; name++) {
		if (isalnum((unsigned char)*name))
			dns[n++] = (char)tolower((unsigned char)*name);
		else if (n)
			dns[n++] = '-';
	}
	while (n && dns[n - 1] == '-')
		n--;
	dns[n] = '\0';
	segen_buf_puts(out, n ? dns : "segen");
}

/* Plain when nothing in it can mean something to YAML; JSON's strings are YAML's. */
static void put_word(struct segen_buf *out, const char *s)
{
	if (segen_syscall_known(s) || strncmp(s, "SCMP_", 5) == 0)
		segen_buf_puts(out, s);
	else
		segen_json_quote(out, s);
}

static void put_list(struct segen_buf *out, const char *indent, const char *key,
		     char *const *v, size_t n)
{
	if (!n)
		return;
	segen_buf_printf(out, "%s%s:\n", indent, key);
	for (size_t i = 0; i < n; i++) {
		segen_buf_printf(out, "%s- ", indent);
		put_word(out, v[i]);
		segen_buf_puts(out, "\n");
	}
}

static void put_string(struct segen_buf *out, const char *key, const char *s)
{
	if (!s)
		return;
	segen_buf_printf(out, "  %s: ", key);
	segen_json_quote(out, s);
	segen_buf_puts(out, "\n");
}

/* The schema's numbers are signed; such a rule can only be left out. */
static bool fits(const struct profile_rule *r)
{
	for (size_t i = 0; i < r->n_conds; i++)
		if (r->conds[i].value > INT64_MAX || r->conds[i].value_two > INT64_MAX)
			return false;
	return true;
}

static void put_conds(struct segen_buf *out, const struct profile_rule *r)
{
	if (r->n_conds)
		segen_buf_puts(out, "    args:\n");
	for (size_t i = 0; i < r->n_conds; i++) {
		const struct segen_cond *c = &r->conds[i];

		segen_buf_printf(out, "    - index: %u\n      value: %" PRIu64 "\n",
				 c->index, c->value);
		if (c->value_two)
			segen_buf_printf(out, "      valueTwo: %" PRIu64 "\n",
					 c->value_two);
		segen_buf_printf(out, "      op: %s\n", profile_cmp_name(c->op));
	}
}

/* A condition that does not fit: a call let in is left out, a denied one denied wholly.
 */
static void put_rule(struct segen_buf *out, const struct profile_rule *r)
{
	const bool lets = r->action == SEGEN_ACT_ALLOW || r->action == SEGEN_ACT_LOG;

	if (!r->n_names || (lets && !fits(r)))
		return;
	segen_buf_printf(out, "  - action: %s\n", profile_action_name(r->action));
	put_list(out, "    ", "names", r->names, r->n_names);
	if (r->err != PROFILE_NO_ERRNO)
		segen_buf_printf(out, "    errnoRet: \"%d\"\n", r->err);
	if (fits(r))
		put_conds(out, r);
}

static void check_header(const struct profile *flat, struct segen_strset *losses)
{
	if (flat->def == SEGEN_ACT_ERRNO && profile_default_errno(flat) != EPERM)
		export_loss(losses, "default errno %d", profile_default_errno(flat));
	for (size_t i = 0; i < flat->n_architectures; i++)
		if (strcmp(flat->architectures[i], "SCMP_ARCH_LOONGARCH64") == 0)
			export_loss(losses, "architecture loongarch64");
}

void export_k8s(const struct profile *flat, const struct export_request *rq,
		struct segen_buf *out, struct segen_strset *losses)
{
	check_header(flat, losses);
	segen_buf_puts(out, "apiVersion: security-profiles-operator.x-k8s.io/v1beta1\n"
			    "kind: SeccompProfile\nmetadata:\n  name: ");
	put_name(out, rq->name);
	segen_buf_printf(out, "\nspec:\n  defaultAction: %s\n",
			 profile_action_name(flat->def));
	put_list(out, "  ", "architectures", flat->architectures, flat->n_architectures);
	put_list(out, "  ", "flags", flat->flags, flat->n_flags);
	put_string(out, "listenerPath", flat->listener_path);
	put_string(out, "listenerMetadata", flat->listener_metadata);
	if (flat->n_rules)
		segen_buf_puts(out, "  syscalls:\n");
	for (size_t i = 0; i < flat->n_rules; i++) {
		if (!fits(&flat->rules[i]))
			export_loss(losses, "syscalls[%zu]: a value above 2^63", i);
		put_rule(out, &flat->rules[i]);
	}
}
