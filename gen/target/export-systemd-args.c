/* export-systemd-args.c: conditions on arguments as settings of systemd. */
#include "target/export-systemd-args.h"

#include "target/export.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <sched.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>

#define PERSONALITY_QUERY 0xffffffff
#define NAMESPACES                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)

/* By number (socket.h); holes are families that were never built. */
static const char *const families[] = {
#define FAMILY(name) [name] = #name
	FAMILY(AF_UNIX),      FAMILY(AF_INET),	    FAMILY(AF_AX25),
	FAMILY(AF_IPX),	      FAMILY(AF_APPLETALK), FAMILY(AF_NETROM),
	FAMILY(AF_BRIDGE),    FAMILY(AF_ATMPVC),    FAMILY(AF_X25),
	FAMILY(AF_INET6),     FAMILY(AF_ROSE),	    FAMILY(AF_DECnet),
	FAMILY(AF_NETBEUI),   FAMILY(AF_SECURITY),  FAMILY(AF_KEY),
	FAMILY(AF_NETLINK),   FAMILY(AF_PACKET),    FAMILY(AF_ASH),
	FAMILY(AF_ECONET),    FAMILY(AF_ATMSVC),    FAMILY(AF_RDS),
	FAMILY(AF_SNA),	      FAMILY(AF_IRDA),	    FAMILY(AF_PPPOX),
	FAMILY(AF_WANPIPE),   FAMILY(AF_LLC),	    FAMILY(AF_IB),
	FAMILY(AF_MPLS),      FAMILY(AF_CAN),	    FAMILY(AF_TIPC),
	FAMILY(AF_BLUETOOTH), FAMILY(AF_IUCV),	    FAMILY(AF_RXRPC),
	FAMILY(AF_ISDN),      FAMILY(AF_PHONET),    FAMILY(AF_IEEE802154),
	FAMILY(AF_CAIF),      FAMILY(AF_ALG),	    FAMILY(AF_NFC),
	FAMILY(AF_VSOCK),     FAMILY(AF_KCM),	    FAMILY(AF_QIPCRTR),
	FAMILY(AF_SMC),	      FAMILY(AF_XDP),
#undef FAMILY
};

/* A family that no kernel has yet: stands for all of them. */
#define FAMILY_UNKNOWN 200

static bool only_index(const struct profile *flat, const char *name, unsigned index)
{
	for (size_t i = 0; i < flat->n_rules; i++) {
		const struct profile_rule *r = &flat->rules[i];

		if (!profile_rule_has(r, name))
			continue;
		for (size_t k = 0; k < r->n_conds; k++)
			if (r->conds[k].index != index)
				return false;
	}
	return true;
}

/* Whether the native @name passes with @value as its first argument. */
static bool passes(const struct segen_rules *rules, const struct target *t,
		   const char *name, uint64_t value)
{
	const uint64_t args[6] = {value};

	return segen_verdict_lets(
		segen_rules_eval(rules, t->arch, segen_syscall_nr(t->arch, name), args));
}

static void put_families(struct segen_buf *out, const struct segen_rules *rules,
			 const struct target *t, bool which)
{
	const char *space = "";

	for (size_t f = 1; f < ARRAY_SIZE(families); f++) {
		if (!families[f] || passes(rules, t, "socket", f) != which)
			continue;
		segen_buf_printf(out, "%s%s", space, families[f]);
		space = " ";
	}
}

/* A deny list when families unknown today are let in, else an allow list. */
static bool add_families(struct systemd_args *a, const struct profile *flat)
{
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	struct segen_buf *out = &a->families;
	bool open;

	if (!only_index(flat, "socket", 0) ||
	    resolve_rules(flat, a->target, false, &rules, NULL) < 0)
		return false;
	open = passes(&rules, a->target, "socket", FAMILY_UNKNOWN);
	segen_buf_puts(out, open ? "~" : "");
	put_families(out, &rules, a->target, !open);
	if (strcmp(out->s, "") == 0)
		segen_buf_puts(out, "none");
	a->has_families = true;
	return true;
}

/* Exactly Docker's mask on clone's flags, which are the second argument on s390. */
static bool forbids_namespaces(const struct profile *flat, const struct target *t)
{
	const bool swapped = strncmp(t->arch->name, "s390", 4) == 0;
	size_t n = 0;

	for (size_t i = 0; i < flat->n_rules; i++) {
		const struct profile_rule *r = &flat->rules[i];
		const struct segen_cond *c = r->conds;

		if (!profile_rule_has(r, "clone"))
			continue;
		if (n++ || r->action != SEGEN_ACT_ALLOW || r->n_conds != 1 ||
		    c->index != swapped || c->op != SEGEN_CMP_MASKED_EQ ||
		    c->value != NAMESPACES || c->value_two)
			return false;
	}
	return n == 1;
}

/* LockPersonality= lets in what is in force already, and asking for it. */
static bool add_personality(struct systemd_args *a, const struct profile *flat,
			    struct segen_strset *losses)
{
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	static const uint64_t others[] = {PER_LINUX32, UNAME26, PER_LINUX32 | UNAME26};

	if (!only_index(flat, "personality", 0) ||
	    resolve_rules(flat, a->target, false, &rules, NULL) < 0 ||
	    !passes(&rules, a->target, "personality", PER_LINUX) ||
	    !passes(&rules, a->target, "personality", PERSONALITY_QUERY))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (passes(&rules, a->target, "personality", others[i]))
			export_loss(losses, "'personality' with 0x%llx",
				    (unsigned long long)others[i]);
	a->personality = true;
	return true;
}

void systemd_args_init(struct systemd_args *a, const struct profile *flat,
		       const struct target *t)
{
	*a = (struct systemd_args){
		.target = t,
		.namespaces = forbids_namespaces(flat, t),
	};
}

void systemd_args_done(struct systemd_args *a)
{
	segen_buf_done(&a->families);
}

bool systemd_args_add(struct systemd_args *a, const struct profile *flat,
		      const char *name, struct segen_strset *losses)
{
	if (strcmp(name, "clone") == 0 && a->namespaces)
		return true;
	if (strcmp(name, "socket") == 0 && add_families(a, flat))
		return true;
	if (strcmp(name, "personality") == 0 && add_personality(a, flat, losses))
		return true;
	export_loss(losses, "'%s' has conditions on its arguments", name);
	return false;
}

void systemd_args_narrow(const struct systemd_args *a, const char *name,
			 struct segen_strset *losses)
{
	if (a->namespaces && (strcmp(name, "unshare") == 0 ||
			      strcmp(name, "setns") == 0 || strcmp(name, "clone3") == 0))
		export_loss(losses, "'%s', while 'clone' makes no namespace", name);
}

void systemd_args_put(const struct systemd_args *a, struct segen_buf *out)
{
	if (a->has_families)
		segen_buf_printf(out, "RestrictAddressFamilies=%s\n", a->families.s);
	if (a->namespaces)
		segen_buf_puts(out, "RestrictNamespaces=yes\n");
	if (a->personality)
		segen_buf_puts(out, "LockPersonality=yes\n");
}
