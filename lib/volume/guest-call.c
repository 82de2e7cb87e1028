/* guest-call.c - start balimg-guest, ask it, and end it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program is told to end by closing the line to it: it then removes what
 * libguestfs left in its scratch folders and kills its process group.  That
 * happens as well if this process is killed.
 */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/process.h"
#include "volume/guest-call.h"

#define TIME_LIMIT 300	/* seconds for one request */
#define LOOK_EACH  200	/* milliseconds between looks at the progress */
#define GRACE	   5000 /* milliseconds in which the program may tidy up */

/* ---- start --------------------------------------------------------- */

static const char *
program_path(void)
{
	const char *path = secure_getenv("BALIMG_GUEST");

	return path && *path ? path : PKGLIBEXECDIR "/balimg-guest";
}

/* Where libguestfs, and the supermin that it calls, put what is of a run. */
static const char *const scratch_names[] = {
	"XDG_RUNTIME_DIR",
	"LIBGUESTFS_TMPDIR",
	"TMPDIR",
};
#define SCRATCH_NAMES (sizeof(scratch_names) / sizeof(*scratch_names))

static bool
is_name_of(const char *name, const char *variable)
{
	size_t len = strlen(name);

	return !strncmp(variable, name, len) && variable[len] == '=';
}

/* Which variable of the environment is not for libguestfs? */
static bool
is_replaced(const char *variable)
{
	static const char *const names[] = {
		"LIBGUESTFS_DEBUG",
		"LIBGUESTFS_TRACE",
		"LC_ALL",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (is_name_of(names[i], variable))
			return true;
	for (i = 0; i < SCRATCH_NAMES; i++)
		if (is_name_of(scratch_names[i], variable))
			return true;
	return false;
}

/* Our environment, with its scratch folders in ours: "NAME=VALUE" texts in
 * @text, and the list of them, which is the caller's to free. */
static char **
make_environment(const char *folder, struct buffer *text,
		 struct balimg_error *err)
{
	char **env, *own;
	size_t count = 0, at;

	for (at = 0; at < SCRATCH_NAMES; at++) {
		buffer_printf(text, "%s=%s", scratch_names[at], folder);
		buffer_add(text, "", 1);
	}
	while (environ && environ[count])
		count++;
	env = calloc(count + SCRATCH_NAMES + 2, sizeof(*env));
	if (!env || text->failed) {
		free(env);
		error_nomem(err);
		return NULL;
	}
	for (at = 0, count = 0; environ && environ[at]; at++)
		if (!is_replaced(environ[at]))
			env[count++] = environ[at];
	own = text->data;
	for (at = 0; at < SCRATCH_NAMES; at++, own += strlen(own) + 1)
		env[count++] = own;
	env[count++] = (char *)"LC_ALL=C"; /* for texts that we know */
	return env;
}

static int
start_program(struct guest *guest, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer text = BUFFER_INIT;
	AUTO_FREE char **env = NULL;
	char *argv[] = { (char *)program_path(), guest->folder, NULL };
	AUTO_FD int theirs = -1;
	int ends[2];

	if (access(argv[0], X_OK) < 0) {
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "%s is not there: this balimg was built without "
			  "libguestfs",
			  argv[0]);
		return error_hint(err, "build it where libguestfs-dev is "
				       "installed");
	}
	env = make_environment(guest->folder, &text, err);
	if (!env)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_sys(err, "cannot make a socket");
	guest->line = ends[0];
	theirs = ends[1];
	return process_start(argv, env, theirs, &guest->pid, err);
}

static int
launch(struct guest *guest, const char *socket, struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	struct guest_message request = {
		.kind = GUEST_LAUNCH,
		.len = (uint32_t)strlen(socket) + 1,
		.body = (char *)socket,
	};

	if (guest_call(guest, &request, &reply, err) < 0)
		return -1;
	if (reply.a)
		plan_note(guest->plan, PLAN_NOTE, "libguestfs",
			  "the virtual machine is emulated, which is slow: "
			  "KVM cannot be used here");
	return 0;
}

int
guest_start(struct guest *guest, struct balimg_error *err)
{
	char socket[128];

	if (guest->over)
		return error_set(err, BALIMG_E_USAGE,
				 "the virtual machine has ended");
	if (guest->pid)
		return 0;
	guest->folder = folder_new(err);
	if (!guest->folder)
		return -1;
	snprintf(socket, sizeof(socket), "%s/disk", guest->folder);
	guest->server = nbd_server_start(guest->image, socket, err);
	if (!guest->server || start_program(guest, err) < 0 ||
	    launch(guest, socket, err) < 0) {
		guest_end(guest);
		return -1;
	}
	return 0;
}

