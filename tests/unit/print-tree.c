/* print-tree.c - the entries that the archives' walks tell
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: print-tree tar|bundle|INDEX FILE
 *        print-tree folder FOLDER MANIFEST
 * A line each: type, mode, owner, size, time, path, target, device, the MD5 of
 * the content, attributes; "error CODE: MESSAGE" at the end if it failed.
 */
#include <config.h>

#include <fcntl.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "bundle/manifest.h"
#include "bundle/tree.h"
#include "unit.h"

static int
print_content(struct tree_content *content, uint64_t size,
	      struct balimg_error *err)
{
	uint8_t sum[MD5_SIZE];
	char hex[2 * MD5_SIZE + 1];
	struct digest digest;
	char piece[10000];
	uint64_t total = 0;
	size_t got;

	digest_begin(&digest, DIGEST_MD5);
	do {
		if (content->read(content, piece, sizeof(piece), &got, err) <
		    0)
			return -1;
		digest_add(&digest, piece, got);
		total += got;
	} while (got);
	CHECK(total == size);
	digest_finish(&digest, sum);
	digest_hex(sum, MD5_SIZE, hex);
	printf(" %s", hex);
	return 0;
}

static int
print_entry(struct tree_visitor *visitor, const struct tree_entry *entry,
	    struct tree_content *content, struct balimg_error *err)
{
	size_t i;

	(void)visitor;
	printf("%c %o %u:%u %llu %lld /%s", "-dlhcbps"[entry->type],
	       entry -> mode, entry -> uid, entry -> gid,
	       (unsigned long long)entry -> size, (long long)entry -> mtime,
	       entry -> path);
	if (entry->target)
		printf(" -> %s", entry->target);
	if (entry->type == TREE_CHAR || entry->type == TREE_BLOCK)
		printf(" %u,%u", entry->major, entry->minor);
	CHECK((entry->type == TREE_FILE) == (content != NULL));
	if (content && print_content(content, entry->size, err) < 0)
		return -1;
	for (i = 0; i < entry->xattrs->count; i++)
		printf(" %s=%.*s", entry->xattrs->xattrs[i].name,
		       (int)entry->xattrs->xattrs[i].len,
		       entry->xattrs->xattrs[i].value);
	putchar('\n');
	return 0;
}

static int
walk_folder(int fd, const char *path, struct tree_visitor *visitor,
	    struct balimg_error *err)
{
	AUTO_MANIFEST struct manifest manifest = { 0 };
	AUTO_FD int lines = open(path, O_RDONLY | O_CLOEXEC);

	CHECK(lines >= 0);
	if (manifest_read(&manifest, lines, err) < 0)
		return -1;
	return tree_walk_folder(fd, &manifest, visitor, err);
}

int
main(int argc, char **argv)
{
	struct tree_visitor visitor = { .visit = print_entry };
	struct balimg_error err = { 0 };
	int fd, rc;

	CHECK(argc == 3 || argc == 4);
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	if (argc == 4)
		rc = walk_folder(fd, argv[3], &visitor, &err);
	else if (!strcmp(argv[1], "tar"))
		rc = tree_walk_tar(fd, &visitor, &err);
	else if (!strcmp(argv[1], "bundle"))
		rc = tree_walk_bundle(fd, &visitor, &err);
	else
		rc = tree_walk_layer(fd, strtoul(argv[1], NULL, 10), &visitor,
				     &err);
	CHECK((rc < 0) == (err.code != BALIMG_OK));
	if (rc < 0)
		printf("\nerror %s: %s: %s\n", balimg_code_name(err.code),
		       err.where, err.message);
	close(fd);
	return rc < 0;
}
