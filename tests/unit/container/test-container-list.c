/* test-container-list.c: what engines' clients print of the containers that run. */
#include "container/container-list.h"
#include "tests/tap.h"

#include <segen/util.h>

#include <string.h>

static const struct {
	const char *options, *privileged, *want;
} profiles[] = {
	{"null", "false", "default"},
	{"[]", "false", "default"},
	{"null", "true", "unconfined"},
	{"[\"no-new-privileges\"]", "false", "default"},
	{"[\"seccomp=unconfined\"]", "false", "unconfined"},
	{"[\"seccomp:unconfined\"]", "false", "unconfined"},
	{"[\"label=disable\",\"seccomp=unconfined\"]", "false", "unconfined"},
	{"[\"seccomp=builtin\"]", "false", "default"},
	{"[\"seccomp=/etc/unconfined.json\"]", "false", "custom"},
	{"[\"seccomp={\\\"defaultAction\\\":\\\"A|B\\\"}\"]", "false", "custom"},
	{"[\"seccomp=/p.json\"]", "true", "custom"},
};

static void lines(void)
{
	struct container_list l = {};
	char text[] = "12|/web|nginx:1.25|false|null\n"
		      "\n"
		      "0|/ended|nginx|false|null\n"
		      "no line at all\n"
		      "13|few|fields\n"
		      "14|pod|registry:5000/a/b@sha256:00|true|[]";

	container_list_parse("docker", text, &l);
	is_int((intmax_t)l.n, 2, "lines: those of containers that run are taken");
	is_int(l.n ? l.v[0].pid : 0, 12, "lines: the process");
	is_str(l.n ? l.v[0].name : NULL, "web", "lines: the name, without its slash");
	is_str(l.n ? l.v[0].image : NULL, "nginx:1.25", "lines: the image");
	is_str(l.n > 1 ? l.v[1].image : NULL, "registry:5000/a/b@sha256:00",
	       "lines: an image with port and digest");
	container_list_done(&l);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++) {
		struct container_list l = {};
		_cleanup_free_ char *text = xasprintf(
			"1|a|b|%s|%s", profiles[i].privileged, profiles[i].options);

		container_list_parse("docker", text, &l);
		is_str(l.n ? l.v[0].profile : NULL, profiles[i].want, "profile: %s%s",
		       profiles[i].options,
		       strcmp(profiles[i].privileged, "true") ? "" : ", privileged");
		container_list_done(&l);
	}
	lines();
	return done();
}
