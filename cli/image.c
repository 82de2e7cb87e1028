/* image.c - opening the image that the command line names
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "command.h"
#include "image.h"
#include "input.h"
#include "report.h"

static int
choose_engine(struct context *ctx, enum balimg_engine *engine)
{
	static const char *const names[] = {
		[BALIMG_ENGINE_AUTO] = "auto",
		[BALIMG_ENGINE_DIRECT] = "direct",
		[BALIMG_ENGINE_GUESTFS] = "guestfs",
	};
	const char *name = context_value(ctx, OPTION_ENGINE);
	size_t i;

	*engine = BALIMG_ENGINE_AUTO;
	if (!name)
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(name, names[i])) {
			*engine = (enum balimg_engine)i;
			return 0;
		}
	}
	return fail_usage(ctx,
			  "--engine takes auto, direct or guestfs, not \"%s\"",
			  name);
}

/* Never from the command line itself: others see that. */
static int
read_key(struct context *ctx)
{
	const char *word = context_value(ctx, OPTION_KEY);

	if (!word || ctx->key)
		return 0;
	if (word[0] != '@' && strcmp(word, "-") != 0)
		return fail_usage(ctx, "--key takes @FILE, or - for standard "
				       "input");
	return input_read(ctx, word[0] == '@' ? word + 1 : word, &ctx->key,
			  &ctx->key_len);
}

int
image_open(struct context *ctx, unsigned flags)
{
	enum balimg_engine engine;

	if (choose_engine(ctx, &engine) < 0 || read_key(ctx) < 0)
		return -1;
	balimg_close(ctx->image);
	ctx->image = balimg_open(ctx->path, flags, &ctx->err);
	if (!ctx->image)
		return -1;
	balimg_set_engine(ctx->image, engine);
	if (!ctx->key)
		return 0;
	return balimg_set_key(ctx->image, ctx->key, ctx->key_len, &ctx->err);
}
