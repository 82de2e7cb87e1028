/* splash.c - the picture a device shows while it boots
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "input.h"
#include "output.h"
#include "picture.h"
#include "report.h"
#include "size.h"
#include "term.h"
#include "text.h"

static int
set_splash(struct context *ctx, int argc, char **argv)
{
	AUTO_FREE char *png = NULL;
	size_t len;

	(void)argc;
	if (input_read(ctx, argv[0], &png, &len) < 0)
		return -1;
	return edit_add(ctx, BALIMG_SPLASH_SET, input_title(argv[0]), png,
			len);
}

static int
reset_splash(struct context *ctx, int argc, char **argv)
{
	(void)argc, (void)argv;
	return edit_add(ctx, BALIMG_SPLASH_RESET, NULL, NULL, 0);
}

static int
write_all(struct context *ctx, const struct output *output, const char *data,
	  size_t len)
{
	while (len) {
		ssize_t put = write(output->fd, data, len);

		if (put < 0)
			return fail_sys(ctx, "%s", output->path);
		data += put;
		len -= (size_t)put;
	}
	return 0;
}

static int
get_splash(struct context *ctx, int argc, char **argv)
{
	const char *path = context_value(ctx, OPTION_OUTPUT);
	AUTO_OUTPUT struct output output = { .fd = -1 };
	AUTO_TEXT char *png = NULL;
	size_t len;

	(void)argc, (void)argv;
	if (!path && term_is_terminal(stdout)) {
		fail(ctx, BALIMG_E_REFUSED,
		     "a PNG is binary data, and standard output a terminal");
		return fail_hint(ctx, "use -o FILE");
	}
	if (balimg_splash_get(ctx->image, &png, &len, &ctx->err) < 0)
		return -1;
	if (output_open(ctx, &output, path ? path : "-") < 0 ||
	    write_all(ctx, &output, png, len) < 0)
		return -1;
	return output_commit(ctx, &output);
}

static void
print_status(const json_t *splash)
{
	char size[SIZE_TEXT];

	text_put(stdout, answer_string(splash, "path"));
	printf("  %lldx%lld, %s%s\n", answer_number(splash, "width"),
	       answer_number(splash, "height"),
	       size_text(size, (uint64_t)answer_number(splash, "size")),
	       answer_is_true(splash, "stock") ? ", stock" : "");
}

static int
show_status(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *splash = NULL;

	(void)argc, (void)argv;
	text = balimg_splash_status(ctx->image, &ctx->err);
	splash = answer_parse(ctx, text);
	if (!splash)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	print_status(splash);
	return 0;
}

static int
show_picture(struct context *ctx, int argc, char **argv)
{
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *splash = NULL;
	uint8_t *pixels;
	uint32_t width, height;

	(void)argc, (void)argv;
	text = balimg_splash_status(ctx->image, &ctx->err);
	splash = answer_parse(ctx, text);
	if (!splash)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	if (balimg_splash_pixels(ctx->image, &pixels, &width, &height,
				 &ctx->err) < 0)
		return -1;
	picture_draw(ctx, stdout, pixels, width, height);
	balimg_free(pixels);
	print_status(splash);
	return 0;
}

static const struct option get_options[] = {
	{ OPTION_OUTPUT, 'o', "output", "FILE", "write the PNG to FILE" },
	{ OPTION_FORCE, 0, "force", NULL, "replace FILE if it exists" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "set",
		.operands = "IMAGE PNG",
		.summary = "replace the boot splash",
		.text = "The picture is decoded as the device will decode it; "
			"what it would not show is refused. PNG may be - for "
			"standard input.",
		.edit = set_splash,
	},
	{
		.name = "get",
		.operands = "IMAGE",
		.summary = "print the PNG, or write it to a file",
		.options = get_options,
		.read = get_splash,
	},
	{
		.name = "show",
		.operands = "IMAGE",
		.summary = "draw it in the terminal",
		.text = "In 24-bit colour where the terminal has it, else the "
			"darker the denser; on white, as on the device.",
		.read = show_picture,
	},
	{
		.name = "reset",
		.operands = "IMAGE",
		.summary = "bring the stock logo back, if one is there",
		.edit = reset_splash,
	},
	{
		.name = "status",
		.operands = "IMAGE",
		.summary = "show where it is, how large, and whether stock",
		.read = show_status,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg splash set sdcard.img logo.png",
	  "Show a logo of your own:" },
	{ "balimg splash get sdcard.img -o logo.png", "Keep what is there:" },
	{ 0 },
};

const struct command cmd_splash = {
	.name = "splash",
	.group = GROUP_CUSTOMISE,
	.summary = "the picture a device shows while it boots",
	.text = "The picture lies in the boot partition, under a name that "
		"depends on the version of the OS; balimg uses the right "
		"one.",
	.verbs = verbs,
	.examples = examples,
};
