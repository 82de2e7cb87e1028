/* hup-unpack.c - the files of an update bundle, in a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "answer.h"
#include "cleanup.h"
#include "hup.h"
#include "progress.h"
#include "report.h"
#include "size.h"
#include "xalloc.h"

enum {
	OPTION_DIRECTORY = OPTION_OWN,
	OPTION_ROOTFS,
	OPTION_BOOT,
	OPTION_QUIRKS,
	OPTION_MANIFEST,
	OPTION_BASIS,
};

const struct option hup_unpack_options[] = {
	{ OPTION_DIRECTORY, 'C', "directory", "DIR",
	  "the folder; it is made, or must be empty" },
	{ OPTION_ROOTFS, 0, "rootfs", NULL,
	  "only the root file system, without resin-boot and quirks" },
	{ OPTION_BOOT, 0, "boot", NULL,
	  "only the boot partition's files, in resin-boot" },
	{ OPTION_QUIRKS, 0, "quirks", NULL,
	  "only what updaters copy over the root, in quirks" },
	{ OPTION_MANIFEST, 0, "manifest", "FILE",
	  "record owners, devices and attributes in FILE, also as root" },
	{ OPTION_BASIS, 0, "basis", "FILE",
	  "what a delta is applied to: a bundle, or an image" },
	{ OPTION_FORCE, 0, "force", NULL,
	  "replace files in DIR, and the manifest" },
	{ 0 },
};

static unsigned
choose_flags(const struct context *ctx)
{
	static const struct {
		int option;
		unsigned flag;
	} flags[] = {
		{ OPTION_ROOTFS, BALIMG_UNPACK_ROOTFS },
		{ OPTION_BOOT, BALIMG_UNPACK_BOOT },
		{ OPTION_QUIRKS, BALIMG_UNPACK_QUIRKS },
		{ OPTION_FORCE, BALIMG_UNPACK_FORCE },
	};
	unsigned chosen = 0;
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (context_has(ctx, flags[i].option))
			chosen |= flags[i].flag;
	return chosen;
}

static void
report_unpacked(const struct context *ctx, const json_t *sum)
{
	const char *manifest = answer_string(sum, "manifest");
	long long devices = answer_number(sum, "devicesRecorded");
	AUTO_FREE char *made = NULL;
	char size[SIZE_TEXT];

	size_text(size, (uint64_t)answer_number(sum, "bytes"));
	say(ctx, "unpacked %lld entries, %s, into %s",
	    answer_number(sum, "entries"), size, answer_string(sum, "folder"));
	if (!*manifest)
		return;
	if (devices)
		made = xasprintf("; %lld device%s %s only there", devices,
				 devices == 1 ? "" : "s",
				 devices == 1 ? "is" : "are");
	say(ctx, "owners, modes and attributes are in %s%s", manifest,
	    made ? made : "");
}

int
hup_unpack(struct context *ctx, int argc, char **argv)
{
	const char *folder = context_value(ctx, OPTION_DIRECTORY);
	AUTO_JSON json_t *sum = NULL;
	AUTO_TEXT char *text = NULL;
	struct progress progress;

	(void)argc;
	if (!folder || !*folder)
		return fail_usage(ctx, "where to? name a folder with -C");
	progress_begin(&progress, ctx);
	text = balimg_bundle_unpack(
		hup_file(argv[0]), context_value(ctx, OPTION_BASIS), folder,
		context_value(ctx, OPTION_MANIFEST), choose_flags(ctx),
		progress_heed, &progress, &ctx->err);
	progress_end(&progress);
	sum = answer_parse(ctx, text);
	if (!sum)
		return -1;
	if (!answer_passed_on(ctx, text))
		report_unpacked(ctx, sum);
	return 0;
}
