/* apply-private.h - an update on its way into an image
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BUNDLE_APPLY_PRIVATE_H
#define BALIMG_BUNDLE_APPLY_PRIVATE_H

#include "base/digest.h"
#include "bundle/apply.h"

#define APPLY_ID (2 * SHA256_SIZE + 1) /* an id of the engine, and a NUL */

struct apply {
	struct customization *c; /* lent; NULL: only judge */
	const struct archive_calls *archive;
	const struct apply_wish *wish;
	struct bundle_facts facts;
	json_t *report; /* of the bundle, owned */
	bool hostapp;	/* else a root file system */
	struct release from, to;
	/* Where to: partitions of ->os. */
	struct os *os;
	size_t active, target, boot_at;
	bool target_is_b;
	struct volume *boot, *root; /* lent; ->root: of the target */
	/* What is there then. */
	struct volume *view; /* lent: as the new system sees its files */
	uint64_t files, bytes;
};

/* ---- apply.c ---- */

/* Back to the beginning of the bundle. */
int apply_rewind(const struct apply *apply, struct balimg_error *err) MUST_USE;

/* ---- apply-place.c ---- */

/* Find the two roots and the boot partition. */
int apply_find_place(struct apply *apply, struct balimg_error *err) MUST_USE;

/* Make a blank target a file system. */
int apply_format_target(struct apply *apply, struct balimg_error *err)
	MUST_USE;

/* Open the target to be written. */
int apply_open_target(struct apply *apply, struct balimg_error *err) MUST_USE;

/* The number of a partition, as bootloaders count. */
unsigned apply_number(const struct apply *apply, size_t at);

/* The text of a small file, new; NULL without an error if there is none. */
char *apply_read_text(struct volume *vol, const char *path, size_t *len,
		      struct balimg_error *err) MUST_USE;

/* ---- apply-fit.c ---- */

/* Append what speaks against it to @findings. */
int apply_find_misfits(struct apply *apply, json_t *findings,
		       struct balimg_error *err) MUST_USE;

/* ---- apply-node.c, -choose.c: entries of a tree into a volume ---- */

enum apply_form {
	FORM_PLAIN,    /* a root file system, by the updater of 1.x */
	FORM_TAR,      /* the same, by that of 2.0 to 2.4 */
	FORM_COPY,     /* all as it is */
	FORM_OVERLAY2, /* a layer, with its whiteouts as the kernel's */
	FORM_AUFS,     /* a layer, with its whiteouts as they are */
};

struct apply_nodes {
	struct tree_visitor visitor; /* first */
	struct volume *vol;	     /* lent */
	const char *top;	     /* lent: the directory, there already; ""
					for the root */
	enum apply_form form;
	/* Under FORM_PLAIN and FORM_TAR: only what is below this, and without
	 * it; "" is all but what is not the system's own. */
	const char *only;
	uint64_t entries;  /* met */
	uint64_t contents; /* bytes of files met */
	uint64_t files;	   /* made */
	uint64_t size;	   /* bytes of files and links made, as the engine
			      counts a layer */
	char known[4096];  /* a directory that is there */
};

/* Begin; the fields above may be changed before the walk. */
void apply_nodes_begin(struct apply_nodes *nodes, struct volume *vol,
		       const char *top, enum apply_form form);

/* *@path: where @entry goes under FORM_PLAIN and FORM_TAR, lent; NULL:
 * nowhere.  BALIMG_E_INVALID: the updater would stop there. */
int apply_choose_plain(const struct apply_nodes *nodes,
		       const struct tree_entry *entry, const char **path,
		       struct balimg_error *err) MUST_USE;

/* Make directory @path of @vol, @mode, which must not be there. */
int apply_mkdir(struct volume *vol, const char *path, unsigned mode,
		struct balimg_error *err) MUST_USE;
/* Make file @path of the @len bytes at @data. */
int apply_put(struct volume *vol, const char *path, unsigned mode,
	      const void *data, size_t len, struct balimg_error *err) MUST_USE;
/* Make symbolic link @path. */
int apply_link(struct volume *vol, const char *path, const char *target,
	       struct balimg_error *err) MUST_USE;

/* ---- apply-store.c, -layer.c, -container.c: the engine's store ---- */

struct apply_layer {
	char diff_id[8 + APPLY_ID]; /* "sha256:..." */
	char chain_id[8 + APPLY_ID];
	char cache_id[APPLY_ID];
	uint64_t size; /* bytes, as the engine counts */
};

