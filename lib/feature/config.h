/* config.h - the settings that the OS reads from config.json
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The text stays the user's: an edit changes the bytes of its key.  Each
 * result is judged by the schema against what was there before; an error
 * that an edit brings in is refused.  BALIMG_FORCE overrides that, except
 * where the type would stop the device from reading any setting at all.
 */
#ifndef BALIMG_FEATURE_CONFIG_H
#define BALIMG_FEATURE_CONFIG_H

#include <jansson.h>

#include "feature/customize.h"

/* The edits. */
int config_set(struct customization *c, const struct edit *edit,
	       struct balimg_error *err) MUST_USE;
int config_set_json(struct customization *c, const struct edit *edit,
		    struct balimg_error *err) MUST_USE;
int config_unset(struct customization *c, const struct edit *edit,
		 struct balimg_error *err) MUST_USE;
int config_merge(struct customization *c, const struct edit *edit,
		 struct balimg_error *err) MUST_USE;
int config_inject(struct customization *c, const struct edit *edit,
		  struct balimg_error *err) MUST_USE;

/* ---- for features that live in config.json ---- */

/* The settings as edited so far, a new reference; an empty object if there
 * is no config.json.  BALIMG_E_INVALID with line and column if it is none. */
json_t *config_tree(struct customization *c, struct balimg_error *err)
	MUST_USE;

/* Set @path to @value (borrowed), judged as config_set() does. */
int config_put(struct customization *c, const char *path, const json_t *value,
	       struct balimg_error *err) MUST_USE;

/* Remove @path, and then each of its parents that holds nothing more. */
int config_prune(struct customization *c, const char *path,
		 struct balimg_error *err) MUST_USE;

/* Put @then where the text at byte @at is @now, if the settings then are
 * @wanted; *@done says.  What is known of an edit of before takes it back to
 * the byte; it is not believed. */
int config_put_back(struct customization *c, size_t at, const char *now,
		    const char *then, const json_t *wanted, bool *done,
		    struct balimg_error *err) MUST_USE;

/* Is what is at @spot the config.json that the OS reads? */
int config_is_at(struct customization *c, const struct os_spot *spot, bool *is,
		 struct balimg_error *err) MUST_USE;

/* Stage the text if it differs from what is there; drop what is held. */
int config_store(struct customization *c, struct balimg_error *err) MUST_USE;
void config_clear(struct customization *c);

/* ---- reading ---- */

/* The settings that @os would find, a new reference; an empty object if
 * there is no config.json. */
json_t *config_read(struct os *os, struct balimg_error *err) MUST_USE;

/* The dotted path of every value in @settings, as an array. */
json_t *config_keys(json_t *settings, struct balimg_error *err) MUST_USE;

/* The value of @key as JSON, or the whole text if @key is NULL; secrets
 * hidden unless @flags has BALIMG_SHOW_SECRETS.  To be freed. */
char *config_get(struct os *os, const char *key, unsigned flags,
		 struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_CONFIG_H */
