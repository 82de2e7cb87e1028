/* compare.c - the differences between two trees, told
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bundle/archive-calls.h"
#include "bundle/compare.h"
#include "bundle/nested.h"

struct compare {
	struct compare_list lists[2];
	uint64_t done;
	json_t *changes;
	uint64_t added, removed, changed;
};

/* ---- telling ------------------------------------------------------- */

/* NULL if memory runs out. */
static json_t *
tell_record(const struct compare_record *record)
{
	static const char *const types[] = {
		[TREE_FILE] = "file",
		[TREE_DIRECTORY] = "directory",
		[TREE_SYMLINK] = "symlink",
		[TREE_HARDLINK] = "hard link",
		[TREE_CHAR] = "character device",
		[TREE_BLOCK] = "block device",
		[TREE_FIFO] = "fifo",
		[TREE_SOCKET] = "socket",
	};
	json_auto_t *told = NULL;
	char device[32];
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", record->mode);
	told = json_pack("{s:s, s:s, s:I, s:I}", "type", types[record->type],
			 "mode", mode, "uid", (json_int_t)record->uid, "gid",
			 (json_int_t)record->gid);
	if (record->type == TREE_FILE &&
	    json_object_set_new(told, "size",
				json_integer((json_int_t)record->size)) < 0)
		return NULL;
	if (record->target &&
	    json_object_set_new(told, "target",
				json_string_nocheck(record->target)) < 0)
		return NULL;
	if (record->type != TREE_CHAR && record->type != TREE_BLOCK)
		return STEAL(told);
	snprintf(device, sizeof(device), "%" PRIu32 ",%" PRIu32, record->major,
		 record->minor);
	if (json_object_set_new(told, "device", json_string(device)) < 0)
		return NULL;
	return STEAL(told);
}

/* In which ways do they differ?  An array, or NULL if memory runs out. */
static json_t *
tell_ways(const struct compare_record *a, const struct compare_record *b)
{
	bool link = a->type == TREE_SYMLINK && b->type == TREE_SYMLINK;
	const struct {
		const char *name;
		bool differs;
	} ways[] = {
		{ "type", a->type != b->type },
		{ "content",
		  a->type == b->type &&
			  (a->size != b->size ||
			   memcmp(a->content, b->content, SHA256_SIZE) != 0) },
		{ "target", a->type == b->type && a->target && b->target &&
				    strcmp(a->target, b->target) != 0 },
		{ "device", a->type == b->type && (a->major != b->major ||
						   a->minor != b->minor) },
		/* That of a link means nothing. */
		{ "mode", !link && a->mode != b->mode },
		{ "owner", a->uid != b->uid || a->gid != b->gid },
		{ "attributes",
		  memcmp(a->xattrs, b->xattrs, SHA256_SIZE) != 0 },
	};
	json_auto_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ways[i].differs &&
		    json_array_append_new(list, json_string(ways[i].name)) < 0)
			return NULL;
	return STEAL(list);
}

static int
tell_change(struct compare *compare, const char *kind,
	    const struct compare_record *a, const struct compare_record *b,
	    json_t *ways, struct balimg_error *err)
{
	json_auto_t *change = NULL;

	if (json_array_size(compare->changes) == COMPARE_TOLD) {
		json_decref(ways);
		return 0;
	}
	change = json_pack("{s:s}", "change", kind);
	if (json_object_set_new(change, "path",
				json_string_nocheck(a ? a->path : b->path)) <
	    0) {
		json_decref(ways);
		return error_nomem(err);
	}
	if (ways && json_object_set_new(change, "what", ways) < 0)
		return error_nomem(err);
	if ((a && json_object_set_new(change, "a", tell_record(a)) < 0) ||
	    (b && json_object_set_new(change, "b", tell_record(b)) < 0) ||
	    json_array_append(compare->changes, change) < 0)
		return error_nomem(err);
	return 0;
}

static int
compare_pair(struct compare *compare, const struct compare_record *a,
	     const struct compare_record *b, struct balimg_error *err)
{
	const struct compare_record *only = a ? a : b;
	json_t *ways;

	if (!a || !b) {
		/* Many archives leave out the root. */
		if (!only || !*only->path)
			return 0;
		compare->added += !a;
		compare->removed += !b;
		return tell_change(compare, a ? "removed" : "added", a, b,
				   NULL, err);
	}
	ways = tell_ways(a, b);
	if (!ways)
		return error_nomem(err);
	if (!json_array_size(ways)) {
		json_decref(ways);
		return 0;
	}
	compare->changed++;
	return tell_change(compare, "changed", a, b, ways, err);
}

static int
merge(struct compare *compare, struct balimg_error *err)
{
	const struct compare_list *a = &compare->lists[0];
	const struct compare_list *b = &compare->lists[1];
	size_t i = 0, j = 0;

	while (i < a->count || j < b->count) {
		const struct compare_record *one = i < a->count ?
							   &a->records[i] :
							   NULL;
		const struct compare_record *other = j < b->count ?
							     &b->records[j] :
							     NULL;
		int order = !one   ? 1 :
			    !other ? -1 :
				     strcmp(one->path, other->path);

		if (compare_pair(compare, order <= 0 ? one : NULL,
				 order >= 0 ? other : NULL, err) < 0)
			return -1;
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}

/* ---- the sides ----------------------------------------------------- */

static int
read_side(struct compare_list *list, const struct compare_side *side,
	  struct balimg_error *err)
{
	int rc = side->vol ? tree_walk_volume(side->vol, side->path,
					      &list->visitor, err) :
			     tree_walk_bundle(side->fd, &list->visitor, err);

	if (rc < 0 || compare_list_settle(list, err) < 0)
		return error_wrap(err, "%s", side->title);
	return 0;
}

static int
compare_sides(struct compare *compare, const struct compare_side sides[2],
	      struct balimg_error *err)
{
	compare->changes = json_array();
	if (!compare->changes)
		return error_nomem(err);
	if (read_side(&compare->lists[0], &sides[0], err) < 0 ||
	    read_side(&compare->lists[1], &sides[1], err) < 0)
		return -1;
	return merge(compare, err);
}

json_t *
archive_compare(const struct compare_side sides[2],
		const struct progress *progress, struct balimg_error *err)
{
	struct compare compare = { 0 };
	json_t *answer = NULL;

	compare_list_begin(&compare.lists[0], progress, &compare.done);
	compare_list_begin(&compare.lists[1], progress, &compare.done);
	if (compare_sides(&compare, sides, err) == 0) {
		answer = json_pack("{s:I, s:I, s:I, s:O}", "added",
				   (json_int_t)compare.added, "removed",
				   (json_int_t)compare.removed, "changed",
				   (json_int_t)compare.changed, "changes",
				   compare.changes);
		if (!answer)
			error_nomem(err);
	}
	json_decref(compare.changes);
	compare_list_release(&compare.lists[0]);
	compare_list_release(&compare.lists[1]);
	return answer;
}

bool
archive_is_one(int fd)
{
	struct archive *archive = nested_new_reader();
	struct archive_entry *entry;
	bool is;
	int rc;

	if (!archive)
		return false;
	is = archive_read_open_fd(archive, fd, 65536) >= ARCHIVE_WARN &&
	     (rc = archive_read_next_header(archive, &entry)) >=
		     ARCHIVE_WARN &&
	     rc != ARCHIVE_EOF;
	archive_read_free(archive);
	return is;
}
