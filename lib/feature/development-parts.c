/* development-parts.c - what made an image one for development, before 2.85
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The differences are those that the recipes of meta-balena make between
 * development and production images, see the bbappends of dropbear, openssh
 * and the engine.
 */
#include <config.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "feature/development-parts.h"

#define TCP " -H tcp://0.0.0.0:2375"

/* ---- lines ----------------------------------------------------------- */

/* Where the line after the one at @at begins. */
static size_t
next_line(const struct buffer *text, size_t at)
{
	at += strcspn(text->data + at, "\n");
	return at < text->len ? at + 1 : at;
}

/* *@at: where the first line that begins with @start does. */
static bool
find_line(const struct buffer *text, const char *start, size_t *at)
{
	for (*at = 0; *at < text->len; *at = next_line(text, *at)) {
		if (!strncmp(text->data + *at, start, strlen(start)))
			return true;
	}
	return false;
}

/* Put @with in place of @word in the line at @at, if it is there. */
static bool
replace_word(struct buffer *text, size_t at, const char *word,
	     const char *with)
{
	size_t end = at + strcspn(text->data + at, "\n");
	size_t len = strlen(word);
	size_t i;

	for (i = at + 1; i + len <= end; i++) {
		if (strncmp(text->data + i, word, len) != 0 ||
		    !strchr("=\" ", text->data[i - 1]) ||
		    (i + len < end && !strchr("\" ", text->data[i + len])))
			continue;
		buffer_splice(text, i, len, with, strlen(with));
		return true;
	}
	return false;
}

static int
result(const struct buffer *text, struct balimg_error *err)
{
	return text->failed ? error_nomem(err) : 0;
}

/* ---- each part ------------------------------------------------------- */

/* An empty field lets anyone in, "*" no one. */
static int
edit_shadow(const struct development_part *part, const struct rootfs *root,
	    const struct release *release, bool on, struct buffer *text,
	    struct balimg_error *err)
{
	size_t at, len;

	(void)part, (void)root, (void)release;
	if (!find_line(text, "root:", &at))
		return 0;
	at += strlen("root:");
	len = strcspn(text->data + at, ":\n");
	if (on)
		buffer_splice(text, at, len, "", 0);
	else if (!len)
		buffer_splice(text, at, 0, "*", 1);
	return result(text, err);
}

/* -B: empty passwords may log in; -s: no passwords; -g: none of root's. */
static int
edit_dropbear(const struct development_part *part, const struct rootfs *root,
	      const struct release *release, bool on, struct buffer *text,
	      struct balimg_error *err)
{
	const char *closed = release_at_least(release, "2.0.5") ? "-s" : "-g";
	size_t at;

	(void)part, (void)root;
	if (!find_line(text, "DROPBEAR_EXTRA_ARGS=", &at))
		return 0;
	if (!on)
		replace_word(text, at, "-B", closed);
	else if (!replace_word(text, at, "-s", "-B"))
		replace_word(text, at, "-g", "-B");
	return result(text, err);
}

/* The line of sshd's @key, which is read without regard to case, the first
 * being valid; conditions ("Match") come last.  *@value: where its word
 * begins. */
static bool
find_setting(const struct buffer *text, const char *key, size_t *at,
	     size_t *value)
{
	size_t len = strlen(key);
	const char *line;

	for (*at = 0; *at < text->len; *at = next_line(text, *at)) {
		line = text->data + *at;
		if (!strncasecmp(line, "Match", 5) &&
		    isblank((unsigned char)line[5]))
			return false;
		if (strncasecmp(line, key, len) != 0 ||
		    !isblank((unsigned char)line[len]))
			continue;
		*value = *at + len + strspn(line + len, " \t");
		return true;
	}
	return false;
}

static bool
is_set(const struct buffer *text, const char *key, const char *word)
{
	size_t at, value, len;

	if (!find_setting(text, key, &at, &value))
		return false;
	len = strcspn(text->data + value, " \t\n");
	return len == strlen(word) &&
	       !strncasecmp(text->data + value, word, len);
}

/* Where the setting is, where it stands as a comment, or at the beginning. */
static void
set(struct buffer *text, const char *key, const char *word)
{
	AUTO_BUFFER struct buffer line = BUFFER_INIT;
	size_t at, value, cut = 0;

	if (is_set(text, key, word))
		return;
	buffer_printf(&line, "#%s ", key);
	if (find_setting(text, key, &at, &value) ||
	    (line.data && find_line(text, line.data, &at)))
		cut = next_line(text, at) - at;
	else
		at = 0;
	buffer_free(&line);
	buffer_printf(&line, "%s %s\n", key, word);
	text->failed = text->failed || line.failed;
	if (!text->failed)
		buffer_splice(text, at, cut, line.data, line.len);
}

