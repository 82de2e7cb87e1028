/* disk-image.c - the disk in a qcow2, VMDK or VDI file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/module.h"
#include "base/os.h"
#include "source/disk-image.h"
#include "source/nbd.h"

/* Start qemu-nbd; what it says goes to @talk. */
static int
start_server(int listener, int fd, int talk, const char *format, bool write,
	     struct process_server *server, struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	char image[256];
	char *argv[] = { (char *)"qemu-nbd", (char *)"--", image, NULL, NULL };

	/* The name is that of the descriptor which process_serve() gives; to
	 * "backing" is said that there is none, whatever the image has. */
	snprintf(image, sizeof(image),
		 "json:{\"driver\":\"%s\",\"backing\":null,"
		 "\"file\":{\"driver\":\"file\","
		 "\"filename\":\"/proc/self/fd/4\"}}",
		 format);
	if (!write) {
		argv[1] = (char *)"--read-only";
		argv[2] = (char *)"--";
		argv[3] = image;
	}
	if (process_serve(argv, listener, fd, talk, server, &why) == 0)
		return 0;
	if (!error_is(&why, BALIMG_E_NOT_FOUND))
		return error_pass(err, &why);
	error_set(err, BALIMG_E_UNSUPPORTED,
		  "it takes qemu-nbd to open it, which is not here");
	return error_hint(err, "install it: qemu-utils (Debian, Ubuntu), "
			       "qemu-img (Fedora)");
}

/* The server's words, without those which say that it failed to open what. */
static void
read_talk(int talk, char *words, size_t size)
{
	ssize_t len = pread(talk, words, size - 1, 0);
	char *at, *end;

	words[len > 0 ? len : 0] = '\0';
	end = strchr(words, '\n');
	if (end)
		*end = '\0';
	at = strstr(words, "}}': ");
	if (at)
		memmove(words, at + 5, strlen(at + 5) + 1);
}

/* Why did it not open?  @why is how we came to know. */
static int
report(int talk, const struct balimg_error *why, struct balimg_error *err)
{
	char words[1024];

	read_talk(talk, words, sizeof(words));
	if (!*words || !error_is(why, BALIMG_E_IO))
		return error_pass(err, why);
	if (strstr(words, "lock")) {
		error_set(err, BALIMG_E_REFUSED, "it is in use: %s", words);
		return error_hint(err, "end the virtual machine first");
	}
	return error_set(err, BALIMG_E_INVALID, "qemu-nbd cannot open it: %s",
			 words);
}

struct source *
disk_image_open(int fd, const char *format, bool write,
		struct balimg_error *err)
{
	const struct nbd_calls *calls = module_calls("nbd", err);
	AUTO_FD int listener = -1;
	AUTO_FD int connection = -1;
	AUTO_FD int talk = calls ? os_memory_file(0, err) : -1;
	struct balimg_error why = { 0 };
	struct source *source;
	struct process_server server;

	if (talk < 0 ||
	    os_connected_listener(&listener, &connection, err) < 0 ||
	    start_server(listener, fd, talk, format, write, &server, err) < 0)
		return NULL;
	/* While we listen too, its end would not end the connection. */
	close(STEAL_FD(listener));
	source = calls->open(STEAL_FD(connection), server, write, &why);
	if (!source)
		report(talk, &why, err);
	return source;
}

int
disk_image_finish(struct source *source, struct balimg_error *err)
{
	const struct nbd_calls *calls = module_calls("nbd", err);

	return calls ? calls->finish(source, err) : -1;
}
