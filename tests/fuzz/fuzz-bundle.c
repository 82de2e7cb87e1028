/* fuzz-bundle.c - any bytes as an update bundle, or as a manifest
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is judged, its files are met, and its lines are read.  A path that comes
 * by must be one that leads nowhere else.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/os.h"
#include "bundle/archive.h"
#include "bundle/manifest.h"
#include "fuzz.h"

static void
must_be_clean(const char *path)
{
	const char *part;
	size_t len;

	for (part = path; *part; part += len + (part[len] == '/')) {
		len = strcspn(part, "/");
		must(len > 0 && len < 256);
		must(len > 2 || strncmp(part, "..", len) != 0);
		must(!part[len] || part[len + 1]);
	}
}

static int
meet(struct tree_visitor *visitor, const struct tree_entry *entry,
     struct tree_content *content, struct balimg_error *err)
{
	char piece[4096];
	size_t got = 1;

	(void)visitor;
	must_be_clean(entry->path);
	must((entry->type == TREE_FILE) == (content != NULL));
	if (entry->type == TREE_HARDLINK)
		must_be_clean(entry->target);
	/* Holes may be long, and say nothing. */
	if (entry->size > 1 << 20)
		return 0;
	while (content && got)
		if (content->read(content, piece, sizeof(piece), &got, err) <
		    0)
			return -1;
	return 0;
}

static void
walk(int fd)
{
	struct tree_visitor visitor = { .visit = meet };
	AUTO_MANIFEST struct manifest manifest = { 0 };
	struct balimg_error err = { 0 };
	size_t i;

	must(tree_walk_bundle(fd, &visitor, &err) == 0 || err.code);
	error_clear(&err);
	must(lseek(fd, 0, SEEK_SET) == 0);
	must(tree_walk_layer(fd, 0, &visitor, &err) == 0 || err.code);
	error_clear(&err);
	must(lseek(fd, 0, SEEK_SET) == 0);
	must(manifest_read(&manifest, fd, &err) == 0 || err.code);
	for (i = 0; !err.code && i < manifest.count; i++)
		(void)manifest_find(&manifest, manifest.lines[i].path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct archive_calls *archive;
	struct bundle_facts facts = { 0 };
	struct balimg_error err = { 0 };
	AUTO_FD int fd = -1;
	json_t *report;

	archive = archive_load(&err);
	fd = os_memory_file(size, &err);
	must(archive && fd >= 0 && io_write_at(fd, data, size, 0, &err) == 0);
	report = archive->judge_bundle(fd, NULL, &facts, &err);
	must(report || err.code);
	json_decref(report);
	bundle_facts_clear(&facts);
	must(lseek(fd, 0, SEEK_SET) == 0);
	walk(fd);
	return 0;
}
