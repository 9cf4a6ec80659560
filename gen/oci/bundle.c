/* bundle.c: reads config.json and process.json. */
#include "oci/bundle.h"

#include <segen/json.h>

#include <stddef.h>
#include <string.h>

void oci_facts_done(struct oci_facts *f)
{
	for (size_t i = 0; f->argv && f->argv[i]; i++)
		free(f->argv[i]);
	free(f->argv);
	segen_strset_done(&f->caps);
	segen_strset_done(&f->effective);
	free(f->profile);
	free(f->request);
	free(f->namespace);
	free(f->pod);
	free(f->name);
	free(f->image);
	free(f->kind);
	*f = (struct oci_facts){};
}

static int read_argv(struct segen_json *j, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	struct {
		char **v;
		size_t n;
	} args = {};
	int r = segen_json_list(j, t, &args, err);

	args.v = xreallocarray(args.v, args.n + 1, sizeof(*args.v));
	args.v[args.n] = NULL;
	*(char ***)into = args.v;
	return r;
}

static int read_caps(struct segen_json *j, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"bounding", segen_json_set, offsetof(struct oci_facts, caps),
		 SEGEN_JSON_OPTIONAL},
		{"effective", segen_json_set, offsetof(struct oci_facts, effective),
		 SEGEN_JSON_OPTIONAL},
	};

	((struct oci_facts *)into)->has_caps = true;
	return segen_json_fields(j, t, fields, ARRAY_SIZE(fields), into, err);
}

static const struct segen_json_field process_fields[] = {
	{"args", read_argv, offsetof(struct oci_facts, argv), SEGEN_JSON_OPTIONAL},
	{"capabilities", read_caps, 0, SEGEN_JSON_OPTIONAL},
	{"noNewPrivileges", segen_json_bool, offsetof(struct oci_facts, no_new_privs),
	 SEGEN_JSON_OPTIONAL},
};

static int read_process(struct segen_json *j, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	return segen_json_fields(j, t, process_fields, ARRAY_SIZE(process_fields), into,
				 err);
}

/* As text: it is for a later reader. */
static int read_seccomp(struct segen_json *j, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	int r = segen_json_open(j, t, SEGEN_JSON_OBJECT, err);

	return r < 0 ? r : segen_json_keep(j, t, into, err);
}

static int read_linux(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{"seccomp", read_seccomp, offsetof(struct oci_facts, profile),
		 SEGEN_JSON_OPTIONAL},
	};

	return segen_json_fields(j, t, fields, ARRAY_SIZE(fields), into, err);
}

/* Several annotations may say the same. */
static int read_label(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	char **label = into;

	free(*label);
	*label = NULL;
	return segen_json_text(j, t, into, err);
}

#define LABEL(key, member)                                                               \
	{                                                                                \
		key, read_label, offsetof(struct oci_facts, member), SEGEN_JSON_OPTIONAL \
	}

/*
 * io.kubernetes.cri: containerd, internal/cri/annotations.  io.kubernetes.cri-o: CRI-O,
 * pkg/annotations.  The others are the kubelet's labels (k8s.io/kubelet, pkg/types),
 * which CRI-O makes annotations of.
 */
static int read_annotations(struct segen_json *j, const struct segen_json_token *t,
			    void *into, struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		{OCI_ANNOTATION_REQUEST, segen_json_text,
		 offsetof(struct oci_facts, request), SEGEN_JSON_OPTIONAL},
		LABEL("io.kubernetes.cri.sandbox-namespace", namespace),
		LABEL("io.kubernetes.cri.sandbox-name", pod),
		LABEL("io.kubernetes.cri.container-name", name),
		LABEL("io.kubernetes.cri.image-name", image),
		LABEL("io.kubernetes.cri.container-type", kind),
		LABEL("io.kubernetes.pod.namespace", namespace),
		LABEL("io.kubernetes.pod.name", pod),
		LABEL("io.kubernetes.container.name", name),
		LABEL("io.kubernetes.cri-o.ImageName", image),
		LABEL("io.kubernetes.cri-o.ContainerType", kind),
	};

	return segen_json_fields(j, t, fields, ARRAY_SIZE(fields), into, err);
}

static const struct segen_json_field config_fields[] = {
	{"annotations", read_annotations, 0, SEGEN_JSON_OPTIONAL},
	{"process", read_process, 0, SEGEN_JSON_OPTIONAL},
	{"linux", read_linux, 0, SEGEN_JSON_OPTIONAL},
};

bool oci_facts_is_sandbox(const struct oci_facts *f)
{
	return f->kind && !strcmp(f->kind, "sandbox");
}

int oci_facts_parse(const char *text, size_t len, const char *name, bool is_process,
		    struct oci_facts *ret, struct segen_error *err)
{
	_cleanup_(segen_json_done) struct segen_json j = {};

	*ret = (struct oci_facts){};
	segen_json_init(&j, text, len, name);
	if (is_process)
		return segen_json_document(&j, process_fields, ARRAY_SIZE(process_fields),
					   ret, err);
	return segen_json_document(&j, config_fields, ARRAY_SIZE(config_fields), ret,
				   err);
}

int oci_facts_read(const char *path, bool is_process, struct oci_facts *ret,
		   struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = segen_file_read(path, &text, &len, err);

	*ret = (struct oci_facts){};
	return r < 0 ? r : oci_facts_parse(text, len, path, is_process, ret, err);
}
