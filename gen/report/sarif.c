/* sarif.c: SARIF 2.1.0 documents. */
#include "report/sarif.h"

static void text(struct segen_json_out *w, const char *key, const char *s)
{
	segen_json_put_open(w, key, '{');
	segen_json_put_string(w, "text", s);
	segen_json_put_close(w, '}');
}

static void rule(struct segen_json_out *w, const struct sarif_rule *r)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "id", r->id);
	text(w, "shortDescription", r->what);
	text(w, "fullDescription", r->why);
	segen_json_put_string(w, "helpUri", r->url);
	segen_json_put_close(w, '}');
}

void sarif_begin(struct segen_json_out *w, const struct sarif_rule *rules, size_t n)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "$schema",
			      "https://json.schemastore.org/sarif-2.1.0.json");
	segen_json_put_string(w, "version", "2.1.0");
	segen_json_put_open(w, "runs", '[');
	segen_json_put_open(w, NULL, '{');
	segen_json_put_open(w, "tool", '{');
	segen_json_put_open(w, "driver", '{');
	segen_json_put_string(w, "name", "segen");
	segen_json_put_string(w, "version", SEGEN_VERSION);
	segen_json_put_open(w, "rules", '[');
	for (size_t i = 0; i < n; i++)
		rule(w, &rules[i]);
	segen_json_put_close(w, ']');
	segen_json_put_close(w, '}');
	segen_json_put_close(w, '}');
	segen_json_put_open(w, "results", '[');
}

void sarif_add(struct segen_json_out *w, const struct sarif_result *r)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "ruleId", r->rule);
	segen_json_put_string(w, "level", r->level);
	text(w, "message", r->text);
	segen_json_put_open(w, "locations", '[');
	segen_json_put_open(w, NULL, '{');
	segen_json_put_open(w, "physicalLocation", '{');
	segen_json_put_open(w, "artifactLocation", '{');
	segen_json_put_string(w, "uri", r->file);
	segen_json_put_close(w, '}');
	if (r->line) {
		segen_json_put_open(w, "region", '{');
		segen_json_put_u64(w, "startLine", r->line);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, '}');
	segen_json_put_close(w, '}');
	segen_json_put_close(w, ']');
	segen_json_put_close(w, '}');
}

void sarif_end(struct segen_json_out *w)
{
	segen_json_put_close(w, ']');
	segen_json_put_close(w, '}');
	segen_json_put_close(w, ']');
	segen_json_put_close(w, '}');
	segen_json_put_end(w);
}
