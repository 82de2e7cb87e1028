/* keyfile-line.h - the lines that GKeyFile text is made of
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Private to keyfile*.c.
 */
#ifndef BALIMG_DOCUMENT_KEYFILE_LINE_H
#define BALIMG_DOCUMENT_KEYFILE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "document/keyfile.h"

enum keyfile_line_kind {
	KEYFILE_BLANK, /* or a comment */
	KEYFILE_GROUP, /* [name] */
	KEYFILE_ENTRY, /* name = value */
	KEYFILE_BAD,
};

/* As written. */
struct keyfile_line {
	enum keyfile_line_kind kind;
	struct slice name, value;
	struct slice whole;  /* without its end: CR, LF */
	const char *problem; /* a static sentence if KEYFILE_BAD */
};

/* Cut the first line off the head of @text and read it. */
void keyfile_line_read(struct slice *text, struct keyfile_line *line);

/* Is @name a group's or setting's name, in either of the spellings that
 * NetworkManager has for some ("wifi", "802-11-wireless")? */
bool keyfile_group_is(const char *name, const char *group);

/* Append "NAME=" and @value so that reading gives its bytes back, and a
 * newline. */
void keyfile_add_entry(struct buffer *text, const char *name,
		       const char *value);

/* Does the group exist (in either spelling)? */
bool keyfile_has_group(const struct keyfile *keyfile, const char *group);

/* As keyfile_get(), but with escapes that do not exist left as they are. */
const char *keyfile_get_broken(const struct keyfile *keyfile,
			       const char *group, const char *key);

/* Call @visit for each entry of @group, in order, until one returns non-zero,
 * which is then returned; 0 at the end.  @value is as of keyfile_get(). */
int keyfile_each(const struct keyfile *keyfile, const char *group,
		 int (*visit)(void *data, const char *key, const char *value),
		 void *data);

/* Check a WPA passphrase (8 to 63 characters) or raw key (64 hexadecimal
 * digits). */
int keyfile_check_psk(const char *psk, struct balimg_error *err) MUST_USE;

/* Is it an address of @family (AF_INET, AF_INET6), of @len bytes? */
bool keyfile_is_address(int family, const char *text, size_t len);

/* "address1", "addresses2", "address": with a number or without. */
bool keyfile_is_address_key(const char *key);

/* Is it a prefix length of @family, of @len bytes? */
bool keyfile_is_prefix(int family, const char *text, size_t len);

#endif /* BALIMG_DOCUMENT_KEYFILE_LINE_H */