static int
edit_sshd(const struct development_part *part, const struct rootfs *root,
	  const struct release *release, bool on, struct buffer *text,
	  struct balimg_error *err)
{
	static const char passwords[] = "PasswordAuthentication";
	static const char empty[] = "PermitEmptyPasswords";
	static const char login[] = "PermitRootLogin";

	(void)root;
	if (!text->len)
		return 0;
	if (on) {
		set(text, login, "yes");
		set(text, empty, "yes");
		if (is_set(text, passwords, "no"))
			set(text, passwords, "yes");
		return result(text, err);
	}
	if (is_set(text, login, "yes"))
		set(text, login, "prohibit-password");
	if (is_set(text, empty, "yes"))
		set(text, empty, "no");
	if (strstr(part->path, "_readonly") &&
	    release_at_least(release, "2.44.0"))
		set(text, passwords, "no");
	return result(text, err);
}

/* The command that starts the engine, its lines joined, to be freed; NULL with
 * @err clear if the unit has none. */
static char *
read_command(const struct development_part *part, const struct rootfs *root,
	     struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	AUTO_FREE char *unit = NULL;
	char *broken, *command;
	size_t at, len;

	if (rootfs_read(root, part->unit, &unit, &len, err) < 0)
		return NULL;
	while (unit && (broken = strstr(unit, "\\\n")) != NULL)
		memcpy(broken, "  ", 2);
	buffer_puts(&text, unit ? unit : "");
	if (text.failed) {
		error_nomem(err);
		return NULL;
	}
	if (!find_line(&text, "ExecStart=", &at))
		return NULL;
	command = strndup(text.data + at, strcspn(text.data + at, "\n"));
	if (!command)
		error_nomem(err);
	return command;
}

/* The engine listens to the network by a drop-in that starts it anew. */
static int
edit_engine(const struct development_part *part, const struct rootfs *root,
	    const struct release *release, bool on, struct buffer *text,
	    struct balimg_error *err)
{
	AUTO_FREE char *command = NULL;
	const char *tcp = text->len ? strstr(text->data, TCP) : NULL;

	(void)release;
	if (!on) {
		if (tcp)
			buffer_splice(text, (size_t)(tcp - text->data),
				      strlen(TCP), "", 0);
		return result(text, err);
	}
	if (tcp)
		return 0;
	command = read_command(part, root, err);
	if (!command)
		return err->code == BALIMG_OK ? 0 : -1;
	if (strstr(command, TCP))
		return 0;
	buffer_printf(text, "[Service]\nExecStart=\n%s" TCP "\n", command);
	return result(text, err);
}

static int
edit_variant(const struct development_part *part, const struct rootfs *root,
	     const struct release *release, bool on, struct buffer *text,
	     struct balimg_error *err)
{
	size_t at;

	(void)part, (void)root, (void)release;
	if (find_line(text, "VARIANT=", &at))
		replace_word(text, at, on ? "Production" : "Development",
			     on ? "Development" : "Production");
	if (find_line(text, "VARIANT_ID=", &at))
		replace_word(text, at, on ? "prod" : "dev",
			     on ? "dev" : "prod");
	return result(text, err);
}

const struct development_part development_parts[] = {
	{
		.title = "root's password",
		.path = "/etc/shadow",
		.edit = edit_shadow,
	},
	{
		.title = "the SSH server",
		.path = "/etc/default/dropbear",
		.until = "2.38.0",
		.edit = edit_dropbear,
	},
	{
		.title = "the SSH server",
		.path = "/etc/ssh/sshd_config_readonly",
		.since = "2.38.0",
		.edit = edit_sshd,
	},
	{
		.title = "the SSH server",
		.path = "/etc/ssh/sshd_config",
		.since = "2.38.0",
		.edit = edit_sshd,
	},
	{
		.title = "the engine's socket",
		.path = "/etc/systemd/system/docker.service.d/docker.conf",
		.since = "2.0.0",
		.until = "2.9.0",
		.unit = "/lib/systemd/system/docker.service",
		.edit = edit_engine,
	},
	{
		.title = "the engine's socket",
		.path = "/etc/systemd/system/balena.service.d/balena.conf",
		.since = "2.9.0",
		.unit = "/lib/systemd/system/balena.service",
		.edit = edit_engine,
	},
	{
		.title = "the variant",
		.path = "/etc/os-release",
		.since = "2.0.0",
		.edit = edit_variant,
	},
	{ 0 },
};
