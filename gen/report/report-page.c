/* report-page.c: an audit as one HTML file that needs nothing else. */
#include "report/report-page.h"

#include "report/page-text.h"

#include <string.h>

/*
 * JSON inside of a script element: '<' stands in strings only, and without it nothing
 * can end the element or begin a comment.
 */
static void put_data(struct segen_buf *out, const struct segen_buf *json)
{
	const char *s = json->s, *end = json->s + json->len;

	while (s < end) {
		const char *lt = memchr(s, '<', (size_t)(end - s));

		segen_buf_add(out, s, (size_t)((lt ? lt : end) - s));
		if (!lt)
			return;
		segen_buf_puts(out, "\\u003c");
		s = lt + 1;
	}
}

static void put_profiles(struct segen_json_out *w, const struct page_profile *v, size_t n)
{
	segen_json_put_open(w, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		segen_json_put_open(w, NULL, '{');
		segen_json_put_string(w, "profile", v[i].path);
		segen_json_put_string(w, "text", v[i].text);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, ']');
	segen_json_put_end(w);
}

void report_page(struct segen_buf *out, const struct audited *a,
		 const struct page_profile *profiles)
{
	_cleanup_(segen_buf_done) struct segen_buf audit = {}, texts = {};
	struct segen_json_out w = {.out = &audit, .style = SEGEN_JSON_COMPACT};
	struct segen_json_out p = {.out = &texts, .style = SEGEN_JSON_COMPACT};

	report_audit_put(&w, a);
	put_profiles(&p, profiles, a->n);
	segen_buf_puts(out, page_head);
	put_data(out, &audit);
	segen_buf_puts(out, page_between);
	put_data(out, &texts);
	segen_buf_puts(out, page_tail);
}
