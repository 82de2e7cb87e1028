/* config-private.h - what the config files share among themselves
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_CONFIG_PRIVATE_H
#define BALIMG_FEATURE_CONFIG_PRIVATE_H

#include <jansson.h>

#include "document/json.h"
#include "feature/customize.h"

/* ---- the text ---- */

/* Read it, once. */
int config_load(struct customization *c, struct balimg_error *err) MUST_USE;

/* The same for who replaces it as a whole: a text that cannot be read, as it
 * is too long, counts as empty. */
int config_load_any(struct customization *c, struct balimg_error *err)
	MUST_USE;

/* @text as an object, a new reference; @quirks may be NULL. */
json_t *config_parse(const char *text, size_t len, struct json_quirks *quirks,
		     struct balimg_error *err) MUST_USE;

/* The settings before any edit, empty where they were no JSON; a new
 * reference. */
json_t *config_original(struct customization *c, struct balimg_error *err)
	MUST_USE;

/* Say that @key stands more than once in the text of @where. */
void config_note_duplicate(struct customization *c, const char *where,
			   const char *key);

/* ---- differences ---- */

/* What is called for each difference: @before or @after is NULL where the
 * key @path (dotted) is new or gone. */
#define CONFIG_VISIT(name)                                                 \
	int (*name)(void *data, const char *path, const json_t *before,    \
		    const json_t *after, struct balimg_error *err)

/* Call @visit for each value in which the objects @before and @after differ,
 * down to single keys; stops with -1 when @visit does. */
int config_diff(json_t *before, json_t *after, CONFIG_VISIT(visit), void *data,
		struct balimg_error *err) MUST_USE;

/* Record each difference as a change in the plan. */
int config_plan(struct customization *c, json_t *before, json_t *after,
		struct balimg_error *err) MUST_USE;

/* Note each key of @before that @after does not have. */
int config_note_dropped(struct customization *c, json_t *before,
			json_t *after, struct balimg_error *err) MUST_USE;

/* ---- judgement ---- */

/* Judge the settings @after, which were @before the edit (NULL: judge all):
 * what is new goes to the plan as notes and warnings; what would break the
 * device is BALIMG_E_REFUSED. */
int config_judge(struct customization *c, json_t *before, json_t *after,
		 struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_CONFIG_PRIVATE_H */
