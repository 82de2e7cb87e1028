/* network-wifi.c - a Wi-Fi profile made from what a person knows of it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <ctype.h>
#include <string.h>

#include "balenaos/places.h"
#include "document/json.h"
#include "document/keyfile.h"
#include "feature/network.h"

#define MAX_SERVERS 16 /* DNS servers of one profile */

/* A request, and what holds its texts. */
struct request {
	json_t *root;
	struct keyfile_wifi wifi;
	const char *servers[MAX_SERVERS + 1];
};

/* A member that is text, or not there. */
static int
get_text(const json_t *root, const char *key, const char **text,
	 struct balimg_error *err)
{
	const json_t *value = json_object_get(root, key);

	*text = json_string_value(value);
	if (value && !json_is_null(value) && !*text)
		return error_set(err, BALIMG_E_USAGE, "%s is no text", key);
	if (*text && strlen(*text) != json_string_length(value))
		return error_set(err, BALIMG_E_INVALID, "%s holds a NUL", key);
	return 0;
}

static int
get_servers(struct request *request, struct balimg_error *err)
{
	const json_t *list = json_object_get(request->root, "dns");
	size_t i;

	if (!list || json_is_null(list))
		return 0;
	if (!json_is_array(list))
		return error_set(err, BALIMG_E_USAGE, "dns is no list");
	if (json_array_size(list) > MAX_SERVERS)
		return error_set(err, BALIMG_E_INVALID,
				 "more than %d DNS servers", MAX_SERVERS);
	for (i = 0; i < json_array_size(list); i++) {
		request->servers[i] =
			json_string_value(json_array_get(list, i));
		if (!request->servers[i])
			return error_set(err, BALIMG_E_USAGE,
					 "dns holds what is no text");
	}
	if (i)
		request->wifi.dns = request->servers;
	return 0;
}

/* Is there a member that nothing below reads? */
static int
check_members(json_t *root, struct balimg_error *err)
{
	static const char *const known[] = {
		"id",	   "ssid",    "psk",	  "wpa3",     "hidden",
		"address", "gateway", "address6", "gateway6", "dns",
	};
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(root, key, value) {
		for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
			if (!strcmp(key, known[i]))
				break;
		}
		if (i == sizeof(known) / sizeof(*known))
			return error_set(err, BALIMG_E_USAGE,
					 "a Wi-Fi network has no %s", key);
	}
	return 0;
}

static int
read_request(struct request *request, struct balimg_error *err)
{
	struct keyfile_wifi *wifi = &request->wifi;
	const json_t *root = request->root;

	if (check_members(request->root, err) < 0 ||
	    get_text(root, "id", &wifi->id, err) < 0 ||
	    get_text(root, "ssid", &wifi->ssid, err) < 0 ||
	    get_text(root, "psk", &wifi->psk, err) < 0 ||
	    get_text(root, "address", &wifi->address, err) < 0 ||
	    get_text(root, "gateway", &wifi->gateway, err) < 0 ||
	    get_text(root, "address6", &wifi->address6, err) < 0 ||
	    get_text(root, "gateway6", &wifi->gateway6, err) < 0 ||
	    get_servers(request, err) < 0)
		return -1;
	if (!wifi->ssid)
		return error_set(err, BALIMG_E_USAGE,
				 "a Wi-Fi network needs its ssid");
	wifi->ssid_len = strlen(wifi->ssid);
	wifi->hidden = json_is_true(json_object_get(root, "hidden"));
	wifi->wpa3 = json_is_true(json_object_get(root, "wpa3"));
	return 0;
}

/* A file name from the SSID: letters, digits, dots, dashes and underlines;
 * each run of anything else becomes a dash.  To be freed. */
static char *
name_from_ssid(const char *ssid, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer name = BUFFER_INIT;
	const char *reason;
	const char *at;
	char last = '-';

	for (at = ssid; *at; at++) {
		char next = *at;

		if (!isalnum((unsigned char)next) && !strchr("._-", next))
			next = '-';
		if (next != '-' || last != '-')
			buffer_add(&name, &next, 1);
		last = next;
	}
	while (name.len && strchr("-.", name.data[name.len - 1]))
		buffer_splice(&name, name.len - 1, 1, "", 0);
	if (!name.len)
		buffer_puts(&name, "wifi");
	if (!name.failed && !keyfile_name_is_read(name.data, &reason)) {
		buffer_splice(&name, 0, 0, "wifi-", 5);
		buffer_puts(&name, ".nmconnection");
	}
	return buffer_take(&name, NULL, err);
}

/* Two SSIDs can make one name: never write over another network. */
static int
check_free(struct customization *c, const char *name, const char *ssid,
	   struct balimg_error *err)
{
	json_auto_t *list = network_list(c->os, 0, err);
	json_t *one;
	size_t i;

	if (!list)
		return -1;
	json_array_foreach(list, i, one) {
		const char *file =
			json_string_value(json_object_get(one, "file"));
		const char *other =
			json_string_value(json_object_get(one, "ssid"));

		if (!file || strcasecmp(file, name) != 0 ||
		    (other && !strcmp(other, ssid)))
			continue;
		error_set(err, BALIMG_E_REFUSED,
			  "%s/%s is there for another network",
			  PLACE_CONNECTIONS, name);
		return error_hint(err, "give this one a file name of its own");
	}
	return 0;
}

static int
put_request(struct customization *c, const struct request *request,
	    const char *given, struct balimg_error *err)
{
	AUTO_FREE char *text = keyfile_make_wifi(&request->wifi, err);
	AUTO_FREE char *made = NULL;

	if (!text)
		return error_wrap(err, "Wi-Fi network");
	if (!given) {
		made = name_from_ssid(request->wifi.ssid, err);
		if (!made || check_free(c, made, request->wifi.ssid, err) < 0)
			return -1;
	}
	return network_put(c, given ? given : made, text, strlen(text), err);
}

int
network_wifi(struct customization *c, const struct edit *edit,
	     struct balimg_error *err)
{
	struct request request = { 0 };
	int ret = -1;

	request.root = json_text_parse(edit->data, edit->len, NULL, err);
	if (!request.root)
		return error_wrap(err, "Wi-Fi network");
	if (!json_is_object(request.root))
		error_set(err, BALIMG_E_USAGE,
			  "a Wi-Fi network is given as an object");
	else if (read_request(&request, err) == 0)
		ret = put_request(c, &request, edit->name, err);
	json_decref(request.root);
	return ret;
}
