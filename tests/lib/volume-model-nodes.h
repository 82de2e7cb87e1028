/* volume-model-nodes.h - what the files of the model share
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_TESTS_VOLUME_MODEL_NODES_H
#define BALIMG_TESTS_VOLUME_MODEL_NODES_H

#include "volume-model.h"

#define MODEL_NODES_MAX 160
#define MODEL_LARGE_MAX 400000u /* bytes of a file that FAT gets none of */

/* One name of the model; paths are absolute in the volume. */
struct node {
	char *path;
	bool directory;
	bool link; /* a symbolic one */
};

extern struct node model_nodes[MODEL_NODES_MAX];
extern size_t model_count;

/* Where the model has it; lent until the next call. */
const char *model_path(const char *path);

struct node *model_find(const char *path);

/* A directory, or else a file, that is no link; NULL if there is none. */
struct node *model_pick(bool directory);

void model_add(const char *path, bool directory);
void model_remove(struct node *node);
void model_write(const char *path, const uint8_t *data, size_t len);

/* Random bytes, up to MODEL_LARGE_MAX; returns how many. */
size_t model_content(uint8_t *data);

/* Was it done, rather than refused by a full volume? */
bool model_done(int rc, const char *what, const char *path);

/* Remove @node, which may be NULL, from both, unless it is full. */
void model_remove_one(struct volume *vol, struct node *node);

/* One of the edits that only ext has; @path is one to be made. */
void model_edit_ext(struct volume *vol, const char *path);

/* Does symbolic link @node say the same in both? */
void model_compare_link(struct volume *vol, const struct node *node);

#endif /* BALIMG_TESTS_VOLUME_MODEL_NODES_H */
