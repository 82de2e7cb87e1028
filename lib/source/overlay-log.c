/* overlay-log.c - where an overlay's data lie, in the order they came
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "source/overlay-log.h"

#define FIRST_ROOM (16u * 1024u) /* bytes */

void
overlay_log_init(struct overlay_log *log)
{
	*log = (struct overlay_log){ .fd = -1 };
}

void
overlay_log_release(struct overlay_log *log)
{
	free(log->memory);
	free(log->folder);
	cleanup_fd(&log->fd);
}

int
overlay_log_set_folder(struct overlay_log *log, const char *folder,
		       struct balimg_error *err)
{
	char *copy = strdup(folder);

	if (!copy)
		return error_nomem(err);
	free(log->folder);
	log->folder = copy;
	return 0;
}

static int
spill(struct overlay_log *log, struct balimg_error *err)
{
	AUTO_FD int fd = io_open_scratch(log->folder, err);

	if (fd < 0 ||
	    io_write_at(fd, log->memory, (size_t)log->len, 0, err) < 0)
		return error_wrap(err, "scratch file");
	log->fd = STEAL_FD(fd);
	free(log->memory);
	log->memory = NULL;
	return 0;
}

static int
make_room(struct overlay_log *log, size_t need, struct balimg_error *err)
{
	size_t room = log->room ? log->room : FIRST_ROOM;
	char *memory;

	if (need <= log->room)
		return 0;
	while (room < need)
		room *= 2;
	memory = realloc(log->memory, room);
	if (!memory)
		return error_nomem(err);
	log->memory = memory;
	log->room = room;
	return 0;
}

int
overlay_log_append(struct overlay_log *log, const void *data, size_t len,
		   struct balimg_error *err)
{
	if (log->fd < 0 && len > OVERLAY_LOG_MEMORY - log->len) {
		if (spill(log, err) < 0)
			return -1;
	} else if (log->fd < 0) {
		if (make_room(log, (size_t)log->len + len, err) < 0)
			return -1;
	}
	if (overlay_log_write(log, log->len, data, len, err) < 0)
		return -1;
	log->len += len;
	return 0;
}

int
overlay_log_write(struct overlay_log *log, uint64_t at, const void *data,
		  size_t len, struct balimg_error *err)
{
	if (log->fd < 0) {
		memcpy(log->memory + at, data, len);
		return 0;
	}
	if (io_write_at(log->fd, data, len, at, err) < 0)
		return error_wrap(err, "scratch file");
	return 0;
}

int
overlay_log_read(const struct overlay_log *log, uint64_t at, void *data,
		 size_t len, struct balimg_error *err)
{
	if (log->fd < 0) {
		memcpy(data, log->memory + at, len);
		return 0;
	}
	if (io_read_at(log->fd, data, len, at, err) < 0)
		return error_wrap(err, "scratch file");
	return 0;
}
