/* completion.c - completing command lines in the shell
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The scripts (completion/) know nothing of balimg: they hand the words to the
 * hidden verb `candidates`, see complete.h.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "completion-scripts.h"
#include "report.h"

static int
print_script(const char *script)
{
	fputs(script, stdout);
	return 0;
}

static int
print_bash(struct context *ctx, int argc, char **argv)
{
	(void)ctx, (void)argc, (void)argv;
	return print_script(script_bash);
}

static int
print_zsh(struct context *ctx, int argc, char **argv)
{
	(void)ctx, (void)argc, (void)argv;
	return print_script(script_zsh);
}

static int
print_fish(struct context *ctx, int argc, char **argv)
{
	(void)ctx, (void)argc, (void)argv;
	return print_script(script_fish);
}

static int
print_candidates(struct context *ctx, int argc, char **argv)
{
	(void)ctx;
	complete_words(stdout, argc, argv);
	return 0;
}

static const struct verb verbs[] = {
	{
		.name = "bash",
		.operands = "",
		.summary = "print the script for bash",
		.run = print_bash,
	},
	{
		.name = "zsh",
		.operands = "",
		.summary = "print the script for zsh",
		.run = print_zsh,
	},
	{
		.name = "fish",
		.operands = "",
		.summary = "print the script for fish",
		.run = print_fish,
	},
	{
		.name = "candidates",
		.operands = "[WORD...]",
		.summary = "what may stand for the last word",
		.hidden = true,
		.run = print_candidates,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "source <(balimg completion bash)", "In ~/.bashrc:" },
	{ "source <(balimg completion zsh)", "In ~/.zshrc, after compinit:" },
	{ "balimg completion fish | source",
	  "In ~/.config/fish/config.fish:" },
	{ 0 },
};

const struct command cmd_completion = {
	.name = "completion",
	.group = GROUP_HELP,
	.summary = "make the shell complete command lines",
	.text = "Commands, verbs, options, configuration keys and, from the "
		"image itself, partitions, files, rules, keys and networks "
		"are completed. `make install` puts the scripts where the "
		"shells find them; elsewhere, have the shell read them when "
		"it starts.",
	.verbs = verbs,
	.examples = examples,
};
