/* balimg.h - customise balenaOS disk images, without booting and without root
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An image is a base (a raw file or a block device) plus an overlay of what
 * was edited.  balimg_open() gives the base; balimg_apply() stages edits in
 * the overlay, where every reading call sees them; balimg_commit() is the
 * only call that writes, and writes all or nothing.  An image closed without
 * a commit is as it was.
 *
 * What the library tells, it tells as JSON text (UTF-8, one value): one form
 * for C, for other languages, and for `balimg --json`.  Secrets in it are
 * replaced by "<hidden>" unless BALIMG_SHOW_SECRETS is given.
 *
 * Calls return 0 or a pointer when they did what they say, -1 or NULL with
 * @err set otherwise.  @err may be NULL.  An image belongs to one thread at
 * a time; different images may be used by different threads.  The library
 * never prints, never exits, and never aborts.
 */
#ifndef BALIMG_H
#define BALIMG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BALIMG_MUST_USE __attribute__((warn_unused_result))
#pragma GCC visibility push(default)
#else
#define BALIMG_MUST_USE
#endif

/* Kinds of failure.  The command line's exit status follows from it, see
 * balimg_exit_status(). */
enum balimg_code {
	BALIMG_OK = 0,
	BALIMG_E_USAGE,	      /* the call itself is wrong */
	BALIMG_E_INVALID,     /* the input is damaged or malformed */
	BALIMG_E_UNSUPPORTED, /* the input is sound, but not for us (yet) */
	BALIMG_E_NOT_FOUND,   /* what was named is not there */
	BALIMG_E_REFUSED,     /* would endanger the device or the data */
	BALIMG_E_IO,	      /* a read, a write, a permission */
	BALIMG_E_NO_SPACE,    /* in the image's file system or the host's */
	BALIMG_E_NO_MEMORY,
	BALIMG_E_INTERRUPTED, /* the progress callback said stop */
};

/* The caller's, zeroed before use: `struct balimg_error err = { 0 };` */
struct balimg_error {
	enum balimg_code code;
	int sys_errno;	   /* errno of the failed system call, or 0 */
	char where[256];   /* "sdcard.img: resin-boot: config.json", or "" */
	char message[512]; /* one sentence without a full stop */
	char hint[256];	   /* what to do about it, or "" */
};

struct balimg_image; /* an open image */
struct balimg_edits; /* a list of edits, in order */

/* "0.1.0" */
const char *balimg_version(void);

/* "refused", "not-found", ...: the word for @code in JSON. */
const char *balimg_code_name(enum balimg_code code);

/* The command line's exit status for @code: 0 done, 2 usage, 3 input
 * invalid or unsupported, 4 not there, 5 refused, 6 could not,
 * 130 interrupted. */
int balimg_exit_status(enum balimg_code code);

/* Release text or bytes that a call returned; NULL is allowed. */
void balimg_free(void *data);

/* ---- opening ------------------------------------------------------- */

enum balimg_flags {
	BALIMG_WRITE = 1 << 0,	      /* open: edits will be committed in
					 place; locks the image, and finishes
					 an interrupted commit first */
	BALIMG_FORCE = 1 << 1,	      /* where a person may know better */
	BALIMG_SHOW_SECRETS = 1 << 2, /* leave secrets in returned text */
	BALIMG_YES = 1 << 3,	      /* open: finish an interrupted commit
					 on a device, too */
	BALIMG_OUTER = 1 << 4,	      /* open: of an installer, every file
					 named is its own */
	BALIMG_INNER = 1 << 5,	      /* open: all that is asked or edited is
					 that of the image which an installer
					 carries */
	BALIMG_REPLACE = 1 << 6,      /* update: the root that is started */
	BALIMG_DRY_RUN = 1 << 7,      /* commit: only see whether it may be */
};

/* Who opens a file system: engines of our own, in milliseconds, or libguestfs
 * by starting a virtual machine, in seconds. */
