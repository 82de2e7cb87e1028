/* os.c - the operating system that an image holds: its partitions
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "balenaos/os-private.h"

/* ---- roles ------------------------------------------------------------ */

static const char *const role_names[] = {
	[OS_ROLE_NONE] = "",	    [OS_ROLE_BOOT] = "boot",
	[OS_ROLE_ROOT_A] = "rootA", [OS_ROLE_ROOT_B] = "rootB",
	[OS_ROLE_STATE] = "state",  [OS_ROLE_DATA] = "data",
	[OS_ROLE_CONF] = "conf",    [OS_ROLE_EFI] = "efi",
};

const char *
os_role_name(enum os_role role)
{
	return role_names[role];
}

enum os_role
os_role_of_label(const char *label)
{
	static const char *const prefixes[] = { "resin-", "flash-",
						"balena-" };
	static const struct {
		const char *word;
		enum os_role role;
	} words[] = {
		{ "boot", OS_ROLE_BOOT },
		{ "rootA", OS_ROLE_ROOT_A },
		{ "rootB", OS_ROLE_ROOT_B },
		{ "state", OS_ROLE_STATE },
		{ "data", OS_ROLE_DATA },
		{ "efi", OS_ROLE_EFI },
		/* 1.x */
		{ "root", OS_ROLE_ROOT_A },
		{ "updt", OS_ROLE_ROOT_B },
		{ "conf", OS_ROLE_CONF },
	};
	const char *word = NULL;
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(label, prefixes[i], strlen(prefixes[i])))
			word = label + strlen(prefixes[i]);
	for (i = 0; word && i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i].word))
			return words[i].role;
	return OS_ROLE_NONE;
}

/* The GPT name goes before the label, which a fresh file system lacks. */
static enum os_role
role_of(const struct os_partition *part)
{
	enum os_role role = OS_ROLE_NONE;

	if (part->partition && part->partition->name)
		role = os_role_of_label(part->partition->name);
	return role ? role : os_role_of_label(part->identity.label);
}

/* ---- opening ---------------------------------------------------------- */

/* Can @text stand in a message as it is? */
static bool
is_presentable(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static void
set_title(const struct os *os, const struct os_partition *part,
	  struct os_place *place)
{
	const char *name = part->partition ? part->partition->name : NULL;
	char number[32] = "whole image";

	if (part->partition)
		snprintf(number, sizeof(number), "partition %u",
			 part->partition->number);
	if (!name || !is_presentable(name))
		name = part->identity.label;
	if (!is_presentable(name))
		name = number;
	snprintf(place->title, sizeof(place->title), "%s%s", os->title, name);
}

static int
identify(struct os *os, size_t at, struct balimg_error *err)
{
	struct os_partition *part = &os->partitions[at];
	struct os_place *place = &os->places[at];

	if (!os_is_extended(part)) {
		place->slice = source_slice_open(os->image, part->start,
						 part->size, err);
		if (!place->slice)
			return -1;
		if (volume_identify(place->slice, &part->identity, err) < 0) {
			set_title(os, part, place);
			return error_wrap(err, "%s", place->title);
		}
	}
	set_title(os, part, place);
	part->role = role_of(part);
	return 0;
}

/* One entry for each partition, or one for the whole image. */
static int
list_partitions(struct os *os, struct balimg_error *err)
{
	const struct partition *part;
	bool whole = os->label->kind == LABEL_NONE;
	size_t i;

	os->count = whole ? 1 : os->label->count;
	os->partitions = calloc(os->count + 1, sizeof(*os->partitions));
	os->places = calloc(os->count + 1, sizeof(*os->places));
	if (!os->partitions || !os->places)
		return error_nomem(err);

	if (whole)
		os->partitions[0].size = source_size(os->image);
	for (i = 0; i < os->count; i++) {
		part = whole ? NULL : &os->label->partitions[i];
		if (part)
			os->partitions[i] = (struct os_partition){
				.partition = part,
				.start = part->start,
				.size = part->size,
			};
		if (identify(os, i, err) < 0)
			return -1;
	}
	return 0;
}

struct os *
os_open_titled(struct source *image, const char *title,
	       struct balimg_error *err)
{
	AUTO_OS struct os *os = calloc(1, sizeof(*os));

	if (!os) {
		error_nomem(err);
		return NULL;
	}
	os->image = image;
	os->title = title;
	os->boot = os->rival = OS_NOWHERE;
	os->label = label_read(image, err);
	if (!os->label || list_partitions(os, err) < 0 ||
	    os_choose_boot(os, err) < 0)
		return NULL;
	return STEAL(os);
}

struct os *
os_open(struct source *image, struct balimg_error *err)
{
	return os_open_titled(image, "", err);
}

void
os_close(struct os *os)
{
	size_t i;

	if (!os)
		return;
	os_inner_close(&os->inner);
	for (i = 0; os->places && i < os->count; i++) {
		volume_close(os->places[i].view);
		volume_close(os->places[i].volume);
		volume_close(os->places[i].old_view);
		volume_close(os->places[i].old_volume);
	}
	guest_free(os->guest);
	for (i = 0; os->places && i < os->count; i++)
		source_close(os->places[i].slice);
	free(os->places);
	free(os->partitions);
	free(os->facts.device_type);
	label_free(os->label);
	free(os);
}

/* ---- lending ---------------------------------------------------------- */

struct source *
os_image(const struct os *os)
{
	return os->image;
}

const char *
os_title(const struct os *os)
{
	return os->title;
}

const struct label *
os_label(const struct os *os)
{
	return os->label;
}

size_t
os_partition_count(const struct os *os)
{
	return os->count;
}

const struct os_partition *
os_get_partition(const struct os *os, size_t at)
{
	return &os->partitions[at];
}

const char *
os_partition_title(const struct os *os, size_t at)
{
	return os->places[at].title;
}

int
os_flush(struct os *os, struct balimg_error *err)
{
	size_t i;

	if (os->inner.os && os_flush(os->inner.os, err) < 0)
		return -1;
	for (i = 0; i < os->count; i++)
		if (os->places[i].volume &&
		    volume_flush(os->places[i].volume, err) < 0)
			return error_wrap(err, "%s", os->places[i].title);
	return 0;
}
