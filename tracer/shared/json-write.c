/* json-write.c: writes JSON text, value by value, in three styles. */
#include <segen/json-write.h>

#include <inttypes.h>

static enum segen_json_style style_of(const struct segen_json_out *w)
{
	return w->line_depth && w->style == SEGEN_JSON_LINES ? SEGEN_JSON_ONE_LINE
							     : w->style;
}

static void new_line(struct segen_json_out *w)
{
	segen_buf_puts(w->out, "\n");
	for (unsigned i = 0; i < w->depth; i++)
		segen_buf_puts(w->out, "\t");
}

/* What comes before a value: comma, line, key. */
static void lead(struct segen_json_out *w, const char *key)
{
	enum segen_json_style style = style_of(w);

	if (w->more)
		segen_buf_puts(w->out, style == SEGEN_JSON_ONE_LINE ? ", " : ",");
	if (w->depth && style == SEGEN_JSON_LINES)
		new_line(w);
	w->more = true;
	if (!key)
		return;
	segen_json_quote(w->out, key);
	segen_buf_puts(w->out, style == SEGEN_JSON_COMPACT ? ":" : ": ");
}

void segen_json_put_open(struct segen_json_out *w, const char *key, char bracket)
{
	segen_json_put_raw(w, key, (char[]){bracket, '\0'});
	w->depth++;
	w->more = false;
}

void segen_json_put_line(struct segen_json_out *w, const char *key, char bracket)
{
	segen_json_put_open(w, key, bracket);
	if (!w->line_depth)
		w->line_depth = w->depth;
}

void segen_json_put_close(struct segen_json_out *w, char bracket)
{
	w->depth--;
	if (w->more && style_of(w) == SEGEN_JSON_LINES)
		new_line(w);
	if (w->depth < w->line_depth)
		w->line_depth = 0;
	segen_buf_add(w->out, &bracket, 1);
	w->more = true;
}

void segen_json_put_raw(struct segen_json_out *w, const char *key, const char *text)
{
	lead(w, key);
	segen_buf_puts(w->out, text);
}

void segen_json_put_string(struct segen_json_out *w, const char *key, const char *s)
{
	lead(w, key);
	segen_json_quote(w->out, s);
}

void segen_json_put_u64(struct segen_json_out *w, const char *key, uint64_t n)
{
	lead(w, key);
	segen_buf_printf(w->out, "%" PRIu64, n);
}

void segen_json_put_bool(struct segen_json_out *w, const char *key, bool b)
{
	segen_json_put_raw(w, key, b ? "true" : "false");
}

void segen_json_put_hex(struct segen_json_out *w, const char *key, uint64_t n)
{
	lead(w, key);
	segen_buf_printf(w->out, "\"0x%" PRIx64 "\"", n);
}

void segen_json_put_strings(struct segen_json_out *w, const char *key, char *const *v,
			    size_t n)
{
	segen_json_put_open(w, key, '[');
	for (size_t i = 0; i < n; i++)
		segen_json_put_string(w, NULL, v[i]);
	segen_json_put_close(w, ']');
}

void segen_json_put_end(struct segen_json_out *w)
{
	segen_buf_puts(w->out, "\n");
}
