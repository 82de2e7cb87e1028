/* keyfile.c - NetworkManager connection profiles (GKeyFile text)
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A profile is kept as a list of entries in the order of the text: a group
 * may be opened again, and the last of equal keys wins.  A value with an
 * escape that does not exist is kept as unreadable, for NetworkManager treats
 * it as if it were not set.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "document/keyfile-line.h"

#define TEXT_MAX_LEN (256u * 1024) /* bytes; real ones have a few hundred */

struct entry {
	char *name;  /* of the key; NULL: a group begins */
	char *value; /* of a group, its name */
	bool broken; /* the value has an escape that does not exist */
};

struct keyfile {
	struct entry *entries;
	size_t count, size;
};

/* Undo the escapes of a string.  True if one does not exist: it stays as it
 * is, but for a backslash at the end, which goes. */
static bool
unescape(struct slice from, char *to)
{
	static const char names[] = "sntr\\";
	static const char meanings[] = " \n\t\r\\";
	bool broken = false;
	const char *found;
	size_t i;

	for (i = 0; i < from.len; i++) {
		if (from.at[i] != '\\') {
			*to++ = from.at[i];
			continue;
		}
		found = ++i < from.len ?
				memchr(names, from.at[i], sizeof(names) - 1) :
				NULL;
		if (found) {
			*to++ = meanings[found - names];
			continue;
		}
		broken = true;
		if (i < from.len) {
			*to++ = '\\';
			*to++ = from.at[i];
		}
	}
	*to = '\0';
	return broken;
}

static int
add_entry(struct keyfile *keyfile, struct entry entry,
	  struct balimg_error *err)
{
	struct entry *more;

	if (keyfile->count == keyfile->size) {
		more = realloc(keyfile->entries,
			       (2 * keyfile->count + 16) * sizeof(*more));
		if (!more)
			return error_nomem(err);
		keyfile->entries = more;
		keyfile->size = 2 * keyfile->count + 16;
	}
	keyfile->entries[keyfile->count++] = entry;
	return 0;
}

static int
add_group(struct keyfile *keyfile, const struct keyfile_line *line,
	  struct balimg_error *err)
{
	struct entry entry = { 0 };

	entry.value = strndup(line->name.at, line->name.len);
	if (!entry.value)
		return error_nomem(err);
	if (add_entry(keyfile, entry, err) < 0) {
		free(entry.value);
		return -1;
	}
	return 0;
}

static int
add_value(struct keyfile *keyfile, const struct keyfile_line *line,
	  struct balimg_error *err)
{
	AUTO_FREE char *name = strndup(line->name.at, line->name.len);
	AUTO_FREE char *value = malloc(line->value.len + 1);
	struct entry entry;

	if (!name || !value)
		return error_nomem(err);
	entry.broken = unescape(line->value, value);
	entry.name = name;
	entry.value = value;
	if (add_entry(keyfile, entry, err) < 0)
		return -1;
	name = NULL; /* the list's now */
	value = NULL;
	return 0;
}

static int
parse_line(struct keyfile *keyfile, const struct keyfile_line *line,
	   struct balimg_error *err)
{
	switch (line->kind) {
	case KEYFILE_GROUP:
		return add_group(keyfile, line, err);
	case KEYFILE_ENTRY:
		if (keyfile->count == 0)
			return error_set(
				err, BALIMG_E_INVALID,
				"there is no [group] before the first "
				"entry");
		return add_value(keyfile, line, err);
	case KEYFILE_BAD:
		return error_set(err, BALIMG_E_INVALID, "%s", line->problem);
	case KEYFILE_BLANK:
		break;
	}
	return 0;
}

static int
check_text(const char *text, size_t len, struct balimg_error *err)
{
	if (len > TEXT_MAX_LEN)
		return error_set(err, BALIMG_E_INVALID,
				 "%zu bytes are no connection profile", len);
	if (memchr(text, '\0', len))
		return error_set(err, BALIMG_E_INVALID,
				 "this is no text: it has a NUL byte");
	if (!utf8_is_valid(text, len))
		return error_set(err, BALIMG_E_INVALID,
				 "this is not UTF-8 text");
	return 0;
}

struct keyfile *
keyfile_parse(const char *text, size_t len, struct balimg_error *err)
{
	AUTO_KEYFILE struct keyfile *keyfile = NULL;
	struct slice rest = { text, len };
	struct keyfile_line line;
	unsigned number;

	if (len && check_text(text, len, err) < 0)
		return NULL;
	keyfile = calloc(1, sizeof(*keyfile));
	if (!keyfile) {
		error_nomem(err);
		return NULL;
	}
	for (number = 1; rest.len; number++) {
		keyfile_line_read(&rest, &line);
		if (parse_line(keyfile, &line, err) < 0) {
			error_wrap(err, "line %u", number);
			return NULL;
		}
	}
	return STEAL(keyfile);
}