enum balimg_engine {
	BALIMG_ENGINE_AUTO,    /* libguestfs where ours do not serve: btrfs,
				  xfs, LUKS, LVM, journals to be replayed */
	BALIMG_ENGINE_DIRECT,  /* ours only */
	BALIMG_ENGINE_GUESTFS, /* libguestfs only: judges ours */
};

/* Called now and then during long work.  @total is 0 if not known.
 * Return non-zero to stop: the call fails with BALIMG_E_INTERRUPTED. */
#define BALIMG_PROGRESS(name) \
	int (*name)(void *data, const char *what, uint64_t done, uint64_t total)

/* Open @path, a raw image file, a block device, or a qcow2, VMDK or VDI image
 * (known by its first bytes, and opened by qemu-nbd, a child of this process
 * that ends with it; an image that takes data from other files is
 * BALIMG_E_REFUSED).  @flags: BALIMG_WRITE, BALIMG_YES, BALIMG_OUTER or
 * BALIMG_INNER.  An installer (flasher) has in it the image that it puts on the
 * device.  Without either of the latter two, settings, splash, networks and
 * what else the installer carries over to the device are its own; other files
 * that are named by a role ("boot", "rootA") are those of the image in it.
 *
 * With a pending journal of an interrupted commit beside it, a reader sees the
 * finished state and nothing is written; a writer finishes it first.  Refused
 * (BALIMG_E_REFUSED): with BALIMG_WRITE, a device that is mounted or held, a
 * file behind a loop device, an image locked by another balimg; a journal that
 * does not belong to the image. */
struct balimg_image *balimg_open(const char *path, unsigned flags,
				 struct balimg_error *err) BALIMG_MUST_USE;

/* Release @image; staged edits that were not committed are dropped.  NULL is
 * allowed. */
void balimg_close(struct balimg_image *image);

/* Have @progress called during commits, and while a virtual machine works;
 * NULL for none. */
void balimg_set_progress(struct balimg_image *image,
			 BALIMG_PROGRESS(progress), void *data);

/* Choose who opens the volumes of @image from now on; those that are open
 * stay as they are.  balimg_info(), balimg_check() and balimg_repair() always
 * go by BALIMG_ENGINE_DIRECT. */
void balimg_set_engine(struct balimg_image *image, enum balimg_engine engine);

/* The key of encrypted volumes: a passphrase, or what a key file holds (its
 * last newline counts or not, whichever opens them), without NUL; copied. */
int balimg_set_key(struct balimg_image *image, const void *key, size_t len,
		   struct balimg_error *err) BALIMG_MUST_USE;

/* ---- looking ------------------------------------------------------- */

/* Everything known of the image: {"path", "size", "label" (the partition
 * table), "partitions":[...], "os":{"version", "variant", "deviceType", ...},
 * "customised":{...}, "inner":{"where", "path", "size", "signed", "label",
 * "partitions":[...], "os":{...}} (the image that an installer carries, else
 * null), "warnings":[...]}.  Works on images that are not balenaOS; "os" is
 * null then. */
char *balimg_info(struct balimg_image *image, unsigned flags,
		  struct balimg_error *err) BALIMG_MUST_USE;

/* The value of a dotted @key of config.json ("os.network.wifi"; a dot within
 * a key is written "\."), or the whole text, byte for byte, if @key is NULL.
 * BALIMG_E_NOT_FOUND if it is not set. */
char *balimg_config_get(struct balimg_image *image, const char *key,
			unsigned flags, struct balimg_error *err)
	BALIMG_MUST_USE;

/* Judge config.json: [{"severity":"error"|"warning"|"note", "key", "text"}],
 * [] if there is nothing to say. */
char *balimg_config_check(struct balimg_image *image,
			  struct balimg_error *err) BALIMG_MUST_USE;

