/* apply-switch.c - have the bootloader start another root
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * See boot-choice.h.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/boot-choice.h"
#include "base/buffer.h"
#include "bundle/apply-private.h"

#define BLOCK_HEAD "# GRUB Environment Block"
#define BLOCK_SIZE 1024u
#define COUNT	   "bootcount=" /* of starts that failed */

/* ---- writing ------------------------------------------------------- */

/* Replace the value of @key, or append a line. */
static void
set_value(struct buffer *text, const char *key, const char *value)
{
	const char *data = text->data ? text->data : "";
	size_t len = 0;
	const char *at = boot_find_value(data, key, &len);

	if (at) {
		buffer_splice(text, (size_t)(at - data), len, value,
			      strlen(value));
		return;
	}
	if (text->len && data[text->len - 1] != '\n')
		buffer_puts(text, "\n");
	buffer_printf(text, "%s%s\n", key, value);
}

/* Every mention of the label. */
static bool
set_label(struct buffer *text, bool b)
{
	size_t len, pair, at = 0;
	bool found = false;
	const char *place;
	unsigned which;

	while ((place = boot_find_label(text->data + at, &pair, &which,
					&len))) {
		at = (size_t)(place - text->data);
		buffer_splice(text, at, len, boot_labels[pair][b],
			      strlen(boot_labels[pair][b]));
		at += strlen(boot_labels[pair][b]);
		found = true;
	}
	return found;
}

/* Change @text to start the target; false if it does not say what is
 * started. */
static bool
change(const struct apply *apply, const struct boot_place *place,
       struct buffer *text)
{
	unsigned number = apply_number(apply, apply->target);
	char value[16];
	const char *at;
	size_t len;

	if (place->only_upgrade && !strstr(text->data, "upgrade_available="))
		return false;
	if (place->manner == BOOT_LABEL)
		return set_label(text, apply->target_is_b);
	snprintf(value, sizeof(value),
		 place->manner == BOOT_UBOOT &&
				 boot_is_hexadecimal(&apply->to) ?
			 "%x" :
			 "%u",
		 number);
	if (place->manner == BOOT_LETTER)
		snprintf(value, sizeof(value), "%c",
			 apply->target_is_b ? 'B' : 'A');
	if (place->manner == BOOT_DEVICE) {
		at = boot_find_device(text->data, place->key, &len);
		if (at)
			buffer_splice(text, (size_t)(at - text->data), len,
				      value, strlen(value));
		return at != NULL;
	}
	if (!place->upgrade && !boot_find_value(text->data, place->key, &len))
		return false;
	set_value(text, place->key, value);
	if (place->upgrade)
		set_value(text, "upgrade_available=", "1");
	if (place->upgrade && boot_find_value(text->data, COUNT, &len))
		set_value(text, COUNT, "0");
	return true;
}

/* An environment block keeps its size, filled up with '#'. */
static int
fit_block(struct buffer *text, struct balimg_error *err)
{
	if (strncmp(text->data, BLOCK_HEAD, strlen(BLOCK_HEAD)) != 0)
		return 0;
	while (text->len && text->data[text->len - 1] == '#')
		text->len--;
	if (text->len > BLOCK_SIZE)
		return error_set(err, BALIMG_E_NO_SPACE,
				 "the environment block has no room left");
	while (text->len < BLOCK_SIZE && !text->failed)
		buffer_puts(text, "#");
	return 0;
}

/* Drop the '#'s of an environment block, behind which nothing would be
 * found. */
static void
open_block(struct buffer *text)
{
	if (!text->len ||
	    strncmp(text->data, BLOCK_HEAD, strlen(BLOCK_HEAD)) != 0)
		return;
	while (text->len && text->data[text->len - 1] == '#')
		text->data[--text->len] = '\0';
}

