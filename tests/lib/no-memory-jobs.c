/* no-memory-jobs.c - every kind of job that may run out of memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "no-memory.h"

/* ---- questions ----------------------------------------------------- */

static char *
ask_info(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_info(image, 0, err);
}

static char *
ask_config(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_config_get(image, NULL, 0, err);
}

static char *
ask_networks(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_network_list(image, 0, err);
}

static char *
ask_files(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_file_list(image, "boot", "/", err);
}

static char *
ask_pixels(struct balimg_image *image, struct balimg_error *err)
{
	uint8_t *pixels = NULL;
	uint32_t width, height;

	if (balimg_splash_pixels(image, &pixels, &width, &height, err) < 0)
		return NULL;
	return (char *)pixels;
}

static int
stage_undo(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_undo(image, undo_path, err);
}

/* ---- update bundles ------------------------------------------------ */

const char *const bundle_name = "no-memory.bundle";
static const char *folder_path = "no-memory.folder";

static char *
ask_build(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_bundle_build(image, NULL, "no-memory.made", "", 1, 0,
				   err);
}

static char *
ask_verify(struct balimg_image *image, struct balimg_error *err)
{
	(void)image;
	return balimg_bundle_verify(bundle_name, NULL, NULL, NULL, err);
}

static char *
ask_match(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_bundle_match(image, bundle_name, 0, err);
}

static char *
ask_unpack(struct balimg_image *image, struct balimg_error *err)
{
	(void)image;
	return balimg_bundle_unpack(bundle_name, NULL, folder_path,
				    "no-memory.folder.manifest", 0, NULL, NULL,
				    err);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
clear_unpacked(void)
{
	nftw(folder_path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static char *
ask_diff(struct balimg_image *image, struct balimg_error *err)
{
	const struct balimg_tree a = { .path = bundle_name };
	const struct balimg_tree b = { .path = "image.img",
				       .image = image,
				       .part = "rootA",
				       .inside = "/" };

	return balimg_bundle_diff(&a, &b, NULL, NULL, err);
}

static int
stage_bundle(struct balimg_image *image, struct balimg_error *err)
{
	return balimg_bundle_apply(image, bundle_name, 0, err);
}

/* clang-format off */
const struct job jobs[] = {
	{ .name = "info", .question = ask_info },
	{ .name = "config get", .question = ask_config },
	{ .name = "config check", .question = balimg_config_check },
	{ .name = "splash status", .question = balimg_splash_status },
	{ .name = "splash show", .question = ask_pixels },
	{ .name = "udev list", .question = balimg_udev_list },
	{ .name = "ssh list", .question = balimg_ssh_list },
	{ .name = "network list", .question = ask_networks },
	{ .name = "dev status", .question = balimg_development_status },
	{ .name = "ls", .question = ask_files },
	{ .name = "check", .question = balimg_check },
	{ .name = "config set", .op = BALIMG_CONFIG_SET, .target = "hostname",
	  .data = "out-of-memory" },
	{ .name = "config set nested", .op = BALIMG_CONFIG_SET_JSON,
	  .target = "os.network.connectivity", .data = "{\"uri\":\"x\"}" },
	{ .name = "config unset", .op = BALIMG_CONFIG_UNSET,
	  .target = "persistentLogging" },
	{ .name = "config merge", .op = BALIMG_CONFIG_MERGE,
	  .data = "{\"country\":\"DE\",\"os\":{\"sshKeys\":null}}" },
	{ .name = "config inject", .op = BALIMG_CONFIG_INJECT,
	  .data = "{\"deviceType\":\"raspberrypi4-64\"}" },
	{ .name = "splash set", .op = BALIMG_SPLASH_SET, .data = "@png" },
	{ .name = "udev add", .op = BALIMG_UDEV_ADD, .target = "99-test",
	  .data = "KERNEL==\"ttyUSB*\", SYMLINK+=\"modem\"\n" },
	{ .name = "ssh add", .op = BALIMG_SSH_ADD, .data = "@key" },
	{ .name = "network add", .op = BALIMG_NETWORK_ADD, .target = "cable",
	  .data = "[connection]\nid=cable\ntype=ethernet\n" },
	{ .name = "network wifi", .op = BALIMG_NETWORK_WIFI,
	  .data = "{\"ssid\":\"shop\",\"psk\":\"a secret; of =it\"}" },
	{ .name = "dev on", .op = BALIMG_DEV_ON },
	{ .name = "put", .op = BALIMG_FILE_PUT,
	  .target = "boot/A rather long name.txt", .data = "text\n" },
	{ .name = "mkdir", .op = BALIMG_FILE_MKDIR, .target = "boot/folder" },
	{ .name = "rm", .op = BALIMG_FILE_REMOVE,
	  .target = "boot/image-version-info" },
	{ .name = "repair", .stage = balimg_repair },
	{ .name = "hup build", .question = ask_build, .says_same = true,
	  .makes = "no-memory.made", .needs_bundle = true, .sampled = true },
	{ .name = "hup verify", .question = ask_verify, .says_same = true,
	  .needs_bundle = true, .sampled = true },
	{ .name = "hup match", .question = ask_match, .says_same = true,
	  .needs_bundle = true, .sampled = true },
	{ .name = "hup unpack", .question = ask_unpack, .says_same = true,
	  .clear = clear_unpacked, .makes = "no-memory.folder.manifest",
	  .needs_bundle = true, .sampled = true },
	{ .name = "hup diff", .question = ask_diff, .says_same = true,
	  .needs_bundle = true, .sampled = true },
	{ .name = "hup apply", .stage = stage_bundle, .needs_bundle = true,
	  .sampled = true },
	{ .name = "copy", .copies = true, .op = BALIMG_DEV_ON },
	{ .name = "undo", .stage = stage_undo, .undoes = true },
};
/* clang-format on */

const size_t job_count = sizeof(jobs) / sizeof(jobs[0]);
