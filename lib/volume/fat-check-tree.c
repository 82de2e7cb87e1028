/* fat-check-tree.c - follow every chain that an entry begins
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Directories wait in a list, so that nesting costs no stack.  A cluster
 * belongs to one chain: whoever meets one that is taken is faulty, and a
 * directory is entered only if its chain is sound, so that the walk ends.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "volume/fat-check.h"

#define PATH_SIZE  400	    /* bytes of a path that is told to people */
#define VISITS_MAX 1000000u /* directories */

/* Room for one more behind @count; the list doubles at powers of two. */
static int
make_room(void *list_, size_t count, size_t size, struct balimg_error *err)
{
	void **list = list_;
	void *larger;

	if (count & (count - 1))
		return 0;
	larger = realloc(*list, (count ? 2 * count : 1) * size);
	if (!larger)
		return error_nomem(err);
	*list = larger;
	return 0;
}

/* The path of @name in directory @visit, from its end on as far as it goes
 * into @text (PATH_SIZE bytes); returns where in @text it begins. */
static const char *
print_path(const struct fat_checker *ck, size_t visit, const char *name,
	   char *text)
{
	char *at = text + PATH_SIZE - 1;
	size_t len;

	*at = '\0';
	for (;;) {
		len = strlen(name);
		if (len + 1 > (size_t)(at - text))
			return at;
		at -= len;
		memcpy(at, name, len);
		*--at = '/';
		name = ck->visits[visit].name;
		if (!name)
			return at;
		visit = ck->visits[visit].parent;
	}
}

static int
add_visit(struct fat_checker *ck, uint32_t first, size_t parent,
	  const char *name, struct balimg_error *err)
{
	struct fat_visit *visit;

	if (ck->visit_count == VISITS_MAX)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "more than %u directories", VISITS_MAX);
	if (make_room(&ck->visits, ck->visit_count, sizeof(*visit), err) < 0)
		return -1;
	visit = &ck->visits[ck->visit_count];
	*visit = (struct fat_visit){ .first = first, .parent = parent };
	if (name) {
		visit->name = strdup(name);
		if (!visit->name)
			return error_nomem(err);
	}
	ck->visit_count++;
	return 0;
}

static int
add_excess(struct fat_checker *ck, const struct fat_excess *excess,
	   struct balimg_error *err)
{
	if (make_room(&ck->excesses, ck->excess_count, sizeof(*excess), err) <
	    0)
		return -1;
	ck->excesses[ck->excess_count++] = *excess;
	return 0;
}

/* ---- chains ---- */

enum chain_fault {
	CHAIN_SOUND,
	CHAIN_OUTSIDE, /* leads to a cluster that is not there */
	CHAIN_FREE,    /* comes to a cluster that is marked free */
	CHAIN_BAD,     /* ... or bad */
	CHAIN_LOOP,
	CHAIN_SHARED, /* comes to a cluster of another chain */
};

struct chain {
	enum chain_fault fault;
	uint32_t at;	 /* the cluster that the fault is about */
	uint32_t length; /* clusters */
	uint32_t need;	 /* how many the size asks for */
	uint32_t last;	 /* the last of these */
	uint32_t beyond; /* the first that is not needed; 0: none */
};

/* Is @cluster among the first @length of the chain from @first? */
static int
is_in_chain(struct fat_checker *ck, uint32_t first, uint32_t length,
	    uint32_t cluster, bool *found, struct balimg_error *err)
{
	*found = false;
	while (length-- && !*found) {
		*found = first == cluster;
		if (fat_get(ck->vol, first, &first, err) < 0)
			return -1;
	}
	return 0;
}

/* What kind of end @value is, if it is one. */
static bool
ends_chain(const struct fat_geometry *geo, uint32_t value, struct chain *chain)
{
	if (fat_has_cluster(geo, value))
		return false;
	if (fat_is_end(geo, value))
		return true;
	chain->fault = !value		      ? CHAIN_FREE :
		       fat_is_bad(geo, value) ? CHAIN_BAD :
						CHAIN_OUTSIDE;
	return true;
}

static int
follow(struct fat_checker *ck, uint32_t first, struct chain *chain,
       struct balimg_error *err)
{
	uint32_t value = first;
	bool own;

