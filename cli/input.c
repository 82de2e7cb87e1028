/* input.c - bytes from files, from standard input, and from operands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "edit.h"
#include "input.h"
#include "report.h"
#include "text.h"
#include "xalloc.h"

#define INPUT_MAX (64U << 20)

static int
read_all(struct context *ctx, const char *path, int fd, char **data,
	 size_t *len)
{
	size_t room = 4096;
	ssize_t got;

	*len = 0;
	*data = xreallocarray(*data, room, 1);
	for (;;) {
		got = read(fd, *data + *len, room - *len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_sys(ctx, "%s", path);
		if (got == 0)
			break;
		*len += (size_t)got;
		if (*len > INPUT_MAX)
			return fail(ctx, BALIMG_E_INVALID,
				    "%s is larger than 64 MiB", path);
		if (room - *len == 1) {
			room *= 2;
			*data = xreallocarray(*data, room, 1);
		}
	}
	(*data)[*len] = '\0';
	return 0;
}

const char *
input_title(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

int
input_read(struct context *ctx, const char *path, char **data, size_t *len)
{
	AUTO_FREE char *bytes = NULL;
	AUTO_FD int fd = -1;

	if (!strcmp(path, "-")) {
		if (ctx->stdin_taken)
			return fail_usage(ctx, "standard input can be read "
					       "only once");
		ctx->stdin_taken = true;
		path = "standard input";
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0)
		return fail_sys(ctx, "%s", path);
	if (read_all(ctx, path, fd, &bytes, len) < 0)
		return -1;
	*data = bytes;
	bytes = NULL;
	return 0;
}

int
input_value(struct context *ctx, const char *word, char **data, size_t *len)
{
	if (word[0] != '@' || word[1] == '@') {
		*data = xasprintf("%s", word[0] == '@' ? word + 1 : word);
		*len = strlen(*data);
		return 0;
	}
	if (input_read(ctx, word + 1, data, len) < 0)
		return -1;
	if (*len && (*data)[*len - 1] == '\n')
		(*data)[--*len] = '\0';
	return 0;
}

int
input_assignment(struct context *ctx, const char *word, bool json)
{
	AUTO_FREE char *key = NULL;
	AUTO_FREE char *data = NULL;
	const char *equals = strchr(word, '=');
	size_t key_len, len;

	if (!equals || equals == word)
		return fail_usage(ctx, "\"%s\" is not KEY=VALUE", word);
	key_len = (size_t)(equals - word);
	if (key_len > 1 && equals[-1] == ':') {
		json = true;
		key_len--;
	}
	key = xasprintf("%.*s", (int)key_len, word);
	if (input_value(ctx, equals + 1, &data, &len) < 0)
		return -1;
	return edit_add(ctx, json ? BALIMG_CONFIG_SET_JSON : BALIMG_CONFIG_SET,
			key, data, len);
}

char *
input_base_name(const char *path, const char *ending)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t stem = text_stem(name, ending);

	return xasprintf("%.*s", (int)(stem ? stem : strlen(name)), name);
}

int
input_splash(struct context *ctx, const char *path)
{
	AUTO_FREE char *png = NULL;
	size_t len;

	if (input_read(ctx, path, &png, &len) < 0)
		return -1;
	return edit_add(ctx, BALIMG_SPLASH_SET, input_title(path), png, len);
}
