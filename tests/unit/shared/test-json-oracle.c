/* test-json-oracle.c: json-c reads the same from all that segen lets through. */
#include <segen/json.h>

#include <json-c/json.h>
#include <string.h>

#include "tests/tap.h"

static const char document[] =
	"{\n\t\"segen-trace\": 1, \"caf\xc3\xa9\": [1, -2.5e3, 0.1E+2, 18446744073709551615],\n"
	"\t\"x\\u00e9\\ud83d\\ude00\": {\"\": null, \"a\": true, \"b\": false, \"c\": "
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\xf0\x9f\x98\x80\"},\n"
	"\t\"deep\": [[[[{\"a\": [{\"a\": {}}]}]]], []]}";
#define DOCUMENT_LEN (sizeof(document) - 1)

static void put(struct json_object **o)
{
	json_object_put(*o);
}

static int keep(const char *text, size_t len, char **ret)
{
	_cleanup_(segen_json_done) struct segen_json j = {};
	struct segen_json_token t;
	int r;

	segen_json_init(&j, text, len, "x");
	r = segen_json_begin(&j, &t, NULL);
	if (r >= 0)
		r = segen_json_keep(&j, &t, ret, NULL);
	return r < 0 ? r : segen_json_end(&j, NULL);
}

static struct json_object *parse(const char *text, size_t len, bool *ret_good)
{
	struct json_tokener *t = json_tokener_new_ex(SEGEN_JSON_DEPTH + 1);
	struct json_object *doc;

	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	doc = json_tokener_parse_ex(t, text, (int)len);
	if (json_tokener_get_error(t) == json_tokener_continue)
		doc = json_tokener_parse_ex(t, "", 1);
	*ret_good = json_tokener_get_error(t) == json_tokener_success;
	json_tokener_free(t);
	return doc;
}

/* The text, and what segen kept of it, are the same document. */
static bool agrees(const char *text, size_t len, const char *kept)
{
	bool good, good_kept;
	_cleanup_(put) struct json_object *theirs = parse(text, len, &good);
	_cleanup_(put) struct json_object *ours = parse(kept, strlen(kept), &good_kept);

	return good && good_kept && json_object_equal(theirs, ours);
}

/* Not in the surrogates: json-c 0.16 takes U+1D800 to U+1DBFF for one. */
static void mutate(char *t, size_t len)
{
	static const char spared[] = "\\ud83d";
	size_t at = (size_t)(strstr(document, spared) - document);
	static const char parts[] = "{}[]\",:\\u0019-.eE \xc3\xa9";

	for (int k = rand() % 4; k >= 0; k--)
		t[(size_t)rand() % len] =
			rand() % 4 ? parts[(size_t)rand() % (sizeof(parts) - 1)]
				   : (char)rand();
	memcpy(t + at, spared, sizeof(spared) - 1);
}

int main(void)
{
	unsigned read = 0, agree = 0;

	srand(1);
	for (int i = 0; i < 10000; i++) {
		char t[sizeof(document)];
		_cleanup_free_ char *kept = NULL;

		memcpy(t, document, sizeof(t));
		mutate(t, DOCUMENT_LEN);
		if (keep(t, DOCUMENT_LEN, &kept) < 0)
			continue;
		read++;
		agree += agrees(t, DOCUMENT_LEN, kept);
	}
	ok(read > 500, "json: of 10000 changed texts, %u are read", read);
	is_int(agree, read, "json: json-c reads the same from each text");
	return done();
}