/* The known keys of config.json, for help and completion: [{"key", "type",
 * "since", "removed", "reader":"OS"|"supervisor"|"flasher"|"none", "secret",
 * "doc"}]; since and removed, OS versions, are null where there is none. */
char *balimg_config_schema(struct balimg_error *err) BALIMG_MUST_USE;

/* What is set now.  splash: {"path", "width", "height", "size", "stock",
 * "sha256"}; udev: [{"name", "lines", "text"}]; ssh: [{"type",
 * "fingerprint", "comment", "options", "line"}]; networks: [{"file", "id",
 * "type", "ssid", "ignored"}]; development: {"enabled", "era", "reason"}. */
char *balimg_splash_status(struct balimg_image *image,
			   struct balimg_error *err) BALIMG_MUST_USE;
char *balimg_udev_list(struct balimg_image *image,
		       struct balimg_error *err) BALIMG_MUST_USE;
char *balimg_ssh_list(struct balimg_image *image,
		      struct balimg_error *err) BALIMG_MUST_USE;
char *balimg_network_list(struct balimg_image *image, unsigned flags,
			  struct balimg_error *err) BALIMG_MUST_USE;
char *balimg_development_status(struct balimg_image *image,
				struct balimg_error *err) BALIMG_MUST_USE;

/* The splash's PNG bytes; the caller balimg_free()s *@data. */
int balimg_splash_get(struct balimg_image *image, char **data, size_t *len,
		      struct balimg_error *err) BALIMG_MUST_USE;

/* The splash decoded, for drawing it: *@width x *@height pixels, row by row,
 * each of four bytes, red, green, blue, and alpha (255: opaque).  The caller
 * balimg_free()s *@pixels. */
int balimg_splash_pixels(struct balimg_image *image, uint8_t **pixels,
			 uint32_t *width, uint32_t *height,
			 struct balimg_error *err) BALIMG_MUST_USE;

/* Look for faults in the partition table, the FAT and ext volumes and the
 * balenaOS files: {"findings":[{"severity", "where", "text", "repair"}]}. */
char *balimg_check(struct balimg_image *image, struct balimg_error *err)
	BALIMG_MUST_USE;

/* ---- files --------------------------------------------------------- */
/* @part names a partition: its number, GPT name, file system label, or role
 * (boot, rootA, rootB, state, data); "" is the one volume of an image without
 * a partition table.  @path is absolute, '/'-separated, without "..". */

/* Directory or file: [{"name", "type", "size", "time"}], the type "file",
 * "directory", or, in file systems that have them, "symlink", "character
 * device", "block device", "fifo" or "socket"; there also "mode" (octal),
 * "uid" and "gid", and the "target" of a symlink. */
char *balimg_file_list(struct balimg_image *image, const char *part,
		       const char *path, struct balimg_error *err)
	BALIMG_MUST_USE;

/* Copy the file's bytes to the open descriptor @fd. */
int balimg_file_get(struct balimg_image *image, const char *part,
		    const char *path, int fd, struct balimg_error *err)
	BALIMG_MUST_USE;

/* Write directory @path, and all that is below it, to the open descriptor @fd
 * as a tar file: names "./NAME" in their order, owners, modes, times of whole
 * seconds, links, devices, extended attributes.  @compress: "gz", "bz2",
 * "xz", "zst", or NULL.  {"entries", "bytes", "sockets"}, the last being left
 * out: tar has no form for them.  BALIMG_E_UNSUPPORTED where balimg was built
 * without libarchive. */
char *balimg_file_tar(struct balimg_image *image, const char *part,
		      const char *path, int fd, const char *compress,
		      struct balimg_error *err) BALIMG_MUST_USE;

/* ---- update bundles ------------------------------------------------ */

