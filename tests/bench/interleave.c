/* interleave.c - time commands in turn, so that no one gets the quiet hour
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: interleave ROUNDS <SUBJECTS
 *
 * Each line of standard input is a subject, its fields parted by tabs: a
 * name; a command that prepares a run, untimed, or nothing; and one or more
 * commands that are the run.  Commands are split at blanks and started
 * without a shell, which would cost more than some of them.  "!VAR=VALUE"
 * before a command sets a variable for it.
 *
 * Each round runs every subject once.  The answer is one line per subject:
 * its name, the median, the fastest and the slowest run in milliseconds, and
 * the largest memory of a process in KiB, parted by tabs.  A command that
 * fails ends it all.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_SUBJECTS 32
#define MAX_FIELDS   8
#define MAX_WORDS    64
#define MAX_ROUNDS   1000

struct subject {
	char *fields[MAX_FIELDS]; /* name, preparation, commands */
	int count;
	double runs[MAX_ROUNDS]; /* milliseconds */
	long memory;		 /* KiB */
};

static struct subject subjects[MAX_SUBJECTS];

static void
give_up(const char *what, const char *name)
{
	fprintf(stderr, "interleave: %s: %s\n", what, name);
	exit(1);
}

static char *
copy(const char *text)
{
	char *made = strdup(text);

	if (!made)
		give_up("no memory", text);
	return made;
}

static double
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* The child's part: become @command, quietly. */
static void
become(const char *command)
{
	char *words[MAX_WORDS + 1] = { NULL };
	char *at = NULL;
	char *word = strtok_r(copy(command), " ", &at);
	int count = 0;
	int quiet;

	for (; word && *word == '!'; word = strtok_r(NULL, " ", &at))
		putenv(word + 1);
	for (; word && count < MAX_WORDS; word = strtok_r(NULL, " ", &at))
		words[count++] = word;

	quiet = open("/dev/null", O_RDWR);
	if (quiet < 0 || dup2(quiet, 0) < 0 || dup2(quiet, 1) < 0 ||
	    dup2(quiet, 2) < 0)
		_exit(126);
	execvp(words[0], words);
	_exit(127);
}

/* Run @command to its end; the most memory it had, in KiB. */
static long
run(const char *command)
{
	struct rusage usage;
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		give_up("cannot fork", command);
	if (!pid)
		become(command);
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			give_up("cannot wait", command);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		give_up("failed", command);
	return usage.ru_maxrss;
}

static void
run_subject(struct subject *subject, int round)
{
	double began;
	long memory;
	int i;

	if (*subject->fields[1])
		run(subject->fields[1]);
	began = now();
	for (i = 2; i < subject->count; i++) {
		memory = run(subject->fields[i]);
		if (memory > subject->memory)
			subject->memory = memory;
	}
	subject->runs[round] = now() - began;
}

static int
compare_runs(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static void
read_subject(struct subject *subject, const char *line)
{
	char *rest = copy(line);
	char *field;

	rest[strcspn(rest, "\n")] = '\0';
	while ((field = strsep(&rest, "\t")))
		if (subject->count < MAX_FIELDS)
			subject->fields[subject->count++] = field;
	if (subject->count < 3)
		give_up("not NAME, PREPARATION, COMMAND...", line);
}

int
main(int argc, char **argv)
{
	int rounds = argc == 2 ? (int)strtol(argv[1], NULL, 10) : 0;
	char line[8192];
	int count = 0;
	int i, round;

	if (rounds < 1 || rounds > MAX_ROUNDS)
		give_up("usage", "interleave ROUNDS <SUBJECTS");
	while (count < MAX_SUBJECTS && fgets(line, sizeof(line), stdin))
		read_subject(&subjects[count++], line);

	for (round = 0; round < rounds; round++)
		for (i = 0; i < count; i++)
			run_subject(&subjects[i], round);

	for (i = 0; i < count; i++) {
		qsort(subjects[i].runs, (size_t)rounds, sizeof(double),
		      compare_runs);
		printf("%s\t%.2f\t%.2f\t%.2f\t%ld\n", subjects[i].fields[0],
		       subjects[i].runs[rounds / 2], subjects[i].runs[0],
		       subjects[i].runs[rounds - 1], subjects[i].memory);
	}
	return 0;
}
