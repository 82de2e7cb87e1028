/* hup.c - host OS update bundles
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "findings.h"
#include "hup-apply.h"
#include "hup.h"
#include "progress.h"
#include "report.h"
#include "size.h"
#include "table.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

const char *
hup_file(const char *word)
{
	return strcmp(word, "-") ? word : "/dev/stdin";
}

static const char *
format_title(const char *format)
{
	if (!strcmp(format, "hostapp"))
		return "hostapp (docker archive), for OS 2.5 and later";
	if (!strcmp(format, "resinhup"))
		return "resinhup (root file system), for OS up to 2.4";
	return "no update bundle";
}

void
hup_put_head(const struct context *ctx, const char *title,
	     const json_t *answer)
{
	table_put_title(ctx, title);
	table_put_fact(ctx, "kind",
		       format_title(answer_string(answer, "format")));
	table_put_fact(ctx, "OS", answer_string(answer, "version"));
	table_put_fact(ctx, "device type",
		       answer_string(answer, "deviceType"));
}

static void
put_size(const struct context *ctx, const json_t *report)
{
	const char *compression = answer_string(report, "compression");
	AUTO_FREE char *size = NULL;
	char text[SIZE_TEXT];

	size_text(text, (uint64_t)answer_number(report, "size"));
	size = xasprintf("%s%s%s", text,
			 strcmp(compression, "none") ? ", " : "",
			 strcmp(compression, "none") ? compression : "");
	table_put_fact(ctx, "size", size);
}

static void
put_contents(const struct context *ctx, const json_t *report)
{
	AUTO_FREE char *files = NULL;
	char text[SIZE_TEXT];
	long long count = answer_number(report, "files");

	if (!count)
		return;
	size_text(text, (uint64_t)answer_number(report, "bytes"));
	files = xasprintf("%lld, %s", count, text);
	table_put_fact(ctx, "files", files);
}

static void
put_layers(const struct context *ctx, const json_t *layers)
{
	struct table table = { .heads = { "LAYER", ">SIZE", ">FILES",
					  "COMPRESSION" } };
	const json_t *layer;
	size_t i;

	if (!json_array_size(layers))
		return;
	json_array_foreach(layers, i, layer) {
		AUTO_FREE char *files = NULL;
		char text[SIZE_TEXT];

		files = xasprintf("%lld", answer_number(layer, "files"));
		size_text(text, (uint64_t)answer_number(layer, "size"));
		table_add(&table, answer_string(layer, "diffId"));
		table_add(&table, text);
		table_add(&table, files);
		table_add(&table, answer_string(layer, "compression"));
	}
	putchar('\n');
	table_print(ctx, stdout, &table, 2);
}

static void
put_report(const struct context *ctx, const json_t *report, const char *path)
{
	hup_put_head(ctx, path, report);
	table_put_fact(ctx, "built on", answer_string(report, "architecture"));
	put_size(ctx, report);
	put_contents(ctx, report);
	table_put_fact(ctx, "image", answer_string(report, "imageId"));
	table_put_fact(ctx, "delta to", answer_string(report, "delta"));
	table_put_fact(ctx, "makes image", answer_string(report, "target"));
	put_layers(ctx, json_object_get(report, "layers"));
}

/* Look at the bundle; the report as it came is *@text. */
static json_t *
ask(struct context *ctx, const char *path, char **text)
{
	struct progress progress;

	if (hup_check_verify(ctx) < 0)
		return NULL;
	if (hup_has_match(ctx)) {
		*text = hup_match(ctx, path);
		return answer_parse(ctx, *text);
	}
	ctx->path = xasprintf("%s", path);
	progress_begin(&progress, ctx);
	*text = balimg_bundle_verify(path, hup_basis(ctx), progress_heed,
				     &progress, &ctx->err);
	progress_end(&progress);
	return answer_parse(ctx, *text);
}

static int
show_bundle(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *report = NULL;
	const char *path = hup_file(argv[0]);

	(void)argc;
	report = ask(ctx, path, &text);
	if (!report)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	put_report(ctx, report, path);
	if (json_array_size(json_object_get(report, "findings"))) {
		putchar('\n');
		findings_print(ctx, json_object_get(report, "findings"),
			       "where", path);
	}
	return 0;
}

static int
verify_bundle(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *report = NULL;
	const char *path = hup_file(argv[0]);
	const json_t *findings;

	(void)argc;
	report = ask(ctx, path, &text);
	if (!report)
		return -1;
	findings = json_object_get(report, "findings");
	if (!answer_passed_on(ctx, text))
		findings_print(ctx, findings, "where", path);
	return findings_have_errors(findings);
}

