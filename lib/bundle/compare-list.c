/* compare-list.c - what there is in a tree that is compared
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "bundle/bundle-private.h"
#include "bundle/compare.h"

#define PIECE 65536u /* bytes hashed at a time */

/* ---- recording ----------------------------------------------------- */

static int
sum_content(struct compare_list *list, struct tree_content *content,
	    uint8_t sum[SHA256_SIZE], struct balimg_error *err)
{
	AUTO_FREE char *piece = malloc(PIECE);
	struct digest digest;
	size_t got;

	if (!piece)
		return error_nomem(err);
	digest_begin(&digest, DIGEST_SHA256);
	do {
		if (content->read(content, piece, PIECE, &got, err) < 0)
			return -1;
		digest_add(&digest, piece, got);
		*list->done += got;
		if (progress_report(list->progress, "comparing", *list->done,
				    0, err) < 0)
			return -1;
	} while (got);
	digest_finish(&digest, sum);
	return 0;
}

/* The sums of all, added up: their order says nothing. */
static void
sum_xattrs(const struct volume_xattrs *xattrs, uint8_t sum[SHA256_SIZE])
{
	uint8_t one[SHA256_SIZE];
	struct digest digest;
	size_t i, at;

	for (i = 0; xattrs && i < xattrs->count; i++) {
		digest_begin(&digest, DIGEST_SHA256);
		digest_add(&digest, xattrs->xattrs[i].name,
			   strlen(xattrs->xattrs[i].name) + 1);
		digest_add(&digest, xattrs->xattrs[i].value,
			   xattrs->xattrs[i].len);
		digest_finish(&digest, one);
		for (at = 0; at < SHA256_SIZE; at++)
			sum[at] = (uint8_t)(sum[at] + one[at]);
	}
}

/* Room for one more record. */
static struct compare_record *
grow(struct compare_list *list, struct balimg_error *err)
{
	size_t room = list->room ? 2 * list->room : 1024;
	struct compare_record *to;

	if (list->count == TREE_ENTRIES) {
		error_set(err, BALIMG_E_INVALID, "more than %u files",
			  TREE_ENTRIES);
		return NULL;
	}
	if (list->count == list->room) {
		to = realloc(list->records, room * sizeof(*to));
		if (!to) {
			error_nomem(err);
			return NULL;
		}
		list->records = to;
		list->room = room;
	}
	return &list->records[list->count];
}

static int
record(struct tree_visitor *visitor, const struct tree_entry *entry,
       struct tree_content *content, struct balimg_error *err)
{
	struct compare_list *list = (struct compare_list *)visitor;
	struct compare_record *to = grow(list, err);

	if (!to)
		return -1;
	*to = (struct compare_record){
		.path = strdup(entry->path),
		.target = entry->target ? strdup(entry->target) : NULL,
		.age = list->count++,
		.type = entry->type,
		.mode = entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.major = entry->major,
		.minor = entry->minor,
		.size = entry->size,
	};
	if (!to->path || (entry->target && !to->target))
		return error_nomem(err);
	sum_xattrs(entry->xattrs, to->xattrs);
	return content ? sum_content(list, content, to->content, err) : 0;
}

void
compare_list_begin(struct compare_list *list, const struct progress *progress,
		   uint64_t *done)
{
	*list = (struct compare_list){
		.visitor = { .visit = record, .progress = progress },
		.progress = progress,
		.done = done,
	};
}

static void
clear_record(struct compare_record *old)
{
	free(old->path);
	free(old->target);
}

void
compare_list_release(struct compare_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		clear_record(&list->records[i]);
	free(list->records);
}

/* ---- in order ------------------------------------------------------ */

static int
by_path(const void *a, const void *b)
{
	const struct compare_record *one = a;
	const struct compare_record *other = b;
	int order = strcmp(one->path, other->path);

	return order ? order : one->age < other->age ? -1 : 1;
}

