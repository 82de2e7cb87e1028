/* volume-random.c - random edits of an image, each flush judged
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: volume-random IMAGE SEED COUNT MODEL_DIR [COMMAND]
 *
 * Makes COUNT edits in the volume that IMAGE is, which holds no more than a
 * "lost+found", and in the empty MODEL_DIR, several to a flush, and runs
 * COMMAND, which must succeed, after each flush.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "volume-model.h"
#include "trace-source.h"

/* Open, edit and flush, several times; returns the edits left. */
static size_t
session(const char *image, size_t count, const char *command)
{
	AUTO_SOURCE struct source *source = trace_open(image, TRACE_SHARED);
	AUTO_VOLUME struct volume *vol = volume_open(source, &err);
	size_t flushes = 1 + pick(4);
	size_t edits;

	if (!vol)
		die("open");
	model_compare(vol);
	while (flushes-- && count) {
		edits = 1 + pick(count < 6 ? count : 6);
		count -= edits;
		while (edits--)
			model_edit(vol);
		if (pick(4) == 0)
			model_compare(vol);
		if (volume_flush(vol, &err) < 0)
			die("flush");
		if (command && system(command))
			die("%s", command);
		trace_reset(source);
	}
	model_compare(vol);
	return count;
}

int
main(int argc, char **argv)
{
	size_t count;

	if (argc < 5) {
		fprintf(stderr, "usage: volume-random IMAGE SEED COUNT "
				"MODEL_DIR [COMMAND]\n");
		return 2;
	}
	count = strtoul(argv[3], NULL, 0);
	model_open(argv[4], argv[2]);
	while (count)
		count = session(argv[1], count, argv[5]);
	model_close();
	return 0;
}
