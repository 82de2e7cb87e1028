/* replay.c - run a fuzz target over inputs in files, without a fuzzer
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: fuzz-NAME [FILE...]
 *
 * Without arguments, over all of its corpus, tests/fuzz/corpus/NAME; each
 * input may take ten seconds.
 */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define SECONDS_PER_INPUT 10

static void
give_up(const char *what)
{
	perror(what);
	exit(99);
}

/* An exact copy on the heap, so that a sanitizer sees the bounds. */
static void
replay_file(const char *path)
{
	struct stat st;
	uint8_t *data;
	size_t len = 0;
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		give_up(path);
	data = malloc((size_t)st.st_size);
	if (!data && st.st_size)
		give_up(path);
	while (len < (size_t)st.st_size) {
		got = read(fd, data + len, (size_t)st.st_size - len);
		if (got <= 0)
			give_up(path);
		len += (size_t)got;
	}
	close(fd);

	/* Seen only if the target crashes or the alarm ends it. */
	printf("%s\n", path);
	alarm(SECONDS_PER_INPUT);
	LLVMFuzzerTestOneInput(data, len);
	alarm(0);
	free(data);
}

/* The number of inputs in @folder, which becomes the current one. */
static int
replay_folder(const char *folder)
{
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	dir = opendir(folder);
	if (!dir || chdir(folder) < 0)
		give_up(folder);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		replay_file(entry->d_name);
		count++;
	}
	closedir(dir);
	return count;
}

int
main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	const char *name = strrchr(argv[0], '/');
	char folder[4096];
	int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 1; i < argc; i++)
		replay_file(argv[i]);
	if (argc > 1)
		return 0;

	name = name ? name + 1 : argv[0];
	if (strncmp(name, "fuzz-", 5)) {
		fprintf(stderr, "%s: not called fuzz-NAME\n", name);
		return 99;
	}
	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s",
		 srcdir ? srcdir : ".", name + 5);
	if (!replay_folder(folder)) {
		fprintf(stderr, "%s: empty\n", folder);
		return 99;
	}
	return 0;
}
