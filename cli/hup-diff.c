/* hup-diff.c - what differs between two update bundles, or images
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "answer.h"
#include "cleanup.h"
#include "hup.h"
#include "image.h"
#include "progress.h"
#include "report.h"
#include "term.h"
#include "text.h"
#include "xalloc.h"

/* An operand: BUNDLE, IMAGE, or IMAGE:PART/PATH. */
struct side {
	char *path, *part;
	struct balimg_image *image;
	struct balimg_tree tree;
};

static int
side_open(struct context *ctx, struct side *side, char *word)
{
	const char *path;
	char *inside;

	address_split(word, &side->path, &inside);
	side->tree.path = side->path;
	if (!*inside)
		return 0;
	address_trim(inside);
	address_inside(inside, &side->part, &path);
	free(ctx->path);
	ctx->path = xasprintf("%s", side->path);
	if (image_open(ctx, 0) < 0)
		return -1;
	side->image = ctx->image;
	ctx->image = NULL;
	side->tree.image = side->image;
	side->tree.part = side->part;
	side->tree.inside = path;
	return 0;
}

static void
side_close(struct side *side)
{
	balimg_close(side->image);
	free(side->path);
	free(side->part);
}

/* ---- for people ---------------------------------------------------- */

static void
put_turn(const char *label, const char *a, const char *b)
{
	printf("%s ", label);
	text_put(stdout, a);
	fputs(" -> ", stdout);
	text_put(stdout, b);
}

static void
put_numbers(const char *label, const json_t *change, const char *key)
{
	const json_t *a = json_object_get(change, "a");
	const json_t *b = json_object_get(change, "b");
	AUTO_FREE char *before = NULL;
	AUTO_FREE char *after = NULL;

	if (!strcmp(key, "owner")) {
		before = xasprintf("%lld:%lld", answer_number(a, "uid"),
				   answer_number(a, "gid"));
		after = xasprintf("%lld:%lld", answer_number(b, "uid"),
				  answer_number(b, "gid"));
	} else {
		before = xasprintf("%lld", answer_number(a, key));
		after = xasprintf("%lld", answer_number(b, key));
	}
	put_turn(label, before, after);
}

/* "content", "size 5 -> 7", "mode 0644 -> 0755", ... */
static void
put_way(const json_t *change, const char *way)
{
	const json_t *a = json_object_get(change, "a");
	const json_t *b = json_object_get(change, "b");

	if (!strcmp(way, "owner"))
		put_numbers("owner", change, "owner");
	else if (!strcmp(way, "content") &&
		 answer_number(a, "size") != answer_number(b, "size"))
		put_numbers("size", change, "size");
	else if (*answer_string(a, way) && *answer_string(b, way))
		put_turn(way, answer_string(a, way), answer_string(b, way));
	else
		fputs(way, stdout);
}

static void
put_change(const struct context *ctx, const json_t *change)
{
	static const struct {
		const char *kind, *mark;
		enum ink ink;
	} kinds[] = {
		{ "added", "+", INK_GREEN },
		{ "removed", "-", INK_RED },
		{ "changed", "~", INK_YELLOW },
	};
	const char *kind = answer_string(change, "change");
	const json_t *ways = json_object_get(change, "what");
	const json_t *way;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i].kind))
			printf("%s%s%s /", term_ink(ctx, stdout, kinds[i].ink),
			       kinds[i].mark,
			       term_ink(ctx, stdout, INK_PLAIN));
	text_put(stdout, answer_string(change, "path"));
	json_array_foreach(ways, i, way) {
		fputs(i ? ", " : ": ", stdout);
		put_way(change, json_string_value(way));
	}
	putchar('\n');
}

static void
put_changes(const struct context *ctx, const json_t *answer)
{
	const json_t *changes = json_object_get(answer, "changes");
	long long count = answer_number(answer, "added") +
			  answer_number(answer, "removed") +
			  answer_number(answer, "changed");
	long long more = count - (long long)json_array_size(changes);
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
		put_change(ctx, change);
	if (more)
		printf("and %lld more\n", more);
	fflush(stdout);
	say(ctx, "%lld added, %lld removed, %lld changed",
	    answer_number(answer, "added"), answer_number(answer, "removed"),
	    answer_number(answer, "changed"));
}

/* ---- the verb ------------------------------------------------------ */

static int
diff_sides(struct context *ctx, const struct side sides[2])
{
	AUTO_JSON json_t *answer = NULL;
	AUTO_TEXT char *text = NULL;
	struct progress progress;

	progress_begin(&progress, ctx);
	text = balimg_bundle_diff(&sides[0].tree, &sides[1].tree,
				  progress_heed, &progress, &ctx->err);
	progress_end(&progress);
	answer = answer_parse(ctx, text);
	if (!answer)
		return -1;
	if (!answer_passed_on(ctx, text))
		put_changes(ctx, answer);
	return answer_number(answer, "added") ||
	       answer_number(answer, "removed") ||
	       answer_number(answer, "changed");
}

int
hup_diff(struct context *ctx, int argc, char **argv)
{
	struct side sides[2] = { { 0 }, { 0 } };
	int rc = -1;

	(void)argc;
	if (side_open(ctx, &sides[0], argv[0]) == 0 &&
	    side_open(ctx, &sides[1], argv[1]) == 0)
		rc = diff_sides(ctx, sides);
	side_close(&sides[0]);
	side_close(&sides[1]);
	return rc;
}
