/* ssh.c - SSH keys in config.json
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "input.h"
#include "report.h"
#include "ssh.h"
#include "table.h"

enum {
	OPTION_AGENT = OPTION_OWN
};

int
ssh_add_file(struct context *ctx, const char *path)
{
	AUTO_FREE char *lines = NULL;
	size_t len;

	if (input_read(ctx, path, &lines, &len) < 0)
		return -1;
	return edit_add(ctx, BALIMG_SSH_ADD, input_title(path), lines, len);
}

int
ssh_add_agent(struct context *ctx)
{
	return edit_add(ctx, BALIMG_SSH_ADD_AGENT, NULL, NULL, 0);
}

static int
add_keys(struct context *ctx, int argc, char **argv)
{
	bool agent = context_has(ctx, OPTION_AGENT);
	int i;

	if (!argc && !agent)
		return fail_usage(ctx, "which keys? FILE, - or --agent");
	for (i = 0; i < argc; i++) {
		if (ssh_add_file(ctx, argv[i]) < 0)
			return -1;
	}
	return agent ? ssh_add_agent(ctx) : 0;
}

static int
remove_keys(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (edit_add(ctx, BALIMG_SSH_REMOVE, argv[i], NULL, 0) < 0)
			return -1;
	}
	return 0;
}

/* What is no key lets nobody in, but should be seen. */
static void
add_key(struct table *table, const json_t *key)
{
	bool valid = *answer_string(key, "fingerprint");

	table_add(table, valid ? answer_string(key, "type") : "no key");
	table_add(table, answer_string(key, "fingerprint"));
	table_add(table, answer_string(key, valid ? "comment" : "line"));
	table_add(table, answer_string(key, "options"));
}

static int
list_keys(struct context *ctx, int argc, char **argv)
{
	struct table table = { .heads = { "TYPE", "FINGERPRINT", "COMMENT",
					  "OPTIONS" } };
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *keys = NULL;
	const json_t *key;
	size_t i;

	(void)argc, (void)argv;
	text = balimg_ssh_list(ctx->image, &ctx->err);
	keys = answer_parse(ctx, text);
	if (!keys)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	json_array_foreach(keys, i, key)
		add_key(&table, key);
	table_print(ctx, stdout, &table, 0);
	return 0;
}

static const struct option add_options[] = {
	{ OPTION_AGENT, 0, "agent", NULL,
	  "the keys of the running SSH agent" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "add",
		.operands = "IMAGE [FILE...]",
		.summary = "add public keys",
		.text = "FILE holds keys as `id_ed25519.pub` or "
			"authorized_keys does, and may be - for standard "
			"input. A key that is there already is not added "
			"again. Private keys are refused.",
		.options = add_options,
		.edit = add_keys,
	},
	{
		.name = "list",
		.operands = "IMAGE",
		.summary = "list the keys",
		.read = list_keys,
	},
	{
		.name = "rm",
		.operands = "IMAGE SSH-KEY...",
		.summary = "remove keys",
		.text = "SSH-KEY is a fingerprint as `list` shows it, a "
			"comment, or a whole line.",
		.edit = remove_keys,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg ssh add sdcard.img ~/.ssh/id_ed25519.pub",
	  "Let yourself in:" },
	{ "balimg ssh add --agent sdcard.img", "With all keys you use now:" },
	{ 0 },
};

const struct command cmd_ssh = {
	.name = "ssh",
	.group = GROUP_CUSTOMISE,
	.summary = "public keys that may log in to the device",
	.text = "The keys are kept in config.json, as os.sshKeys, and before "
		"2.20.0 in the root file system, as root's authorized_keys. "
		"Every type of OpenSSH keys is known; a warning tells if the "
		"image's SSH server cannot use one.",
	.verbs = verbs,
	.examples = examples,
};