static const struct verb verbs[] = {
	{
		.name = "build",
		.operands = "IMAGE",
		.summary = "make an update bundle of an image, or of a root "
			   "file system",
		.text = "The bundle is what the system's own release is "
			"updated by: up to 2.4 a tar file of the root file "
			"system with the boot files in it (resinhup), later a "
			"docker archive of the hostapp. Settings, networks "
			"and what else is one device's stay out of it. Where "
			"the store of the image is as the engine made it, so "
			"are the layers, to the byte, and the image keeps its "
			"id; what was edited is written anew."
			"\n\n"
			"IMAGE may also be a folder or a tar file with a root "
			"file system, the files of which keep their owners, "
			"or get what `hup unpack` recorded in a manifest; "
			"or, with --basis, a delta of balena's, "
			"of which a whole bundle is made. With "
			"SOURCE_DATE_EPOCH set, the same image makes the same "
			"bytes. A splash reaches devices "
			"by a bundle of 2.5 to 2.8 only: other updaters leave "
			"the one that is there.",
		.options = hup_build_options,
		.opens_itself = true,
		.read = hup_build,
	},
	{
		.name = "info",
		.operands = "BUNDLE",
		.summary = "show what an update bundle holds",
		.run = show_bundle,
	},
	{
		.name = "verify",
		.operands = "BUNDLE",
		.summary = "check every sum in it, and what the device's "
			   "updater asks of it",
		.text = "With --against, what keeps the bundle from being "
			"installed into that image is an error, too: another "
			"device type, a release that is not updated by such "
			"a bundle, too little room in the root or in the "
			"boot partition. With --basis, a delta of balena's "
			"is applied, and what it makes is verified.",
		.options = hup_verify_options,
		.run = verify_bundle,
	},
	{
		.name = "unpack",
		.operands = "BUNDLE",
		.summary = "put the files of an update bundle into a folder",
		.text = "Layers are laid over each other, as the device does. "
			"Nothing outside DIR is reached, whatever a bundle "
			"says: links are not followed, and files that are in "
			"the way are removed, not written to. No more than 16 "
			"GiB or 4,000,000 files are unpacked."
			"\n\n"
			"A delta of balena's holds only what differs from "
			"another image, which `hup info` names. With --basis "
			"it is applied to that: to a bundle of it, or to the "
			"hostapp of an image. Every layer must come out as "
			"the delta says before anything is unpacked."
			"\n\n"
			"Root sets owners, modes and attributes, and makes "
			"devices. For everybody else, and with --manifest, "
			"they are recorded in a text file, `DIR.manifest` if "
			"no other is named, in the form of mtree(5), which "
			"`bsdtar` and `mtree` read, too; extended attributes "
			"are comments in it, in base64. Then set-id bits are "
			"not set, and DIR's owner may read all files.",
		.options = hup_unpack_options,
		.run = hup_unpack,
	},
	{
		.name = "diff",
		.operands = "FILE FILE",
		.summary = "show what differs between bundles, or images",
		.text = "Each FILE is an update bundle, an image, of which "
			"the running system's root is taken, or "
			"IMAGE:PART/PATH. Contents, types, modes, owners, "
			"extended attributes and what links say are compared; "
			"times are not, and a hard link is what it is a name "
			"of. `+` is only in the second, `-` only in the "
			"first, "
			"`~` in both.",
		.run = hup_diff,
	},
	{
		.name = "apply",
		.operands = "BUNDLE IMAGE",
		.summary = "install an update bundle into an image",
		.text = "As a device would that updates itself: the new "
			"system goes into the root that is not started, its "
			"boot files into the boot partition, but for those "
			"that are the user's, and the bootloader is told to "
			"start it. Every sum is verified before. Settings "
			"stay, but that the updater of 1.x sets the servers "
			"of its time. What 80-rollback and 60-data-breadcrumb "
			"leave for the new system is left, too; other hooks "
			"are not run: a warning names them. Of an installer "
			"the system that it installs is updated.",
		.options = hup_apply_options,
		.needs_image = true,
		.edit = hup_apply,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg hup build sdcard.img -o sdcard.docker",
	  "Make a bundle, for `hostapp-update -f`:" },
	{ "balimg hup info balena-image.docker", "Look at a bundle:" },
	{ "balimg hup verify resinhup-2.3.0.tar.gz && echo sound",
	  "In a script:" },
	{ "balimg hup unpack balena-image.docker -C root",
	  "To see, or to change, what is in it:" },
	{ "balimg hup unpack delta.tar --basis old.docker -C root",
	  "What does a delta make?" },
	{ "balimg hup diff sdcard.img balena-image.docker",
	  "What would an update change?" },
	{ "balimg hup apply balena-image.docker balena.img -o new.img",
	  "A new download from an old one:" },
	{ 0 },
};

const struct command cmd_hup = {
	.name = "hup",
	.group = GROUP_BUNDLES,
	.summary = "host OS update bundles",
	.text = "A bundle is a docker archive (hostapp, OS 2.5 and later) or "
		"a tar file of a root file system (resinhup, before that). "
		"It is read in little memory, however large it is. BUNDLE may "
		"be - for standard input; info and verify take a pipe, the "
		"others read it twice. "
		"What the device's updater would refuse, or take only half "
		"of without a word, is an error here.",
	.verbs = verbs,
	.examples = examples,
	.exit_text = "verify: errors were found; diff: there are differences",
};
