/* apply-carry.c - what of the old system an update carries over, or ends
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The updater of 1.x copies some files of the system that runs over the new
 * one: they are read before the new one comes, as it may come to the same
 * place.  That of 2.0 to 2.4 copies none, as they are in the state partition
 * by then, but removes the sample of a network whose password all know.
 * Sources: to_keep_files in app/conf/resinhup.conf, safeCopy() in
 * app/modules/util.py, remove_sample_wifi in upgrade-2.x.sh in resinhup.
 */
#include <config.h>

#include <string.h>

#include "balenaos/places.h"
#include "base/buffer.h"
#include "bundle/apply-private.h"

#define CARRIED_MAX  2000u	       /* files and folders */
#define CARRIED_SIZE ((size_t)4 << 20) /* bytes of all */
#define KEYS	     "/var/lib/dropbear/authorized_keys"
#define SAMPLE	     PLACE_CONNECTIONS "/resin-sample"
#define STATE_SAMPLE "/root-overlay/etc/NetworkManager" SAMPLE

static const struct {
	const char *from, *to;
} places[] = {
	{ "/etc/dropbear/dropbear_rsa_host_key",
	  "etc/dropbear/dropbear_rsa_host_key" },
	{ "/etc/machine-id", "etc/machine-id" },
	{ "/etc/supervisor.conf", "etc/supervisor.conf" },
	{ "/var/lib/systemd/random-seed", "var/lib/systemd/random-seed" },
	{ "/var/lib/urandom/random-seed", "var/lib/systemd/random-seed" },
	{ KEYS, "var/lib/dropbear/authorized_keys" },
	{ "/var/lib/connman", "var/lib/connman" },
};

/* ---- reading ------------------------------------------------------- */

struct carried {
	char *path; /* in the new root */
	char *data; /* of a file; or what a link says */
	size_t len;
	enum tree_type type;
	unsigned mode;
};

void
apply_carry_clear(struct apply_carry *carry)
{
	size_t i;

	for (i = 0; i < carry->count; i++) {
		free(carry->all[i].path);
		free(carry->all[i].data);
	}
	free(carry->all);
	*carry = (struct apply_carry){ 0 };
}

static int
read_data(struct volume *vol, const char *path, const struct tree_entry *entry,
	  size_t room, struct carried *to, struct balimg_error *err)
{
	if (entry->type == TREE_FILE)
		return volume_read_file(vol, path, room, &to->data, &to->len,
					err);
	if (entry->type != TREE_SYMLINK)
		return 0;
	to->data = strdup(entry->target ? entry->target : "");
	return to->data ? 0 : error_nomem(err);
}

/* Remember @entry, which is at @path of @vol, for @to of the new root. */
static int
add(struct apply_carry *carry, struct volume *vol, const char *path,
    const struct tree_entry *entry, const char *to, struct balimg_error *err)
{
	struct carried *grown, *one;

	if (carry->count == CARRIED_MAX || entry->size > CARRIED_SIZE ||
	    carry->size > CARRIED_SIZE - (size_t)entry->size)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "%s is more than an update carries over",
				 path);
	grown = reallocarray(carry->all, carry->count + 1, sizeof(*grown));
	if (!grown)
		return error_nomem(err);
	carry->all = grown;
	one = &grown[carry->count++];
	*one = (struct carried){ .path = strdup(to),
				 .type = entry->type,
				 .mode = entry->mode };
	if (!one->path)
		return error_nomem(err);
	if (read_data(vol, path, entry, CARRIED_SIZE - carry->size, one, err) <
	    0)
		return -1;
	carry->size += one->len;
	return 0;
}

struct reader {
	struct tree_visitor visitor; /* first */
	struct apply_carry *carry;
	struct volume *vol;
	const char *from, *to;
};

static int
visit(struct tree_visitor *visitor, const struct tree_entry *entry,
      struct tree_content *content, struct balimg_error *err)
{
	struct reader *reader = (struct reader *)visitor;
	AUTO_BUFFER struct buffer from = BUFFER_INIT;
	AUTO_BUFFER struct buffer to = BUFFER_INIT;
	struct tree_entry as = *entry;
	const char *slash = *entry->path ? "/" : "";

	(void)content;
	/* Names of one file become files, as the updater copies. */
	if (as.type == TREE_HARDLINK)
		as.type = as.linked;
	if (as.type != TREE_FILE && as.type != TREE_DIRECTORY &&
	    as.type != TREE_SYMLINK)
		return 0;
	buffer_printf(&from, "%s%s%s", reader->from, slash, entry->path);
	buffer_printf(&to, "%s%s%s", reader->to, slash, entry->path);
	if (from.failed || to.failed)
		return error_nomem(err);
	return add(reader->carry, reader->vol, from.data, &as, to.data, err);
}

