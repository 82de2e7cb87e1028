/* udev-rules.h - udev rules as config.json carries them (os.udevRules)
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The device writes the value of key K to /etc/udev/rules.d/K.rules, by a
 * shell script that evaluates K: some names run as commands, some lose the
 * rule (domain facts: os-udevrules in meta-balena).  A value loses all
 * trailing newlines and gets one.
 */
#ifndef BALIMG_DOCUMENT_UDEV_RULES_H
#define BALIMG_DOCUMENT_UDEV_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* May @name (without ".rules") be a key?  Only [A-Za-z0-9._+-], no leading
 * dot or dash, not "README", not ending in ".rules", 1 to 200 bytes.
 * BALIMG_E_REFUSED with the reason. */
int udev_name_check(const char *name, struct balimg_error *err) MUST_USE;

/* The text as it is to be stored: CRLF as LF, no byte order mark.
 * BALIMG_E_INVALID: NUL or other control characters (binary), not UTF-8, over
 * 64 KiB, empty or blank.  BALIMG_E_REFUSED: a value the device's echo would
 * swallow ("-n", "-e", "-E", "-nE").  *@out_len is set unless NULL; the text
 * ends with a NUL that it does not count.  To be freed. */
char *udev_text_normalise(const char *text, size_t len, size_t *out_len,
			  struct balimg_error *err) MUST_USE;

/* One thing to say about a rule. */
struct udev_finding {
	unsigned line; /* from 1 */
	bool error;    /* udevd drops the line; else a warning */
	char *text;
};

struct udev_findings {
	size_t count;
	struct udev_finding *findings;
};

/* Read the rules as udevd would: continuation lines, comments, KEY OP "VALUE"
 * with ==, !=, =, +=, -=, :=; unterminated quotes, missing operators and
 * commas, unknown keys, an operator the key does not take, GOTO without its
 * LABEL. */
int udev_text_lint(const char *text, size_t len,
		   struct udev_findings *findings, struct balimg_error *err)
	MUST_USE;
void udev_findings_clear(struct udev_findings *findings);

#endif /* BALIMG_DOCUMENT_UDEV_RULES_H */
