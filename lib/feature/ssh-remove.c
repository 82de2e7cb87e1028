/* ssh-remove.c - public keys that may no longer log in
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "balenaos/places.h"
#include "feature/config.h"
#include "feature/rootfs.h"
#include "feature/ssh-lines.h"
#include "feature/ssh-root.h"
#include "feature/ssh.h"

/* Each element that is cut in place costs reading the settings anew. */
#define MAX_CUTS 16

enum match {
	MATCH_NONE,
	MATCH_COMMENT,
	MATCH_EXACT
};

/* Does @name mean the line?  A fingerprint and the line itself are exact, a
 * comment may be anyone's. */
static enum match
match_line(const struct ssh_line *line, const char *name)
{
	if (!strcmp(line->text, name))
		return MATCH_EXACT;
	if (!line->valid)
		return MATCH_NONE;
	if (!strcmp(line->key.fingerprint, name) ||
	    !strcmp(line->key.line, name))
		return MATCH_EXACT;
	if (line->key.comment && !strcmp(line->key.comment, name))
		return MATCH_COMMENT;
	return MATCH_NONE;
}

/* One comment on several keys could mean any of them. */
static int
refuse_ambiguous(const struct ssh_lines *lines, const char *name,
		 struct balimg_error *err)
{
	AUTO_BUFFER struct buffer prints = BUFFER_INIT;
	const struct ssh_line *first = NULL;
	const struct ssh_line *line;
	bool several = false;
	size_t i;

	for (i = 0; i < lines->count; i++) {
		line = &lines->lines[i];
		if (match_line(line, name) != MATCH_COMMENT)
			continue;
		buffer_printf(&prints, "%s%s", first ? ", " : "",
			      line->key.fingerprint);
		if (first && !ssh_key_equal(&first->key, &line->key))
			several = true;
		first = first ? first : line;
	}
	if (prints.failed)
		return error_nomem(err);
	if (!several)
		return 0;
	error_set(err, BALIMG_E_REFUSED, "several keys have the comment %s",
		  name);
	return error_hint(err, "name one by its fingerprint: %s", prints.data);
}

/* One element, or what is left of it; NULL if nothing is. */
struct cut {
	size_t element;
	json_t *left;
};

struct cuts {
	size_t count;
	struct cut *cuts; /* by element */
};

static void
clear_cuts(struct cuts *cuts)
{
	size_t i;

	for (i = 0; i < cuts->count; i++)
		json_decref(cuts->cuts[i].left);
	free(cuts->cuts);
}

#define AUTO_CUTS __attribute__((cleanup(clear_cuts)))

/* What is left of the element whose lines are [@from, @to). */
static int
add_cut(struct cuts *cuts, const struct ssh_lines *lines, size_t from,
	size_t to, const char *name, enum match least,
	struct balimg_error *err)
{
	AUTO_BUFFER struct buffer left = BUFFER_INIT;
	struct cut *grown;
	size_t i;

	grown = realloc(cuts->cuts, (cuts->count + 1) * sizeof(*grown));
	if (!grown)
		return error_nomem(err);
	cuts->cuts = grown;
	for (i = from; i < to; i++) {
		if (match_line(&lines->lines[i], name) < least)
			buffer_printf(&left, "%s%s", left.len ? "\n" : "",
				      lines->lines[i].text);
	}
	grown += cuts->count;
	grown->element = lines->lines[from].element;
	grown->left = left.len ? json_string(left.data) : NULL;
	if (left.failed || (left.len && !grown->left))
		return error_nomem(err);
	cuts->count++;
	return 0;
}

/* The elements in which a line matches @name. */
static int
find_cuts(const struct ssh_lines *lines, const char *name, enum match least,
	  struct cuts *cuts, struct balimg_error *err)
{
	size_t from, to;

	for (from = 0; from < lines->count; from = to) {
		bool any = false;

		for (to = from;
		     to < lines->count &&
		     lines->lines[to].element == lines->lines[from].element;
		     to++)
			any = any ||
			      match_line(&lines->lines[to], name) >= least;
		if (any &&
		    add_cut(cuts, lines, from, to, name, least, err) < 0)
			return -1;
	}
	return 0;
}

/* Cut element by element, so that the others' text stays as it is. */
static int
cut_in_place(struct customization *c, const struct cuts *cuts,
	     struct balimg_error *err)
{
	char path[64];
	size_t i;
	int ret;

