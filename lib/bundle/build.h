/* build.h - an update bundle to be made
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a device of the system's own release takes: up to 2.4 a tar file of
 * the root file system with the boot files in it ("resinhup"), later a docker
 * archive of the hostapp.
 */
#ifndef BALIMG_BUNDLE_BUILD_H
#define BALIMG_BUNDLE_BUILD_H

#include <jansson.h>

#include "balenaos/release.h"
#include "base/progress.h"
#include "volume/volume.h"

/* A file that goes into the bundle besides, or instead of what is there. */
struct build_change {
	const char *path;	/* "etc/hosts": in the root file system; NULL:
				   where the release has its splash */
	struct source *content; /* lent */
	unsigned mode;		/* of a new file; an old one keeps its own */
};

/* What a delta is applied to: a docker archive, or the hostapp in an
 * image. */
struct build_basis {
	const char *name;   /* for errors */
	struct volume *raw; /* the image's root as it is stored; else */
	int fd;		    /* the archive, at its start */
};

/* All of it is the caller's. */
struct build_request {
	/* Of an image: its root as the running system sees it, the same as it
	 * is stored, its boot partition. */
	struct volume *view, *raw, *boot;
	struct release release;
	const char *device_type; /* NULL: unknown */
	/* Else, where ->view is NULL: a folder of the host, or a tar file,
	 * with a root file system; it can be read twice. */
	int tree;
	/* Of a folder: the file with what was recorded of it, or NULL. */
	const char *manifest;
	const struct manifest *recorded; /* what it says, read by the module */
	/* Else, too, with ->tree a docker archive that is a delta. */
	const struct build_basis *basis;

	struct build_change *changes; /* paths that are NULL get set */
	size_t change_count;
	const char *compress; /* "", "gz", "bz2", "xz"; NULL: as devices
				 fetch them */
	unsigned threads;     /* that compress; 0: all processors */
	const struct progress *progress;

	/* Called once, before anything is written, with the name that the
	 * bundle would have by custom; sets ->out, which can be sought in and
	 * read again, and ->folder, where there is room for scratch files. */
	int (*begin)(struct build_request *request, const char *name,
		     struct balimg_error *err);
	int out;
	const char *folder;
};

#endif /* BALIMG_BUNDLE_BUILD_H */
