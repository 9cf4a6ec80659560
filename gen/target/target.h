/*
 * target.h: the container a profile is meant for, as far as resolving needs it.
 *
 * The room says what a profile means for one container: as the engine reads it, as the
 * runtime hands it to libseccomp, and in the words of other consumers.  Pure, but for
 * this machine's kernel and architecture as defaults.  Must not know: why a profile holds
 * what it holds.
 */
#pragma once

#include <segen/arch.h>
#include <segen/error.h>
#include <segen/trace.h>
#include <segen/util.h>

/* Whose reading of a profile counts; they differ in what they ignore. */
enum engine {
	ENGINE_DOCKER,	     /* the newest */
	ENGINE_DOCKER_20_10, /* ignores defaultErrnoRet, flags, listener* */
	ENGINE_PODMAN,	     /* errno words count, minKernel does not */
};

struct target {
	const struct segen_arch *arch;
	struct segen_strset caps; /* the bounding set, "CAP_CHOWN" */
	unsigned kernel_major, kernel_minor;
	enum engine engine;
	/* What @caps was made of: --caps or the engine's default, --cap-add, --cap-drop.
	 */
	struct segen_strset base, added, dropped;
	bool has_base;
};

/* Docker's 14 default capabilities (podman has 11), this machine's architecture and
 * kernel. */
void target_init_default(struct target *t);
void target_done(struct target *t);
/* @to has nothing to release. */
void target_copy(struct target *to, const struct target *from);

/*
 * Edits by words as docker accepts them: "CHOWN", "cap_chown", "ALL"; comma lists.  As in
 * docker the order of adding and dropping does not matter.  -EINVAL names the unknown
 * word.  "" and "none" set an empty bounding set.
 */
int target_set_caps(struct target *t, const char *list, struct segen_error *err);
int target_add_caps(struct target *t, const char *list, struct segen_error *err);
int target_drop_caps(struct target *t, const char *list, struct segen_error *err);
int target_set_kernel(struct target *t, const char *version, struct segen_error *err);
int target_set_arch(struct target *t, const char *name, struct segen_error *err);
/* -EINVAL; @err says that there is no such architecture, and which was meant. */
int target_arch_unknown(const char *word, struct segen_error *err);
int target_set_engine(struct target *t, const char *name, struct segen_error *err);

/*
 * Give @t the bounding set that the trace's containers had, if they agree and no option
 * has said what it is to be.  Returns whether that was done.
 */
bool target_from_trace(struct target *t, const struct segen_trace *trace);

/* "CAP_CHOWN" from "chown", "CHOWN", "CAP_CHOWN"; NULL when there is none; static. */
const char *cap_name(const char *word);
/* -EINVAL; @err says that there is none of this name, and which was meant. */
int cap_unknown(const char *word, struct segen_error *err);
/* Capability names by number, NULL past the last. */
const char *cap_by_number(unsigned nr);
