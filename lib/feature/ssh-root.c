/* ssh-root.c - public keys in the root file system
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/utf8.h"
#include "feature/rootfs.h"
#include "feature/ssh-root.h"

#define FOLDER	  "/home/root/.ssh"
#define KEYS_FILE FOLDER "/authorized_keys"

json_t *
ssh_root_array(struct os *os, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	struct rootfs root;
	json_t *array;
	size_t len;

	if (rootfs_find(os, &root, err) < 0 ||
	    rootfs_read(&root, KEYS_FILE, &text, &len, err) < 0)
		return NULL;
	if (text && !utf8_is_valid(text, len)) {
		error_set(err, BALIMG_E_INVALID, KEYS_FILE " is not UTF-8");
		return NULL;
	}
	array = text ? json_pack("[s%]", text, len) : json_array();
	if (!array)
		error_nomem(err);
	return array;
}

int
ssh_root_write(struct customization *c, const char *text, size_t len,
	       struct balimg_error *err)
{
	struct rootfs root;

	if (rootfs_begin(c, &root, err) < 0 ||
	    rootfs_mkdir(c, &root, FOLDER, 0700, err) < 0)
		return -1;
	return rootfs_write(c, &root, KEYS_FILE, text, len, 0600, err);
}
