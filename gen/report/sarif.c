/* sarif.c: SARIF 2.1.0 documents. */
#include "report/sarif.h"

static void text(struct emit *e, const char *key, const char *s)
{
	emit_open(e, key, '{');
	emit_string(e, "text", s);
	emit_close(e, '}');
}

static void rule(struct emit *e, const struct sarif_rule *r)
{
	emit_open(e, NULL, '{');
	emit_string(e, "id", r->id);
	text(e, "shortDescription", r->what);
	text(e, "fullDescription", r->why);
	emit_string(e, "helpUri", r->url);
	emit_close(e, '}');
}

void sarif_begin(struct emit *e, const struct sarif_rule *rules, size_t n)
{
	emit_open(e, NULL, '{');
	emit_string(e, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	emit_string(e, "version", "2.1.0");
	emit_open(e, "runs", '[');
	emit_open(e, NULL, '{');
	emit_open(e, "tool", '{');
	emit_open(e, "driver", '{');
	emit_string(e, "name", "segen");
	emit_string(e, "version", SEGEN_VERSION);
	emit_open(e, "rules", '[');
	for (size_t i = 0; i < n; i++)
		rule(e, &rules[i]);
	emit_close(e, ']');
	emit_close(e, '}');
	emit_close(e, '}');
	emit_open(e, "results", '[');
}

void sarif_add(struct emit *e, const struct sarif_result *r)
{
	emit_open(e, NULL, '{');
	emit_string(e, "ruleId", r->rule);
	emit_string(e, "level", r->level);
	text(e, "message", r->text);
	emit_open(e, "locations", '[');
	emit_open(e, NULL, '{');
	emit_open(e, "physicalLocation", '{');
	emit_open(e, "artifactLocation", '{');
	emit_string(e, "uri", r->file);
	emit_close(e, '}');
	if (r->line) {
		emit_open(e, "region", '{');
		emit_u64(e, "startLine", r->line);
		emit_close(e, '}');
	}
	emit_close(e, '}');
	emit_close(e, '}');
	emit_close(e, ']');
	emit_close(e, '}');
}

void sarif_end(struct emit *e)
{
	emit_close(e, ']');
	emit_close(e, '}');
	emit_close(e, ']');
	emit_close(e, '}');
	emit_end(e);
}
