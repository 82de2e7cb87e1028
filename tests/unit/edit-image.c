/* edit-image.c - the public calls as a command, for tests in shell
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: edit-image IMAGE [OPTION]... WORD [ARGUMENT]...
 *
 * Words that look print what the library tells; words that edit are staged
 * together, and the plan is printed.  An argument "@FILE" stands for what is
 * in FILE, "" for NULL.  Options: -w open for writing and commit in place,
 * -o FILE commit to FILE, -u FILE keep an undo file, -f force, -s show
 * secrets, -y BALIMG_YES, -e direct or -e guestfs, -k FILE the key in FILE.
 * A failure prints its code, place, sentence and hint, one a line, and exits
 * as the command line would.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "balimg.h"

static struct balimg_error err;
static struct balimg_image *image;
static struct balimg_edits *edits;
static unsigned flags;
static int staged;

static void
fail(void)
{
	printf("%s\n%s\n%s\n%s\n", balimg_code_name(err.code), err.where,
	       err.message, err.hint);
	fflush(stdout);
	_exit(balimg_exit_status(err.code));
}

static void
must(int ret)
{
	if (ret < 0)
		fail();
}

static void
show(char *text)
{
	if (!text)
		fail();
	puts(text);
	balimg_free(text);
}

/* The bytes that argument @arg stands for. */
static char *
read_argument(const char *arg, size_t *len)
{
	FILE *file;
	char *data;

	*len = strlen(arg);
	if (*arg != '@')
		return *arg ? strdup(arg) : NULL;
	file = fopen(arg + 1, "re");
	data = malloc(16u << 20);
	if (!file || !data) {
		perror(arg + 1);
		exit(125);
	}
	*len = fread(data, 1, (16u << 20) - 1, file);
	data[*len] = '\0';
	fclose(file);
	return data;
}

/* ---- words that look ----------------------------------------------- */

static char *
look_info(char **argv)
{
	(void)argv;
	return balimg_info(image, flags, &err);
}

static char *
look_get(char **argv)
{
	return balimg_config_get(image, *argv[0] ? argv[0] : NULL, flags,
				 &err);
}

static char *
look_config_check(char **argv)
{
	(void)argv;
	return balimg_config_check(image, &err);
}

static char *
look_schema(char **argv)
{
	(void)argv;
	return balimg_config_schema(&err);
}

static char *
look_splash(char **argv)
{
	(void)argv;
	return balimg_splash_status(image, &err);
}

static char *
look_udev(char **argv)
{
	(void)argv;
	return balimg_udev_list(image, &err);
}

static char *
look_ssh(char **argv)
{
	(void)argv;
	return balimg_ssh_list(image, &err);
}

static char *
look_networks(char **argv)
{
	(void)argv;
	return balimg_network_list(image, flags, &err);
}

static char *
look_dev(char **argv)
{
	(void)argv;
	return balimg_development_status(image, &err);
}

static char *
look_check(char **argv)
{
	(void)argv;
	return balimg_check(image, &err);
}

static char *
look_ls(char **argv)
{
	return balimg_file_list(image, argv[0], argv[1], &err);
}

static const struct {
	const char *word;
	int arguments;
	char *(*look)(char **argv);
} looks[] = {
	{ "info", 0, look_info },
	{ "get", 1, look_get },
	{ "config-check", 0, look_config_check },
	{ "schema", 0, look_schema },
	{ "splash", 0, look_splash },
	{ "udev", 0, look_udev },
	{ "ssh", 0, look_ssh },
	{ "networks", 0, look_networks },
	{ "dev", 0, look_dev },
	{ "check", 0, look_check },
	{ "ls", 2, look_ls },
};

/* ---- words that edit ----------------------------------------------- */

/* Which arguments are the edit's name and data, counted from 1; 0: none. */
static const struct {
	const char *word;
	enum balimg_op op;
	int name, data;
} words[] = {
	{ "set", BALIMG_CONFIG_SET, 1, 2 },
	{ "set-json", BALIMG_CONFIG_SET_JSON, 1, 2 },
	{ "unset", BALIMG_CONFIG_UNSET, 1, 0 },
	{ "merge", BALIMG_CONFIG_MERGE, 0, 1 },
	{ "inject", BALIMG_CONFIG_INJECT, 0, 1 },
	{ "splash-set", BALIMG_SPLASH_SET, 0, 1 },
	{ "splash-reset", BALIMG_SPLASH_RESET, 0, 0 },
	{ "udev-add", BALIMG_UDEV_ADD, 1, 2 },
	{ "udev-rm", BALIMG_UDEV_REMOVE, 1, 0 },
	{ "ssh-add", BALIMG_SSH_ADD, 0, 1 },
	{ "ssh-rm", BALIMG_SSH_REMOVE, 1, 0 },
	{ "network-add", BALIMG_NETWORK_ADD, 1, 2 },
	{ "network-wifi", BALIMG_NETWORK_WIFI, 1, 2 },
	{ "network-rm", BALIMG_NETWORK_REMOVE, 1, 0 },
	{ "dev-on", BALIMG_DEV_ON, 0, 0 },
	{ "dev-off", BALIMG_DEV_OFF, 0, 0 },
	{ "put", BALIMG_FILE_PUT, 1, 2 },
	{ "rm", BALIMG_FILE_REMOVE, 1, 0 },
	{ "mkdir", BALIMG_FILE_MKDIR, 1, 0 },
};

