/* customize.h - one transaction of edits on one image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A customization takes edits in order.  Files are staged in their volumes
 * at once; config.json is read when the first edit needs it, changed as text
 * in memory, and staged once by customize_finish().  What changes and what
 * there is to say goes to the plan.  Nothing is flushed here: the commit
 * does that, so that any number of edits is one transaction on the disk.
 */
#ifndef BALIMG_FEATURE_CUSTOMIZE_H
#define BALIMG_FEATURE_CUSTOMIZE_H

#include "balenaos/os.h"
#include "base/buffer.h"
#include "base/plan.h"

/* The device's own update wants this much of the boot volume free (bytes);
 * source: 1-bootfiles in meta-balena. */
#define UPDATE_ROOM 524288u

/* config.json between its first use and customize_finish(). */
struct config_text {
	bool loaded;
	bool existed;	    /* false: there is none yet */
	bool injected;	    /* replaced as a whole */
	char *original;	    /* as read, or what a new one begins with */
	size_t original_len;
	struct buffer text; /* as edited */
	struct volume *vol; /* lent by the os */
	size_t at;	    /* its partition */
	char where[128];    /* "resin-boot:/config.json" */
};

struct customization {
	struct os *os;	   /* lent */
	struct plan *plan; /* lent */
	unsigned flags;	   /* of enum balimg_flags: BALIMG_FORCE */
	struct os *wrote_boot[2]; /* whose boot volumes were written */
	bool warned_of_signature; /* over the image within an installer */
	struct config_text config;
};

/* One edit, lent; see enum balimg_op for what @name and @data mean. */
struct edit {
	enum balimg_op op;
	char *name;  /* or NULL */
	char *data;  /* NUL-terminated after @len bytes, or NULL */
	size_t len;
	int fd;	     /* the content instead of @data, or -1 */
};

/* Begin, without touching anything. */
void customize_begin(struct customization *c, struct os *os, struct plan *plan,
		     unsigned flags);

/* Stage @edit. */
int customize_edit(struct customization *c, const struct edit *edit,
		   struct balimg_error *err) MUST_USE;

/* Stage config.json if it was changed, and look whether the device can still
 * update itself. */
int customize_finish(struct customization *c, struct balimg_error *err)
	MUST_USE;

/* Release what the customization holds; what was not finished is dropped. */
void customize_clear(struct customization *c);

/* ---- for the features ---- */

/* May @os, which may be the image within an installer, be written?
 * BALIMG_E_REFUSED if the installer would find its signature broken; a warning
 * in the plan where it would not look. */
int customize_check_inner(struct customization *c, struct os *os,
			  struct balimg_error *err) MUST_USE;

/* Is @c to go on with what a person may know better?  True, with @err's
 * reason as a warning in the plan and @err cleared, if BALIMG_FORCE was given
 * and @err is a refusal or finds the input invalid. */
bool customize_overrides(struct customization *c, const char *where,
			 struct balimg_error *err);

/* "resin-boot:/splash/logo.png" for @path in partition @at of @os, to be
 * freed. */
char *customize_where(const struct os *os, size_t at, const char *path,
		      struct balimg_error *err) MUST_USE;

/* Remember that partition @at of @os was written. */
void customize_wrote(struct customization *c, struct os *os, size_t at);

/* The version that the image says it holds, as schema and document calls
 * take it: NULL if unknown. */
int customize_version(struct os *os, const char **version,
		      struct balimg_error *err) MUST_USE;

/* BALIMG_E_UNSUPPORTED, naming @what, if the image's version is known and
 * older than @since. */
int customize_needs(struct os *os, const char *what, const char *since,
		    struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_CUSTOMIZE_H */
