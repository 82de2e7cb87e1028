/* network.c - the networks a device joins
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cleanup.h"
#include "command.h"
#include "edit.h"
#include "input.h"
#include "network.h"
#include "report.h"
#include "table.h"
#include "xalloc.h"

enum {
	OPTION_NAME = OPTION_OWN,
	OPTION_SSID,
	OPTION_PSK,
	OPTION_WPA3,
	OPTION_HIDDEN,
	OPTION_ADDRESS,
	OPTION_GATEWAY,
	OPTION_DNS,
	OPTION_ADDRESS6,
	OPTION_GATEWAY6,
};

int
network_add_file(struct context *ctx, const char *path, const char *name)
{
	AUTO_FREE char *base = NULL;
	AUTO_FREE char *text = NULL;
	size_t len;

	if (!name && !strcmp(path, "-"))
		return fail_usage(ctx, "a connection from standard input "
				       "needs --name");
	base = name ? xasprintf("%s", name) : input_base_name(path, "");
	if (input_read(ctx, path, &text, &len) < 0)
		return -1;
	return edit_add(ctx, BALIMG_NETWORK_ADD, base, text, len);
}

int
network_set(struct context *ctx, json_t *wifi, const char *key,
	    const char *text)
{
	AUTO_FREE char *data = NULL;
	json_t *value;
	size_t len;

	if (input_value(ctx, text, &data, &len) < 0)
		return -1;
	value = json_stringn(data, len);
	if (!value)
		return fail(ctx, BALIMG_E_INVALID, "the %s is not UTF-8", key);
	answer_set(wifi, key, value);
	return 0;
}

int
network_add_wifi(struct context *ctx, const json_t *wifi, const char *name)
{
	AUTO_FREE char *text = json_dumps(wifi, JSON_COMPACT);

	if (!text)
		out_of_memory();
	return edit_add(ctx, BALIMG_NETWORK_WIFI, name, text, strlen(text));
}

static int
add_networks(struct context *ctx, int argc, char **argv)
{
	const char *name = context_value(ctx, OPTION_NAME);
	int i;

	if (name && argc > 1)
		return fail_usage(ctx, "--name is for one file, not %d", argc);
	for (i = 0; i < argc; i++) {
		if (network_add_file(ctx, argv[i], name) < 0)
			return -1;
	}
	return 0;
}

/* Append to "dns", which may be given several times. */
static void
add_dns(json_t *wifi, const char *server)
{
	json_t *servers = json_object_get(wifi, "dns");

	if (!servers) {
		servers = xjson(json_array());
		answer_set(wifi, "dns", servers);
	}
	if (json_array_append_new(servers, answer_text(server)) < 0)
		out_of_memory();
}

static int
take_option(struct context *ctx, json_t *wifi, const struct given *given)
{
	switch (given->option->id) {
	case OPTION_SSID:
	case OPTION_PSK:
		return network_set(ctx, wifi, given->option->name,
				   given->value);
	case OPTION_ADDRESS:
	case OPTION_GATEWAY:
	case OPTION_ADDRESS6:
	case OPTION_GATEWAY6:
		answer_set(wifi, given->option->name,
			   answer_text(given->value));
		return 0;
	case OPTION_WPA3:
	case OPTION_HIDDEN:
		answer_set(wifi, given->option->name, json_true());
		return 0;
	case OPTION_DNS:
		add_dns(wifi, given->value);
		return 0;
	default:
		return 0;
	}
}

static int
add_wifi(struct context *ctx, int argc, char **argv)
{
	AUTO_JSON json_t *wifi = xjson(json_object());
	size_t i;

	(void)argc, (void)argv;
	if (!context_has(ctx, OPTION_SSID))
		return fail_usage(ctx, "--ssid is missing");
	for (i = 0; i < ctx->given_count; i++) {
		if (take_option(ctx, wifi, &ctx->given[i]) < 0)
			return -1;
	}
	return network_add_wifi(ctx, wifi, context_value(ctx, OPTION_NAME));
}

