/* apply-keep.c - which boot files an update leaves alone
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list is in the hook that the new root brings, a shell script: the words
 * of its variable whose name has "blacklist" in it.  Paths in it are compared
 * as they stand there, slashes and all, as the hook does: some never fit.
 * What is in no hook is told by the version, see meta-balena's history of
 * hostapp-update-hooks.
 */
#include <config.h>

#include <string.h>

#include "base/buffer.h"
#include "bundle/apply-private.h"

#define PATHS_MAX 100u

void
apply_keep_clear(struct apply_keep *keep)
{
	size_t i;

	for (i = 0; i < keep->count; i++)
		free(keep->paths[i]);
	free(keep->paths);
	*keep = (struct apply_keep){ 0 };
}

bool
apply_keep_has(const struct apply_keep *keep, const char *path)
{
	size_t i;

	for (i = 0; i < keep->count; i++)
		if (!strcmp(keep->paths[i], path))
			return true;
	return false;
}

static int
add(struct apply_keep *keep, const char *path, size_t len,
    struct balimg_error *err)
{
	char **grown;

	if (keep->count == PATHS_MAX)
		return 0;
	grown = reallocarray(keep->paths, keep->count + 1, sizeof(*grown));
	if (!grown)
		return error_nomem(err);
	keep->paths = grown;
	grown[keep->count] = strndup(path, len);
	if (!grown[keep->count])
		return error_nomem(err);
	keep->count++;
	return 0;
}

/* ---- by the hook --------------------------------------------------- */

/* The words between the quotes that follow NAME=, NAME having "blacklist" in
 * it, or NULL. */
static const char *
find_list(const char *script)
{
	const char *at = script;

	while ((at = strstr(at, "blacklist"))) {
		at += strlen("blacklist");
		at += strspn(at, "abcdefghijklmnopqrstuvwxyz_");
		if (at[0] == '=' && at[1] == '"')
			return at + 2;
	}
	return NULL;
}

static int
read_list(const char *script, struct apply_keep *keep,
	  struct balimg_error *err)
{
	static const char blanks[] = " \t\n\\";
	const char *at = find_list(script);
	size_t len;

	for (; at && *at && *at != '"'; at += len) {
		at += strspn(at, blanks);
		len = strcspn(at, " \t\n\\\"");
		if (*at == '/' && add(keep, at, len, err) < 0)
			return -1;
	}
	/* A list without it is none that was understood. */
	if (!apply_keep_has(keep, "/config.json"))
		apply_keep_clear(keep);
	return 0;
}

static int
ask_hooks(struct apply *apply, struct apply_keep *keep,
	  struct balimg_error *err)
{
	static const char *const hooks[] = {
		"/etc/hostapp-update-hooks.d/1-bootfiles", /* since 2.87.9 */
		"/etc/hostapp-update-hooks.d/0-bootfiles",
	};
	struct balimg_error why = { 0 };
	size_t i, len;

	for (i = 0; i < 2 && !keep->count; i++) {
		AUTO_FREE char *script = NULL;

		script = apply_read_text(apply->view, hooks[i], &len, &why);
		if (!script && why.code)
			return error_pass(err, &why);
		if (script && read_list(script, keep, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- by the version ------------------------------------------------ */

static int
ask_version(const struct apply *apply, struct apply_keep *keep,
	    struct balimg_error *err)
{
	static const struct {
		const char *path, *since, *until;
	} paths[] = {
		{ "/config.json", NULL, NULL },
		{ "/config.txt", NULL, NULL },
		{ "/splash/resin-logo.png", NULL, "2.53.0" },
		{ "/splash/balena-logo.png", "2.53.0", NULL },
		{ "/extra_uEnv.txt", "2.58.3", NULL },
		{ "/extlinux.conf", "2.58.3", "2.84.7" },
		{ "/extlinux/extlinux.conf", "2.84.7", "2.99.9" },
		{ "/configfs.json", "2.99.9", NULL },
		{ "/hw_intfc.conf", "2.99.9", NULL },
		{ "/bootenv", "4.0.13", NULL },
	};
	const struct release *to = &apply->to;
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (to->parsed && paths[i].since &&
		    !release_at_least(to, paths[i].since))
			continue;
		if (to->parsed && paths[i].until &&
		    release_at_least(to, paths[i].until))
			continue;
		if (add(keep, paths[i].path, strlen(paths[i].path), err) < 0)
			return -1;
	}
	return 0;
}

int
apply_keep_find(struct apply *apply, struct apply_keep *keep,
		struct balimg_error *err)
{
	if (ask_hooks(apply, keep, err) < 0)
		return -1;
	if (keep->count)
		return 0;
	plan_note(apply->c->plan, PLAN_NOTE, apply->wish->name,
		  "has no list of boot files that are kept; that of its "
		  "version serves");
	return ask_version(apply, keep, err);
}
