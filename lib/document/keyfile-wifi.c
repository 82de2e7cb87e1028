/* keyfile-wifi.c - a Wi-Fi profile from its few facts
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Written so that every release of NetworkManager since 1.0 reads it alike:
 * an SSID that is not plain text, or has a ';' in it, goes as a list of
 * bytes, which none of them can take for something else.
 */
#include <config.h>

#include <string.h>
#include <sys/socket.h>

#include "base/digest.h"
#include "base/utf8.h"
#include "document/keyfile-line.h"

#define SSID_MAX_LEN 32 /* bytes */

/* Names of profiles are made unique within this name space (a random UUID of
 * ours); the name is the SSID's length, the SSID, and the id. */
static const uint8_t name_space[16] = { 0x5b, 0x0e, 0x8d, 0x2f, 0x91, 0xc4,
					0x4a, 0x37, 0xa6, 0x1d, 0x0f, 0x68,
					0xe2, 0x73, 0xb9, 0x54 };

static bool
has_control(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return true;
	return false;
}

static bool
is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == ';')
			return false;
	return true;
}

static int
check_text(const char *what, const char *text, struct balimg_error *err)
{
	if (has_control(text, strlen(text)))
		return error_set(err, BALIMG_E_INVALID,
				 "the %s has a line break or another control "
				 "character",
				 what);
	if (!utf8_is_valid(text, strlen(text)))
		return error_set(err, BALIMG_E_INVALID, "the %s is not UTF-8",
				 what);
	return 0;
}

static int
check_names(const struct keyfile_wifi *wifi, struct balimg_error *err)
{
	if (wifi->ssid_len < 1 || wifi->ssid_len > SSID_MAX_LEN)
		return error_set(err, BALIMG_E_INVALID,
				 "an SSID has 1 to %d bytes, not %zu",
				 SSID_MAX_LEN, wifi->ssid_len);
	if (wifi->id && !*wifi->id)
		return error_set(err, BALIMG_E_INVALID,
				 "the connection's name is empty");
	if (wifi->id && check_text("connection's name", wifi->id, err) < 0)
		return -1;
	if (wifi->psk && check_text("passphrase", wifi->psk, err) < 0)
		return -1;
	if (wifi->wpa3 && (!wifi->psk || !*wifi->psk))
		return error_set(err, BALIMG_E_INVALID,
				 "a WPA3 network needs a password");
	/* SAE takes passwords of any length. */
	return wifi->psk && !wifi->wpa3 ? keyfile_check_psk(wifi->psk, err) :
					  0;
}

/* "ADDRESS/PREFIX", and a gateway only with it. */
static int
check_address(int family, const char *address, const char *gateway,
	      struct balimg_error *err)
{
	const char *version = family == AF_INET ? "IPv4" : "IPv6";
	const char *slash;

	if (gateway && !keyfile_is_address(family, gateway, strlen(gateway)))
		return error_set(err, BALIMG_E_INVALID,
				 "the gateway \"%s\" is no %s address",
				 gateway, version);
	if (gateway && !address)
		return error_set(
			err, BALIMG_E_INVALID,
			"the gateway %s needs an %s address beside it",
			gateway, version);
	if (!address)
		return 0;
	slash = strchr(address, '/');
	if (!slash)
		return error_set(err, BALIMG_E_INVALID,
				 "the address \"%s\" has no prefix length, "
				 "such as /%d",
				 address, family == AF_INET ? 24 : 64);
	if (!keyfile_is_address(family, address, (size_t)(slash - address)) ||
	    !keyfile_is_prefix(family, slash + 1, strlen(slash + 1)))
		return error_set(err, BALIMG_E_INVALID,
				 "\"%s\" is no %s address with its prefix "
				 "length",
				 address, version);
	return 0;
}

static int
check_dns(const char *const *dns, struct balimg_error *err)
{
	for (; dns && *dns; dns++)
		if (!keyfile_is_address(AF_INET, *dns, strlen(*dns)) &&
		    !keyfile_is_address(AF_INET6, *dns, strlen(*dns)))
			return error_set(err, BALIMG_E_INVALID,
					 "the name server \"%s\" is no IP "
					 "address",
					 *dns);
	return 0;
}

/* The id as given, the SSID where it is text, else its bytes in hexadecimal.
 */
static void
add_id(const struct keyfile_wifi *wifi, struct buffer *id)
{
	size_t i;

	if (wifi->id) {
		buffer_puts(id, wifi->id);
	} else if (!has_control(wifi->ssid, wifi->ssid_len) &&
		   utf8_is_valid(wifi->ssid, wifi->ssid_len)) {
		buffer_add(id, wifi->ssid, wifi->ssid_len);
	} else {
		buffer_puts(id, "wifi-");
		for (i = 0; i < wifi->ssid_len; i++)
			buffer_printf(id, "%02x",
				      (unsigned char)wifi->ssid[i]);
	}
}

