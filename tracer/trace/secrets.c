/* secrets.c: star what looks like a secret in a command line. */
#include <segen/secrets.h>

#include <segen/util.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define STARS "***"

/* What separates words inside of a word: a script of "sh -c", a header. */
static const char separators[] = " \t\n'\"`;|&<>()";

/* Parts of names whose values are secret, without "-" and "_". */
static const char *const secret_names[] = {
	"password", "passwd",	 "passphrase", "pwd",	     "secret",	      "token",
	"apikey",   "accesskey", "privatekey", "credential", "authorization",
};

/* Names that hold one of these and are harmless: files that hold the secret, and pwd. */
static const char *const harmless_ends[] = {"file", "path", "dir"};

/*
 * Prefixes of tokens.  Sources: docs.github.com ("About authentication to GitHub"),
 * docs.gitlab.com (token prefixes), docs.aws.amazon.com (IAM unique identifiers),
 * api.slack.com (token types), RFC 7519 ('{"' in base64).
 */
static const char *const token_prefixes[] = {
	"ghp_", "gho_", "ghs_",	 "github_pat_", "glpat-",
	"AKIA", "ASIA", "xoxb-", "xoxp-",	"eyJ",
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* @n bytes of a name: "--db-password", "DB_PASSWORD", "Authorization". */
static bool is_secret_name(const char *name, size_t n)
{
	_cleanup_free_ char *plain = xcalloc(n + 1, 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		if (isalnum((unsigned char)name[i]))
			plain[len++] = (char)tolower((unsigned char)name[i]);
	for (size_t i = 0; i < ARRAY_SIZE(harmless_ends); i++)
		if (ends_with(plain, harmless_ends[i]))
			return false;
	if (strcmp(plain, "pwd") == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(secret_names); i++)
		if (strstr(plain, secret_names[i]))
			return true;
	return false;
}

static bool is_token(const char *s, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(token_prefixes); i++) {
		size_t m = strlen(token_prefixes[i]);

		if (n >= m + 12 && strncmp(s, token_prefixes[i], m) == 0)
			return true;
	}
	return false;
}

/* The password of "scheme://user:password@host": its start and length; 0: none. */
static size_t url_password(const char *s, size_t n, size_t *ret_start)
{
	const char *scheme = memmem(s, n, "://", 3);
	const char *user = scheme ? scheme + 3 : NULL;
	size_t rest = user ? strcspn(user, "/?#") : 0;
	const char *at, *colon;

	if (!user)
		return 0;
	rest = MIN(rest, (size_t)(s + n - user));
	at = memrchr(user, '@', rest);
	colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;
	if (!colon || colon + 1 == at)
		return 0;
	*ret_start = (size_t)(colon + 1 - s);
	return (size_t)(at - colon - 1);
}

static bool is_word(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(s, word, n) == 0;
}

/* The part of it that is a secret by itself: its length; 0: none is. */
static size_t find_secret(const char *s, size_t n, size_t name, size_t *ret_start)
{
	size_t len;

	if (name + 1 < n && s[name] == '=' && is_secret_name(s, name)) {
		*ret_start = name + 1;
		return n - name - 1;
	}
	len = url_password(s, n, ret_start);
	if (len || !is_token(s, n))
		return len;
	*ret_start = 0;
	return n;
}

/* Whether the word after it is one: "--password X", "Authorization: X", PASSWORD='X' */
static bool announces_secret(const char *s, size_t n, size_t name)
{
	if (name + 1 == n)
		return (s[name] == ':' || s[n] == '\'' || s[n] == '"') &&
		       is_secret_name(s, name);
	return *s == '-' && name == n && is_secret_name(s, n);
}

/* One word of a word; *@next: the following one is a secret. */
static void star_part(struct segen_buf *out, const char *s, size_t n, bool *next)
{
	bool secret = *next && *s != '-';
	bool scheme = is_word(s, n, "bearer") || is_word(s, n, "basic");
	size_t name = 0, start = 0, len;

	while (name < n && s[name] != '=' && s[name] != ':')
		name++;
	len = secret ? (scheme ? 0 : n) : find_secret(s, n, name, &start);
	*next = secret ? scheme : !len && announces_secret(s, n, name);
	segen_buf_add(out, s, len ? start : n);
	if (!len)
		return;
	segen_buf_puts(out, STARS);
	segen_buf_add(out, s + start + len, n - start - len);
}

static char *starred(const char *word, bool *next)
{
	struct segen_buf out = {};

	while (*word) {
		size_t gap = strspn(word, separators), n;

		segen_buf_add(&out, word, gap);
		word += gap;
		n = strcspn(word, separators);
		if (n)
			star_part(&out, word, n, next);
		word += n;
	}
	return out.s ? out.s : xstrdup("");
}

char **segen_secrets_starred(char *const *argv)
{
	bool next = false;
	size_t n = 0;
	char **copy;

	while (argv[n])
		n++;
	copy = xcalloc(n + 1, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = starred(argv[i], &next);
	return copy;
}
