/* os-find.c - the partition that a person names
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/os-private.h"
#include "base/buffer.h"

/* Is this what @name calls the partition?  One for each way to call it. */
static bool
has_number(const struct os_partition *part, const char *name)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%u", os_partition_number(part));
	return !strcmp(digits, name);
}

static bool
has_gpt_name(const struct os_partition *part, const char *name)
{
	return part->partition && part->partition->name &&
	       !strcmp(part->partition->name, name);
}

static bool
has_label(const struct os_partition *part, const char *name)
{
	return !strcmp(part->identity.label, name);
}

static bool
has_role(const struct os_partition *part, const char *name)
{
	return !strcmp(os_role_name(part->role), name);
}

/* "1 resin-boot, 2 resin-rootA, ..." */
static int
hint_partitions(const struct os *os, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer list = BUFFER_INIT;
	size_t i;

	for (i = 0; i < os->count; i++)
		buffer_printf(&list, "%s%u %s", i ? ", " : "",
			      os->partitions[i].partition ?
				      os->partitions[i].partition->number :
				      0,
			      os->places[i].title);
	return error_hint(err, "there are: %s",
			  list.data ? list.data : "none");
}

static int
fail_ambiguous(const struct os *os, const char *name, size_t a, size_t b,
	       struct balimg_error *err)
{
	error_set(err, BALIMG_E_INVALID,
		  "partitions %u and %u are both called \"%s\"",
		  os->partitions[a].partition->number,
		  os->partitions[b].partition->number, name);
	return error_hint(err, "give the number");
}

/* The one partition for which @is_named holds, or OS_NOWHERE. */
static int
find_by(const struct os *os,
	bool (*is_named)(const struct os_partition *part, const char *name),
	const char *name, size_t *at, struct balimg_error *err)
{
	size_t i;

	*at = OS_NOWHERE;
	for (i = 0; i < os->count; i++) {
		if (!is_named(&os->partitions[i], name))
			continue;
		if (*at != OS_NOWHERE)
			return fail_ambiguous(os, name, *at, i, err);
		*at = i;
	}
	return 0;
}

int
os_find_partition(const struct os *os, const char *name, size_t *at,
		  struct balimg_error *err)
{
	static bool (*const ways[])(const struct os_partition *part,
				    const char *name) = {
		has_number,
		has_gpt_name,
		has_label,
		has_role,
	};
	size_t i;

	*at = OS_NOWHERE;
	if (!*name && os->label->kind == LABEL_NONE)
		*at = 0;
	for (i = 0; *name && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (find_by(os, ways[i], name, at, err) < 0)
			return -1;
		if (*at != OS_NOWHERE)
			break;
	}
	if (*at != OS_NOWHERE)
		return 0;
	if (*name)
		error_set(err, BALIMG_E_NOT_FOUND, "no partition \"%s\"",
			  name);
	else
		error_set(err, BALIMG_E_NOT_FOUND,
			  "the image is no single volume");
	return hint_partitions(os, err);
}
