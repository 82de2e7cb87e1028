/* synopsis.h - what a line like "IMAGE KEY=VALUE..." says of operands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_SYNOPSIS_H
#define BALIMG_CLI_SYNOPSIS_H

#include <stdbool.h>
#include <stddef.h>

enum image_place {
	IMAGE_NOWHERE,
	IMAGE_FIRST, /* in the first operand */
	IMAGE_LAST,  /* in the last one */
	IMAGE_EACH,  /* in all of them: IMAGE:PART/PATH... */
};

struct synopsis {
	int least, most;       /* how many operands */
	enum image_place place;
	bool address;	       /* IMAGE:PART/PATH, not just IMAGE */
};

/* Read the line @operands of a struct verb. */
void synopsis_read(const char *operands, struct synopsis *synopsis);

/* Put the name of operand @at (0 is the first), without brackets and dots,
 * into @name; a repeated one goes on for ever.  False if there is none. */
bool synopsis_word(const char *operands, int at, char *name, size_t size);

#endif /* BALIMG_CLI_SYNOPSIS_H */
