/* apply-switch.c - which root the bootloader starts
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every kind of bootloader has a file of its own for that.  As the hooks of
 * meta-balena do, the number of the partition is written to resinOS_uEnv.txt
 * (hexadecimal since 2.30.0) or grubenv, the letter to bootenv; where the
 * name of the root's label is what is started by, that is replaced.  The
 * updaters up to 2.4 do so in cmdline.txt, grub.cfg and uEnv.txt.
 */
#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "bundle/apply-private.h"

#define BLOCK_HEAD "# GRUB Environment Block"
#define BLOCK_SIZE 1024u
#define UENV	   "/resinOS_uEnv.txt"

enum manner {
	MANNER_LETTER, /* KEY=A */
	MANNER_NUMBER, /* KEY=2, decimal */
	MANNER_UBOOT,  /* the same, hexadecimal since 2.30.0 */
	MANNER_LABEL,  /* resin-rootA somewhere */
	MANNER_DEVICE, /* root=/dev/mmcblk0p2 */
};

static const struct place {
	const char *path;
	enum manner manner;
	const char *key;
	bool upgrade;	   /* sets upgrade_available, too */
	bool only_upgrade; /* and counts only if that is there */
} places[] = {
	{ "/bootenv", MANNER_LETTER, "resin_root_part=", true, false },
	{ "/EFI/BOOT/grubenv", MANNER_NUMBER, "resin_root_part=", true, true },
	{ "/grub/grubenv", MANNER_NUMBER, "resin_root_part=", true, true },
	{ UENV, MANNER_UBOOT, "resin_root_part=", true, false },
	{ "/uEnv.txt", MANNER_NUMBER, "resin_root_part=", false, false },
	{ "/uEnv.txt", MANNER_NUMBER, "bootpart=1:", false, false },
	{ "/EFI/BOOT/grub.cfg", MANNER_LABEL, NULL, false, false },
	{ "/grub/grub.cfg", MANNER_LABEL, NULL, false, false },
	{ "/extlinux/extlinux.conf", MANNER_LABEL, NULL, false, false },
	{ "/extlinux.conf", MANNER_LABEL, NULL, false, false },
	{ "/cmdline.txt", MANNER_LABEL, NULL, false, false },
	{ "/cmdline.txt", MANNER_DEVICE, "root=/dev/", false, false },
	{ "/EFI/BOOT/grub.cfg", MANNER_DEVICE, "root=/dev/", false, false },
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
is_hexadecimal(const struct apply *apply, const struct release *release)
{
	(void)apply;
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
		   is_hexadecimal(apply, &apply->from);

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
	if (text->len && text->data[text->len - 1] != '\n')
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
		 place->manner == MANNER_UBOOT &&
				 is_hexadecimal(apply, &apply->to) ?
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
	return true;
}

/* An environment block keeps its size, filled up with '#'. */
static int
fit_block(struct buffer *text, const char *old, struct balimg_error *err)
{
	if (strncmp(old, BLOCK_HEAD, strlen(BLOCK_HEAD)) != 0)
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

	if (!where || fit_block(text, old, err) < 0)
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
set_place(struct apply *apply, const struct place *place, bool create,
	  bool *done, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	struct balimg_error why = { 0 };
	AUTO_FREE char *old = NULL;
	size_t len;

	*done = false;
	old = apply_read_text(apply->boot, place->path, &len, &why);
	if (!old && why.code)
		return error_pass(err, &why);
	if (!old && !create)
		return 0;
	buffer_puts(&text, old ? old : "");
	if (text.failed)
		return error_nomem(err);
	open_block(&text);
	*done = change(apply, place, &text);
	return *done ? write_place(apply, place, old ? old : "", &text, err) :
		       0;
}

/* ---- together ------------------------------------------------------ */

/* Has the new root a hook whose name has @word in it? */
static bool
has_hook(const struct apply *apply, const char *word)
{
	const json_t *hooks = json_object_get(apply->report, "hooks");
	const json_t *hook;
	size_t i;

	json_array_foreach(hooks, i, hook)
		if (strstr(json_string_value(hook), word))
			return true;
	return false;
}

/* Where bootenv is, it alone counts: the others are deleted. */
static int
remove_others(struct apply *apply, struct balimg_error *err)
{
	static const char *const others[] = { UENV, "/EFI/BOOT/grubenv",
					      "/grub/grubenv" };
	bool exists;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (volume_exists(apply->boot, others[i], &exists, err) < 0)
			return -1;
		if (exists &&
		    volume_remove(apply->boot, others[i], 0, err) < 0)
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
		if (set_place(apply, place,
			      !strcmp(place->path, UENV) &&
				      has_hook(apply, "uboot"),
			      &done, err) < 0)
			return -1;
		any = any || done;
		if (done && place->manner == MANNER_LETTER)
			return remove_others(apply, err);
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
