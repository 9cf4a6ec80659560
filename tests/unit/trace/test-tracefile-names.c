/* test-tracefile-names.c: calls that the reader of a trace has no name for. */
#include <segen/tracefile.h>

#include <segen/syscall.h>

#include <string.h>

#include "tests/tap.h"

#define RUN "000000010000000000000000"
#define SEEN "\"seen\": {\"" RUN "\": {\"count\": 1}}"
#define FIRST "\"first\": {\"run\": \"" RUN "\"}"
#define CALLS(calls)                                               \
	"{\"segen-trace\": 1, \"runs\": [{\"id\": \"" RUN "\"}], " \
	"\"calls\": {\"x86_64\": {" calls "}}}"

/* Another segen may know more names than this one. */
static void test_younger(void)
{
	static const char text[] = CALLS("\"later#900\": {" SEEN ", " FIRST "}, "
					 "\"cachestat#451\": {" SEEN ", " FIRST "}, "
					 "\"read#0\": {" SEEN ", " FIRST "}");
	_cleanup_(segen_trace_done) struct segen_trace t = {}, again = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	const struct segen_arch *arch = segen_arch_by_name("x86_64");

	ok(segen_tracefile_parse(text, strlen(text), "t", &t, NULL) == 0,
	   "names with numbers are read");
	ok(t.n_calls == 3 && segen_trace_find(&t, arch, 900), "an unknown one by number");
	ok(segen_trace_find(&t, arch, segen_syscall_nr(arch, "cachestat")) &&
		   segen_trace_find(&t, arch, 0),
	   "those that are known as what they are");
	segen_tracefile_format(&t, &b);
	ok(strstr(b.s, "\"cachestat#451\": {") && strstr(b.s, "\"#900\": {") &&
		   strstr(b.s, "\"read\": {"),
	   "young names are written with their numbers, others not");
	ok(segen_tracefile_parse(b.s, b.len, "t", &again, NULL) == 0 &&
		   again.n_calls == 3,
	   "and come back");
}

int main(void)
{
	test_younger();
	return done();
}
