/* keyfile-advice.c - what is sound in a profile, but likely not meant
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "document/keyfile-line.h"

/* The sample that the OS ships; its name and password are known to all. */
#define SAMPLE_SSID "My_Wifi_Ssid"

#define SEPARATORS "/,; "
#define LINK_LOCAL "fe80:" /* such a gateway is in no other net */

/* ---- Wi-Fi --------------------------------------------------------- */

static bool
is_wifi(const struct keyfile *keyfile)
{
	const char *type = keyfile_get(keyfile, "connection", "type");

	return type ? keyfile_group_is(type, "wifi") :
		      keyfile_has_group(keyfile, "wifi");
}

bool
keyfile_uses_wep(const struct keyfile *keyfile)
{
	static const char *const keys[] = { "wep-key0", "wep-key1", "wep-key2",
					    "wep-key3" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keyfile_get_broken(keyfile, "wifi-security", keys[i]))
			return true;
	return false;
}

static void
advise_wifi(const struct keyfile *keyfile, struct plan *plan,
	    const char *where)
{
	const char *ssid = keyfile_get(keyfile, "wifi", "ssid");

	if (ssid && !strcmp(ssid, SAMPLE_SSID))
		plan_note(plan, PLAN_WARNING, where,
			  "has the name of the sample network, which anyone "
			  "can set up");
	else if (!keyfile_has_group(keyfile, "wifi-security"))
		plan_note(plan, PLAN_NOTE, where,
			  "asks for no password: the device joins any open "
			  "network of this name");
}

/* ---- gateways ------------------------------------------------------ */

/* The first address of a group, and its gateway, as they are written. */
struct route {
	const char *address, *gateway;
};

static int
find_route(void *data, const char *key, const char *value)
{
	struct route *route = data;

	if (value && !route->address && keyfile_is_address_key(key))
		route->address = value;
	if (value && *value && !strcmp(key, "gateway"))
		route->gateway = value;
	return 0;
}

/* Copy the word at *@text, and step to the next one. */
static void
take_word(const char **text, char word[INET6_ADDRSTRLEN])
{
	size_t len = strcspn(*text, SEPARATORS);
	size_t kept = len < INET6_ADDRSTRLEN ? len : 0;

	memcpy(word, *text, kept);
	word[kept] = '\0';
	*text += len;
	*text += strspn(*text, SEPARATORS);
}

static bool
is_same_net(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8;
	uint8_t mask = (uint8_t)(0xff00u >> (bits % 8));

	return !memcmp(a, b, whole) &&
	       (!(bits % 8) || !((a[whole] ^ b[whole]) & mask));
}

/* A gateway that the device cannot reach is a slip, but for one that only
 * has to be on the same wire. */
static void
advise_gateway(const struct keyfile *keyfile, const char *name, int family,
	       struct plan *plan, const char *where)
{
	struct route route = { NULL, NULL };
	char address[INET6_ADDRSTRLEN], bits[INET6_ADDRSTRLEN];
	char gateway[INET6_ADDRSTRLEN];
	uint8_t host[16], router[16];
	unsigned length, most = family == AF_INET ? 32 : 128;
	const char *rest;

	(void)keyfile_each(keyfile, name, find_route, &route);
	if (!route.address)
		return;
	rest = route.address;
	take_word(&rest, address);
	take_word(&rest, bits);
	if (!*rest)
		rest = route.gateway ? route.gateway : "";
	take_word(&rest, gateway);
	length = (unsigned)strtoul(bits, NULL, 10);
	if (!length || length >= most ||
	    !strncmp(gateway, LINK_LOCAL, strlen(LINK_LOCAL)) ||
	    inet_pton(family, address, host) != 1 ||
	    inet_pton(family, gateway, router) != 1)
		return;
	if (!is_same_net(host, router, length))
		plan_note(plan, PLAN_WARNING, where,
			  "the gateway %s is outside of the net of %s/%u",
			  gateway, address, length);
	else if (!memcmp(host, router, most / 8))
		plan_note(plan, PLAN_WARNING, where,
			  "the gateway %s is the device's own address",
			  gateway);
}

void
keyfile_advise(const struct keyfile *keyfile, struct plan *plan,
	       const char *where)
{
	if (is_wifi(keyfile))
		advise_wifi(keyfile, plan, where);
	advise_gateway(keyfile, "ipv4", AF_INET, plan, where);
	advise_gateway(keyfile, "ipv6", AF_INET6, plan, where);
}
