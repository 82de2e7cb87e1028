/* process.c - another program, asked a question or kept at hand
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/process.h"

/* Start @argv with @out as both of its outputs; returns an errno. */
static int
start(char *const argv[], char *const env[], int out, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return failed;
	failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
						  "/dev/null", O_RDONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(&actions, out,
							  STDOUT_FILENO);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(&actions, out,
							  STDERR_FILENO);
	if (!failed)
		failed = posix_spawnp(pid, argv[0], &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Read @fd to its end, so that the program never waits for us. */
static void
collect(int fd, struct buffer *output, size_t limit)
{
	size_t room = limit;
	char chunk[4096];
	ssize_t got;

	do {
		got = read(fd, chunk, sizeof(chunk));
		if (got > 0) {
			size_t take = (size_t)got < room ? (size_t)got : room;

			buffer_add(output, chunk, take);
			room -= take;
		}
	} while (got > 0 || (got < 0 && errno == EINTR));
}

static int
wait_for(pid_t pid, int *status)
{
	pid_t gone;

	do
		gone = waitpid(pid, status, 0);
	while (gone < 0 && errno == EINTR);
	return gone < 0 ? -1 : 0;
}

int
process_run(char *const argv[], char *const env[], struct buffer *output,
	    size_t limit, struct balimg_error *err)
{
	int ends[2];
	int failed, status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_sys(err, "cannot run %s", argv[0]);
	failed = start(argv, env, ends[1], &pid);
	close(ends[1]);
	if (failed) {
		close(ends[0]);
		errno = failed;
		return error_sys(err, "cannot run %s", argv[0]);
	}
	collect(ends[0], output, limit);
	close(ends[0]);
	if (wait_for(pid, &status) < 0)
		return error_sys(err, "%s", argv[0]);
	if (!WIFEXITED(status))
		return error_set(err, BALIMG_E_IO, "%s was ended by signal %d",
				 argv[0], WTERMSIG(status));
	if (output->failed)
		return error_nomem(err);
	return WEXITSTATUS(status);
}

/* ---- kept at hand -------------------------------------------------- */

/* In a group of its own, with the signals as a fresh program has them. */
static int
prepare_group(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int failed;

	sigemptyset(&none);
	sigfillset(&all);
	failed = posix_spawnattr_setpgroup(attributes, 0);
	if (!failed)
		failed = posix_spawnattr_setsigmask(attributes, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(attributes, &all);
	if (!failed)
		failed = posix_spawnattr_setflags(
			attributes, POSIX_SPAWN_SETPGROUP |
					    POSIX_SPAWN_SETSIGMASK |
					    POSIX_SPAWN_SETSIGDEF);
	return failed;
}

static int
prepare_files(posix_spawn_file_actions_t *actions, int fd)
{
	int failed = posix_spawn_file_actions_adddup2(actions, fd,
						      STDIN_FILENO);

	if (!failed)
		failed = posix_spawn_file_actions_addopen(
			actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_addopen(
			actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	return failed;
}

/* Start @argv with what was prepared; returns an errno. */
static int
start_prepared(char *const argv[], char *const env[], int fd,
	       posix_spawn_file_actions_t *actions,
	       posix_spawnattr_t *attributes, pid_t *pid)
{
	int failed = prepare_group(attributes);

	if (!failed)
		failed = prepare_files(actions, fd);
	if (!failed)
		failed = posix_spawn(pid, argv[0], actions, attributes, argv,
				     env);
	return failed;
}

int
process_start(char *const argv[], char *const env[], int fd, pid_t *pid,
	      struct balimg_error *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed = posix_spawn_file_actions_init(&actions);

	*pid = 0;
	if (!failed) {
		failed = posix_spawnattr_init(&attributes);
		if (!failed) {
			failed = start_prepared(argv, env, fd, &actions,
						&attributes, pid);
			posix_spawnattr_destroy(&attributes);
		}
		posix_spawn_file_actions_destroy(&actions);
	}
	if (!failed)
		return 0;
	*pid = 0;
	errno = failed;
	return error_sys(err, "cannot run %s", argv[0]);
}

/* Has @pid ended?  It stays there to be waited for. */
static bool
has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) <
		       0 ||
	       info.si_pid == pid;
}

void
process_end(pid_t pid, unsigned milliseconds)
{
	static const struct timespec moment = { .tv_nsec = 10000000 };
	int status;

	for (; milliseconds >= 10 && !has_ended(pid); milliseconds -= 10)
		nanosleep(&moment, NULL);
	kill(-pid, SIGKILL);
	(void)wait_for(pid, &status);
}