/* ---- end ----------------------------------------------------------- */

void
guest_end(struct guest *guest)
{
	if (guest->line >= 0)
		close(guest->line);
	guest->line = -1;
	if (guest->pid)
		process_end(guest->pid, GRACE);
	guest->pid = 0;
	nbd_server_stop(guest->server);
	guest->server = NULL;
	folder_remove(guest->folder);
	free(guest->folder);
	guest->folder = NULL;
	guest->over = true;
}

/* ---- ask ----------------------------------------------------------- */

/* What a wait for the reply has to look at. */
struct patience {
	struct guest *guest;
	const char *what; /* for people */
	time_t limit;	  /* seconds */
	struct timespec since;
	struct balimg_error *err;
};

static time_t
time_limit(void)
{
	const char *text = getenv("BALIMG_GUEST_TIMEOUT");
	char *end = NULL;
	long limit = text ? strtol(text, &end, 10) : 0;

	return end && end != text && !*end && limit > 0 ? (time_t)limit :
							  TIME_LIMIT;
}

static bool
is_late(const struct patience *patience)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - patience->since.tv_sec >= patience->limit;
}

static bool
wait_for_reply(void *data)
{
	struct patience *patience = data;
	struct pollfd polled = {
		.fd = patience->guest->line,
		.events = POLLIN,
	};

	for (;;) {
		if (poll(&polled, 1, LOOK_EACH) > 0)
			return true;
		if (progress_report(patience->guest->progress, patience->what,
				    0, 0, patience->err) < 0)
			return false;
		if (is_late(patience)) {
			error_set(patience->err, BALIMG_E_IO,
				  "the virtual machine took longer than %ld "
				  "seconds",
				  (long)patience->limit);
			error_hint(
				patience->err,
				"BALIMG_GUEST_TIMEOUT=SECONDS gives it "
				"more time; where KVM hangs, "
				"LIBGUESTFS_BACKEND_SETTINGS=force_tcg does "
				"without");
			return false;
		}
	}
}

/* The reply says what went wrong: message and hint. */
static int
fail_as_told(struct guest *guest, const struct guest_message *reply,
	     struct balimg_error *err)
{
	size_t at = 0;
	const char *message = guest_text(reply, &at);
	const char *hint = guest_text(reply, &at);

	/* The machine knows less of the disk than we do. */
	if (nbd_server_fault(guest->server, err) < 0)
		return -1;
	error_set(err,
		  reply->kind <= BALIMG_E_INTERRUPTED ?
			  (enum balimg_code)reply->kind :
			  BALIMG_E_IO,
		  "%s", message ? message : "balimg-guest failed");
	return hint && *hint ? error_hint(err, "%s", hint) : -1;
}

int
guest_call(struct guest *guest, const struct guest_message *request,
	   struct guest_message *reply, struct balimg_error *err)
{
	struct patience patience = {
		.guest = guest,
		.what = request->kind == GUEST_LAUNCH ?
				"starting a virtual machine" :
				"waiting for the virtual machine",
		.limit = time_limit(),
		.err = err,
	};
	bool done;

	if (guest->over)
		return error_set(err, BALIMG_E_IO,
				 "the virtual machine has ended");
	clock_gettime(CLOCK_MONOTONIC, &patience.since);
	nbd_server_lend(guest->server);
	done = guest_send(guest->line, request) &&
	       guest_receive(guest->line, reply, wait_for_reply, &patience);
	if (!done) {
		guest_end(guest);
		error_set(err, BALIMG_E_IO,
			  "the virtual machine ended unexpectedly");
		return error_hint(err, "is libguestfs installed? Its "
				       "libguestfs-test-tool may tell more");
	}
	nbd_server_take_back(guest->server);
	if (progress_report(guest->progress, patience.what, 1, 1, err) < 0)
		return -1;
	return reply->kind == BALIMG_OK ? 0 : fail_as_told(guest, reply, err);
}

int
guest_call_path(struct guest *guest, uint32_t kind, uint32_t volume,
		const char *path, uint64_t a, uint64_t b,
		struct balimg_error *err)
{
	AUTO_MESSAGE struct guest_message reply = { 0 };
	struct guest_message request = {
		.kind = kind,
		.volume = volume,
		.a = a,
		.b = b,
		.len = (uint32_t)strlen(path) + 1,
		.body = (char *)path,
	};

	return guest_call(guest, &request, &reply, err);
}
