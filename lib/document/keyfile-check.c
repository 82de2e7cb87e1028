/* keyfile-check.c - would NetworkManager make a connection of it?
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * NetworkManager ignores with a warning much of what it cannot read, such as
 * an address; on a device that nobody can reach then, this is as bad as a
 * profile that it does not load, so here it is a fault.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <arpa/inet.h>

#include "document/keyfile-line.h"

#define SSID_MAX_LEN 32 /* bytes */

bool
keyfile_is_address(int family, const char *text, size_t len)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t address[16];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(family, copy, address) == 1;
}

bool
keyfile_is_prefix(int family, const char *text, size_t len)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; i < len && i < 4 && text[i] >= '0' && text[i] <= '9'; i++)
		value = 10 * value + (unsigned)(text[i] - '0');
	return i == len && value >= 1 &&
	       value <= (family == AF_INET ? 32 : 128);
}

int
keyfile_check_psk(const char *psk, struct balimg_error *err)
{
	size_t len = strlen(psk);

	if (len == 64) {
		if (strspn(psk, "0123456789abcdefABCDEF") == len)
			return 0;
		return error_set(err, BALIMG_E_INVALID,
				 "a key of 64 characters must be hexadecimal");
	}
	if (len < 8 || len > 63)
		return error_set(err, BALIMG_E_INVALID,
				 "a Wi-Fi passphrase has 8 to 63 characters, "
				 "not %zu",
				 len);
	return 0;
}

/* Read @text as numbers of up to three digits, each with a ';' behind it, as
 * NetworkManager writes bytes that are no text.  Returns how many, or 0 if
 * this is something else; @bytes may be @text itself. */
static size_t
read_byte_list(const char *text, char *bytes)
{
	static const char blanks[] = " \t\n\v\f\r";
	size_t count = 0;

	for (text += strspn(text, blanks); *text;
	     text += strspn(text, blanks)) {
		unsigned value = 0;
		size_t digits = strspn(text, "0123456789");
		size_t i;

		if (digits < 1 || digits > 3)
			return 0;
		for (i = 0; i < digits; i++)
			value = 10 * value + (unsigned)(text[i] - '0');
		text += digits;
		text += strspn(text, blanks);
		if (value > 255 || *text++ != ';')
			return 0;
		bytes[count++] = (char)value;
	}
	return count;
}

/* In an SSID that is text, "\;" is a semicolon. */
static size_t
drop_backslashes(char *text)
{
	char *to = text;
	const char *from;

	for (from = text; *from; from++) {
		if (from[0] == '\\' && from[1] == ';')
			from++;
		*to++ = *from;
	}
	return (size_t)(to - text);
}

char *
keyfile_ssid(const struct keyfile *keyfile, size_t *len,
	     struct balimg_error *err)
{
	const char *text = keyfile_get_broken(keyfile, "wifi", "ssid");
	char *ssid;

	if (!text)
		return NULL;
	ssid = strdup(text);
	if (!ssid) {
		error_nomem(err);
		return NULL;
	}
	*len = read_byte_list(text, ssid);
	if (*len == 0) {
		memcpy(ssid, text, strlen(text));
		*len = drop_backslashes(ssid);
	}
	ssid[*len] = '\0';
	return ssid;
}

static int
check_ssid(const struct keyfile *keyfile, struct balimg_error *err)
{
	AUTO_FREE char *ssid = NULL;
	struct balimg_error nomem = { 0 };
	size_t len = 0;

	ssid = keyfile_ssid(keyfile, &len, &nomem);
	if (nomem.code)
		return error_nomem(err);
	if (!ssid || len == 0)
		return error_set(err, BALIMG_E_INVALID,
				 "a Wi-Fi connection needs wifi.ssid");
	if (len > SSID_MAX_LEN)
		return error_set(err, BALIMG_E_INVALID,
				 "wifi.ssid has %zu bytes, over %d", len,
				 SSID_MAX_LEN);
	return 0;
}

/* A passphrase that is not in the file is asked for, but nobody is there. */
static int
check_psk(const struct keyfile *keyfile, bool sae, struct balimg_error *err)
{
	const char *flags = keyfile_get(keyfile, "wifi-security", "psk-flags");
	const char *psk;

	psk = keyfile_get(keyfile, "wifi-security", "psk");
	if (!psk && keyfile_get_broken(keyfile, "wifi-security", "psk")) {
		error_set(err, BALIMG_E_INVALID,
			  "wifi-security.psk has a backslash that means "
			  "nothing, so that NetworkManager ignores it");
		return error_hint(err, "a backslash is written \\\\");
	}
	if (!psk && flags && strcmp(flags, "0") != 0)
		return 0;
	if (!psk || !*psk)
		return error_set(err, BALIMG_E_INVALID,
				 "wifi-security.psk is not set");
	if (sae)
		return 0;
	if (keyfile_check_psk(psk, err) < 0)
		return error_wrap(err, "wifi-security.psk");
	return 0;
}

