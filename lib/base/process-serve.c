/* process-serve.c - another program, as a server with one client: us
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program must be told its own number in the environment, which only a
 * fork can do; between fork and exec is called what may be called in a
 * program that has threads, and nothing else.
 *
 * Its standard input is a pipe that nobody writes to.  The kernel has been
 * told to kill it when the other end is closed.  (PR_SET_PDEATHSIG would tie
 * its life to the thread that started it, not to the process.)
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/process.h"

#define LISTENER 3 /* as systemd has it */
#define FILE_FD	 4
#define FREE_FDS 8 /* from here on there are no descriptors with a meaning */

#define PID_NAME "LISTEN_PID="

struct start {
	char *const *argv;
	char **env;
	char *pid_text; /* in env: room for a number, behind PID_NAME */
	int listener, file, talk;
	int line[2];   /* the program has the reading end */
	int report[2]; /* gets an errno if it cannot be started */
};

static void
print_number(char *to, long number)
{
	char digits[24];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count)
		*to++ = digits[--count];
	*to = '\0';
}

static void
reset_signals(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Be killed when nobody holds the other end any more. */
static int
hang_on(const struct start *start)
{
	int flags = fcntl(start->line[0], F_GETFL);
	char nothing;

	close(start->line[1]);
	if (flags < 0 || fcntl(start->line[0], F_SETOWN, getpid()) < 0 ||
	    fcntl(start->line[0], F_SETSIG, SIGKILL) < 0 ||
	    fcntl(start->line[0], F_SETFL, flags | O_ASYNC | O_NONBLOCK) < 0)
		return -1;
	/* It may have been closed before that. */
	return read(start->line[0], &nothing, 1) < 0 && errno == EAGAIN ? 0 :
									  -1;
}

/* Out of the way first, for each may be where another has to be. */
static int
place_files(const struct start *start)
{
	int line = fcntl(start->line[0], F_DUPFD_CLOEXEC, FREE_FDS);
	int listener = fcntl(start->listener, F_DUPFD_CLOEXEC, FREE_FDS);
	int file = fcntl(start->file, F_DUPFD_CLOEXEC, FREE_FDS);
	int talk = fcntl(start->talk, F_DUPFD_CLOEXEC, FREE_FDS);

	if (dup2(line, STDIN_FILENO) < 0 || dup2(talk, STDOUT_FILENO) < 0 ||
	    dup2(talk, STDERR_FILENO) < 0 || dup2(listener, LISTENER) < 0 ||
	    dup2(file, FILE_FD) < 0)
		return -1;
	return 0;
}

__attribute__((noreturn)) static void
become(const struct start *start)
{
	int report = fcntl(start->report[1], F_DUPFD_CLOEXEC, FREE_FDS);
	ssize_t told;
	int why;

	reset_signals();
	if (report >= 0 && setpgid(0, 0) == 0 && hang_on(start) == 0 &&
	    place_files(start) == 0) {
		print_number(start->pid_text, (long)getpid());
		execvpe(start->argv[0], start->argv, start->env);
	}
	why = errno;
	told = write(report, &why, sizeof(why));
	(void)told;
	for (;;) /* this is a copy of the caller: nothing of it may run */
		kill(getpid(), SIGKILL);
}

/* Wait until it runs, or has failed to; returns an errno. */
static int
hear(int report)
{
	int why = 0;
	ssize_t got;

	do
		got = read(report, &why, sizeof(why));
	while (got < 0 && errno == EINTR);
	return why;
}

static int
fork_server(struct start *start, struct process_server *server)
{
	int why;

	if (pipe2(start->report, O_CLOEXEC) < 0)
		return errno;
	if (pipe2(start->line, O_CLOEXEC) < 0) {
		why = errno;
		close(start->report[0]);
		close(start->report[1]);
		return why;
	}
	server->pid = fork();
	if (server->pid == 0)
		become(start);
	why = server->pid < 0 ? errno : 0;
	close(start->line[0]);
	close(start->report[1]);
	server->line = start->line[1];
	if (!why)
		why = hear(start->report[0]);
	close(start->report[0]);
	if (why)
		process_server_end(server);
	return why;
}

int
process_serve(char *const argv[], int listener, int file, int talk,
	      struct process_server *server, struct balimg_error *err)
{
	char number[sizeof(PID_NAME) + 24] = PID_NAME;
	const char *path = getenv("PATH");
	AUTO_FREE char *search = NULL;
	char *env[] = { (char *)"LC_ALL=C", (char *)"LISTEN_FDS=1", number,
			NULL, NULL };
	struct start start = {
		.argv = argv,
		.env = env,
		.pid_text = number + sizeof(PID_NAME) - 1,
		.listener = listener,
		.file = file,
		.talk = talk,
	};

	*server = (struct process_server){ .line = -1 };
	if (path && asprintf(&search, "PATH=%s", path) < 0) {
		search = NULL;
		return error_nomem(err);
	}
	env[3] = search;
	errno = fork_server(&start, server);
	return errno ? error_sys(err, "cannot run %s", argv[0]) : 0;
}

static int
wait_for(struct process_server *server)
{
	int status = -1;
	pid_t gone;

	do
		gone = waitpid(server->pid, &status, 0);
	while (gone < 0 && errno == EINTR);
	close(server->line);
	*server = (struct process_server){ .line = -1 };
	return status;
}

bool
process_server_wait(struct process_server *server)
{
	int status = wait_for(server);

	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void
process_server_end(struct process_server *server)
{
	if (server->pid > 0) {
		kill(server->pid, SIGKILL);
		wait_for(server);
	} else if (server->line >= 0) {
		close(server->line);
		server->line = -1;
	}
}
