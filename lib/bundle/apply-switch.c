/* apply-switch.c - which root the bootloader starts
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every kind of bootloader has a file of its own for that.  As the hooks of
 * meta-balena do (99-resin-uboot, 99-resin-grub, 99-balena-bootloader), the
 * number of the partition is written to resinOS_uEnv.txt (hexadecimal since
 * 2.30.0) or grubenv, the letter to bootenv; where the name of the root's
 * label is what is started by, that is replaced.  The updaters up to 2.4 do so
 * in cmdline.txt, grub.cfg and uEnv.txt.
 */
#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "bundle/apply-private.h"

#define BLOCK_HEAD "# GRUB Environment Block"
#define BLOCK_SIZE 1024u
#define ROOT_PART  "resin_root_part="
#define ROOT_DEV   "root=/dev/"
#define COUNT	   "bootcount=" /* of starts that failed */

enum manner {
	MANNER_LETTER, /* KEY=A */
	MANNER_NUMBER, /* KEY=2, decimal */
	MANNER_UBOOT,  /* the same, hexadecimal since 2.30.0 */
	MANNER_LABEL,  /* resin-rootA somewhere */
	MANNER_DEVICE, /* root=/dev/mmcblk0p2 */
};

static const struct place {
	const char *path;
	const char *key;
	const char *hook; /* makes the file if there is none */
	enum manner manner;
	bool upgrade;	   /* sets upgrade_available, too */
	bool only_upgrade; /* and counts only if that is there */
} places[] = {
	{ "/bootenv", ROOT_PART, "balena-bootloader", MANNER_LETTER, true,
	  false },
	{ "/EFI/BOOT/grubenv", ROOT_PART, NULL, MANNER_NUMBER, true, true },
	{ "/grub/grubenv", ROOT_PART, NULL, MANNER_NUMBER, true, true },
	{ "/grubenv", ROOT_PART, NULL, MANNER_NUMBER, true, true },
	{ "/resinOS_uEnv.txt", ROOT_PART, "uboot", MANNER_UBOOT, true, false },
	{ "/uEnv.txt", ROOT_PART, NULL, MANNER_NUMBER, false, false },
	{ "/uEnv.txt", "bootpart=1:", NULL, MANNER_NUMBER, false, false },
	{ "/EFI/BOOT/grub.cfg", NULL, NULL, MANNER_LABEL, false, false },
	{ "/grub/grub.cfg", NULL, NULL, MANNER_LABEL, false, false },
	{ "/extlinux/extlinux.conf", NULL, NULL, MANNER_LABEL, false, false },
	{ "/extlinux.conf", NULL, NULL, MANNER_LABEL, false, false },
	{ "/cmdline.txt", NULL, NULL, MANNER_LABEL, false, false },
	{ "/cmdline.txt", ROOT_DEV, NULL, MANNER_DEVICE, false, false },
	{ "/EFI/BOOT/grub.cfg", ROOT_DEV, NULL, MANNER_DEVICE, false, false },
};

#define PLACES (sizeof(places) / sizeof(places[0]))

/* The names of the two roots' labels: since 2.0, and in 1.x. */
static const char *const labels[][2] = {
	{ "resin-rootA", "resin-rootB" },
	{ "resin-root", "resin-updt" },
};

/* ---- finding a word ------------------------------------------------ */

/* Where in @text the value of @key begins, and *@len; NULL if it is not
 * there. */
static const char *
find_value(const char *text, const char *key, size_t *len)
{
	const char *at = text;

	for (; (at = strstr(at, key)); at++) {
		if (at > text && !isspace((unsigned char)at[-1]))
			continue;
		at += strlen(key);
		*len = strcspn(at, " \t\r\n#");
		return at;
	}
	return NULL;
}

/* The number at the end of a device's name. */
static const char *
find_device(const char *text, const char *key, size_t *len)
{
	const char *at = find_value(text, key, len);
	size_t digits = 0;

	if (!at)
		return NULL;
	while (digits < *len && isdigit((unsigned char)at[*len - digits - 1]))
		digits++;
	at += *len - digits;
	*len = digits;
	return digits ? at : NULL;
}

/* Which of two labels is in @text, not as part of a longer word. */
static const char *
find_label(const char *text, size_t *pair, unsigned *which, size_t *len)
{
	const char *at;
	size_t i;
	unsigned j;

	for (i = 0; i < 2; i++)
		for (j = 0; j < 2; j++)
			for (at = text; (at = strstr(at, labels[i][j]));
			     at++) {
				*len = strlen(labels[i][j]);
				if (isalnum((unsigned char)at[*len]))
					continue;
				*pair = i;
				*which = j;
				return at;
			}
	return NULL;
}

