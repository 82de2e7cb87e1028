/* bundle-facts.c - what applying a bundle takes
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "bundle/bundle-private.h"
#include "document/json.h"

static int
add_tree(const struct bundle_tree *tree, struct bundle_facts *facts,
	 struct balimg_error *err)
{
	facts->files += tree->files;
	facts->blocks += tree->blocks;
	facts->boot_blocks += tree->boot_blocks;
	if (tree->boot_files &&
	    json_object_update(facts->boot_files, tree->boot_files) < 0)
		return error_nomem(err);
	return 0;
}

/* The text of the image's configuration; none where the judge found that. */
static int
copy_config(const struct bundle *bundle, struct bundle_facts *facts,
	    struct balimg_error *err)
{
	const struct bundle_member *member = bundle_find(bundle,
							 "manifest.json");
	struct balimg_error unseen = { 0 };
	json_auto_t *manifest = NULL;
	const char *path;

	if (!member || !member->text)
		return 0;
	manifest = json_text_parse(member->text, member->text_len, NULL,
				   &unseen);
	if (!manifest && !error_is_finding(&unseen))
		return error_pass(err, &unseen);
	path = json_string_value(
		json_object_get(json_array_get(manifest, 0), "Config"));
	member = path ? bundle_find(bundle, path) : NULL;
	if (!member || !member->text)
		return 0;
	facts->config = malloc(member->text_len + 1);
	if (!facts->config)
		return error_nomem(err);
	memcpy(facts->config, member->text, member->text_len + 1);
	facts->config_len = member->text_len;
	return 0;
}

int
bundle_gather(const struct bundle *bundle, struct bundle_facts *facts,
	      struct balimg_error *err)
{
	size_t i;

	facts->boot_files = json_object();
	if (!facts->boot_files)
		return error_nomem(err);
	if (!bundle->docker)
		return add_tree(&bundle->tree, facts, err);
	for (i = 0; i < bundle->count; i++) {
		if (bundle->members[i].layer &&
		    add_tree(&bundle->members[i].tree, facts, err) < 0)
			return -1;
	}
	return copy_config(bundle, facts, err);
}