void
keyfile_free(struct keyfile *keyfile)
{
	size_t i;

	if (!keyfile)
		return;
	for (i = 0; i < keyfile->count; i++) {
		free(keyfile->entries[i].name);
		free(keyfile->entries[i].value);
	}
	free(keyfile->entries);
	free(keyfile);
}

/* The next entry of @group from *@at on, or NULL. */
static const struct entry *
next_entry(const struct keyfile *keyfile, const char *group, size_t *at,
	   bool *inside)
{
	const struct entry *entry;

	while (*at < keyfile->count) {
		entry = &keyfile->entries[(*at)++];
		if (!entry->name)
			*inside = keyfile_group_is(entry->value, group);
		else if (*inside)
			return entry;
	}
	return NULL;
}

static const struct entry *
find_entry(const struct keyfile *keyfile, const char *group, const char *key)
{
	const struct entry *found = NULL;
	const struct entry *entry;
	bool inside = false;
	size_t at = 0;

	while ((entry = next_entry(keyfile, group, &at, &inside)))
		if (!strcmp(entry->name, key))
			found = entry;
	return found;
}

int
keyfile_each(const struct keyfile *keyfile, const char *group,
	     int (*visit)(void *data, const char *key, const char *value),
	     void *data)
{
	const struct entry *entry;
	bool inside = false;
	size_t at = 0;
	int rc;

	while ((entry = next_entry(keyfile, group, &at, &inside))) {
		rc = visit(data, entry->name,
			   entry->broken ? NULL : entry->value);
		if (rc)
			return rc;
	}
	return 0;
}

bool
keyfile_has_group(const struct keyfile *keyfile, const char *group)
{
	size_t i;

	for (i = 0; i < keyfile->count; i++)
		if (!keyfile->entries[i].name &&
		    keyfile_group_is(keyfile->entries[i].value, group))
			return true;
	return false;
}

const char *
keyfile_get(const struct keyfile *keyfile, const char *group, const char *key)
{
	const struct entry *entry = find_entry(keyfile, group, key);

	return entry && !entry->broken ? entry->value : NULL;
}

const char *
keyfile_get_broken(const struct keyfile *keyfile, const char *group,
		   const char *key)
{
	const struct entry *entry = find_entry(keyfile, group, key);

	return entry ? entry->value : NULL;
}

char *
keyfile_normalise(const char *text, size_t len, size_t *out_len,
		  struct balimg_error *err)
{
	AUTO_BUFFER struct buffer out = BUFFER_INIT;
	struct slice rest = { text, len };
	struct keyfile_line line;

	while (rest.len >= 3 && !memcmp(rest.at, "\xef\xbb\xbf", 3)) {
		rest.at += 3;
		rest.len -= 3;
	}
	while (rest.len) {
		keyfile_line_read(&rest, &line);
		while (line.whole.len &&
		       line.whole.at[line.whole.len - 1] == '\r')
			line.whole.len--;
		buffer_add(&out, line.whole.at, line.whole.len);
		buffer_puts(&out, "\n");
	}
	return buffer_take(&out, out_len, err);
}

/* Does @name end in @ending, in any case, with something before it? */
static bool
has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name);
	size_t ending_len = strlen(ending);

	return len > ending_len &&
	       !strcasecmp(name + len - ending_len, ending);
}

/* A dot and six letters or digits, as mkstemp() names files. */
static bool
looks_temporary(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789";
	const char *dot = strrchr(name, '.');

	return dot && strlen(dot + 1) == 6 && strspn(dot + 1, letters) == 6;
}

bool
keyfile_name_is_read(const char *name, const char **reason)
{
	*reason = NULL;
	if (name[0] == '\0')
		*reason = "it has no name";
	else if (name[0] == '.')
		*reason = "names that begin with a dot are ignored";
	else if (name[strlen(name) - 1] == '~')
		*reason = "names that end in '~' are taken for backups";
	else if (looks_temporary(name))
		*reason = "names that end in a dot and six letters or digits "
			  "are taken for temporary files";
	else if (has_ending(name, ".pem") || has_ending(name, ".der"))
		*reason = "names that end in .pem or .der are taken for "
			  "certificates";
	return *reason == NULL;
}
