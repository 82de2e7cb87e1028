/* volume-ops.h - what a file system engine provides
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_VOLUME_VOLUME_OPS_H
#define BALIMG_VOLUME_VOLUME_OPS_H

#include "volume/volume.h"

/* An engine's volume begins with a struct volume.  volume.c has checked
 * paths (absolute, no "." or "..", no empty parts, no trailing slash, "/" for
 * the root) before it calls, so engines need not.  An engine that only
 * reads has NULL for what edits, checks and flushes. */
struct volume_ops {
	const char *type;
	/* 0: not mine; higher bids win.  Reads little, judges strictly. */
	int (*bid)(struct source *source);
	struct volume *(*open)(struct source *source,
			       struct balimg_error *err);
	/* NULL: cannot make one. */
	int (*format)(struct source *source,
		      const struct volume_format *format,
		      struct balimg_error *err);
	void (*close)(struct volume *vol); /* accepts a half-open volume */
	int (*stat)(struct volume *vol, const char *path,
		    struct volume_entry *entry, struct balimg_error *err);
	/* NULL: there are no symbolic links. */
	int (*stat_link)(struct volume *vol, const char *path,
			 struct volume_entry *entry, struct balimg_error *err);
	int (*list)(struct volume *vol, const char *path,
		    struct volume_listing *listing, struct balimg_error *err);
	/* NULL: there are no extended attributes. */
	int (*list_xattrs)(struct volume *vol, const char *path,
			   struct volume_xattrs *xattrs,
			   struct balimg_error *err);
	struct source *(*open_file)(struct volume *vol, const char *path,
				    struct balimg_error *err);
	int (*write_from)(struct volume *vol, const char *path,
			  struct source *content, unsigned flags,
			  struct balimg_error *err);
	int (*remove)(struct volume *vol, const char *path, unsigned flags,
		      struct balimg_error *err);
	int (*mkdir)(struct volume *vol, const char *path,
		     struct balimg_error *err);
	/* NULL: there are no modes. */
	int (*set_mode)(struct volume *vol, const char *path, unsigned mode,
			struct balimg_error *err);
	/* NULL: files and directories are made by write_from and mkdir. */
	int (*create)(struct volume *vol, const char *path,
		      const struct volume_entry *as,
		      const struct volume_xattrs *xattrs,
		      struct volume_stream *content, struct balimg_error *err);
	/* NULL: there is nothing to be set. */
	int (*dress)(struct volume *vol, const char *path,
		     const struct volume_entry *as,
		     const struct volume_xattrs *xattrs,
		     struct balimg_error *err);
	/* NULL: a file has one name. */
	int (*link)(struct volume *vol, const char *path, const char *existing,
		    struct balimg_error *err);
	int (*space)(struct volume *vol, struct volume_space *space,
		     struct balimg_error *err);
	int (*flush)(struct volume *vol, struct balimg_error *err);
	int (*check)(struct volume *vol, struct volume_faults *faults,
		     struct balimg_error *err);
	int (*repair)(struct volume *vol, struct balimg_error *err);
};

struct volume {
	const struct volume_ops *ops;
	struct source *source; /* lent */
};

extern const struct volume_ops volume_fat_ops;
extern const struct volume_ops volume_ext_ops;

/* May @path of @vol be edited? */
int volume_check_edit(struct volume *vol, const char *path,
		      struct balimg_error *err) MUST_USE;

/* Say which path an operation failed at, if @rc says so; returns @rc. */
int volume_at_path(int rc, const char *path, struct balimg_error *err);

/* *@same: have two sources of one size the same bytes?  For the engines. */
int volume_compare(struct source *a, struct source *b, bool *same,
		   struct balimg_error *err) MUST_USE;

/* Name @entry as the last part of @path says, "/" for the root; it is cleared
 * on failure.  For the engines. */
int volume_entry_name(struct volume_entry *entry, const char *path,
		      struct balimg_error *err) MUST_USE;

/* Append to a list that the caller clears; @name and @entry->target are taken
 * (freed on failure).  For the engines. */
int volume_listing_add(struct volume_listing *listing, char *name,
		       const struct volume_entry *entry,
		       struct balimg_error *err) MUST_USE;
/* @name and the @len bytes at @value are copied. */
int volume_xattrs_add(struct volume_xattrs *xattrs, const char *name,
		      const void *value, size_t len, struct balimg_error *err)
	MUST_USE;
int volume_faults_add(struct volume_faults *faults, bool repairable,
		      bool harmless, struct balimg_error *err, const char *fmt,
		      ...) __attribute__((format(printf, 5, 6))) MUST_USE;

#endif /* BALIMG_VOLUME_VOLUME_OPS_H */
