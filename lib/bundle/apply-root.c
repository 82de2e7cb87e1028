/* apply-root.c - a root file system, as the updaters up to 2.4 install it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * They format the other root; to empty it leaves the same, but for ids and
 * the label, which says the role already.  Then the tree is copied, quirks
 * over it.  Of the boot files some are the device's.  From 1.x on, all is
 * root's and new, some files of the old root are carried over, and old text
 * files of the boot partition get a copy beside them; from 2.0 on owners and
 * times are those of the bundle.  Sources: app/modules/updater.py and util.py,
 * app/conf/resinhup.conf, upgrade-2.x.sh in resinhup.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "bundle/apply-private.h"

#define BOOT_FILES "resin-boot"
#define OLD_SUFFIX ".hup.old"
#define TEXT_HEAD  4096u /* bytes that a binary has a NUL in */

/* ---- the root ------------------------------------------------------ */

static int
walk(struct apply *apply, struct tree_visitor *visitor,
     struct balimg_error *err)
{
	visitor->progress = apply->wish->progress;
	if (apply_rewind(apply, err) < 0)
		return -1;
	return apply->archive->walk_tar(apply->wish->fd, visitor, err);
}

static int
fill_root(struct apply *apply, struct balimg_error *err)
{
	static const char *const parts[] = { "", "quirks" };
	struct apply_nodes nodes;
	size_t i;

	if (volume_remove_tree(apply->root, "/", 0, err) < 0)
		return -1;
	for (i = 0; i < 2; i++) {
		apply_nodes_begin(&nodes, apply->root, "",
				  apply_is_first_updater(apply) ? FORM_PLAIN :
								  FORM_TAR);
		nodes.only = parts[i];
		if (walk(apply, &nodes.visitor, err) < 0)
			return -1;
		apply->files += nodes.files;
		apply->bytes += nodes.size;
	}
	return 0;
}

/* ---- the boot files ------------------------------------------------ */

struct boot_visitor {
	struct tree_visitor visitor; /* first */
	struct apply *apply;
	unsigned written, kept;
	bool copied;
};

static bool
is_devices(const char *path)
{
	static const char *const paths[] = {
		"/cmdline.txt",		  "/config.txt", "/config.json",
		"/splash/resin-logo.png", "/uEnv.txt",	 "/EFI/BOOT/grub.cfg",
	};
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(path, paths[i]))
			return true;
	return false;
}

/* Make way for a new file; an old text is kept beside it. */
static int
set_aside(struct boot_visitor *self, const char *path,
	  struct balimg_error *err)
{
	struct volume *boot = self->apply->boot;
	AUTO_SOURCE struct source *old = volume_open_file(boot, path, err);
	AUTO_BUFFER struct buffer aside = BUFFER_INIT;
	char head[TEXT_HEAD];
	size_t len;

	if (!old)
		return -1;
	len = source_size(old) < sizeof(head) ? (size_t)source_size(old) :
						sizeof(head);
	if (source_read(old, 0, head, len, err) < 0)
		return -1;
	if (apply_is_first_updater(self->apply) && !memchr(head, '\0', len)) {
		buffer_printf(&aside, "%s" OLD_SUFFIX, path);
		if (aside.failed)
			return error_nomem(err);
		if (volume_write_from(boot, aside.data, old, 0, err) < 0)
			return -1;
		self->copied = true;
	}
	return volume_remove(boot, path, 0, err);
}

static int
visit_boot(struct tree_visitor *visitor, const struct tree_entry *entry,
	   struct tree_content *content, struct balimg_error *err)
{
	struct boot_visitor *self = (struct boot_visitor *)visitor;
	struct volume *boot = self->apply->boot;
	const char *path = entry->path + strlen(BOOT_FILES);
	struct apply_nodes nodes;
	bool exists;

	if (strncmp(entry->path, BOOT_FILES "/", strlen(BOOT_FILES "/")) != 0)
		return 0;
	if (entry->type != TREE_FILE && entry->type != TREE_DIRECTORY)
		return 0;
	if (volume_exists(boot, path, &exists, err) < 0)
		return -1;
	if (entry->type == TREE_FILE && is_devices(path)) {
		self->kept++;
		return 0;
	}
	if (entry->type == TREE_DIRECTORY && exists)
		return 0;
	if (exists && set_aside(self, path, err) < 0)
		return -1;
	self->written += entry->type == TREE_FILE;
	apply_nodes_begin(&nodes, boot, "", FORM_PLAIN);
	nodes.only = BOOT_FILES;
	return nodes.visitor.visit(&nodes.visitor, entry, content, err);
}

static int
update_boot(struct apply *apply, struct balimg_error *err)
{
	struct boot_visitor self = { .visitor = { .visit = visit_boot },
				     .apply = apply };
	char after[96];

	if (walk(apply, &self.visitor, err) < 0)
		return -1;
	snprintf(after, sizeof(after), "%u files written, %u kept%s",
		 self.written, self.kept,
		 self.copied ? ", some old ones as *" OLD_SUFFIX : "");
	if (self.written)
		plan_change(apply->c->plan,
			    os_partition_title(apply->os, apply->boot_at),
			    "its boot files", after, false);
	customize_wrote(apply->c, apply->os, apply->boot_at);
	return 0;
}

bool
apply_is_first_updater(const struct apply *apply)
{
	const struct release *release = apply->from.parsed ? &apply->from :
							     &apply->to;

	return !release_at_least(release, "2.0.0");
}

int
apply_root(struct apply *apply, struct balimg_error *err)
{
	struct apply_carry carry = { 0 };
	int rc;

	apply->view = apply->root;
	rc = apply_carry_read(apply, &carry, err);
	if (rc == 0)
		rc = fill_root(apply, err);
	if (rc == 0)
		rc = apply_carry_write(apply, &carry, err);
	apply_carry_clear(&carry);
	if (rc < 0 || update_boot(apply, err) < 0)
		return -1;
	return apply_is_first_updater(apply) ?
		       apply_config(apply, err) :
		       apply_remove_samples(apply, err);
}
