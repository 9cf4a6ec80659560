/*
 * containerd.h: how the configurations of containerd and CRI-O name runtimes; that of
 * containerd depends on the version of the file's format.
 *
 * Pure.  Source: containerd's docs/cri/config.md: version 2 up to containerd 1.7, version
 * 3 since 2.0; an older containerd refuses a newer file, and a newer one passes over
 * sections with the old name in a file of version 3.  crio.conf(5): every file in
 * crio.conf.d adds to crio.conf, and a table of runtimes to the others.
 */
#pragma once

#include <segen/util.h>

#define CONTAINERD_CONFIG "/etc/containerd/config.toml"
#define CRIO_DROP_IN "/etc/crio/crio.conf.d/50-segen.conf"

/* The version that a configuration says it has; 0: none. */
unsigned containerd_config_version(const char *text);
/* The newest that a containerd reads, from what "containerd --version" says; 0. */
unsigned containerd_format_of(const char *said);

/* The lines to add for the runtime at @path. */
void containerd_add_runtime(struct segen_buf *out, unsigned version, const char *path);
void crio_add_runtime(struct segen_buf *out, const char *path);
