/* terminal.c: ask the terminal and the environment. */
#include "cli/terminal.h"

#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>

#define WIDTH_MIN 40

/* NULL where it is empty: an empty NO_COLOR is none (https://no-color.org). */
static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool terminal_has_color(int fd, enum terminal_color when)
{
	const char *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(fd) && !setting("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

unsigned terminal_width(int fd)
{
	struct winsize w;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &w) < 0 || !w.ws_col)
		return 80;
	return MAX(w.ws_col, WIDTH_MIN);
}

unsigned terminal_columns(const char *s, size_t n)
{
	unsigned w = 0;

	/* all but continuation bytes */
	for (size_t i = 0; i < n; i++)
		w += ((unsigned char)s[i] & 0xc0) != 0x80;
	return w;
}

void terminal_wrap(struct segen_buf *out, const char *text, unsigned at, unsigned indent,
		   unsigned width)
{
	bool fresh = true;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t n = strcspn(text, " ");
		unsigned w = terminal_columns(text, n);

		if (!fresh && at + 1 + w > width) {
			segen_buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
			fresh = true;
		}
		if (!fresh) {
			segen_buf_puts(out, " ");
			at++;
		}
		segen_buf_add(out, text, n);
		at += w;
		fresh = false;
		text += n;
	}
}

bool terminal_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = setting(names[i]);

		if (value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/* The punctuation of segen's own texts. */
static const struct {
	const char *utf8, *ascii;
} plain[] = {
	{"…", "..."}, {"→", "->"}, {"≥", ">="}, {"–", "-"},
	{"×", "x"},   {"✓", "-"},  {"✗", "!"},
};

void terminal_add(struct segen_buf *out, const char *text)
{
	if (terminal_is_utf8()) {
		segen_buf_puts(out, text);
		return;
	}
	while (*text) {
		size_t i = 0, n;

		while (i < ARRAY_SIZE(plain) &&
		       strncmp(text, plain[i].utf8, strlen(plain[i].utf8)) != 0)
			i++;
		n = i < ARRAY_SIZE(plain) ? strlen(plain[i].utf8) : 1;
		if (i < ARRAY_SIZE(plain))
			segen_buf_puts(out, plain[i].ascii);
		else if ((unsigned char)*text < 0x80)
			segen_buf_add(out, text, 1);
		else
			segen_buf_printf(out, "\\x%02x", (unsigned char)*text);
		text += n;
	}
}
