/* report-containers.c: what runs, a line each. */
#include "report/report-containers.h"

#include <segen/json-write.h>

#define GAP 2

static void widen(unsigned *width, const char *s)
{
	*width = MAX(*width, layout_columns(s) + GAP);
}

static void cell(struct segen_buf *b, unsigned width, const char *s)
{
	segen_buf_puts(b, s);
	for (unsigned i = layout_columns(s); i < width; i++)
		segen_buf_puts(b, " ");
}

static void put_line(const struct layout *l, enum tone tone, const unsigned width[2],
		     const char *const words[5])
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	cell(&b, width[0], words[0]);
	cell(&b, width[1], words[1]);
	cell(&b, 12, words[2]);
	cell(&b, 10, words[3]);
	segen_buf_puts(&b, words[4]);
	layout_line(l, tone, "%s", b.s);
}

void report_containers_text(const struct layout *l, const struct container_line *v,
			    size_t n)
{
	static const char *const head[] = {"NAME", "IMAGE", "PROFILE", "EXPOSURE",
					   "FILTERS"};
	unsigned width[2] = {sizeof("NAME") + 1, sizeof("IMAGE") + 1};

	for (size_t i = 0; i < n; i++) {
		widen(&width[0], v[i].name);
		widen(&width[1], v[i].image);
	}
	put_line(l, TONE_STRONG, width, head);
	for (size_t i = 0; i < n; i++) {
		double score = exposure_score(&v[i].exposure);
		_cleanup_free_ char *exposure = xasprintf("%.1f", score);
		_cleanup_free_ char *filters = xasprintf("%zu", v[i].filters);
		const char *const words[] = {v[i].name, v[i].image, v[i].profile,
					     v[i].known ? exposure : "not known",
					     v[i].known ? filters : "not readable"};

		put_line(l, v[i].known && score >= 6 ? TONE_BAD : TONE_PLAIN, width,
			 words);
	}
}

static void put_container(struct segen_json_out *w, const struct container_line *c)
{
	_cleanup_free_ char *score = xasprintf("%.1f", exposure_score(&c->exposure));

	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "engine", c->engine);
	segen_json_put_string(w, "name", c->name);
	segen_json_put_string(w, "image", c->image);
	segen_json_put_u64(w, "pid", (uint64_t)c->pid);
	segen_json_put_string(w, "profile", c->profile);
	if (c->known) {
		segen_json_put_u64(w, "filters", c->filters);
		segen_json_put_raw(w, "score", score);
		segen_json_put_u64(w, "calls", c->exposure.calls);
	}
	segen_json_put_close(w, '}');
}

void report_containers_json(struct segen_buf *out, const struct container_line *v,
			    size_t n)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_u64(&w, "segen-audit", 1);
	segen_json_put_string(&w, "segen", SEGEN_VERSION);
	segen_json_put_open(&w, "profiles", '[');
	segen_json_put_close(&w, ']');
	segen_json_put_open(&w, "containers", '[');
	for (size_t i = 0; i < n; i++)
		put_container(&w, &v[i]);
	segen_json_put_close(&w, ']');
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
}
