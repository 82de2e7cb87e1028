/* table.c - libfdisk's reading of a table, in our terms
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The context is told to list only.  Else libfdisk would look for file
 * systems that collide with the table, which takes ten times as long, and
 * makes no sense in a file that holds nothing but the table.
 */
#include <config.h>

#include <errno.h>
#include <libfdisk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "disklabel/table.h"

#define LEGACY_BOOT (1u << 2) /* in a GPT entry's attributes */

static inline void
cleanup_context(struct fdisk_context **context)
{
	fdisk_unref_context(*context);
}

static inline void
cleanup_partition(struct fdisk_partition **part)
{
	fdisk_unref_partition(*part);
}

#define AUTO_CONTEXT   __attribute__((cleanup(cleanup_context)))
#define AUTO_PARTITION __attribute__((cleanup(cleanup_partition)))

/* Several times what libfdisk takes for the largest table that we allow. */
#define RESERVE (4u * 1024 * 1024) /* bytes */

/* libfdisk's talk: warnings of a backup that we did not copy, and the like.
 * Nothing is asked while listing. */
static int
ignore_talk(struct fdisk_context *context, struct fdisk_ask *ask, void *data)
{
	(void)context;
	(void)ask;
	(void)data;
	return 0;
}

static int
fail(struct balimg_error *err, int rc)
{
	if (rc == -ENOMEM)
		return error_nomem(err);
	return error_set(err, BALIMG_E_INVALID,
			 "the partition table cannot be read");
}

/* libfdisk aborts when memory runs out in the middle.  So let it begin only
 * where there is enough, which costs no more than asking: nothing touches the
 * pages. */
static int
ensure_memory(struct balimg_error *err)
{
	void *volatile reserve = malloc(RESERVE);

	if (!reserve)
		return error_nomem(err);
	free(reserve);
	return 0;
}

static struct fdisk_context *
open_context(const struct label *label, int fd, struct balimg_error *err)
{
	AUTO_CONTEXT struct fdisk_context *context = fdisk_new_context();
	int rc;

	if (!context) {
		error_nomem(err);
		return NULL;
	}
	rc = fdisk_set_ask(context, ignore_talk, NULL);
	if (!rc)
		rc = fdisk_enable_listonly(context, 1);
	if (!rc)
		rc = fdisk_save_user_sector_size(context, label->sector_size,
						 label->sector_size);
	if (!rc)
		rc = fdisk_assign_device_by_fd(context, fd, "table", 1);
	if (!rc && !fdisk_is_labeltype(context, label->kind == LABEL_GPT ?
							FDISK_DISKLABEL_GPT :
							FDISK_DISKLABEL_DOS))
		rc = -EINVAL;
	if (rc) {
		fail(err, rc);
		return NULL;
	}
	return STEAL(context);
}

static int
load_id(struct label *label, struct fdisk_context *context,
	struct balimg_error *err)
{
	AUTO_FREE char *id = NULL;
	int rc = fdisk_get_disklabel_id(context, &id);

	if (rc)
		return fail(err, rc);
	snprintf(label->id, sizeof(label->id), "%s", id ? id : "");
	return 0;
}

static void
load_type(const struct label *label, struct fdisk_partition *from,
	  struct partition *to)
{
	struct fdisk_parttype *type = fdisk_partition_get_type(from);
	const char *name = type ? fdisk_parttype_get_name(type) : NULL;
	const char *guid = type ? fdisk_parttype_get_string(type) : NULL;

	if (name)
		snprintf(to->type_name, sizeof(to->type_name), "%s", name);
	if (label->kind == LABEL_GPT && guid)
		snprintf(to->type_guid, sizeof(to->type_guid), "%s", guid);
	else if (label->kind == LABEL_DOS && type)
		to->type = (uint8_t)fdisk_parttype_get_code(type);
}

static bool
is_active(const struct label *label, struct fdisk_context *context,
	  struct fdisk_partition *from)
{
	uint64_t attributes;

	if (label->kind == LABEL_DOS)
		return fdisk_partition_is_bootable(from) == 1;
	return !fdisk_gpt_get_partition_attrs(context,
					      fdisk_partition_get_partno(from),
					      &attributes) &&
	       attributes & LEGACY_BOOT;
}

/* A name is UTF-16 on the disk, and what was no text there is none here. */
static int
load_name(struct fdisk_partition *from, struct partition *to,
	  struct balimg_error *err)
{
	const char *name = fdisk_partition_get_name(from);
	size_t at, left, len;

	to->name = strdup(name ? name : "");
	if (!to->name)
		return error_nomem(err);
	left = strlen(to->name);
	for (at = 0; left; at += len, left -= len) {
		len = utf8_decode(to->name + at, left, NULL);
		if (!len) {
			to->name[at] = '?';
			len = 1;
		}
	}
	return 0;
}

/* Append @from; sectors that overflow 64 bits of bytes become the end of
 * everything, to be refused with all others that reach too far. */
static int
load_partition(struct label *label, struct fdisk_context *context,
	       struct fdisk_partition *from, struct balimg_error *err)
{
	struct partition *to = &label->partitions[label->count];

	if (!fdisk_partition_get_size(from))
		return 0;

	to->number = (unsigned)fdisk_partition_get_partno(from) + 1;
	if (!checked_mul(fdisk_partition_get_start(from), label->sector_size,
			 &to->start) ||
	    !checked_mul(fdisk_partition_get_size(from), label->sector_size,
			 &to->size))
		to->start = to->size = UINT64_MAX / 2;
	load_type(label, from, to);
	to->active = is_active(label, context, from);
	to->extended = fdisk_partition_is_container(from);
	label->count++;
	return label->kind == LABEL_GPT ? load_name(from, to, err) : 0;
}

/* fdisk_get_partitions() would silently leave out what it has no memory for;
 * so they are fetched one by one. */
static int
load_partitions(struct label *label, struct fdisk_context *context,
		struct balimg_error *err)
{
	size_t count = fdisk_get_npartitions(context);
	size_t i;
	int rc;

	label->partitions = calloc(count + 1, sizeof(*label->partitions));
	if (!label->partitions)
		return error_nomem(err);
	for (i = 0; i < count; i++) {
		AUTO_PARTITION struct fdisk_partition *part = NULL;

		if (!fdisk_is_partition_used(context, i))
			continue;
		rc = fdisk_get_partition(context, i, &part);
		if (rc)
			return fail(err, rc);
		if (load_partition(label, context, part, err) < 0)
			return -1;
	}
	return 0;
}

int
table_load(struct label *label, int fd, struct balimg_error *err)
{
	AUTO_CONTEXT struct fdisk_context *context = NULL;

	if (ensure_memory(err) < 0)
		return -1;
	context = open_context(label, fd, err);
	if (!context || load_id(label, context, err) < 0)
		return -1;
	return load_partitions(label, context, err);
}
