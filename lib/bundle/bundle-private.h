/* bundle-private.h - reading an update bundle, once, from front to back
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A bundle is a tar file, maybe compressed, of one of two kinds: the root
 * file system itself ("resinhup", up to 2.4), or what `docker save` writes,
 * with layers that are tar files again ("hostapp", from 2.5 on).  It may be
 * a stream of any size, so each member is looked at as it comes by: what is
 * hashed, what text is kept, which member is a layer.  Judging begins when
 * the end was seen.
 */
#ifndef BALIMG_BUNDLE_BUNDLE_PRIVATE_H
#define BALIMG_BUNDLE_BUNDLE_PRIVATE_H

#include <jansson.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "bundle/archive.h"

#define BUNDLE_PIECE   (256u << 10) /* bytes read at a time */
/* Texts of more bytes than this are not kept, nor more in all; the largest
 * there is, the fingerprint of a root file system, has 1 MiB. */
#define BUNDLE_TEXT    (4u << 20)
#define BUNDLE_KEPT    (48u << 20)
#define BUNDLE_BOOT_FILES 20000u /* nor has one more in resin-boot */
#define BUNDLE_MEMBERS 200000u	/* more than this is no bundle */
#define TREE_ENTRIES   4000000u /* nor is more than this a tree */
#define TREE_XATTRS    256	/* of one file */
#define TREE_MAJOR     0xfffu	/* the numbers that the kernel has room for */
#define TREE_MINOR     0xfffffu

/* Where the configuration of a delta names the image it is one to, and
 * has the configuration of the one it makes. */
#define BUNDLE_DELTA_BASE   "config.Labels.io\\.resin\\.delta\\.base"
#define BUNDLE_DELTA_CONFIG "config.Labels.io\\.resin\\.delta\\.config"

/* What a tree of files, a layer or a root file system, tells. */
struct bundle_tree {
	uint64_t files, bytes;	/* entries; of contents */
	char *os_release;	/* the text of /etc/os-release, or NULL */
	char *device_type_json; /* of resin-boot, or NULL */
	json_t *hooks;		/* names in hostapp-update-hooks.d */
	uint64_t blocks;	/* of BUNDLE_BLOCK bytes, that it takes */
	uint64_t boot_blocks;	/* of these, in boot */
	json_t *boot_files;	/* of resin-boot: {PATH: SIZE} */
	bool delta;		/* it is balena's delta to another */
};

/* A member of the outer tar file. */
struct bundle_member {
	char *path;    /* without "./" in front, or '/' at the end */
	unsigned type; /* AE_IFREG, ... */
	char *target;  /* of a symbolic or hard link, or NULL */
	bool hard;
	uint64_t size;
	char *text; /* NUL-terminated, where it was kept */
	size_t text_len;
	uint8_t md5[MD5_SIZE];	     /* of a regular file in a root */
	uint8_t sha256[SHA256_SIZE]; /* of one in a docker archive */
	/* Of one that is itself a tar file. */
	bool layer;
	char fault[160];     /* why it could not be read to its end, or "" */
	char *twice;	     /* the first path that comes again, or NULL */
	char compression[8]; /* "none", "gz", ... */
	uint8_t diff_id[SHA256_SIZE];
	struct bundle_tree tree;
};

struct bundle {
	char compression[8];
	bool docker; /* a docker archive, by the names of its members */
	bool decided;
	bool skim; /* of a docker archive, only what is JSON; of a root
		      nothing */
	struct bundle_member *members;
	size_t count, room;
	struct bundle_tree tree; /* of a root file system */
	const struct progress *progress;
	uint64_t done; /* bytes, for the progress */
	uint64_t kept; /* bytes of texts */
	json_t *findings;
};

void bundle_clear(struct bundle *bundle);
#define AUTO_BUNDLE __attribute__((cleanup(bundle_clear)))
void bundle_tree_clear(struct bundle_tree *tree);

/* Read all of @fd, or what ->skim asks for. */
int bundle_read(struct bundle *bundle, int fd, struct balimg_error *err)
	MUST_USE;

/* The regular file or link called @path, or NULL. */
const struct bundle_member *bundle_find(const struct bundle *bundle,
					const char *path);

/* The member that is layer @path, links followed, or NULL. */
const struct bundle_member *bundle_find_layer(const struct bundle *bundle,
					      const char *path);

/* Look at a layer, whose bytes come from @from, and fill in @member. */
int bundle_read_layer(struct bundle *bundle, struct bundle_member *member,
		      struct archive *from, struct balimg_error *err) MUST_USE;

/* Note in @tree what an entry of it tells; the content of a file that is to
 * be kept is returned in *@keep: where its text belongs, else NULL. */
int bundle_tree_note(struct bundle_tree *tree, struct archive_entry *entry,
		     const char *path, char ***keep, struct balimg_error *err)
	MUST_USE;

/* "./etc//os-release/" as "etc/os-release", new; NULL is "". */
char *bundle_path(const char *path, struct balimg_error *err) MUST_USE;

/* Say that @archive could not be read. */
int bundle_fail(struct archive *archive, const char *what,
		struct balimg_error *err);

/* Append a finding. */
int bundle_find_fault(struct bundle *bundle, const char *severity,
		      const char *where, struct balimg_error *err,
		      const char *fmt, ...)
	__attribute__((format(printf, 5, 6))) MUST_USE;

/* Call @visit for each member of @fd, read from the front: its header has been
 * read, and @at is its place in ->members.  It returns 0 to go on, 1 when it
 * has seen enough, or -1. */
int bundle_each_member(int fd,
		       int (*visit)(struct archive *archive,
				    struct archive_entry *entry, size_t at,
				    void *data, struct balimg_error *err),
		       void *data, struct balimg_error *err) MUST_USE;

/* Judge what was read, and tell of it in @report. */
int bundle_judge_docker(struct bundle *bundle, json_t *report,
			struct balimg_error *err) MUST_USE;
int bundle_judge_root(struct bundle *bundle, json_t *report,
		      struct balimg_error *err) MUST_USE;

/* The texts and numbers that applying it takes. */
int bundle_gather(const struct bundle *bundle, struct bundle_facts *facts,
		  struct balimg_error *err) MUST_USE;

/* Put version, device type and hooks of @tree into @report. */
int bundle_tell_tree(const struct bundle_tree *tree, json_t *report,
		     struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BUNDLE_BUNDLE_PRIVATE_H */