	chain->at = first;
	if (!fat_has_cluster(&ck->vol->geo, first)) {
		chain->fault = CHAIN_OUTSIDE;
		return 0;
	}
	do {
		chain->at = value;
		if (fat_checker_uses(ck, value)) {
			if (is_in_chain(ck, first, chain->length, value, &own,
					err) < 0)
				return -1;
			chain->fault = own ? CHAIN_LOOP : CHAIN_SHARED;
			return 0;
		}
		fat_checker_use(ck, value);
		if (chain->length++ == chain->need)
			chain->beyond = value;
		if (chain->length == chain->need)
			chain->last = value;
		if (fat_get(ck->vol, value, &value, err) < 0)
			return -1;
	} while (!ends_chain(&ck->vol->geo, value, chain));
	return 0;
}

static int
report_chain(struct fat_checker *ck, const struct chain *chain,
	     const char *path, struct balimg_error *err)
{
	static const char *const texts[] = {
		[CHAIN_OUTSIDE] = "leads out of the volume",
		[CHAIN_FREE] = "is marked free",
		[CHAIN_BAD] = "is marked bad",
		[CHAIN_LOOP] = "comes again: a loop",
		[CHAIN_SHARED] = "belongs to another file, too",
	};

	ck->damaged = true;
	return fat_checker_say(ck, false, false, err,
			       "%s: in its chain, cluster %u %s", path,
			       chain->at, texts[chain->fault]);
}

/* ---- entries ---- */

static int
check_file(struct fat_checker *ck, size_t visit, const struct fat_scan *scan,
	   const char *path, struct balimg_error *err)
{
	uint32_t first = fat_slot_cluster(ck->vol, scan->raw);
	uint32_t size = fat_slot_size(scan->raw);
	struct chain chain = { .need = fat_clusters_for(ck->vol, size) };
	struct fat_excess excess;

	if (first && follow(ck, first, &chain, err) < 0)
		return -1;
	if (chain.fault)
		return report_chain(ck, &chain, path, err);
	if (chain.length < chain.need) {
		ck->damaged = true;
		return fat_checker_say(ck, false, false, err,
				       "%s: %u bytes long, but its chain has "
				       "%u of %u clusters",
				       path, size, chain.length, chain.need);
	}
	if (chain.length == chain.need)
		return 0;
	excess = (struct fat_excess){
		.dir = ck->visits[visit].first,
		.slot = scan->slot,
		.last = chain.last,
		.first = chain.beyond,
	};
	return add_excess(ck, &excess, err);
}

static int
check_directory(struct fat_checker *ck, size_t visit,
		const struct fat_scan *scan, const char *path,
		const char *name, struct balimg_error *err)
{
	struct chain chain = { .need = UINT32_MAX };
	uint32_t first = fat_slot_cluster(ck->vol, scan->raw);

	if (fat_slot_size(scan->raw) &&
	    fat_checker_say(ck, false, false, err,
			    "%s: a directory with a size", path) < 0)
		return -1;
	if (follow(ck, first, &chain, err) < 0)
		return -1;
	if (chain.fault)
		return report_chain(ck, &chain, path, err);
	return add_visit(ck, first, visit, name, err);
}

/* "." and ".." must stand first in every directory but the root, and lead
 * where they say. */
static int
check_dots(struct fat_checker *ck, size_t visit, struct fat_dir *dir,
	   const char *path, struct balimg_error *err)
{
	const struct fat_visit *here = &ck->visits[visit];
	uint32_t parent = ck->visits[here->parent].first;
	bool good;
	int rc;

	if (!here->name)
		return 0;
	if (parent == fat_root_cluster(ck->vol))
		parent = 0;
	rc = fat_dir_load(ck->vol, dir, 1, err);
	if (rc < 0)
		return -1;
	good = rc && !memcmp(dir->slots, ".          ", FAT_SHORT) &&
	       !memcmp(dir->slots + FAT_SLOT, "..         ", FAT_SHORT) &&
	       fat_slot_is_directory(dir->slots) &&
	       fat_slot_is_directory(dir->slots + FAT_SLOT) &&
	       fat_slot_cluster(ck->vol, dir->slots) == here->first &&
	       fat_slot_cluster(ck->vol, dir->slots + FAT_SLOT) == parent;
	if (good)
		return 0;
	return fat_checker_say(ck, false, false, err,
			       "%s: \".\" or \"..\" is missing or wrong",
			       path);
}

