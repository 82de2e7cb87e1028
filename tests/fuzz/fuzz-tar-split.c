/* fuzz-tar-split.c - any bytes as the record of a layer's tar file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "bundle/tar-split.h"
#include "fuzz.h"

#define PIECE 61u /* bytes of text at a time */

struct input {
	struct tar_split_input head; /* first */
	const char *text;
	size_t left;
	char content[4096];
};

static int
give_text(struct tar_split_input *head, const char **text, size_t *len,
	  struct balimg_error *err)
{
	struct input *input = (struct input *)head;

	(void)err;
	*text = input->text;
	*len = input->left < PIECE ? input->left : PIECE;
	input->text += *len;
	input->left -= *len;
	return 0;
}

/* A name that leads nowhere but down. */
static void
check_name(const char *name)
{
	size_t len;

	for (;; name += len + 1) {
		len = strcspn(name, "/");
		if (!len || (len == 1 && *name == '.') ||
		    (len == 2 && !strncmp(name, "..", 2)))
			abort();
		if (!name[len])
			return;
	}
}

/* The file NAME holds "NAMENAME". */
static struct source *
open_file(struct tar_split_input *head, const char *name,
	  struct balimg_error *err)
{
	struct input *input = (struct input *)head;
	size_t len = strlen(name);

	check_name(name);
	if (len > sizeof(input->content) / 2) {
		error_set(err, BALIMG_E_NOT_FOUND, "too long");
		return NULL;
	}
	memcpy(input->content, name, len);
	memcpy(input->content + len, name, len);
	return source_memory_open(input->content, 2 * len, err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input *input = calloc(1, sizeof(*input));
	struct balimg_error err = { 0 };
	struct tar_split *split;
	const void *piece;
	uint64_t sum = 0;
	size_t len = 1;
	int rc = 0;

	if (!input)
		abort();
	input->head.text = give_text;
	input->head.open = open_file;
	input->text = (const char *)data;
	input->left = size;
	split = tar_split_open(&input->head, &err);
	if (!split)
		abort();
	while (len && (rc = tar_split_read(split, &piece, &len, &err)) == 0)
		sum += len;
	/* No record makes more of itself than what it stands for. */
	if (sum > 3 * (uint64_t)size || (rc < 0 && !error_is_finding(&err)))
		abort();
	tar_split_close(split);
	free(input);
	return 0;
}
