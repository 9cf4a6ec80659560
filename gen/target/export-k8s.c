/*
 * export-k8s.c: a SeccompProfile of the Security Profiles Operator.
 *
 * Source of the schema: security-profiles-operator, deploy/base-crds/crds/
 * seccompprofile.yaml (v1 and v1beta1, which are alike): no defaultErrnoRet; errnoRet is
 * an integer; listenerPath is a file in one folder; the object belongs to the cluster.
 */
#include "target/export.h"

#include <segen/json-write.h>
#include <segen/syscall.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define NAME_MAX_DNS 63

#define LISTENER_FOLDER "/var/run/security-profiles-operator/"

/* As Kubernetes has them (RFC 1123): a-z, 0-9 and '-', ends without '-'. */
char *export_k8s_name(const char *name)
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
	return xstrdup(n ? dns : "segen");
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

/* YAML ends a comment at the end of the line and takes no control characters. */
static void put_comment(struct segen_buf *out, const char *indent, const char *text)
{
	if (!text || !*text)
		return;
	segen_buf_printf(out, "%s# ", indent);
	for (; *text; text++)
		segen_buf_printf(out, "%c", iscntrl((unsigned char)*text) ? ' ' : *text);
	segen_buf_puts(out, "\n");
}

/* JSON's text without the quotes of a string; NULL stays that. */
static char *plain_text(const char *json)
{
	size_t n = json ? strlen(json) : 0;

	if (n < 2 || *json != '"')
		return json ? xstrdup(json) : NULL;
	return xstrndup(json + 1, n - 2);
}

/* What to write into a pod to use the object. */
static void put_head(struct segen_buf *out, const struct profile *flat, const char *name,
		     bool v1)
{
	_cleanup_free_ char *about = plain_text(flat->comment);

	put_comment(out, "", about);
	segen_buf_printf(out,
			 "# In the securityContext of a pod or container:\n"
			 "#   seccompProfile:\n"
			 "#     type: Localhost\n"
			 "#     localhostProfile: operator/%s.json\n",
			 name);
	if (!v1)
		segen_buf_printf(out,
				 "# (operator/NAMESPACE/%s.json where the operator "
				 "still has a profile in a namespace)\n",
				 name);
	segen_buf_printf(out,
			 "apiVersion: security-profiles-operator.x-k8s.io/%s\n"
			 "kind: SeccompProfile\nmetadata:\n  name: %s\n",
			 v1 ? "v1" : "v1beta1", name);
}

static bool is_listener(const char *path)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	const size_t n = strlen(LISTENER_FOLDER);

	return !strncmp(path, LISTENER_FOLDER, n) && path[n] &&
	       !path[n + strspn(path + n, allowed)];
}

static void put_listener(struct segen_buf *out, const struct profile *flat,
			 struct segen_strset *losses)
{
	if (flat->listener_path && !is_listener(flat->listener_path))
		export_loss(losses, "a listenerPath that is not in %s", LISTENER_FOLDER);
	else
		put_string(out, "listenerPath", flat->listener_path);
	put_string(out, "listenerMetadata", flat->listener_metadata);
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
	put_comment(out, "  ", r->comment);
	segen_buf_printf(out, "  - action: %s\n", profile_action_name(r->action));
	put_list(out, "    ", "names", r->names, r->n_names);
	if (r->err != PROFILE_NO_ERRNO)
		segen_buf_printf(out, "    errnoRet: %d\n", r->err);
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
	_cleanup_free_ char *name = export_k8s_name(rq->name);

	check_header(flat, losses);
	put_head(out, flat, name, !rq->k8s_beta);
	segen_buf_printf(out, "spec:\n  defaultAction: %s\n",
			 profile_action_name(flat->def));
	put_list(out, "  ", "architectures", flat->architectures, flat->n_architectures);
	put_list(out, "  ", "flags", flat->flags, flat->n_flags);
	put_listener(out, flat, losses);
	if (flat->n_rules)
		segen_buf_puts(out, "  syscalls:\n");
	for (size_t i = 0; i < flat->n_rules; i++) {
		if (!fits(&flat->rules[i]))
			export_loss(losses, "syscalls[%zu]: a value above 2^63", i);
		put_rule(out, &flat->rules[i]);
	}
}