/* What the host OS update bundle @path is, and whether a device would take
 * it: {"format":"hostapp"|"resinhup"|"unknown", "compression", "size",
 * "version", "deviceType", "hooks":[...], "findings":[{"severity", "where",
 * "text"}]}; of a hostapp (docker archive) moreover "imageId",
 * "architecture", "tags", "delta" (the image that it is a delta to, or
 * null), "target" (the id of what that makes, or null), "layers":[{"path",
 * "size", "compression", "diffId", "files", "bytes"}]; of a resinhup (root
 * file system) "files", "bytes" and "fingerprints":{"boot", "root"}, the lines
 * of each.  Every sum in it is verified; an error among the findings means
 * that the device's updater would refuse the bundle, or lose part of it.
 *
 * A delta of balena's is judged as what it makes of @basis: a docker
 * archive of the image that it is one to, or an image with that hostapp;
 * BALIMG_E_REFUSED if it is another.  @basis and @progress may be NULL. */
char *balimg_bundle_verify(const char *path, const char *basis,
			   BALIMG_PROGRESS(progress), void *data,
			   struct balimg_error *err) BALIMG_MUST_USE;

enum balimg_unpack_flags {
	/* Only these parts: the boot partition's files in resin-boot, what is
	 * copied over the root in quirks, and the rest.  None: all. */
	BALIMG_UNPACK_ROOTFS = 1 << 0,
	BALIMG_UNPACK_BOOT = 1 << 1,
	BALIMG_UNPACK_QUIRKS = 1 << 2,
	BALIMG_UNPACK_PARTS = 7,
	/* Replace files in @folder, and the manifest. */
	BALIMG_UNPACK_FORCE = 1 << 3,
};

/* Unpack the host OS update bundle @path into @folder, which is made, or must
 * be empty (BALIMG_E_REFUSED).  Layers of a docker archive are laid over each
 * other.  Nothing outside @folder is reached, whatever the bundle says, and
 * no more than 16 GiB or 4,000,000 files are unpacked.  Of a delta, what
 * it makes of @basis (see balimg_bundle_verify()) is unpacked, when every layer
 * was made and verified; without one it is BALIMG_E_UNSUPPORTED.
 *
 * Root sets owners, modes and attributes, and makes devices, unless @manifest
 * is given.  Else these are recorded in the text file @manifest (NULL: beside
 * @folder, with ".manifest" added to its name), in the form of mtree(5); then
 * set-id bits are not set, and what its owner could not read, he can.
 *
 * The answer: {"folder", "manifest" (or null), "entries", "bytes",
 * "devicesRecorded"}.  After a failure the error's hint says what is left.
 * @progress may be NULL. */
char *balimg_bundle_unpack(const char *path, const char *basis,
			   const char *folder, const char *manifest,
			   unsigned flags, BALIMG_PROGRESS(progress),
			   void *data,
			   struct balimg_error *err) BALIMG_MUST_USE;

/* A tree to be compared: the update bundle @path; or, with @image, what lies
 * at @inside in partition @part of that; or, if @path is no bundle, the running
 * system's root in the image @path. */
struct balimg_tree {
	const char *path;
	struct balimg_image *image; /* or NULL; lent */
	const char *part, *inside;  /* with @image: "rootA", "/etc" */
};

/* The files that differ between two trees, in content, type, mode, owner,
 * extended attributes, or what a link says; times do not count, and a hard
 * link is what it is a name of: {"added", "removed", "changed" (how many),
 * "changes":[{"path", "change":"added"|"removed"|"changed", "what":["content",
 * "mode", ...], "a", "b"}]}, in the order of paths, with "a" and "b" telling
 * of either side {"type", "mode", "uid", "gid"}, of a file "size", of a
 * symbolic link "target", of a device "device".  Of more than 100,000 changes
 * the rest is only counted.  @progress may be NULL. */
char *balimg_bundle_diff(const struct balimg_tree *a,
			 const struct balimg_tree *b,
			 BALIMG_PROGRESS(progress), void *data,
			 struct balimg_error *err) BALIMG_MUST_USE;

