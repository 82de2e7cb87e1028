/* udev-rules-token.c - one KEY{ATTRIBUTE} OPERATOR "VALUE" of a rule
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * udevd is generous with blanks and commas and strict about the rest: a
 * rule with one token that it cannot read is dropped whole.
 */
#include <config.h>

#include <string.h>

#include "document/udev-rules-lint.h"

#define BLANKS " \t\r"

static const struct {
	const char *text;
	enum udev_op op;
} operators[] = {
	{ "==", UDEV_OP_MATCH }, { "!=", UDEV_OP_NOMATCH },
	{ "+=", UDEV_OP_ADD },	 { "-=", UDEV_OP_REMOVE },
	{ ":=", UDEV_OP_FINAL }, { "=", UDEV_OP_ASSIGN },
};

#define OPERATOR_COUNT (sizeof(operators) / sizeof(operators[0]))

const char *
udev_op_text(enum udev_op op)
{
	size_t i;

	for (i = 0; i < OPERATOR_COUNT - 1; i++)
		if (operators[i].op == op)
			break;
	return operators[i].text;
}

/* A key ends at a blank, a brace or an operator. */
static size_t
key_len(const char *p)
{
	size_t len;

	for (len = 0; p[len]; len++) {
		if (strchr(BLANKS "={", p[len]))
			break;
		if (strchr("+-!:", p[len]) && p[len + 1] == '=')
			break;
	}
	return len;
}

static int
read_attribute(const char **p, struct udev_token *token,
	       struct udev_lint *lint)
{
	const char *end;

	if (**p != '{')
		return 0;
	end = strchr(*p, '}');
	if (!end) {
		udev_lint_say(lint, true, "the '{' after %.*s is not closed",
			      UDEV_SLICE_ARGS(token->key));
		return -1;
	}
	token->attribute.at = *p + 1;
	token->attribute.len = (size_t)(end - *p) - 1;
	*p = end + 1;
	return 0;
}

static int
read_operator(const char **p, struct udev_token *token, struct udev_lint *lint)
{
	size_t i;

	*p += strspn(*p, BLANKS);
	for (i = 0; i < OPERATOR_COUNT; i++) {
		size_t len = strlen(operators[i].text);

		if (!strncmp(*p, operators[i].text, len)) {
			token->op = operators[i].op;
			*p += len;
			return 0;
		}
	}
	udev_lint_say(lint, true, "there is no operator after \"%.*s\"",
		      UDEV_SLICE_ARGS(token->key));
	return -1;
}

/* Skip what may stand before the quote: 'e' for a value with C's escapes,
 * 'i' for a match that ignores case. */
static const char *
skip_prefix(const char *p)
{
	if (*p == 'e' || *p == 'i') {
		char other = *p == 'e' ? 'i' : 'e';

		p++;
		if (*p == other)
			p++;
	}
	return p;
}

static int
judge_nocase(const struct udev_token *token, struct udev_lint *lint)
{
	if (token->op & UDEV_OPS_MATCH) {
		udev_lint_say(
			lint, false,
			"i\"...\" is new; systemd 252 and older drop the "
			"rule");
		return 0;
	}
	udev_lint_say(lint, true,
		      "%.*s ignores case (i\"...\") but is no match",
		      UDEV_SLICE_ARGS(token->key));
	return -1;
}

static int
read_value(const char **p, struct udev_token *token, struct udev_lint *lint)
{
	const char *prefix = *p + strspn(*p, BLANKS);
	const char *quote = skip_prefix(prefix);
	size_t prefix_len = (size_t)(quote - prefix);
	bool escaped = memchr(prefix, 'e', prefix_len) != NULL;
	const char *end;

	if (*quote != '"') {
		udev_lint_say(lint, true,
			      "the value of %.*s is not in double quotes",
			      UDEV_SLICE_ARGS(token->key));
		return -1;
	}
	if (memchr(prefix, 'i', prefix_len) && judge_nocase(token, lint) < 0)
		return -1;
	for (end = quote + 1; *end && *end != '"'; end++)
		if (*end == '\\' && end[1] && (escaped || end[1] == '"'))
			end++;
	if (!*end) {
		udev_lint_say(lint, true,
			      "the value of %.*s has no closing quote",
			      UDEV_SLICE_ARGS(token->key));
		return -1;
	}
	token->value.at = quote + 1;
	token->value.len = (size_t)(end - quote) - 1;
	*p = end + 1;
	return 0;
}

int
udev_token_read(const char **p, struct udev_token *token,
		struct udev_lint *lint)
{
	*token = (struct udev_token){ .op = UDEV_OP_ASSIGN };
	*p += strspn(*p, BLANKS ",");
	if (**p == '\0')
		return 0;

	token->key.at = *p;
	token->key.len = key_len(*p);
	if (token->key.len == 0) {
		udev_lint_say(lint, true, "there is no key before \"%.12s\"",
			      *p);
		return -1;
	}
	*p += token->key.len;
	if (read_attribute(p, token, lint) < 0 ||
	    read_operator(p, token, lint) < 0 ||
	    read_value(p, token, lint) < 0)
		return -1;
	return 1;
}