static int
check_security(const struct keyfile *keyfile, struct balimg_error *err)
{
	static const char *const known[] = {
		"none", "ieee8021x", "wpa-none", "wpa-psk",
		"sae",	"owe",	     "wpa-eap",	 "wpa-eap-suite-b-192",
	};
	const char *method;
	size_t i;

	if (!keyfile_has_group(keyfile, "wifi-security"))
		return 0;
	method = keyfile_get(keyfile, "wifi-security", "key-mgmt");
	if (!method)
		return error_set(err, BALIMG_E_INVALID,
				 "wifi-security.key-mgmt is not set");
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(method, known[i]))
			break;
	if (i == sizeof(known) / sizeof(known[0]))
		return error_set(err, BALIMG_E_INVALID,
				 "unknown wifi-security.key-mgmt \"%s\"",
				 method);
	if (!strcmp(method, "wpa-psk") || !strcmp(method, "sae"))
		return check_psk(keyfile, method[0] == 's', err);
	return 0;
}

/* The group under check, and what was found in it. */
struct ip_group {
	const char *name;
	int family;
	bool addresses;
	struct balimg_error *err;
};

static int
refuse_ip(const struct ip_group *group, const char *key, const char *value)
{
	return error_set(group->err, BALIMG_E_INVALID,
			 "%s.%s: \"%s\" is no %s address", group->name, key,
			 value, group->family == AF_INET ? "IPv4" : "IPv6");
}

/* ADDRESS/PREFIX,GATEWAY; any of "/,; " may separate. */
static int
check_address(const struct ip_group *group, const char *key, const char *value)
{
	static const char separators[] = "/,; ";
	const char *p = value;
	size_t len = strcspn(p, separators);

	if (!keyfile_is_address(group->family, p, len))
		return refuse_ip(group, key, value);
	p += len;
	p += strspn(p, separators);
	len = strcspn(p, separators);
	if (len && strspn(p, "0123456789") >= len) {
		if (!keyfile_is_prefix(group->family, p, len))
			return error_set(group->err, BALIMG_E_INVALID,
					 "%s.%s: \"%.*s\" is no prefix length",
					 group->name, key, (int)len, p);
		p += len;
		p += strspn(p, separators);
		len = strcspn(p, separators);
	}
	if (len && !keyfile_is_address(group->family, p, len))
		return refuse_ip(group, key, value);
	return 0;
}

/* Servers, each with a ';' behind it, but for the last.  Newer releases take
 * other forms, too, with a '#' or a "://". */
static int
check_dns(const struct ip_group *group, const char *key, const char *value)
{
	const char *p;
	size_t len;

	for (p = value; *p; p += len + (p[len] == ';')) {
		len = strcspn(p, ";");
		if (len == 0 || memchr(p, '#', len) || memchr(p, '/', len))
			continue;
		if (!keyfile_is_address(group->family, p, len))
			return refuse_ip(group, key, value);
	}
	return 0;
}

bool
keyfile_is_address_key(const char *key)
{
	if (strncmp(key, "address", 7) != 0)
		return false;
	key += 7;
	if (!strncmp(key, "es", 2))
		key += 2;
	return strspn(key, "0123456789") == strlen(key);
}

static int
check_ip_entry(void *data, const char *key, const char *value)
{
	struct ip_group *group = data;

	if (keyfile_is_address_key(key)) {
		group->addresses = true;
		return value ? check_address(group, key, value) :
			       refuse_ip(group, key, "");
	}
	if (!value)
		return 0;
	if (!strcmp(key, "gateway") && *value &&
	    !keyfile_is_address(group->family, value, strlen(value)))
		return refuse_ip(group, key, value);
	if (!strcmp(key, "dns"))
		return check_dns(group, key, value);
	return 0;
}

static int
check_ip(const struct keyfile *keyfile, const char *name, int family,
	 struct balimg_error *err)
{
	struct ip_group group = { .name = name, .family = family, .err = err };
	const char *method = keyfile_get(keyfile, name, "method");

	if (keyfile_each(keyfile, name, check_ip_entry, &group) < 0)
		return -1;
	if (method && !strcmp(method, "manual") && !group.addresses)
		return error_set(
			err, BALIMG_E_INVALID,
			"%s.method is manual, but there is no address", name);
	return 0;
}

/* The type of connection; without connection.type NetworkManager takes the
 * group that can stand for one. */
static const char *
connection_type(const struct keyfile *keyfile)
{
	static const char *const bases[] = {
		"wifi",	     "ethernet", "gsm",	   "cdma", "bluetooth",
		"wireguard", "vpn",	 "bridge", "bond", "vlan",
		"tun",	     "pppoe",	 "adsl",   "team", "infiniband",
	};
	const char *type = keyfile_get(keyfile, "connection", "type");
	size_t i;

	if (type)
		return *type ? type : NULL;
	for (i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (keyfile_has_group(keyfile, bases[i]))
			return bases[i];
	return NULL;
}

int
keyfile_check(const struct keyfile *keyfile, struct balimg_error *err)
{
	const char *type = connection_type(keyfile);
	const char *id = keyfile_get(keyfile, "connection", "id");

	if (!type)
		return error_set(err, BALIMG_E_INVALID,
				 "connection.type is not set");
	if (id && !*id)
		return error_set(err, BALIMG_E_INVALID,
				 "connection.id is empty");
	if (keyfile_group_is(type, "wifi") &&
	    (check_ssid(keyfile, err) < 0 || check_security(keyfile, err) < 0))
		return -1;
	if (check_ip(keyfile, "ipv4", AF_INET, err) < 0)
		return -1;
	return check_ip(keyfile, "ipv6", AF_INET6, err);
}