/* The same, with what speaks against putting it on @image among the findings:
 * another device type, no room, a release that cannot be updated by such a
 * bundle.  @flags: BALIMG_REPLACE. */
char *balimg_bundle_match(struct balimg_image *image, const char *path,
			  unsigned flags, struct balimg_error *err)
	BALIMG_MUST_USE;

/* ---- editing ------------------------------------------------------- */

/* What an edit does, and what its @name and @data are. */
enum balimg_op {
	BALIMG_CONFIG_SET,     /* name: dotted key; data: text, typed by the
				  schema */
	BALIMG_CONFIG_SET_JSON,/* name: dotted key; data: a JSON value */
	BALIMG_CONFIG_UNSET,   /* name: dotted key */
	BALIMG_CONFIG_MERGE,   /* data: a JSON object, merged key by key;
				  name: where it comes from, for messages, or
				  NULL; so with the next two */
	BALIMG_CONFIG_INJECT,  /* data: the whole new config.json */
	BALIMG_SPLASH_SET,     /* data: a PNG */
	BALIMG_SPLASH_RESET,   /* back to the saved logo */
	BALIMG_UDEV_ADD,       /* name: without ".rules"; data: rules text */
	BALIMG_UDEV_REMOVE,    /* name */
	BALIMG_SSH_ADD,	       /* data: lines of public keys; name: where they
				  come from, for messages, or NULL */
	BALIMG_SSH_ADD_AGENT,  /* the keys that the agent at SSH_AUTH_SOCK
				  holds, asked when staged */
	BALIMG_SSH_REMOVE,     /* name: fingerprint, comment or whole line */
	BALIMG_NETWORK_ADD,    /* name: file name; data: a keyfile */
	BALIMG_NETWORK_WIFI,   /* name: file name or NULL; data: JSON object:
				  {"ssid", "psk", "wpa3", "hidden",
				  "address", "gateway", "dns":[...],
				  "address6", "gateway6"} */
	BALIMG_NETWORK_REMOVE, /* name: file name */
	BALIMG_DEV_ON,
	BALIMG_DEV_OFF,
	BALIMG_FILE_PUT,       /* name: "PART/PATH"; data: content */
	BALIMG_FILE_REMOVE,    /* name: "PART/PATH"; a directory: empty */
	BALIMG_FILE_MKDIR,     /* name: "PART/PATH" */
};

/* A new, empty list; release it with balimg_edits_free() (NULL allowed). */
struct balimg_edits *balimg_edits_new(struct balimg_error *err)
	BALIMG_MUST_USE;
void balimg_edits_free(struct balimg_edits *edits);

/* Append an edit; @name and the @len bytes at @data are copied, each may be
 * NULL where the operation has none. */
int balimg_edits_add(struct balimg_edits *edits, enum balimg_op op,
		     const char *name, const void *data, size_t len,
		     struct balimg_error *err) BALIMG_MUST_USE;

/* Append a BALIMG_FILE_PUT whose content is read from the open regular file
 * @fd while it is applied; the list owns a duplicate of @fd. */
int balimg_edits_add_file(struct balimg_edits *edits, const char *name, int fd,
			  struct balimg_error *err) BALIMG_MUST_USE;

/* Stage @edits in order.  @flags: BALIMG_FORCE.  On failure the image may
 * hold some of them: close it. */
int balimg_apply(struct balimg_image *image, const struct balimg_edits *edits,
		 unsigned flags, struct balimg_error *err) BALIMG_MUST_USE;

/* Stage the host OS update bundle @path: into the root that is not started,
 * which then is, as a device that updates itself would; with BALIMG_REPLACE in
 * @flags, into the root that is started.  BALIMG_E_INVALID if the bundle is not
 * sound, BALIMG_E_REFUSED if it does not fit the image, which BALIMG_FORCE
 * overrides where a person may know better. */
