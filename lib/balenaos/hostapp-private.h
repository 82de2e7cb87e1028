/* hostapp-private.h - inside the view of a hostapp: its layers and paths
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BALENAOS_HOSTAPP_PRIVATE_H
#define BALIMG_BALENAOS_HOSTAPP_PRIVATE_H

#include <jansson.h>

#include "volume/volume-ops.h"

/* The engine makes 125 layers at most, and the kernel lays 128 over each
 * other. */
#define HOSTAPP_LAYERS_MAX 130

/* Digits of the engine's ids, all hexadecimal. */
#define HOSTAPP_ID_LEN 64

/* Where the container's volume is mounted. */
#define HOSTAPP_BOOT "/boot"

/* Some of the layers by their index, top first; the top-most of those that
 * have a file is the one that is seen, all that have a directory make it. */
struct hostapp_set {
	uint8_t count;
	uint8_t at[HOSTAPP_LAYERS_MAX];
};

struct hostapp {
	struct volume head;		  /* first */
	struct volume *raw;		  /* lent */
	bool is_aufs;			  /* else overlay2 */
	const char *root;		  /* of the store: "/balena" */
	char id[HOSTAPP_ID_LEN + 1];	  /* of the container */
	char image[HOSTAPP_ID_LEN + 1];	  /* that it was made of, or "" */
	size_t count;			  /* of layers, top first */
	char *layers[HOSTAPP_LAYERS_MAX]; /* their paths in raw, owned */
	char *boot; /* the same of what is mounted at HOSTAPP_BOOT, or NULL */
};

static inline struct hostapp *
hostapp_of(struct volume *vol)
{
	return (struct hostapp *)vol;
}

/* ---- hostapp-store.c ---- */

/* *@there: is there a hostapp in ->raw?  Then find what it is made of. */
int hostapp_find_layers(struct hostapp *app, bool *there,
			struct balimg_error *err) MUST_USE;

/* Is the @len bytes' @text what the engine makes for an id? */
bool hostapp_is_id(const char *text, size_t len);

/* The id in "sha256:ID", or NULL; @text may be NULL.  Lent from it. */
const char *hostapp_strip_sum(const char *text);

/* @fmt filled in, as a path in the store; to be freed. */
char *hostapp_store_path(const struct hostapp *app, struct balimg_error *err,
			 const char *fmt, ...)
	__attribute__((format(printf, 3, 4))) MUST_USE;

/* *@text: the file's, at most @limit bytes, without newlines at its end; NULL
 * if there is none. */
int hostapp_read_text(const struct hostapp *app, const char *path,
		      size_t limit, char **text, struct balimg_error *err)
	MUST_USE;

/* *@value: what the JSON @text says, NULL if it is none. */
int hostapp_parse(const char *text, json_t **value, struct balimg_error *err)
	MUST_USE;

/* Fail with BALIMG_E_INVALID: the store is damaged, @what says how. */
int hostapp_say_damaged(struct balimg_error *err, const char *what);

/* ---- hostapp-look.c ---- */

/* The index of ->boot in sets of the directories it has. */
#define HOSTAPP_AT_BOOT UINT8_MAX

/* The path in ->raw of what layer @at has at @path of the view, new. */
char *hostapp_raw_path(const struct hostapp *app, uint8_t at, const char *path,
		       struct balimg_error *err) MUST_USE;

/* Can a file in this engine's layers have the name that @path ends with? */
bool hostapp_is_name(const struct hostapp *app, const char *path);

/* Does @entry of a layer's directory say that nothing of a name is there? */
bool hostapp_is_whiteout(const struct hostapp *app,
			 const struct volume_entry *entry);

/* Is @xattr one by which overlay2 says what its layers mean? */
bool hostapp_is_mark(const char *xattr);

/* Which of @dir, the layers that make the parent directory, have @path (free
 * of links)?  None: ->count is 0.  @entry, which may be NULL, tells of the
 * top-most. */
int hostapp_look_up(struct hostapp *app, const struct hostapp_set *dir,
		    const char *path, struct hostapp_set *found,
		    struct volume_entry *entry, struct balimg_error *err)
	MUST_USE;

/* ---- hostapp-path.c ---- */

/* Where a path leads. */
struct hostapp_place {
	char *path;		   /* free of links, "" for the root; owned */
	struct hostapp_set dir;	   /* what makes the directory it is in */
	struct hostapp_set layers; /* what has it; none: there is nothing */
	struct volume_entry entry; /* of the top-most, but for its name */
};
void hostapp_place_clear(struct hostapp_place *place);
#define AUTO_HOSTAPP_PLACE __attribute__((cleanup(hostapp_place_clear)))

/* Follow @path, and symbolic links within the view; one that @path ends with
 * only if @follow.  Nothing of the last name is no error. */
int hostapp_find(struct hostapp *app, const char *path, bool follow,
		 struct hostapp_place *place, struct balimg_error *err)
	MUST_USE;
/* The same, but BALIMG_E_NOT_FOUND if there is nothing. */
int hostapp_need(struct hostapp *app, const char *path, bool follow,
		 struct hostapp_place *place, struct balimg_error *err)
	MUST_USE;

/* The path in ->raw of what is seen at @place, new. */
char *hostapp_seen_path(const struct hostapp *app,
			const struct hostapp_place *place,
			struct balimg_error *err) MUST_USE;

/* ---- the operations of struct volume_ops, by file ---- */

/* hostapp-list.c */
int hostapp_list_place(struct hostapp *app, const struct hostapp_place *place,
		       struct volume_listing *listing,
		       struct balimg_error *err) MUST_USE;
/* hostapp-edit.c */
int hostapp_write_from(struct volume *vol, const char *path,
		       struct source *content, unsigned flags,
		       struct balimg_error *err) MUST_USE;
int hostapp_remove(struct volume *vol, const char *path, unsigned flags,
		   struct balimg_error *err) MUST_USE;
int hostapp_mkdir(struct volume *vol, const char *path,
		  struct balimg_error *err) MUST_USE;
int hostapp_create(struct volume *vol, const char *path,
		   const struct volume_entry *as,
		   const struct volume_xattrs *xattrs,
		   struct volume_stream *content, struct balimg_error *err)
	MUST_USE;
int hostapp_set_mode(struct volume *vol, const char *path, unsigned mode,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BALENAOS_HOSTAPP_PRIVATE_H */