/* Slots [@from, @to) belong to no entry: those of long names are orphans. */
static int
note_orphans(struct fat_checker *ck, const struct fat_dir *dir, size_t from,
	     size_t to, struct balimg_error *err)
{
	const uint8_t *slot;

	for (; from < to; from++) {
		slot = dir->slots + from * FAT_SLOT;
		if (*slot == FAT_DELETED || !fat_slot_is_long(slot))
			continue;
		if (make_room(&ck->orphans, ck->orphan_count,
			      sizeof(*ck->orphans), err) < 0)
			return -1;
		ck->orphans[ck->orphan_count++] = (struct fat_orphan){
			.dir = dir->first,
			.slot = from,
		};
	}
	return 0;
}

static int
check_entry(struct fat_checker *ck, size_t visit, const struct fat_scan *scan,
	    struct balimg_error *err)
{
	char text[FAT_UTF8_SIZE], buffer[PATH_SIZE];
	struct fat_name name;
	const char *path;

	if (fat_slot_is_label(scan->raw) || fat_slot_is_dot(scan->raw))
		return 0;
	fat_scan_name(scan, &name);
	fat_name_print(&name, text);
	path = print_path(ck, visit, text, buffer);
	if (fat_slot_is_directory(scan->raw))
		return check_directory(ck, visit, scan, path, text, err);
	return check_file(ck, visit, scan, path, err);
}

static int
look_through(struct fat_checker *ck, size_t visit, const char *path,
	     struct balimg_error *err)
{
	struct fat_dir *dir = fat_dir_get(ck->vol, ck->visits[visit].first,
					  err);
	struct fat_scan scan = { 0 };
	size_t orphans = ck->orphan_count;
	size_t begin = 0;
	int rc;

	if (!dir)
		return -1;
	if (check_dots(ck, visit, dir, path, err) < 0 ||
	    fat_check_names(ck, dir, path, err) < 0)
		return -1;
	while ((rc = fat_scan_next(ck->vol, dir, &scan, err)) > 0) {
		if (note_orphans(ck, dir, begin, scan.first, err) < 0 ||
		    check_entry(ck, visit, &scan, err) < 0)
			return -1;
		begin = scan.at;
	}
	if (rc < 0 || note_orphans(ck, dir, begin, scan.at, err) < 0)
		return -1;
	orphans = ck->orphan_count - orphans;
	if (!orphans)
		return 0;
	return fat_checker_say(ck, true, false, err,
			       "%s: %zu part%s of long names without a file",
			       path, orphans, orphans == 1 ? "" : "s");
}

/* Damage is a fault to report; other errors end the check. */
static int
visit_directory(struct fat_checker *ck, size_t visit, struct balimg_error *err)
{
	const struct fat_visit *here = &ck->visits[visit];
	struct balimg_error why = { 0 };
	char buffer[PATH_SIZE];
	const char *path = "/";

	if (here->name)
		path = print_path(ck, here->parent, here->name, buffer);
	if (look_through(ck, visit, path, &why) == 0)
		return 0;
	if (error_is(&why, BALIMG_E_INVALID)) {
		ck->damaged = true;
		return fat_checker_say(ck, false, false, err, "%s: %s", path,
				       why.message);
	}
	if (err && !err->code)
		*err = why;
	return -1;
}

/* Chains too long can be cut if it is sure that nobody else holds the
 * rest. */
static int
report_excesses(struct fat_checker *ck, struct balimg_error *err)
{
	if (!ck->excess_count)
		return 0;
	return fat_checker_say(ck, !ck->damaged, false, err,
			       "%zu file%s more clusters than the size needs",
			       ck->excess_count,
			       ck->excess_count == 1 ? " has" : "s have");
}

int
fat_check_tree(struct fat_checker *ck, struct balimg_error *err)
{
	uint32_t root = fat_root_cluster(ck->vol);
	struct chain chain = { .need = UINT32_MAX };
	size_t visit;

	if (root && follow(ck, root, &chain, err) < 0)
		return -1;
	if (chain.fault)
		return report_chain(ck, &chain, "/", err);
	if (add_visit(ck, root, 0, NULL, err) < 0)
		return -1;
	for (visit = 0; visit < ck->visit_count; visit++)
		if (visit_directory(ck, visit, err) < 0)
			return -1;
	return report_excesses(ck, err);
}