int balimg_bundle_apply(struct balimg_image *image, const char *path,
			unsigned flags, struct balimg_error *err)
	BALIMG_MUST_USE;

/* Mend what balimg_check() called repairable; staged like an edit. */
int balimg_repair(struct balimg_image *image, struct balimg_error *err)
	BALIMG_MUST_USE;

/* Stage the contents of an undo file: the image will be as it was before
 * the commit that wrote it.  BALIMG_E_REFUSED if the image was changed since.
 */
int balimg_undo(struct balimg_image *image, const char *undo_file,
		struct balimg_error *err) BALIMG_MUST_USE;

/* What is staged: {"changes":[{"where", "before", "after"}], "notes":
 * [{"severity":"warning"|"note", "where", "text"}]}; before and after are
 * null where a thing is created or removed.  @flags: BALIMG_SHOW_SECRETS. */
char *balimg_plan(struct balimg_image *image, unsigned flags,
		  struct balimg_error *err) BALIMG_MUST_USE;

/* Write the staged edits: in place if @output is NULL (needs BALIMG_WRITE),
 * else to a new image file @output, raw, or qcow2 by the suffix .qcow2, which
 * appears whole or not at all and replaces one only with BALIMG_FORCE in
 * @flags.  @undo_file, or NULL, gets what balimg_undo() needs (mode 0600).  If
 * nothing is staged, only @output is written.  BALIMG_DRY_RUN only sees whether
 * it could be.  {"changed": true|false, "bytesWritten": N} */
char *balimg_commit(struct balimg_image *image, const char *output,
		    const char *undo_file, unsigned flags,
		    struct balimg_error *err) BALIMG_MUST_USE;

/* ---- making update bundles ----------------------------------------- */

/* Make @output, the host OS update bundle of the system in @image (of an
 * installer: of the one in its image), as its release is updated: up to 2.4 a
 * tar file of the root file system with the boot files ("resinhup"), without
 * what belongs to one device; later a docker archive of the hostapp, its
 * layers the same to the byte where the image's store is untouched.  @edits,
 * which may be NULL, go into the bundle besides: BALIMG_FILE_PUT (name: a
 * path in the root file system) and BALIMG_SPLASH_SET.  @output NULL: called
 * by custom, in the current folder.  @compress: "", "gz", "bz2", "xz", NULL:
 * by custom.  @threads compress, 0: one for each processor; their number does
 * not change the bytes, which SOURCE_DATE_EPOCH makes the same each time.  The
 * file appears whole or not at all; @flags: BALIMG_FORCE replaces one.
 *
 * {"output", "format":"resinhup"|"hostapp", "version", "deviceType",
 * "compression", "leftOut" (device nodes and sockets), "manifest"}; of a
 * resinhup moreover "files", "bytes" and "fingerprints":{"boot", "root"}, the
 * lines of each; of a hostapp "imageId", "tag", "layers":[{"diffId", "size",
 * "rebuilt":"identical"|"retarred"}]. */
char *balimg_bundle_build(struct balimg_image *image,
			  const struct balimg_edits *edits,
			  const char *output, const char *compress,
			  unsigned threads, unsigned flags,
			  struct balimg_error *err) BALIMG_MUST_USE;

/* The same of @tree, a folder or tar file with a root file system.  "manifest"
 * is what was recorded of a folder when it was unpacked: @manifest, or (NULL)
 * the file beside it, if any.  With @basis, of what the delta @tree makes of
 * that: nothing can be added, "version" and "deviceType" are null. */
char *balimg_bundle_build_tree(const char *tree, const char *manifest,
			       const char *basis,
			       const struct balimg_edits *edits,
			       const char *output, const char *compress,
			       unsigned threads, unsigned flags,
			       BALIMG_PROGRESS(progress), void *data,
			       struct balimg_error *err) BALIMG_MUST_USE;

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif /* BALIMG_H */
