/* context.c - all that one run of the tool knows
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "context.h"

void
context_clear(struct context *ctx)
{
	balimg_edits_free(ctx->edits);
	balimg_close(ctx->image);
	free(ctx->given);
	if (ctx->key)
		explicit_bzero(ctx->key, ctx->key_len);
	free(ctx->key);
	free(ctx->path);
	ctx->edits = NULL;
	ctx->image = NULL;
	ctx->given = NULL;
	ctx->path = NULL;
	ctx->key = NULL;
	ctx->given_count = 0;
}

static const struct given *
find_given(const struct context *ctx, int id)
{
	size_t i;

	for (i = ctx->given_count; i > 0; i--) {
		if (ctx->given[i - 1].option->id == id)
			return &ctx->given[i - 1];
	}
	return NULL;
}

bool
context_has(const struct context *ctx, int id)
{
	return find_given(ctx, id) != NULL;
}

const char *
context_value(const struct context *ctx, int id)
{
	const struct given *given = find_given(ctx, id);

	return given ? given->value : NULL;
}

unsigned
context_flags(const struct context *ctx)
{
	unsigned flags = 0;

	if (ctx->show_secrets)
		flags |= BALIMG_SHOW_SECRETS;
	if (context_has(ctx, OPTION_FORCE))
		flags |= BALIMG_FORCE;
	if (context_has(ctx, OPTION_YES))
		flags |= BALIMG_YES;
	if (context_has(ctx, OPTION_INNER))
		flags |= BALIMG_INNER;
	if (context_has(ctx, OPTION_OUTER))
		flags |= BALIMG_OUTER;
	return flags;
}