static bool
is_hexadecimal(const struct release *release)
{
	return !release->parsed || release_at_least(release, "2.30.0");
}

/* ---- reading ------------------------------------------------------- */

/* The letter that @text says, or 0. */
static char
read_letter(const struct apply *apply, const struct place *place,
	    const char *text)
{
	const char *at;
	size_t len, pair;
	unsigned which;
	unsigned long number;
	bool hex = place->manner == MANNER_UBOOT &&
		   is_hexadecimal(&apply->from);

	if (place->only_upgrade && !strstr(text, "upgrade_available="))
		return 0;
	switch (place->manner) {
	case MANNER_LABEL:
		at = find_label(text, &pair, &which, &len);
		return at ? (char)('A' + (char)which) : 0;
	case MANNER_LETTER:
		at = find_value(text, place->key, &len);
		return at && (*at == 'A' || *at == 'B') ? *at : 0;
	case MANNER_DEVICE:
		at = find_device(text, place->key, &len);
		break;
	default:
		at = find_value(text, place->key, &len);
	}
	if (!at || !len)
		return 0;
	number = strtoul(at, NULL, hex ? 16 : 10);
	if (number == apply_number(apply, apply->active))
		return 'A';
	return number == apply_number(apply, apply->target) ? 'B' : 0;
}

int
apply_find_active(struct apply *apply, char *letter, struct balimg_error *err)
{
	size_t i, len;

	for (i = 0; i < PLACES; i++) {
		struct balimg_error why = { 0 };
		AUTO_FREE char *text = NULL;
		char said;

		text = apply_read_text(apply->boot, places[i].path, &len,
				       &why);
		if (!text && why.code)
			return error_pass(err, &why);
		said = text ? read_letter(apply, &places[i], text) : 0;
		if (!said)
			continue;
		*letter = said;
		return 0;
	}
	return 0;
}

/* ---- writing ------------------------------------------------------- */

/* Replace the value of @key, or append a line. */
static void
set_value(struct buffer *text, const char *key, const char *value)
{
	const char *data = text->data ? text->data : "";
	size_t len = 0;
	const char *at = find_value(data, key, &len);

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

	while ((place = find_label(text->data + at, &pair, &which, &len))) {
		at = (size_t)(place - text->data);
		buffer_splice(text, at, len, labels[pair][b],
			      strlen(labels[pair][b]));
		at += strlen(labels[pair][b]);
		found = true;
	}
	return found;
}

/* Change @text to start the target; false if it does not say what is
 * started. */
static bool
change(const struct apply *apply, const struct place *place,
       struct buffer *text)
{
	unsigned number = apply_number(apply, apply->target);
	char value[16];
	const char *at;
	size_t len;

	if (place->only_upgrade && !strstr(text->data, "upgrade_available="))
		return false;
	if (place->manner == MANNER_LABEL)
		return set_label(text, apply->target_is_b);
	snprintf(value, sizeof(value),
		 place->manner == MANNER_UBOOT && is_hexadecimal(&apply->to) ?
			 "%x" :
			 "%u",
		 number);
	if (place->manner == MANNER_LETTER)
		snprintf(value, sizeof(value), "%c",
			 apply->target_is_b ? 'B' : 'A');
	if (place->manner == MANNER_DEVICE) {
		at = find_device(text->data, place->key, &len);
		if (at)
			buffer_splice(text, (size_t)(at - text->data), len,
				      value, strlen(value));
		return at != NULL;
	}
	if (!place->upgrade && !find_value(text->data, place->key, &len))
		return false;
	set_value(text, place->key, value);
	if (place->upgrade)
		set_value(text, "upgrade_available=", "1");
	if (place->upgrade && find_value(text->data, COUNT, &len))
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
write_place(struct apply *apply, const struct place *place, const char *old,
	    struct buffer *text, struct balimg_error *err)
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
set_place(struct apply *apply, const struct place *place, bool *done,
	  struct balimg_error *err)
{
	const char *fresh = place->manner == MANNER_LETTER ? BLOCK_HEAD "\n" :
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
	const struct place *place;
	bool exists;

	for (place = places; place < places + PLACES; place++) {
		if (!place->upgrade || place->manner == MANNER_LETTER)
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
	const struct place *place;
	bool done, any = false, grubenv = false;

	for (place = places; place < places + PLACES; place++) {
		/* The menu goes by grubenv where that is used. */
		if (grubenv && strstr(place->path, "grub.cfg"))
			continue;
		if (set_place(apply, place, &done, err) < 0)
			return -1;
		any = any || done;
		if (done && place->manner == MANNER_UBOOT &&
		    remove_counts(apply, err) < 0)
			return -1;
		if (done && place->manner == MANNER_LETTER) {
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