static int
remove_networks(struct context *ctx, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (edit_add(ctx, BALIMG_NETWORK_REMOVE, argv[i], NULL, 0) < 0)
			return -1;
	}
	return 0;
}

static int
list_networks(struct context *ctx, int argc, char **argv)
{
	struct table table = { .heads = { "FILE", "TYPE", "SSID", "ID",
					  "IGNORED" } };
	AUTO_TEXT char *text = NULL;
	AUTO_JSON json_t *networks = NULL;
	const json_t *network;
	size_t i;

	(void)argc, (void)argv;
	text = balimg_network_list(ctx->image, context_flags(ctx), &ctx->err);
	networks = answer_parse(ctx, text);
	if (!networks)
		return -1;
	if (answer_passed_on(ctx, text))
		return 0;
	json_array_foreach(networks, i, network) {
		table_add(&table, answer_string(network, "file"));
		table_add(&table, answer_string(network, "type"));
		table_add(&table, answer_string(network, "ssid"));
		table_add(&table, answer_string(network, "id"));
		table_add(&table,
			  answer_is_true(network, "ignored") ? "yes" : "");
	}
	table_print(ctx, stdout, &table, 0);
	return 0;
}

static const struct option add_options[] = {
	{ OPTION_NAME, 0, "name", "NAME",
	  "the name in the image, instead of the file's" },
	{ 0 },
};

static const struct option wifi_options[] = {
	{ OPTION_SSID, 0, "ssid", "SSID", "the network's name" },
	{ OPTION_PSK, 0, "psk", "@FILE",
	  "the password, from a file, from standard input (`@-`), or as it "
	  "stands; without it the network is open" },
	{ OPTION_WPA3, 0, "wpa3", NULL,
	  "the network takes WPA3 (SAE) alone, not WPA2" },
	{ OPTION_HIDDEN, 0, "hidden", NULL, "the network hides its name" },
	{ OPTION_ADDRESS, 0, "address", "IP/BITS",
	  "a static IPv4 address, instead of DHCP" },
	{ OPTION_GATEWAY, 0, "gateway", "IP", "the IPv4 gateway" },
	{ OPTION_DNS, 0, "dns", "IP",
	  "a name server; may be given several times" },
	{ OPTION_ADDRESS6, 0, "address6", "IP/BITS", "a static IPv6 address" },
	{ OPTION_GATEWAY6, 0, "gateway6", "IP", "the IPv6 gateway" },
	{ OPTION_NAME, 0, "name", "NAME",
	  "the name of the connection's file in the image" },
	{ 0 },
};

static const struct verb verbs[] = {
	{
		.name = "add",
		.operands = "IMAGE FILE...",
		.summary = "add NetworkManager connection files",
		.text = "Names that NetworkManager would ignore are refused. "
			"FILE may be - for standard input, with `--name`.",
		.options = add_options,
		.edit = add_networks,
	},
	{
		.name = "wifi",
		.operands = "IMAGE",
		.summary = "add a Wi-Fi network",
		.options = wifi_options,
		.edit = add_wifi,
	},
	{
		.name = "list",
		.operands = "IMAGE",
		.summary = "list the connection files",
		.read = list_networks,
	},
	{
		.name = "rm",
		.operands = "IMAGE CONNECTION...",
		.summary = "remove connection files, by name",
		.edit = remove_networks,
	},
	{ 0 },
};

static const struct example examples[] = {
	{ "balimg network wifi sdcard.img --ssid Workshop --psk @psk.txt",
	  "Join a Wi-Fi network:" },
	{ "balimg network add sdcard.img office.nmconnection",
	  "Add a connection made elsewhere:" },
	{ 0 },
};

const struct command cmd_network = {
	.name = "network",
	.group = GROUP_CUSTOMISE,
	.summary = "the networks a device joins",
	.text = "Connections are keyfiles of NetworkManager, in the folder "
		"`system-connections` of the boot partition, from which the "
		"device copies them when it boots.",
	.verbs = verbs,
	.examples = examples,
};
