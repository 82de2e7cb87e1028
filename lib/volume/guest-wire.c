/* guest-wire.c - messages and entries as bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "volume/guest-wire.h"
#include "volume/volume-ops.h"

#define HEAD  28u /* bytes */
#define ENTRY 48u /* bytes of an entry's numbers */

void
guest_message_clear(struct guest_message *message)
{
	/* It may have held a key. */
	if (message->body)
		explicit_bzero(message->body, message->len);
	free(message->body);
	*message = (struct guest_message){ 0 };
}

bool
guest_send(int fd, const struct guest_message *message)
{
	uint8_t head[HEAD];

	le32_put(head, message->kind);
	le32_put(head + 4, message->volume);
	le64_put(head + 8, message->a);
	le64_put(head + 16, message->b);
	le32_put(head + 24, message->len);
	return io_send(fd, head, sizeof(head)) &&
	       io_send(fd, message->body, message->len);
}

bool
guest_receive(int fd, struct guest_message *message, bool (*wait)(void *data),
	      void *data)
{
	uint8_t head[HEAD];

	*message = (struct guest_message){ 0 };
	if (!io_receive(fd, head, sizeof(head), wait, data))
		return false;
	message->kind = le32_get(head);
	message->volume = le32_get(head + 4);
	message->a = le64_get(head + 8);
	message->b = le64_get(head + 16);
	message->len = le32_get(head + 24);
	if (message->len > GUEST_BODY_MAX)
		return false;
	message->body = malloc((size_t)message->len + 1);
	if (message->body)
		message->body[message->len] = '\0';
	if (message->body &&
	    io_receive(fd, message->body, message->len, wait, data))
		return true;
	message->len = message->body ? message->len : 0;
	guest_message_clear(message);
	return false;
}

const char *
guest_text(const struct guest_message *message, size_t *at)
{
	const char *text = message->body + *at;

	if (*at >= message->len || !memchr(text, '\0', message->len - *at))
		return NULL;
	*at += strlen(text) + 1;
	return text;
}

/* ---- entries ------------------------------------------------------- */

/* What is neither file nor directory. */
static const struct {
	unsigned kind;
	const char *name;
} specials[] = {
	{ S_IFLNK, "symlink" },	     { S_IFCHR, "character device" },
	{ S_IFBLK, "block device" }, { S_IFIFO, "fifo" },
	{ S_IFSOCK, "socket" },
};

unsigned
guest_entry_mode(const struct volume_entry *entry)
{
	size_t i;

	if (entry->directory)
		return S_IFDIR | entry->mode;
	for (i = 0; i < sizeof(specials) / sizeof(*specials); i++)
		if (entry->special &&
		    !strcmp(entry->special, specials[i].name))
			return specials[i].kind | entry->mode;
	return S_IFREG | entry->mode;
}

void
guest_entry_put(struct buffer *body, const struct volume_entry *entry,
		unsigned mode)
{
	const char *target = entry->target ? entry->target : "";
	uint8_t numbers[ENTRY];

	le32_put(numbers, mode);
	le32_put(numbers + 4, entry->uid);
	le32_put(numbers + 8, entry->gid);
	le64_put(numbers + 12, entry->size);
	le64_put(numbers + 20, (uint64_t)entry->modified);
	le64_put(numbers + 28, entry->inode);
	le32_put(numbers + 36, entry->links);
	le32_put(numbers + 40, entry->major);
	le32_put(numbers + 44, entry->minor);
	buffer_add(body, numbers, sizeof(numbers));
	buffer_add(body, entry->name, strlen(entry->name) + 1);
	buffer_add(body, target, strlen(target) + 1);
}

static void
get_numbers(const uint8_t *numbers, struct volume_entry *entry)
{
	unsigned kind = le32_get(numbers) & S_IFMT;
	size_t i;

	*entry = (struct volume_entry){
		.directory = kind == S_IFDIR,
		.modified = (time_t)le64_get(numbers + 20),
		.owned = true,
		.mode = le32_get(numbers) & 07777,
		.uid = le32_get(numbers + 4),
		.gid = le32_get(numbers + 8),
		.inode = le64_get(numbers + 28),
		.links = le32_get(numbers + 36),
		.major = le32_get(numbers + 40),
		.minor = le32_get(numbers + 44),
	};
	if (kind == S_IFREG)
		entry->size = le64_get(numbers + 12);
	for (i = 0; i < sizeof(specials) / sizeof(*specials); i++)
		if (kind == specials[i].kind)
			entry->special = specials[i].name;
}

static int
fail_improper(struct balimg_error *err)
{
	return error_set(err, BALIMG_E_IO,
			 "balimg-guest gave no proper answer");
}

int
guest_entry_get(const struct guest_message *message, size_t *at,
		struct volume_entry *entry, struct balimg_error *err)
{
	const char *name = NULL;
	const char *target = NULL;

	if (message->len - *at >= ENTRY) {
		get_numbers((const uint8_t *)message->body + *at, entry);
		*at += ENTRY;
		name = guest_text(message, at);
		target = name ? guest_text(message, at) : NULL;
	}
	if (!target)
		return fail_improper(err);
	entry->name = strdup(name);
	if (*target)
		entry->target = strdup(target);
	if (entry->name && (entry->target || !*target))
		return 0;
	volume_entry_clear(entry);
	return error_nomem(err);
}

/* ---- attributes ---------------------------------------------------- */

void
guest_xattr_put(struct buffer *body, const char *name, const void *value,
		size_t len)
{
	uint8_t number[4];

	le32_put(number, (uint32_t)len);
	buffer_add(body, number, sizeof(number));
	buffer_add(body, name, strlen(name) + 1);
	buffer_add(body, value, len);
}

int
guest_xattr_get(const struct guest_message *message, size_t *at,
		struct volume_xattrs *xattrs, struct balimg_error *err)
{
	const char *name = NULL;
	uint32_t len = 0;
	size_t value;

	if (message->len - *at >= 4) {
		len = le32_get(message->body + *at);
		*at += 4;
		name = guest_text(message, at);
	}
	if (!name || message->len - *at < len)
		return fail_improper(err);
	value = *at;
	*at += len;
	return volume_xattrs_add(xattrs, name, message->body + value, len,
				 err);
}
