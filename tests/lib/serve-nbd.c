/* serve-nbd.c - an overlay over a file, served by NBD to judge the server
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: serve-nbd FILE SOCKET [OUT]
 *
 * Prints "ready", serves until its standard input ends, and writes what the
 * overlay then shows to OUT, and the number of its epochs to standard output.
 * Without OUT the file itself is served, read only.
 */
#include <config.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "source/nbd-server.h"
#include "source/overlay.h"
#include "unit.h"

static void
serve(struct source *source, const char *path)
{
	struct balimg_error err = { 0 };
	struct nbd_server *server = nbd_server_start(source, path, &err);
	char byte;

	if (!server)
		FAIL("%s", err.message);
	nbd_server_lend(server);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	nbd_server_take_back(server);
	CHECK_OK(nbd_server_fault(server, &err), err);
	nbd_server_stop(server);
}

static void
write_out(struct source *source, const char *path)
{
	struct balimg_error err = { 0 };
	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	size_t size = (size_t)source_size(source);
	AUTO_FREE char *data = malloc(size + 1);

	CHECK(fd >= 0 && data);
	CHECK_OK(source_read(source, 0, data, size, &err), err);
	CHECK_OK(io_write(fd, data, size, &err), err);
}

int
main(int argc, char **argv)
{
	struct balimg_error err = { 0 };
	AUTO_SOURCE struct source *file = NULL;
	AUTO_SOURCE struct source *overlay = NULL;
	AUTO_FD int fd = -1;
	size_t count;

	if (argc != 3 && argc != 4)
		FAIL("usage: serve-nbd FILE SOCKET [OUT]");
	fd = open(argv[1], O_RDONLY);
	file = fd >= 0 ? source_file_open(fd, &err) : NULL;
	overlay = file ? overlay_open(file, &err) : NULL;
	if (!overlay)
		FAIL("%s: %s", argv[1], err.message);
	serve(argc == 4 ? overlay : file, argv[2]);
	if (argc == 3)
		return 0;
	write_out(overlay, argv[3]);
	count = overlay_record_count(overlay);
	printf("%u\n",
	       count ? overlay_get_record(overlay, count - 1)->epoch + 1 : 0);
	return 0;
}
