/*
 * replay.c: libFuzzer's place in an ordinary build: each file of a folder as it is, with
 * its end cut off everywhere, and with bits turned.
 */
#include <segen/json.h>

#include <dirent.h>
#include <string.h>

#include "fuzz.h"
#include "tests/tap.h"

#define FLIPS 300

static void replay(const char *text, size_t len)
{
	_cleanup_free_ uint8_t *copy = NULL;

	LLVMFuzzerTestOneInput((const uint8_t *)text, len);
	/* In memory of its own length, so that a sanitizer sees the end. */
	for (size_t n = 0; n < len; n += 1 + len / FLIPS) {
		_cleanup_free_ uint8_t *cut = xcalloc(n, 1);

		memcpy(cut, text, n);
		LLVMFuzzerTestOneInput(cut, n);
	}
	copy = xcalloc(len, 1);
	for (int i = 0; i < FLIPS && len; i++) {
		memcpy(copy, text, len);
		for (int k = rand() % 4; k >= 0; k--)
			copy[(size_t)rand() % len] ^= (uint8_t)(1u << rand() % 8);
		LLVMFuzzerTestOneInput(copy, len);
	}
}

int main(int argc, char **argv)
{
	const struct dirent *e;
	DIR *d = argc > 1 ? opendir(argv[1]) : NULL;

	srand(1);
	while (d && (e = readdir(d))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", argv[1], e->d_name);
		_cleanup_free_ char *text = NULL;
		size_t len;

		if (e->d_name[0] == '.')
			continue;
		if (!ok(segen_file_read(path, &text, &len, NULL) == 0, "%s", e->d_name))
			continue;
		replay(text, len);
	}
	ok(tap.n > 0, "and no harm was done");
	if (d)
		closedir(d);
	return done();
}
