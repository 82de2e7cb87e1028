/* guest-main.c - the program balimg-guest: requests come, replies go
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: balimg-guest FOLDER, with a socket to the library as standard input
 */
#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <guestfs.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "volume/guest-machine.h"

/* ---- in our words -------------------------------------------------- */

static const struct {
	int number;
	enum balimg_code code;
	const char *text;
} meanings[] = {
	{ ENOENT, BALIMG_E_NOT_FOUND, "no such file or directory" },
	{ ENOTDIR, BALIMG_E_NOT_FOUND, "not a directory" },
	{ EISDIR, BALIMG_E_USAGE, "is a directory" },
	{ EEXIST, BALIMG_E_REFUSED, "exists already" },
	{ ENOTEMPTY, BALIMG_E_REFUSED, "the directory is not empty" },
	{ ELOOP, BALIMG_E_INVALID, "too many symbolic links" },
	{ ENOSPC, BALIMG_E_NO_SPACE, "the file system is full" },
	{ EDQUOT, BALIMG_E_NO_SPACE, "the quota is used up" },
	{ ENOMEM, BALIMG_E_NO_MEMORY,
	  "the virtual machine has no memory left" },
};

/* Skip "mount_options: " and the like, which name calls. */
static const char *
skip_calls(const char *text)
{
	const char *end = text;

	while (islower((unsigned char)*end) || *end == '_')
		end++;
	if (end == text || end[0] != ':' || end[1] != ' ')
		return text;
	return skip_calls(end + 2);
}

int
machine_fail(struct machine *machine, struct balimg_error *err)
{
	int number = guestfs_last_errno(machine->g);
	const char *text = guestfs_last_error(machine->g);
	size_t i;

	for (i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (number == meanings[i].number)
			return error_set(err, meanings[i].code, "%s",
					 meanings[i].text);
	text = text ? skip_calls(text) : "libguestfs failed";
	return error_set(err, BALIMG_E_IO, "%.*s", (int)strcspn(text, "\n"),
			 text);
}

/* ---- requests ------------------------------------------------------ */

static int
serve(struct machine *machine, const struct guest_message *request,
      struct reply *reply)
{
	if (request->kind == GUEST_LAUNCH)
		return machine_launch(machine, request->body, reply);
	if (!machine->g)
		return error_set(&reply->err, BALIMG_E_USAGE,
				 "the virtual machine does not run");
	switch (request->kind) {
	case GUEST_ATTACH:
		return machine_attach(machine, request, reply);
	case GUEST_EDIT:
		return machine_edit(machine, request->volume, &reply->err);
	case GUEST_FLUSH:
		return machine_flush(machine, &reply->err);
	default:
		if (machine_use(machine, request->volume, &reply->err) < 0)
			return -1;
		return machine_serve(machine, request, reply);
	}
}

/* A failure's body is its message and its hint. */
static bool
send_reply(int line, struct reply *reply)
{
	struct balimg_error *err = &reply->err;
	struct guest_message message = {
		.kind = err->code,
		.a = reply->a,
		.b = reply->b,
	};

	if (!err->code &&
	    (reply->body.failed || reply->body.len > GUEST_BODY_MAX))
		(void)error_nomem(err);
	if (err->code) {
		message.kind = err->code;
		buffer_free(&reply->body);
		buffer_add(&reply->body, err->message,
			   strlen(err->message) + 1);
		buffer_add(&reply->body, err->hint, strlen(err->hint) + 1);
	}
	message.body = reply->body.data;
	message.len = (uint32_t)reply->body.len;
	return guest_send(line, &message);
}

static bool
take_request(struct machine *machine)
{
	AUTO_MESSAGE struct guest_message request = { 0 };
	struct reply reply = { .body = BUFFER_INIT };
	bool sent;

	if (!guest_receive(machine->line, &request, NULL, NULL))
		return false;
	if (serve(machine, &request, &reply) < 0 && !reply.err.code)
		error_set(&reply.err, BALIMG_E_IO, "balimg-guest failed");
	sent = send_reply(machine->line, &reply);
	buffer_free(&reply.body);
	return sent;
}

/* What the machine's programs inherit must not be the line. */
static int
take_line(void)
{
	int line = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (line < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
		return -1;
	close(nothing);
	return line;
}

int
main(int argc, char **argv)
{
	static struct machine machine = { .mounted = MACHINE_VOLUMES };

	if (argc != 2)
		return 2;
	setpgid(0, 0);
	machine.folder = argv[1];
	machine.line = take_line();
	if (machine.line < 0 || machine_watch(&machine, NULL) < 0)
		return 1;
	while (take_request(&machine))
		continue;
	machine_wait(); /* to vanish */
	return 0;
}