/* Add the edit at argv[0]; returns how many words it took, 0 if it is none. */
static int
add_edit(int argc, char **argv)
{
	size_t len = 0;
	char *data = NULL;
	char *name = NULL;
	size_t i;
	int took;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!strcmp(argv[0], words[i].word))
			break;
	}
	if (i == sizeof(words) / sizeof(*words))
		return 0;
	took = words[i].data > words[i].name ? words[i].data : words[i].name;
	if (took >= argc)
		return 0;
	if (words[i].name && *argv[words[i].name])
		name = argv[words[i].name];
	if (words[i].data)
		data = read_argument(argv[words[i].data], &len);
	must(balimg_edits_add(edits, words[i].op, name, data, len, &err));
	free(data);
	staged = 1;
	return took + 1;
}

/* Look as argv[0] says; returns as add_edit(). */
static int
look(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
		if (strcmp(argv[0], looks[i].word) != 0 ||
		    looks[i].arguments >= argc)
			continue;
		show(looks[i].look(argv + 1));
		return looks[i].arguments + 1;
	}
	return 0;
}

/* The words that are neither. */
static int
other(int argc, char **argv)
{
	char *data;
	size_t len;
	int fd;

	if (!strcmp(argv[0], "cat") && argc > 2) {
		must(balimg_file_get(image, argv[1], argv[2], 1, &err));
		return 3;
	}
	if (!strcmp(argv[0], "splash-get")) {
		must(balimg_splash_get(image, &data, &len, &err));
		fwrite(data, 1, len, stdout);
		balimg_free(data);
		return 1;
	}
	if (!strcmp(argv[0], "put-file") && argc > 2) {
		fd = open(argv[2], O_RDONLY | O_CLOEXEC);
		must(balimg_edits_add_file(edits, argv[1], fd, &err));
		close(fd);
		staged = 1;
		return 3;
	}
	if (!strcmp(argv[0], "repair")) {
		must(balimg_repair(image, &err));
		staged = 1;
		return 1;
	}
	if (!strcmp(argv[0], "undo") && argc > 1) {
		must(balimg_undo(image, argv[1], &err));
		staged = 1;
		return 2;
	}
	return 0;
}

static void
run(int argc, char **argv)
{
	int took;

	for (; argc > 0; argc -= took, argv += took) {
		took = look(argc, argv);
		if (!took)
			took = add_edit(argc, argv);
		if (!took)
			took = other(argc, argv);
		if (!took) {
			fprintf(stderr, "edit-image: %s?\n", argv[0]);
			exit(125);
		}
	}
}

static void
set_key(const char *path)
{
	char word[4096];
	char *key;
	size_t len;

	if (!path)
		return;
	snprintf(word, sizeof(word), "@%s", path);
	key = read_argument(word, &len);
	must(balimg_set_key(image, key, len, &err));
	free(key);
}

int
main(int argc, char **argv)
{
	const char *output = NULL;
	const char *undo = NULL;
	unsigned open_flags = 0;
	enum balimg_engine engine = BALIMG_ENGINE_AUTO;
	const char *key = NULL;
	int option;

	/* The image stands before the options. */
	while ((option = getopt(argc - 1, argv + 1, "+wfsye:k:o:u:")) != -1) {
		if (option == 'w')
			open_flags |= BALIMG_WRITE;
		else if (option == 'y')
			open_flags |= BALIMG_YES;
		else if (option == 'f')
			flags |= BALIMG_FORCE;
		else if (option == 's')
			flags |= BALIMG_SHOW_SECRETS;
		else if (option == 'e')
			engine = *optarg == 'd' ? BALIMG_ENGINE_DIRECT :
						  BALIMG_ENGINE_GUESTFS;
		else if (option == 'k')
			key = optarg;
		else if (option == 'o')
			output = optarg;
		else
			undo = optarg;
	}
	image = balimg_open(argv[1], open_flags, &err);
	edits = image ? balimg_edits_new(&err) : NULL;
	if (!edits)
		fail();
	balimg_set_engine(image, engine);
	set_key(key);
	run(argc - 1 - optind, argv + 1 + optind);
	if (staged)
		must(balimg_apply(image, edits, flags, &err));
	if (staged)
		show(balimg_plan(image, flags, &err));
	if (output || (staged && open_flags & BALIMG_WRITE))
		show(balimg_commit(image, output, undo, flags, &err));
	balimg_edits_free(edits);
	balimg_close(image);
	return 0;
}