/* A name-based UUID (version 3): the same input, the same profile. */
static void
add_uuid(struct buffer *out, const struct keyfile_wifi *wifi, const char *id)
{
	static const size_t groups[] = { 4, 2, 2, 2, 6 };
	uint8_t len = (uint8_t)wifi->ssid_len;
	uint8_t sum[MD5_SIZE];
	char hex[2 * MD5_SIZE + 1];
	const char *p = hex;
	struct digest digest;
	size_t i;

	digest_begin(&digest, DIGEST_MD5);
	digest_add(&digest, name_space, sizeof(name_space));
	digest_add(&digest, &len, 1);
	digest_add(&digest, wifi->ssid, wifi->ssid_len);
	digest_add(&digest, id, strlen(id));
	digest_finish(&digest, sum);
	sum[6] = (uint8_t)((sum[6] & 0x0f) | 0x30);
	sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80);
	digest_hex(sum, sizeof(sum), hex);
	buffer_puts(out, "uuid=");
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		buffer_printf(out, "%s%.*s", i ? "-" : "", 2 * (int)groups[i],
			      p);
		p += 2 * groups[i];
	}
	buffer_puts(out, "\n");
}

static int
add_connection(struct buffer *out, const struct keyfile_wifi *wifi,
	       struct balimg_error *err)
{
	AUTO_BUFFER struct buffer buf = BUFFER_INIT;
	AUTO_FREE char *id = NULL;

	add_id(wifi, &buf);
	id = buffer_take(&buf, NULL, err);
	if (!id)
		return -1;
	buffer_puts(out, "[connection]\n");
	keyfile_add_entry(out, "id", id);
	add_uuid(out, wifi, id);
	buffer_puts(out, "type=wifi\n");
	return 0;
}

static void
add_wifi(struct buffer *out, const struct keyfile_wifi *wifi)
{
	char text[SSID_MAX_LEN + 1];
	size_t i;

	buffer_puts(out, "\n[wifi]\nmode=infrastructure\n");
	if (wifi->hidden)
		buffer_puts(out, "hidden=true\n");
	if (is_plain(wifi->ssid, wifi->ssid_len)) {
		memcpy(text, wifi->ssid, wifi->ssid_len);
		text[wifi->ssid_len] = '\0';
		keyfile_add_entry(out, "ssid", text);
	} else {
		buffer_puts(out, "ssid=");
		for (i = 0; i < wifi->ssid_len; i++)
			buffer_printf(out, "%u;",
				      (unsigned)(unsigned char)wifi->ssid[i]);
		buffer_puts(out, "\n");
	}
	if (!wifi->psk)
		return;
	buffer_printf(out, "\n[wifi-security]\nkey-mgmt=%s\n",
		      wifi->wpa3 ? "sae" : "wpa-psk");
	keyfile_add_entry(out, "psk", wifi->psk);
}

static void
add_ip(struct buffer *out, int family, const char *address,
       const char *gateway, const char *const *dns)
{
	bool first = true;

	buffer_printf(out, "\n[%s]\n", family == AF_INET ? "ipv4" : "ipv6");
	if (address)
		buffer_printf(out, "address1=%s%s%s\n", address,
			      gateway ? "," : "", gateway ? gateway : "");
	for (; dns && *dns; dns++) {
		if (!keyfile_is_address(family, *dns, strlen(*dns)))
			continue;
		buffer_printf(out, "%s%s;", first ? "dns=" : "", *dns);
		first = false;
	}
	if (!first)
		buffer_puts(out, "\n");
	buffer_printf(out, "method=%s\n", address ? "manual" : "auto");
}

char *
keyfile_make_wifi(const struct keyfile_wifi *wifi, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer out = BUFFER_INIT;

	if (check_names(wifi, err) < 0 ||
	    check_address(AF_INET, wifi->address, wifi->gateway, err) < 0 ||
	    check_address(AF_INET6, wifi->address6, wifi->gateway6, err) < 0 ||
	    check_dns(wifi->dns, err) < 0 ||
	    add_connection(&out, wifi, err) < 0)
		return NULL;
	add_wifi(&out, wifi);
	add_ip(&out, AF_INET, wifi->address, wifi->gateway, wifi->dns);
	add_ip(&out, AF_INET6, wifi->address6, wifi->gateway6, wifi->dns);
	return buffer_take(&out, NULL, err);
}
