/* walk.c - visit every file of an ext file system, with its attributes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: walk balimg|libext2fs IMAGE
 *
 * IMAGE is the file system itself.  Prints how many files and attributes there
 * are, seen through our volume or by libext2fs alone: what both must agree
 * on, and what the bench times.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ext2fs/ext2fs.h>

#include "source/source.h"
#include "volume/volume.h"

#include "unit.h"

static unsigned long files, attributes;

/* ---- by libext2fs alone --------------------------------------------- */

static int
count_attribute(char *name, char *value, size_t len, void *data)
{
	(void)name, (void)value, (void)len, (void)data;
	attributes++;
	return 0;
}

static void
count_attributes(ext2_filsys fs, ext2_ino_t ino)
{
	struct ext2_xattr_handle *handle;

	CHECK(ext2fs_xattrs_open(fs, ino, &handle) == 0);
	CHECK(ext2fs_xattrs_read(handle) == 0);
	ext2fs_xattrs_iterate(handle, count_attribute, NULL);
	ext2fs_xattrs_close(&handle);
}

static int
visit_inode(ext2_ino_t dir, int entry, struct ext2_dir_entry *dirent,
	    int offset, int blocksize, char *buffer, void *data)
{
	ext2_filsys fs = data;
	struct ext2_inode inode;

	(void)dir, (void)offset, (void)blocksize, (void)buffer;
	if (entry != DIRENT_OTHER_FILE)
		return 0;
	files++;
	CHECK(ext2fs_read_inode(fs, dirent->inode, &inode) == 0);
	count_attributes(fs, dirent->inode);
	if (LINUX_S_ISDIR(inode.i_mode))
		ext2fs_dir_iterate2(fs, dirent->inode, 0, NULL, visit_inode,
				    fs);
	return 0;
}

static void
walk_barely(const char *path)
{
	ext2_filsys fs;

	CHECK(ext2fs_open(path, EXT2_FLAG_64BITS, 0, 0, unix_io_manager,
			  &fs) == 0);
	CHECK(ext2fs_dir_iterate2(fs, EXT2_ROOT_INO, 0, NULL, visit_inode,
				  fs) == 0);
	ext2fs_free(fs);
}

/* ---- by our volume -------------------------------------------------- */

static void
visit_directory(struct volume *vol, const char *path)
{
	AUTO_LISTING struct volume_listing listing = { 0 };
	struct balimg_error err = { 0 };
	char below[4096];
	size_t i;

	CHECK(volume_list(vol, path, &listing, &err) == 0);
	for (i = 0; i < listing.count; i++) {
		AUTO_XATTRS struct volume_xattrs xattrs = { 0 };

		snprintf(below, sizeof(below), "%s/%s",
			 strcmp(path, "/") ? path : "",
			 listing.entries[i].name);
		files++;
		CHECK(volume_list_xattrs(vol, below, &xattrs, &err) == 0);
		attributes += xattrs.count;
		if (listing.entries[i].directory)
			visit_directory(vol, below);
	}
}

static void
walk_by_volume(const char *path)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_SOURCE struct source *source = NULL;
	AUTO_VOLUME struct volume *vol = NULL;
	struct balimg_error err = { 0 };

	source = source_file_open(fd, &err);
	CHECK(source);
	vol = volume_open(source, &err);
	CHECK(vol);
	visit_directory(vol, "/");
}

int
main(int argc, char **argv)
{
	CHECK(argc == 3);
	if (!strcmp(argv[1], "balimg"))
		walk_by_volume(argv[2]);
	else
		walk_barely(argv[2]);
	printf("%lu files, %lu attributes\n", files, attributes);
	return 0;
}
