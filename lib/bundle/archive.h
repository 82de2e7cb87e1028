/* archive.h - archives, by libarchive, in a module of their own
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libarchive brings libxml2 and ICU along, which take longer to load than a
 * small edit takes.  So what needs it is a module, balimg-archive.so, opened
 * when first asked for.
 */
#ifndef BALIMG_BUNDLE_ARCHIVE_H
#define BALIMG_BUNDLE_ARCHIVE_H

#include <stdlib.h>

#include <jansson.h>

#include "base/module.h"
#include "bundle/build.h"
#include "bundle/tree.h"

/* What was put into an archive. */
struct archive_sum {
	uint64_t entries;
	uint64_t bytes;	  /* of file contents */
	uint64_t sockets; /* left out: a tar file has no form for them */
};

/* What was unpacked. */
struct unpack_sum {
	uint64_t entries;
	uint64_t bytes;	  /* of file contents */
	uint64_t devices; /* recorded, not made */
};

#define COMPARE_TOLD 100000u /* more changes than this are only counted */

/* A tree to be compared. */
struct compare_side {
	const char *title;  /* for errors */
	struct volume *vol; /* directory @path of this, or, if NULL, */
	const char *path;
	int fd; /* the bundle open as this, which can be read twice */
};

#define BUNDLE_BLOCK 4096u /* bytes, as most file systems of roots have */

/* What applying a bundle takes. */
struct bundle_facts {
	char *config; /* of a docker archive's image: its JSON, or NULL */
	size_t config_len;
	uint64_t files;	 /* entries */
	uint64_t blocks; /* of BUNDLE_BLOCK bytes, for all that is in it */
	uint64_t boot_blocks; /* of these, what is in /boot */
	json_t *boot_files;   /* of resin-boot: {PATH: SIZE} */
};

static inline void
bundle_facts_clear(struct bundle_facts *facts)
{
	free(facts->config);
	json_decref(facts->boot_files);
}

/* The first of the findings in @report (judge_bundle()) that is an error, or
 * NULL: the bundle is sound. */
const json_t *bundle_first_error(const json_t *report);

/* What the module gives. */
struct archive_calls {
	/* Write what is below directory @path of @vol to @fd as a tar file,
	 * in the order of names: "./NAME", with owners, modes, times of
	 * whole seconds, links, device numbers and extended attributes.
	 * @compress is "", "gz", "bz2", "xz" or "zst".  The same tree makes
	 * the same bytes. */
	int (*write_tree)(struct volume *vol, const char *path, int fd,
			  const char *compress,
			  const struct progress *progress,
			  struct archive_sum *sum, struct balimg_error *err);
	/* Look at the update bundle open as @fd; see
	 * balimg_bundle_verify() for the answer.  @facts, zeroed before and
	 * to be cleared after, or NULL. */
	json_t *(*judge_bundle)(int fd, const struct progress *progress,
				struct bundle_facts *facts,
				struct balimg_error *err);
	/* Unpack the @parts (BALIMG_UNPACK_...; 0: all) of the bundle @fd,
	 * which can be read twice, into the directory open as @folder.  What
	 * takes root's rights is done, or, where @manifest is a file to be
	 * written, recorded there; see manifest.h.  *@sum tells what was done,
	 * also when it failed. */
	int (*unpack_bundle)(int fd, int folder, unsigned parts, int manifest,
			     const struct progress *progress,
			     struct unpack_sum *sum, struct balimg_error *err);
	/* What differs between two trees; see balimg_bundle_diff() for the
	 * answer. */
	json_t *(*compare)(const struct compare_side sides[2],
			   const struct progress *progress,
			   struct balimg_error *err);
	/* Is it a tar file, maybe compressed, that is not empty?  Reads on
	 * from where @fd is. */
	bool (*is_archive)(int fd);
	/* Make the bundle that @request asks for; see
	 * balimg_bundle_build() for the answer. */
	json_t *(*build_bundle)(struct build_request *request,
				struct balimg_error *err);
	/* See tree.h. */
	int (*walk_tar)(int fd, struct tree_visitor *visitor,
			struct balimg_error *err);
	int (*walk_layer)(int fd, size_t index, struct tree_visitor *visitor,
			  struct balimg_error *err);
};

/* The module's calls, lent for good; NULL with BALIMG_E_UNSUPPORTED if it is
 * not installed. */
static inline const struct archive_calls *
archive_load(struct balimg_error *err)
{
	return module_calls("archive", err);
}

#endif /* BALIMG_BUNDLE_ARCHIVE_H */