	for (i = cuts->count; i > 0; i--) {
		const struct cut *cut = &cuts->cuts[i - 1];

		snprintf(path, sizeof(path), SSH_KEYS ".%zu", cut->element);
		ret = cut->left ? config_put(c, path, cut->left, err) :
				  config_prune(c, path, err);
		if (ret < 0)
			return -1;
	}
	return 0;
}

/* Make the array anew. */
static int
cut_at_once(struct customization *c, const json_t *array,
	    const struct cuts *cuts, struct balimg_error *err)
{
	json_auto_t *kept = json_array();
	json_t *element;
	size_t at = 0;
	size_t i;

	json_array_foreach(array, i, element) {
		bool cut = at < cuts->count && cuts->cuts[at].element == i;

		if (cut)
			element = cuts->cuts[at++].left;
		if (element && json_array_append(kept, element) < 0)
			break;
	}
	if (!kept || i < json_array_size(array))
		return error_nomem(err);
	return config_put(c, SSH_KEYS, kept, err);
}

static size_t
count_matches(const struct ssh_lines *lines, const char *name,
	      enum match least)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < lines->count; i++)
		count += match_line(&lines->lines[i], name) >= least;
	return count;
}

static int
say_not_there(const char *name, struct balimg_error *err)
{
	error_set(err, BALIMG_E_NOT_FOUND,
		  "no key has the fingerprint, comment or line \"%s\"", name);
	return error_hint(err, "balimg ssh list shows those there are");
}

/* Does any line match exactly? */
static enum match
best_match(const struct ssh_lines *lines, const char *name)
{
	enum match best = MATCH_NONE;
	enum match one;
	size_t i;

	for (i = 0; i < lines->count; i++) {
		one = match_line(&lines->lines[i], name);
		best = one > best ? one : best;
	}
	return best;
}

/* Which lines @name means; *@best is how well they match. */
static int
find_lines(const struct ssh_lines *lines, const char *name, enum match *best,
	   struct balimg_error *err)
{
	*best = best_match(lines, name);
	if (*best == MATCH_NONE)
		return say_not_there(name, err);
	if (*best == MATCH_COMMENT)
		return refuse_ambiguous(lines, name, err);
	return 0;
}

/* The root's file without the lines. */
static int
remove_from_root(struct customization *c, const char *name,
		 struct balimg_error *err)
{
	AUTO_SSH_LINES struct ssh_lines lines = { 0 };
	json_auto_t *array = ssh_root_array(c->os, err);
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	enum match best;
	size_t i;

	if (!array || ssh_lines_read(array, &lines, err) < 0 ||
	    find_lines(&lines, name, &best, err) < 0)
		return -1;
	buffer_puts(&text, "");
	for (i = 0; i < lines.count; i++) {
		if (match_line(&lines.lines[i], name) < best)
			buffer_printf(&text, "%s\n", lines.lines[i].text);
	}
	if (text.failed)
		return error_nomem(err);
	return ssh_root_write(c, text.data, text.len, err);
}

static int
remove_from_config(struct customization *c, const struct edit *edit,
		   struct balimg_error *err)
{
	AUTO_SSH_LINES struct ssh_lines lines = { 0 };
	AUTO_CUTS struct cuts cuts = { 0 };
	json_auto_t *settings = config_tree(c, err);
	enum match best;
	json_t *array;

	if (!settings)
		return -1;
	array = ssh_lines_array(settings, err);
	if (!array && err->code != BALIMG_OK)
		return -1;
	if (ssh_lines_read(array, &lines, err) < 0)
		return -1;
	if (find_lines(&lines, edit->name, &best, err) < 0)
		return -1;

	/* An empty array would lock a development device. */
	if (count_matches(&lines, edit->name, best) == lines.count)
		return config_prune(c, SSH_KEYS, err);
	if (find_cuts(&lines, edit->name, best, &cuts, err) < 0)
		return -1;
	return cuts.count <= MAX_CUTS ? cut_in_place(c, &cuts, err) :
					cut_at_once(c, array, &cuts, err);
}

int
ssh_remove(struct customization *c, const struct edit *edit,
	   struct balimg_error *err)
{
	bool in_root;

	if (rootfs_is_before(c->os, SINCE_SSH_KEYS, &in_root, err) < 0)
		return -1;
	return in_root ? remove_from_root(c, edit->name, err) :
			 remove_from_config(c, edit, err);
}