/* The record of @path that came last of those before @age, or NULL. */
static struct compare_record *
find_before(const struct compare_list *list, const char *path, size_t age)
{
	size_t low = 0;
	size_t high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct compare_record *at = &list->records[middle];
		int order = strcmp(at->path, path);

		if (order < 0 || (!order && at->age < age))
			low = middle + 1;
		else
			high = middle;
	}
	return low && !strcmp(list->records[low - 1].path, path) ?
		       &list->records[low - 1] :
		       NULL;
}

/* @link becomes what its file is, which came before it. */
static int
resolve(const struct compare_list *list, struct compare_record *link,
	struct balimg_error *err)
{
	const struct compare_record *file = find_before(list, link->target,
							link->age);
	const struct compare_record old = *link;

	if (!file)
		return 0;
	*link = *file;
	link->path = old.path;
	link->age = old.age;
	if (file->target) {
		link->target = strdup(file->target);
		if (!link->target)
			error_nomem(err);
	}
	free(old.target);
	return file->target && !link->target ? -1 : 0;
}

/* In the order in which they came, so that a file is resolved before its
 * links. */
static int
resolve_links(struct compare_list *list, struct balimg_error *err)
{
	size_t *places = calloc(list->count + 1, sizeof(*places));
	int rc = 0;
	size_t i;

	if (!places)
		return error_nomem(err);
	for (i = 0; i < list->count; i++)
		places[list->records[i].age] = i;
	for (i = 0; rc == 0 && i < list->count; i++) {
		struct compare_record *at = &list->records[places[i]];

		if (at->type == TREE_HARDLINK)
			rc = resolve(list, at, err);
	}
	free(places);
	return rc;
}

static void
keep_last(struct compare_list *list)
{
	struct compare_record *records = list->records;
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		if (i + 1 < list->count &&
		    !strcmp(records[i].path, records[i + 1].path))
			clear_record(&records[i]);
		else
			records[kept++] = records[i];
	}
	list->count = kept;
}

/* A directory that no entry told of, though things are in it: as the engine
 * makes it. */
static int
add_folder(struct compare_list *list, char *path, struct balimg_error *err)
{
	struct compare_record *to = grow(list, err);

	if (!to) {
		free(path);
		return -1;
	}
	*to = (struct compare_record){
		.path = path,
		.age = list->count++,
		.type = TREE_DIRECTORY,
		.mode = 0755,
	};
	return 0;
}

/* Add what is missing of the folders that lead to record @at of the first
 * @count, which are in order; those that lead to the one before are there. */
static int
add_way(struct compare_list *list, size_t at, size_t count,
	struct balimg_error *err)
{
	const char *path = list->records[at].path;
	const char *before = at ? list->records[at - 1].path : "";
	const char *slash;

	for (slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		const struct compare_list known = {
			.records = list->records,
			.count = count,
		};
		size_t len = (size_t)(slash - path);
		char *folder;

		if (!strncmp(before, path, len + 1))
			continue;
		folder = strndup(path, len);
		if (!folder)
			return error_nomem(err);
		if (find_before(&known, folder, SIZE_MAX))
			free(folder);
		else if (add_folder(list, folder, err) < 0)
			return -1;
	}
	return 0;
}

static int
add_folders(struct compare_list *list, struct balimg_error *err)
{
	size_t i, count = list->count;

	for (i = 0; i < count; i++)
		if (add_way(list, i, count, err) < 0)
			return -1;
	if (list->count == count)
		return 0;
	qsort(list->records, list->count, sizeof(*list->records), by_path);
	keep_last(list);
	return 0;
}

int
compare_list_settle(struct compare_list *list, struct balimg_error *err)
{
	if (list->count)
		qsort(list->records, list->count, sizeof(*list->records),
		      by_path);
	if (resolve_links(list, err) < 0)
		return -1;
	keep_last(list);
	return add_folders(list, err);
}
