/* udev-rules-lint.h - the parts of a rule, and what is wrong with them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Private to udev-rules-*.c: lint.c walks lines, token.c reads one
 * KEY{ATTRIBUTE} OPERATOR "VALUE", keys.c knows which make sense.
 */
#ifndef BALIMG_DOCUMENT_UDEV_RULES_LINT_H
#define BALIMG_DOCUMENT_UDEV_RULES_LINT_H

#include "base/slice.h"

/* Operators, as bits of a set. */
enum udev_op {
	UDEV_OP_MATCH = 1 << 0,	  /* == */
	UDEV_OP_NOMATCH = 1 << 1, /* != */
	UDEV_OP_ASSIGN = 1 << 2,  /* = */
	UDEV_OP_ADD = 1 << 3,	  /* += */
	UDEV_OP_REMOVE = 1 << 4,  /* -= */
	UDEV_OP_FINAL = 1 << 5,	  /* := */
};

#define UDEV_OPS_MATCH (UDEV_OP_MATCH | UDEV_OP_NOMATCH)

/* As written in the rule; ->at is NULL of what is not there. */
struct udev_token {
	struct slice key, attribute, value;
	enum udev_op op;
};

struct udev_lint; /* what was found so far */

/* Note a finding on the rule being read. */
void udev_lint_say(struct udev_lint *lint, bool error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Read the token at *@p, a NUL-terminated rule, and move behind it.  1: done,
 * 0: there is none left, -1: udevd drops the rule, and why was said. */
int udev_token_read(const char **p, struct udev_token *token,
		    struct udev_lint *lint);

/* Say what is wrong with a token.  False if udevd drops the rule for it. */
bool udev_token_judge(const struct udev_token *token, struct udev_lint *lint);

/* Does a rule do something because it has @token? */
bool udev_token_has_effect(const struct udev_token *token);

/* "==", "+=", ... */
const char *udev_op_text(enum udev_op op);

/* @slice as the arguments of "%.*s", cut to what a person wants to read. */
#define UDEV_SLICE_ARGS(slice) \
	(int)((slice).len < 64 ? (slice).len : 64), (slice).at

#endif /* BALIMG_DOCUMENT_UDEV_RULES_LINT_H */
