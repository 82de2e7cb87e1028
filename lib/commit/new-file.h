/* new-file.h - a file that gets its name when it is complete
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Until then it has no name where the file system can do that, else a
 * temporary one beside its place, which new_file_close() removes.
 */
#ifndef BALIMG_COMMIT_NEW_FILE_H
#define BALIMG_COMMIT_NEW_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"

struct new_file {
	int fd;
	char *path;	 /* the name to come */
	char *temporary; /* the name it has now, or NULL */
};

#define NEW_FILE_INIT          \
	{                      \
		-1, NULL, NULL \
	}
#define AUTO_NEW_FILE __attribute__((cleanup(new_file_close)))

/* May there be a new file @path?  BALIMG_E_REFUSED if there is something that
 * is not to be replaced: what is no regular file, any file unless @replace,
 * and always @input, from which the new one is made (then @advice is the
 * hint). */
int new_file_check(const char *path, const struct stat *input,
		   const char *advice, bool replace, struct balimg_error *err)
	MUST_USE;

/* May there be any new file in the folder of @path?  Fails as new_file_open()
 * would, as far as that is known without writing. */
int new_file_check_folder(const char *path, struct balimg_error *err) MUST_USE;

/* BALIMG_E_REFUSED: @path is there, and is not to be replaced. */
int new_file_refuse(const char *path, struct balimg_error *err);

/* The folder that @path is in, to be freed; NULL if memory ran out. */
char *new_file_folder(const char *path) MUST_USE;

/* Begin the file that will be @path, mode 0600. */
int new_file_open(struct new_file *file, const char *path,
		  struct balimg_error *err) MUST_USE;

/* Give the file, which the caller has synced, its name; the folder has yet to
 * be synced.  Of the mode that the caller gave it, the umask takes what it
 * takes of every new file.  A file of that name is replaced if @replace, and
 * leaves its permissions; else BALIMG_E_REFUSED. */
int new_file_publish(struct new_file *file, bool replace,
		     struct balimg_error *err) MUST_USE;

/* Release the file; one without its name vanishes. */
void new_file_close(struct new_file *file);

#endif /* BALIMG_COMMIT_NEW_FILE_H */
