/* udev-root.c - udev rules in the root file system
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/ending.h"
#include "base/utf8.h"
#include "feature/rootfs.h"
#include "feature/udev-root.h"

#define FOLDER "/etc/udev/rules.d"
#define SUFFIX ".rules"

/* FOLDER/NAME.rules, to be freed */
static char *
rule_file(const char *name, struct balimg_error *err)
{
	struct buffer path = BUFFER_INIT;

	buffer_printf(&path, FOLDER "/%s" SUFFIX, name);
	return buffer_take(&path, NULL, err);
}

/* The length of a file's name without SUFFIX; 0: it holds no rules. */
static size_t
stem_len(const struct volume_entry *entry)
{
	return entry->directory || entry->special ?
		       0 :
		       stem_length(entry->name, SUFFIX);
}

static int
add_rule(const struct rootfs *root, const struct volume_entry *entry,
	 json_t *rules, struct balimg_error *err)
{
	size_t len = stem_len(entry);
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	json_t *value;

	/* JSON knows no names that are not UTF-8. */
	if (!len || !utf8_is_valid(entry->name, len))
		return 0;
	name = strndup(entry->name, len);
	if (!name)
		return error_nomem(err);
	path = rule_file(name, err);
	if (!path || rootfs_read(root, path, &text, &len, err) < 0)
		return -1;
	value = text && utf8_is_valid(text, len) ? json_stringn(text, len) :
						   json_null();
	return json_object_set_new(rules, name, value) < 0 ? error_nomem(err) :
							     0;
}

json_t *
udev_root_rules(struct os *os, struct balimg_error *err)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	json_auto_t *rules = json_object();
	struct rootfs root;
	bool exists;
	size_t i;

	if (!rules) {
		error_nomem(err);
		return NULL;
	}
	if (rootfs_find(os, &root, err) < 0 ||
	    volume_exists(root.vol, FOLDER, &exists, err) < 0)
		return NULL;
	if (exists && volume_list(root.vol, FOLDER, &listing, err) < 0)
		return NULL;
	for (i = 0; i < listing.count; i++) {
		if (add_rule(&root, &listing.entries[i], rules, err) < 0)
			return NULL;
	}
	return STEAL(rules);
}

/* As the device's script of later releases leaves it: one newline ends it. */
int
udev_root_put(struct customization *c, const char *name, const char *text,
	      size_t len, struct balimg_error *err)
{
	static const char *const folders[] = { "/etc/udev", FOLDER };
	AUTO_BUFFER struct buffer file = BUFFER_INIT;
	AUTO_FREE char *path = rule_file(name, err);
	struct rootfs root;
	size_t i;

	if (!path || rootfs_begin(c, &root, err) < 0)
		return -1;
	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if (rootfs_mkdir(c, &root, folders[i], 0755, err) < 0)
			return -1;
	}
	while (len && text[len - 1] == '\n')
		len--;
	buffer_add(&file, text, len);
	buffer_puts(&file, "\n");
	if (file.failed)
		return error_nomem(err);
	return rootfs_write(c, &root, path, file.data, file.len, 0644, err);
}

int
udev_root_remove(struct customization *c, const char *name,
		 struct balimg_error *err)
{
	AUTO_FREE char *path = rule_file(name, err);
	struct rootfs root;

	if (!path || rootfs_begin(c, &root, err) < 0)
		return -1;
	return rootfs_remove(c, &root, path, err);
}