static int
read_place(struct apply_carry *carry, struct volume *vol, const char *from,
	   const char *to, struct balimg_error *err)
{
	struct reader reader = { .visitor.visit = visit,
				 .carry = carry,
				 .vol = vol,
				 .from = from,
				 .to = to };
	struct volume_entry entry = { 0 };
	struct tree_entry as;
	bool exists;
	int rc;

	if (volume_exists(vol, from, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (volume_stat_link(vol, from, &entry, err) < 0)
		return -1;
	as = (struct tree_entry){ .path = "",
				  .type = tree_type_of(&entry),
				  .mode = entry.mode,
				  .size = entry.size,
				  .target = entry.target };
	rc = as.type == TREE_DIRECTORY ?
		     tree_walk_volume(vol, from, &reader.visitor, err) :
		     visit(&reader.visitor, &as, NULL, err);
	volume_entry_clear(&entry);
	return rc;
}

int
apply_carry_read(struct apply *apply, struct apply_carry *carry,
		 struct balimg_error *err)
{
	struct volume *active = os_volume(apply->os, apply->active, err);
	size_t i;

	if (!active)
		return -1;
	if (!apply_is_first_updater(apply))
		return read_place(carry, active, KEYS, &KEYS[1], err);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (read_place(carry, active, places[i].from, places[i].to,
			       err) < 0)
			return -1;
	return 0;
}

/* ---- writing ------------------------------------------------------- */

struct carried_content {
	struct tree_content head; /* first */
	const struct carried *from;
	size_t at;
};

static int
read_carried(struct tree_content *head, void *piece, size_t room, size_t *got,
	     struct balimg_error *err)
{
	struct carried_content *self = (struct carried_content *)head;

	(void)err;
	*got = tree_next(self->from->len, self->at, room);
	if (*got)
		memcpy(piece, self->from->data + self->at, *got);
	self->at += *got;
	return 0;
}

static int
write_one(struct apply_nodes *nodes, const struct carried *from,
	  struct balimg_error *err)
{
	struct carried_content content = { { read_carried }, from, 0 };
	const struct tree_entry entry = {
		.path = from->path,
		.type = from->type,
		.mode = from->mode,
		.size = from->len,
		.target = from->data,
	};

	return nodes->visitor.visit(
		&nodes->visitor, &entry,
		from->type == TREE_FILE ? &content.head : NULL, err);
}

/* Up to 2.4 a key that was added to the root is gone with the old one. */
static int
warn_of_keys(const struct apply *apply, const struct apply_carry *carry,
	     struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	AUTO_FREE char *keys = NULL;
	size_t len;

	if (!carry->count || !carry->all[0].data)
		return 0;
	keys = apply_read_text(apply->root, KEYS, &len, &why);
	if (!keys && why.code)
		return error_pass(err, &why);
	if (!keys || strcmp(keys, carry->all[0].data) != 0)
		plan_note(apply->c->plan, PLAN_WARNING,
			  os_partition_title(apply->os, apply->target),
			  "as on the device, the keys of " KEYS
			  " in the old root are not carried over: balimg ssh "
			  "add puts some into the new one");
	return 0;
}

int
apply_carry_write(struct apply *apply, const struct apply_carry *carry,
		  struct balimg_error *err)
{
	struct apply_nodes nodes;
	size_t i;

	if (!apply_is_first_updater(apply))
		return warn_of_keys(apply, carry, err);
	apply_nodes_begin(&nodes, apply->root, "", FORM_PLAIN);
	for (i = 0; i < carry->count; i++)
		if (write_one(&nodes, &carry->all[i], err) < 0)
			return -1;
	if (carry->count)
		plan_note(
			apply->c->plan, PLAN_NOTE,
			os_partition_title(apply->os, apply->target),
			"as on the device, gets %zu file%s or folder%s of the "
			"old root: keys, the machine's id, networks",
			carry->count, carry->count == 1 ? "" : "s",
			carry->count == 1 ? "" : "s");
	return 0;
}

/* ---- the sample of a network --------------------------------------- */

/* Is @line one of the lines of @text? */
static bool
has_line(const char *text, const char *line)
{
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len == strlen(line) && !strncmp(text, line, len))
			return true;
	}
	return false;
}

static int
remove_sample(struct apply *apply, size_t at, const char *path,
	      struct balimg_error *err)
{
	struct volume *vol = os_volume(apply->os, at, err);
	struct balimg_error why = { 0 };
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *where = NULL;
	size_t len;

	if (!vol)
		return -1;
	text = apply_read_text(vol, path, &len, &why);
	if (!text && why.code)
		return error_pass(err, &why);
	if (!text || !has_line(text, "ssid=My_Wifi_Ssid") ||
	    !has_line(text, "psk=super_secret_wifi_password"))
		return 0;
	if (os_prepare_edit(apply->os, at, err) < 0)
		return -1;
	vol = os_volume(apply->os, at, err);
	where = customize_where(apply->os, at, path, err);
	if (!vol || !where || volume_remove(vol, path, 0, err) < 0)
		return -1;
	plan_change(apply->c->plan, where, "a network whose password all know",
		    NULL, false);
	customize_wrote(apply->c, apply->os, at);
	return 0;
}

int
apply_remove_samples(struct apply *apply, struct balimg_error *err)
{
	size_t at = apply_find_role(apply, OS_ROLE_STATE);

	if (apply_is_first_updater(apply))
		return 0;
	if (remove_sample(apply, apply->boot_at, SAMPLE, err) < 0)
		return -1;
	return at == SIZE_MAX || os_is_blank(apply->os, at) ?
		       0 :
		       remove_sample(apply, at, STATE_SAMPLE, err);
}
