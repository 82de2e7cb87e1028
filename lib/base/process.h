/* process.h - another program, asked a question or kept at hand
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_PROCESS_H
#define BALIMG_BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"

/* Run @argv[0], looked for in PATH, without a shell between: with the
 * environment @env (both lists end with NULL) and nothing on its standard
 * input.  What it prints, errors included, is added to @output, of which
 * @limit bytes are kept.  Returns its exit status, or -1 with @err set:
 * BALIMG_E_NOT_FOUND if there is no such program, BALIMG_E_IO also if a
 * signal ended it. */
int process_run(char *const argv[], char *const env[], struct buffer *output,
		size_t limit, struct balimg_error *err) MUST_USE;

/* Start @argv[0], a path, in a process group of its own, with @fd as its
 * standard input, and deaf and mute else.  *@pid is it. */
int process_start(char *const argv[], char *const env[], int fd, pid_t *pid,
		  struct balimg_error *err) MUST_USE;

/* A server with one client, which is us. */
struct process_server {
	pid_t pid; /* 0: none */
	int line;  /* while it is open, here, the server may live */
};

/* Start @argv[0], looked for in PATH, as a server that is handed its socket
 * in the way of systemd: @listener is its descriptor 3 (LISTEN_FDS,
 * LISTEN_PID), @file is 4, and what it says goes to @talk.  In a process
 * group of its own, with nothing in its environment but these, PATH and
 * LC_ALL=C.  However this process ends, the server is killed.
 * BALIMG_E_NOT_FOUND if there is no such program. */
int process_serve(char *const argv[], int listener, int file, int talk,
		  struct process_server *server, struct balimg_error *err)
	MUST_USE;

/* Wait for it to end by itself; false if it failed. */
bool process_server_wait(struct process_server *server) MUST_USE;

/* Kill it, unless it has ended. */
void process_server_end(struct process_server *server);

/* Wait @milliseconds for @pid, from process_start(), to end by itself, then
 * kill what is left of its group. */
void process_end(pid_t pid, unsigned milliseconds);

#endif /* BALIMG_BASE_PROCESS_H */
