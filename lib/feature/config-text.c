/* config-text.c - config.json between its first use and the commit
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/config-file.h"
#include "balenaos/fatrw.h"
#include "balenaos/places.h"
#include "document/json.h"
#include "feature/config-private.h"
#include "feature/config.h"
#include "feature/describe.h"

/* What a config.json begins with where there was none. */
#define EMPTY_CONFIG "{}\n"

static int
keep_original(struct config_text *config, const char *data, size_t len,
	      struct balimg_error *err)
{
	config->original = malloc(len + 1);
	if (!config->original)
		return error_nomem(err);
	memcpy(config->original, data, len);
	config->original[len] = '\0';
	config->original_len = len;
	buffer_add(&config->text, data, len);
	return config->text.failed ? error_nomem(err) : 0;
}

/* Say what is odd about the text that was found. */
static void
note_quirks(struct customization *c)
{
	struct config_text *config = &c->config;
	struct balimg_error unseen = { 0 };
	struct json_quirks quirks = { 0 };
	json_auto_t *root = NULL;

	root = json_text_parse(config->original, config->original_len, &quirks,
			       &unseen);
	if (root && quirks.bom)
		plan_note(
			c->plan, PLAN_WARNING, config->where,
			"begins with a byte order mark, which the supervisor "
			"does not accept; config inject removes it");
	if (root && quirks.duplicate_key)
		config_note_duplicate(c, config->where, quirks.duplicate_key);
	json_quirks_clear(&quirks);
}

void
config_note_duplicate(struct customization *c, const char *where,
		      const char *key)
{
	plan_note(c->plan, PLAN_WARNING, where,
		  "%s stands there twice; the last one counts", key);
}

int
config_load(struct customization *c, struct balimg_error *err)
{
	struct config_text *config = &c->config;
	AUTO_FREE char *data = NULL;
	size_t len;

	if (config->loaded)
		return 0;
	config->vol = os_config_volume(c->os, &config->at, err);
	if (!config->vol)
		return -1;
	snprintf(config->where, sizeof(config->where), "%s:%s",
		 os_partition_title(c->os, config->at), PLACE_CONFIG);
	if (config_file_read(c->os, c->plan, &data, &len, err) < 0)
		return -1;
	config->existed = data != NULL;
	if (keep_original(config, data ? data : EMPTY_CONFIG,
			  data ? len : strlen(EMPTY_CONFIG), err) < 0)
		return -1;
	config->loaded = true;
	note_quirks(c);
	return 0;
}

int
config_load_any(struct customization *c, struct balimg_error *err)
{
	struct config_text *config = &c->config;
	struct balimg_error why = { 0 };

	if (config_load(c, &why) == 0)
		return 0;
	if (!config->vol || !error_is(&why, BALIMG_E_INVALID))
		return error_pass(err, &why);
	if (keep_original(config, "", 0, err) < 0)
		return -1;
	config->existed = true;
	config->loaded = true;
	plan_note(c->plan, PLAN_WARNING, config->where,
		  "cannot be read, and is replaced: %s", why.message);
	return 0;
}

json_t *
config_parse(const char *text, size_t len, struct json_quirks *quirks,
	     struct balimg_error *err)
{
	json_auto_t *root = json_text_parse(text, len, quirks, err);

	if (root && !json_is_object(root)) {
		error_set(err, BALIMG_E_INVALID, "not a JSON object");
		return NULL;
	}
	return STEAL(root);
}

json_t *
config_tree(struct customization *c, struct balimg_error *err)
{
	json_t *root;

	if (config_load(c, err) < 0)
		return NULL;
	root = config_parse(c->config.text.data, c->config.text.len, NULL,
			    err);
	if (!root) {
		error_wrap(err, "%s", c->config.where);
		error_hint(err, "replace it as a whole: balimg config inject");
	}
	return root;
}

json_t *
config_original(struct customization *c, struct balimg_error *err)
{
	struct balimg_error unseen = { 0 };
	json_t *root;

	root = config_parse(c->config.original, c->config.original_len, NULL,
			    &unseen);
	if (!root && error_is(&unseen, BALIMG_E_INVALID))
		root = json_object();
	if (!root)
		error_nomem(err);
	return root;
}

static bool
is_changed(const struct config_text *config)
{
	if (!config->loaded)
		return false;
	if (!config->existed && config->injected)
		return true;
	return config->text.len != config->original_len ||
	       memcmp(config->text.data, config->original,
		      config->original_len);
}

/* The same settings, spelled otherwise. */
static void
plan_layout(struct customization *c)
{
	const struct config_text *config = &c->config;
	char before[DESCRIPTION_SIZE];
	char after[DESCRIPTION_SIZE];

	describe_bytes(config->original, config->original_len, before);
	describe_bytes(config->text.data, config->text.len, after);
	plan_change(c->plan, config->where, config->existed ? before : NULL,
		    after, false);
}

static int
record_changes(struct customization *c, struct balimg_error *err)
{
	json_auto_t *before = config_original(c, err);
	json_auto_t *after = before ? config_tree(c, err) : NULL;

	if (!after)
		return -1;
	if (!c->config.existed)
		plan_note(c->plan, PLAN_NOTE, c->config.where,
			  "was missing and is created");
	if (!json_equal(before, after))
		return config_plan(c, before, after, err);
	plan_layout(c);
	return 0;
}

int
config_store(struct customization *c, struct balimg_error *err)
{
	struct config_text *config = &c->config;

	if (is_changed(config)) {
		if (record_changes(c, err) < 0)
			return -1;
		/* The old text and leftovers may hold keys and passwords. */
		if (volume_write_file(config->vol, PLACE_CONFIG,
				      config->text.data, config->text.len,
				      VOLUME_WIPE_OLD, err) < 0 ||
		    fatrw_clean(config->vol, PLACE_CONFIG, config->where,
				c->plan, err) < 0)
			return error_wrap(
				err, "%s",
				os_partition_title(c->os, config->at));
		customize_wrote(c, c->os, config->at);
	}
	config_clear(c);
	return 0;
}

void
config_clear(struct customization *c)
{
	free(c->config.original);
	buffer_free(&c->config.text);
	memset(&c->config, 0, sizeof(c->config));
}

int
config_is_at(struct customization *c, const struct os_spot *spot, bool *is,
	     struct balimg_error *err)
{
	size_t config_at;

	*is = false;
	if (spot->os != c->os || strcmp(spot->path, PLACE_CONFIG) != 0)
		return 0;
	if (!os_config_volume(c->os, &config_at, err)) {
		if (!error_is(err, BALIMG_E_NOT_FOUND))
			return -1;
		error_clear(err);
		return 0;
	}
	*is = spot->at == config_at;
	return 0;
}