static int
write_place(struct apply *apply, const struct boot_place *place,
	    const char *old, struct buffer *text, struct balimg_error *err)
{
	AUTO_FREE char *where = customize_where(apply->os, apply->boot_at,
						place->path, err);
	char after[64];

	if (!where)
		return -1;
	if (text->failed)
		return error_nomem(err);
	if (fit_block(text, err) < 0)
		return -1;
	if (text->failed)
		return error_nomem(err);
	if (!strcmp(old, text->data))
		return 0;
	if (volume_write_file(apply->boot, place->path, text->data, text->len,
			      0, err) < 0)
		return -1;
	snprintf(after, sizeof(after), "starts root %c (partition %u)",
		 apply->target_is_b ? 'B' : 'A',
		 apply_number(apply, apply->target));
	plan_change(apply->c->plan, where, "starts the other root", after,
		    false);
	return 0;
}

/* *@done: was it this file that says what is started? */
static int
set_place(struct apply *apply, const struct boot_place *place, bool *done,
	  struct balimg_error *err)
{
	const char *fresh = place->manner == BOOT_LETTER ? BLOCK_HEAD "\n" :
							   "";
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	struct balimg_error why = { 0 };
	AUTO_FREE char *old = NULL;
	size_t len;

	*done = false;
	old = apply_read_text(apply->boot, place->path, &len, &why);
	if (!old && why.code)
		return error_pass(err, &why);
	if (!old && !(place->hook && apply_has_hook(apply, place->hook)))
		return 0;
	buffer_puts(&text, old ? old : fresh);
	if (text.failed)
		return error_nomem(err);
	open_block(&text);
	*done = change(apply, place, &text);
	return *done ? write_place(apply, place, old ? old : "", &text, err) :
		       0;
}

/* ---- together ------------------------------------------------------ */

/* Where bootenv is, it alone counts: the others go. */
static int
remove_others(struct apply *apply, struct balimg_error *err)
{
	const struct boot_place *place;
	bool exists;

	for (place = boot_places; place < boot_places + BOOT_PLACES; place++) {
		if (!place->upgrade || place->manner == BOOT_LETTER)
			continue;
		if (volume_exists(apply->boot, place->path, &exists, err) < 0)
			return -1;
		if (exists &&
		    volume_remove(apply->boot, place->path, 0, err) < 0)
			return -1;
	}
	return 0;
}

/* U-Boot counts in files of its own, of which there may be several. */
static int
remove_counts(struct apply *apply, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	size_t i;

	if (volume_list(apply->boot, "/", &listing, err) < 0)
		return -1;
	for (i = 0; i < listing.count; i++) {
		AUTO_BUFFER struct buffer path = BUFFER_INIT;

		if (listing.entries[i].directory ||
		    !strstr(listing.entries[i].name, "bootcount.env"))
			continue;
		buffer_printf(&path, "/%s", listing.entries[i].name);
		if (path.failed)
			return error_nomem(err);
		if (volume_remove(apply->boot, path.data, 0, err) < 0)
			return -1;
	}
	return 0;
}

int
apply_switch(struct apply *apply, struct balimg_error *err)
{
	const struct boot_place *place;
	bool done, any = false, grubenv = false;

	for (place = boot_places; place < boot_places + BOOT_PLACES; place++) {
		/* The menu goes by grubenv where that is used. */
		if (grubenv && strstr(place->path, "grub.cfg"))
			continue;
		if (set_place(apply, place, &done, err) < 0)
			return -1;
		any = any || done;
		if (done && place->manner == BOOT_UBOOT &&
		    remove_counts(apply, err) < 0)
			return -1;
		if (done && place->manner == BOOT_LETTER) {
			customize_wrote(apply->c, apply->os, apply->boot_at);
			return remove_others(apply, err);
		}
		grubenv = grubenv || (done && place->only_upgrade);
	}
	if (any) {
		customize_wrote(apply->c, apply->os, apply->boot_at);
		return 0;
	}
	plan_note(apply->c->plan, PLAN_WARNING,
		  os_partition_title(apply->os, apply->boot_at),
		  "no file says which root is started: the device may go on "
		  "with the old one");
	return 0;
}
