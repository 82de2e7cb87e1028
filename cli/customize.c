/* customize.c - many edits, one write
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each option is an edit; they are carried out in the order in which they
 * stand.  --psk belongs to the --wifi in front of it.
 */
#include <config.h>

#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "input.h"
#include "network.h"
#include "put.h"
#include "report.h"
#include "ssh.h"
#include "topic.h"
#include "udev.h"
#include "xalloc.h"

enum {
	OPTION_SET = OPTION_OWN,
	OPTION_SET_JSON,
	OPTION_UNSET,
	OPTION_SPLASH,
	OPTION_UDEV,
	OPTION_SSH_KEY,
	OPTION_WIFI,
	OPTION_PSK,
	OPTION_NETWORK,
	OPTION_DEV,
	OPTION_PUT,
};

static int
add_ssh_key(struct context *ctx, const char *path)
{
	return strcmp(path, "agent") ? ssh_add_file(ctx, path) :
				       ssh_add_agent(ctx);
}

static int
add_dev(struct context *ctx, const char *value)
{
	if (!strcmp(value, "on"))
		return edit_add(ctx, BALIMG_DEV_ON, NULL, NULL, 0);
	if (!strcmp(value, "off"))
		return edit_add(ctx, BALIMG_DEV_OFF, NULL, NULL, 0);
	return fail_usage(ctx, "--dev takes on or off, not \"%s\"", value);
}

/* Append the network that options described so far, if there is one. */
static int
finish_wifi(struct context *ctx, json_t **wifi)
{
	AUTO_JSON json_t *done = *wifi;

	*wifi = NULL;
	return done ? network_add_wifi(ctx, done, NULL) : 0;
}

static int
begin_wifi(struct context *ctx, json_t **wifi, const char *ssid)
{
	if (finish_wifi(ctx, wifi) < 0)
		return -1;
	*wifi = xjson(json_object());
	return network_set(ctx, *wifi, "ssid", ssid);
}

static int
add_psk(struct context *ctx, json_t *wifi, const char *psk)
{
	if (!wifi)
		return fail_usage(ctx, "--psk belongs behind a --wifi");
	return network_set(ctx, wifi, "psk", psk);
}

static int
take_option(struct context *ctx, const struct given *given, json_t **wifi)
{
	const char *value = given->value;

	switch (given->option->id) {
	case OPTION_SET:
		return input_assignment(ctx, value, false);
	case OPTION_SET_JSON:
		return input_assignment(ctx, value, true);
	case OPTION_UNSET:
		return edit_add(ctx, BALIMG_CONFIG_UNSET, value, NULL, 0);
	case OPTION_SPLASH:
		return input_splash(ctx, value);
	case OPTION_UDEV:
		return udev_add_file(ctx, value, NULL);
	case OPTION_SSH_KEY:
		return add_ssh_key(ctx, value);
	case OPTION_WIFI:
		return begin_wifi(ctx, wifi, value);
	case OPTION_PSK:
		return add_psk(ctx, *wifi, value);
	case OPTION_NETWORK:
		return network_add_file(ctx, value, NULL);
	case OPTION_DEV:
		return add_dev(ctx, value);
	case OPTION_PUT:
		return put_add_assignment(ctx, value);
	default:
		return 0;
	}
}

static bool
is_edit(const struct given *given)
{
	return given->option->id >= OPTION_OWN;
}

static int
customize(struct context *ctx, int argc, char **argv)
{
	AUTO_JSON json_t *wifi = NULL;
	bool any = false;
	size_t i;

	(void)argc, (void)argv;
	for (i = 0; i < ctx->given_count; i++) {
		any |= is_edit(&ctx->given[i]);
		if (take_option(ctx, &ctx->given[i], &wifi) < 0)
			return -1;
	}
	if (!any)
		return fail_usage(ctx, "no option says what to change");
	return finish_wifi(ctx, &wifi);
}

static const struct option options[] = {
	{ OPTION_SET, 0, "set", "KEY=VALUE",
	  "set a key of config.json, as `config set` does" },
	{ OPTION_SET_JSON, 0, "set-json", "KEY=JSON",
	  "set a key of config.json to a JSON value" },
	{ OPTION_UNSET, 0, "unset", "KEY", "remove a key of config.json" },
	{ OPTION_SPLASH, 0, "splash", "PNG", "replace the boot splash" },
	{ OPTION_UDEV, 0, "udev", "FILE", "add udev rules" },
	{ OPTION_SSH_KEY, 0, "ssh-key", "FILE",
	  "add the public keys in FILE; `agent` stands for those of the "
	  "running SSH agent" },
	{ OPTION_WIFI, 0, "wifi", "SSID", "add a Wi-Fi network" },
	{ OPTION_PSK, 0, "psk", "@FILE",
	  "the password of the network in front: from a file, from standard "
	  "input (`@-`), or as it stands" },
	{ OPTION_NETWORK, 0, "network", "FILE",
	  "add a NetworkManager connection file" },
	{ OPTION_DEV, 0, "dev", "on|off", "turn development mode on or off" },
	{ OPTION_PUT, 0, "put", "FILE=PART/PATH", "copy FILE into the image" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "",
		.operands = "IMAGE",
		.summary = "make many edits in one write",
		.text = topic_values,
		.options = options,
		.edit = customize,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg customize sdcard.img --set hostname=kiosk "
	  "--splash logo.png --ssh-key agent --wifi Workshop "
	  "--psk @psk.txt --dev on",
	  "All at once:" },
	{ "balimg customize base.img -o kiosk.img --set hostname=kiosk",
	  "Into a copy:" },
	{ 0 },
};

const struct command cmd_customize = {
	.name = "customize",
	.alias = "customise",
	.group = GROUP_CUSTOMISE,
	.summary = "make many edits in one write",
	.text = "Each option is an edit, carried out in the order in which "
		"they stand; options may be given several times. The image "
		"gets all edits or none.",
	.verbs = verbs,
	.examples = examples,
};
