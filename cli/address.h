/* address.h - IMAGE:PART/PATH, a file inside an image
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * PART is a partition's number, GPT name, label or role; it is empty where an
 * image has no partition table ("card.img:/config.json").  A file that has
 * the whole text for its name is the image, with nothing inside named.
 */
#ifndef BALIMG_CLI_ADDRESS_H
#define BALIMG_CLI_ADDRESS_H

#include "context.h"

/* Split @word: *@image is new, *@inside points to "PART/PATH" within @word,
 * "" if there is no colon. */
void address_split(char *word, char **image, char **inside);

/* Split @inside, "PART/PATH", at its first slash: *@part is new, *@path lent
 * from @inside; "/" if there is no slash. */
void address_inside(const char *inside, char **part, const char **path);

/* Take the slash off the end of "PART/FOLDER/", as shells complete it; that of
 * "PART/" and of "PART//" stays. */
void address_trim(char *inside);

#endif /* BALIMG_CLI_ADDRESS_H */
