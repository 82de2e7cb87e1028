/* archive-calls.h - what the module's files give to its table of calls
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BUNDLE_ARCHIVE_CALLS_H
#define BALIMG_BUNDLE_ARCHIVE_CALLS_H

#include <locale.h>

#include "bundle/archive.h"

/* libarchive takes names for text of the thread's locale; in UTF-8 they come
 * out as they are.  Returns what archive_leave_locale() is to be given. */
locale_t archive_enter_locale(void);
void archive_leave_locale(locale_t before);

/* See struct archive_calls. */
int archive_write_tree(struct volume *vol, const char *path, int fd,
		       const char *compress, const struct progress *progress,
		       struct archive_sum *sum, struct balimg_error *err)
	MUST_USE;
json_t *archive_judge_bundle(int fd, const struct progress *progress,
			     struct bundle_facts *facts,
			     struct balimg_error *err) MUST_USE;
int archive_unpack_bundle(int fd, int folder, unsigned parts, int manifest,
			  const struct progress *progress,
			  struct unpack_sum *sum, struct balimg_error *err)
	MUST_USE;
json_t *archive_compare(const struct compare_side sides[2],
			const struct progress *progress,
			struct balimg_error *err) MUST_USE;
bool archive_is_one(int fd) MUST_USE;

json_t *archive_build_bundle(struct build_request *request,
			     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_ARCHIVE_CALLS_H */
