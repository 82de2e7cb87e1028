/* volume-model.h - random edits of a volume, and of a folder alike
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The folder is what the volume should be.  Which names are one for FAT, that
 * ignores case, the model finds out by itself.
 */
#ifndef BALIMG_TESTS_VOLUME_MODEL_H
#define BALIMG_TESTS_VOLUME_MODEL_H

#include "volume/volume.h"

extern struct balimg_error err;

/* Say what and the error, and end the program with status 1. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A random number below @below, the same for the same seed. */
size_t pick(size_t below);

/* Begin with the empty @folder. */
void model_open(const char *folder, const char *seed);
void model_close(void);

/* One edit, of both. */
void model_edit(struct volume *vol);

/* Do both hold the same, flushed or not? */
void model_compare(struct volume *vol);

#endif /* BALIMG_TESTS_VOLUME_MODEL_H */