struct apply_store {
	struct apply *apply;
	const char *root;   /* "/balena", "/docker" */
	const char *driver; /* "overlay2", "aufs" */
	char image_id[APPLY_ID];
	char container_id[APPLY_ID];
	char mount_id[APPLY_ID];
	char volume_id[APPLY_ID];
	char created[32];
	size_t count; /* of layers, the lowest first */
	struct apply_layer *layers;
	json_t *config; /* of the image */
};

/* An id that stands for @word of this image, always the same. */
void apply_make_id(const struct apply_store *store, const char *word,
		   char id[APPLY_ID]);

/* @fmt filled in, as a path in the store; new. */
char *apply_store_path(const struct apply_store *store,
		       struct balimg_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4))) MUST_USE;

/* Make a file of the store of @text. */
int apply_store_put(const struct apply_store *store, unsigned mode,
		    const char *text, struct balimg_error *err,
		    const char *fmt, ...) __attribute__((format(printf, 5, 6)))
MUST_USE;
int apply_store_mkdir(const struct apply_store *store, unsigned mode,
		      struct balimg_error *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5))) MUST_USE;

bool apply_store_is_aufs(const struct apply_store *store);

/* What the storage driver keeps of layer @id, which lies over the @at lowest
 * of the image: ->count for the container's own. */
int apply_put_driver(const struct apply_store *store, const char *id,
		     size_t at, struct balimg_error *err) MUST_USE;

/* The files of layer @at, and the records of it. */
int apply_install_layer(struct apply_store *store, size_t at,
			struct balimg_error *err) MUST_USE;

/* The records of the container. */
int apply_put_container(const struct apply_store *store,
			struct balimg_error *err) MUST_USE;

/* Empty the target, fill it as hostapp-update does, and set ->view. */
int apply_hostapp(struct apply *apply, struct balimg_error *err) MUST_USE;

/* ---- apply-root.c ---- */

/* Empty the target, and fill it as the updaters of resinhup do. */
int apply_root(struct apply *apply, struct balimg_error *err) MUST_USE;

/* Is it the updater of 1.x that would do it?  Of an image of unknown version
 * the bundle's tells. */
bool apply_is_first_updater(const struct apply *apply);

/* ---- apply-carry.c ---- */

struct carried;
/* What of the old root goes into the new one; starts as zeroes. */
struct apply_carry {
	struct carried *all;
	size_t count;
	size_t size; /* bytes of all contents */
};
void apply_carry_clear(struct apply_carry *carry);

/* Read it from the root that runs.  BALIMG_E_UNSUPPORTED if it is too much. */
int apply_carry_read(struct apply *apply, struct apply_carry *carry,
		     struct balimg_error *err) MUST_USE;

/* Put it into the target, over what is there. */
int apply_carry_write(struct apply *apply, const struct apply_carry *carry,
		      struct balimg_error *err) MUST_USE;

/* Remove the samples of networks that work, if the updater does. */
int apply_remove_samples(struct apply *apply, struct balimg_error *err)
	MUST_USE;

/* ---- apply-config.c ---- */

/* Bring config.json to where the new system looks, and into order. */
int apply_config(struct apply *apply, struct balimg_error *err) MUST_USE;

/* ---- apply-hooks.c ---- */

/* The first partition of @role, or SIZE_MAX. */
size_t apply_find_role(const struct apply *apply, enum os_role role);

/* Has the new root a hook whose name has @word in it? */
bool apply_has_hook(const struct apply *apply, const char *word);

/* Do what those hooks do that neither copy boot files nor tell a bootloader;
 * warn of those that only the device can run. */
int apply_hooks(struct apply *apply, struct balimg_error *err) MUST_USE;

/* ---- apply-boot.c, apply-keep.c: the boot partition ---- */

/* Which boot files an update leaves alone. */
struct apply_keep {
	char **paths; /* "/config.json" */
	size_t count;
};
void apply_keep_clear(struct apply_keep *keep);
/* By the hook of the new root, else by its version. */
int apply_keep_find(struct apply *apply, struct apply_keep *keep,
		    struct balimg_error *err) MUST_USE;
bool apply_keep_has(const struct apply_keep *keep, const char *path);

/* Bring resin-boot of the new root to the boot partition. */
int apply_boot_files(struct apply *apply, struct balimg_error *err) MUST_USE;

/* ---- apply-switch.c ---- */

/* Have the bootloader start the target. */
int apply_switch(struct apply *apply, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_APPLY_PRIVATE_H */
