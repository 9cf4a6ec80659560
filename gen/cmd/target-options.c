/* target-options.c: the rows of the options that say what container is meant. */
#include "cmd/target-options.h"

#include "target/target.h"

static int set_caps(void *opts, const char *value, struct segen_error *err)
{
	return target_set_caps(opts, value, err);
}

static int add_caps(void *opts, const char *value, struct segen_error *err)
{
	return target_add_caps(opts, value, err);
}

static int drop_caps(void *opts, const char *value, struct segen_error *err)
{
	return target_drop_caps(opts, value, err);
}

static int set_arch(void *opts, const char *value, struct segen_error *err)
{
	return target_set_arch(opts, value, err);
}

static int set_kernel(void *opts, const char *value, struct segen_error *err)
{
	return target_set_kernel(opts, value, err);
}

static int set_engine(void *opts, const char *value, struct segen_error *err)
{
	return target_set_engine(opts, value, err);
}

const struct option_row target_options[TARGET_OPTIONS_N] = {
	{"arch", 0, "ARCH", "its architecture (default: this machine's)",
	 OPTION_CALL(set_arch)},
	{"caps", 0, "LIST", "its bounding set instead of Docker's default; 'none', 'all'",
	 OPTION_CALL(set_caps)},
	{"cap-add", 0, "LIST", "add capabilities, as with docker run",
	 OPTION_CALL(add_caps)},
	{"cap-drop", 0, "LIST", "drop capabilities, as with docker run",
	 OPTION_CALL(drop_caps)},
	{"kernel", 0, "X.Y", "its kernel (default: this machine's)",
	 OPTION_CALL(set_kernel)},
	{"engine", 0, "ENGINE",
	 "engine whose interpretation to assume (default: docker, the newest)",
	 OPTION_CALL_WORD(set_engine, "docker|docker-20.10|podman")},
};
