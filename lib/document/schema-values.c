/* schema-values.c - what a setting's value may be, beyond its type
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "document/schema-values.h"
#include "document/ssh-key.h"
#include "document/udev-rules.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

#define HOSTNAME_LIMIT 64 /* HOST_NAME_MAX: more, and hostname(1) fails */
#define LABEL_LIMIT    63 /* RFC 1123 */

/* ---- names --------------------------------------------------------- */

static bool
is_label(const char *label, size_t len)
{
	return len && len <= LABEL_LIMIT &&
	       strspn(label, LOWER UPPER DIGITS "-") >= len &&
	       label[0] != '-' && label[len - 1] != '-';
}

int
schema_is_hostname(const json_t *value, struct balimg_error *err)
{
	const char *name = json_string_value(value);
	const char *label = name;

	if (!*name)
		return 0; /* the default: from the UUID */
	if (strlen(name) > HOSTNAME_LIMIT)
		return error_set(err, BALIMG_E_REFUSED,
				 "a host name of %zu bytes; the device fails "
				 "to start its services with one over %d",
				 strlen(name), HOSTNAME_LIMIT);
	for (;;) {
		size_t len = strcspn(label, ".");

		if (!is_label(label, len)) {
			error_set(err, BALIMG_E_REFUSED,
				  "not a host name: its parts are 1 to %d "
				  "letters, digits and inner hyphens",
				  LABEL_LIMIT);
			return -1;
		}
		if (!label[len])
			return 0;
		label += len + 1;
	}
}

int
schema_is_country(const json_t *value, struct balimg_error *err)
{
	/* ISO 3166-1, and 00 for the world. */
	static const char codes[] =
		"00 "
		"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE "
		"BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD "
		"CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
		"DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF "
		"GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU "
		"ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
		"KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
		"MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA "
		"NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
		"PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI "
		"SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK "
		"TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
		"VN VU WF WS YE YT ZA ZM ZW ";
	const char *code = json_string_value(value);
	const char *at;

	if (!*code)
		return 0;
	if (strlen(code) == 2) {
		at = strstr(codes, code);
		if (at && (at - codes) % 3 == 0)
			return 0;
	}
	error_set(err, BALIMG_E_INVALID,
		  "not a country: two capital letters as in ISO 3166 (DE, GB, "
		  "US)");
	return -1;
}

int
schema_is_uuid(const json_t *value, struct balimg_error *err)
{
	const char *uuid = json_string_value(value);
	size_t len = strlen(uuid);

	if (len &&
	    ((len != 32 && len != 62) || strspn(uuid, DIGITS "abcdef") != len))
		return error_set(err, BALIMG_E_INVALID,
				 "not a device's UUID: 32 hexadecimal digits "
				 "in lower case (62 in OS 1.x)");
	return 0;
}

int
schema_is_slug(const json_t *value, struct balimg_error *err)
{
	const char *slug = json_string_value(value);

	if (!*slug || *slug == '-' ||
	    strspn(slug, LOWER DIGITS "-") != strlen(slug))
		return error_set(
			err, BALIMG_E_INVALID,
			"not a device type: lower-case letters, digits "
			"and hyphens (raspberrypi4-64)");
	return 0;
}

int
schema_is_word(const json_t *value, struct balimg_error *err)
{
	const char *at = json_string_value(value);

	for (; *at; at++) {
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return error_set(err, BALIMG_E_INVALID,
					 "has a blank or a control character "
					 "in it");
	}
	return 0;
}

int
schema_is_device_names(const json_t *value, struct balimg_error *err)
{
	const char *names = json_string_value(value);

	if (strspn(names, LOWER UPPER DIGITS " _-*?[]") != strlen(names)) {
		error_set(err, BALIMG_E_INVALID,
			  "not names of disks with blanks between them");
		return error_hint(err, "as in \"nvme0n1 mmcblk0\" or \"sd?\"");
	}
	return 0;
}

/* ---- networks ------------------------------------------------------ */

/* Servers of kind @what, separated by blanks; the device's shell splits them
 * and expands patterns. */
static int
check_servers(const char *servers, const char *what, const char *extra,
	      struct balimg_error *err)
{
	const char *at;

	for (at = servers; *at; at++) {
		if (*at == '\n' || *at == '\r')
			return error_set(err, BALIMG_E_REFUSED,
					 "has a line's end in it, which would "
					 "add lines to the device's own "
					 "configuration");
		if (*at == ',' || *at == ';') {
			error_set(err, BALIMG_E_REFUSED,
				  "has a '%c' in it; the device would take "
				  "all of it for one %s server",
				  *at, what);
			return error_hint(err, "separate servers by blanks");
		}
		if (!strchr(LOWER UPPER DIGITS ".:_- \t", *at) &&
		    !strchr(extra, *at))
			return error_set(
				err, BALIMG_E_REFUSED,
				"not names or addresses of %s servers", what);
	}
	return 0;
}

int
schema_is_ntp_servers(const json_t *value, struct balimg_error *err)
{
	return check_servers(json_string_value(value), "NTP", "", err);
}

/* dnsmasq's own forms pass: /domain/address, address#port, address@interface,
 * address%zone. */
int
schema_is_dns_servers(const json_t *value, struct balimg_error *err)
{
	return check_servers(json_string_value(value), "DNS", "/#@%", err);
}

/* The device's shell writes the text into NetworkManager's configuration, by
 * an echo that expands backslashes. */
static int
check_one_line(const char *text, struct balimg_error *err)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return error_set(err, BALIMG_E_REFUSED,
					 "has a line's end or a control "
					 "character in it, which would add "
					 "lines to NetworkManager's "
					 "configuration");
		if (*text == '\\')
			return error_set(err, BALIMG_E_REFUSED,
					 "has a backslash in it, which the "
					 "device's shell expands");
	}
	return 0;
}

static bool
is_http(const char *url)
{
	static const char *const schemes[] = { "http://", "https://" };
	size_t i;

	for (i = 0; i < 2; i++) {
		size_t len = strlen(schemes[i]);

		if (!strncmp(url, schemes[i], len) && url[len])
			return true;
	}
	return false;
}

int
schema_is_check_text(const json_t *value, struct balimg_error *err)
{
	return check_one_line(json_string_value(value), err);
}

int
schema_is_check_uri(const json_t *value, struct balimg_error *err)
{
	const char *uri = json_string_value(value);

	if (check_one_line(uri, err) < 0)
		return -1;
	if (*uri && strcmp(uri, "null") != 0 &&
	    (!is_http(uri) || strchr(uri, ' ')))
		return error_set(err, BALIMG_E_INVALID,
				 "not a http:// or https:// address, nor "
				 "\"null\" for no check");
	return 0;
}

int
schema_is_check_interval(const json_t *value, struct balimg_error *err)
{
	const char *text = json_string_value(value);

	if (!text)
		return schema_is_count(value, err);
	if (check_one_line(text, err) < 0)
		return -1;
	if (strspn(text, DIGITS) != strlen(text))
		return error_set(err, BALIMG_E_INVALID,
				 "not a number of seconds");
	return 0;
}

int
schema_is_endpoint(const json_t *value, struct balimg_error *err)
{
	const char *url = json_string_value(value);

	if (!*url)
		return 0; /* unmanaged */
	if (!is_http(url))
		return error_set(err, BALIMG_E_REFUSED,
				 "does not begin with http:// or https://; "
				 "the device's os-config crashes over it");
	return schema_is_word(value, err);
}

/* ---- lists and texts ----------------------------------------------- */

int
schema_is_udev_rules(const json_t *value, struct balimg_error *err)
{
	const char *text = json_string_value(value);
	AUTO_FREE char *normal = NULL;
	size_t len;

	normal = udev_text_normalise(text, strlen(text), &len, err);
	if (!normal)
		return -1;
	if (strlen(text) != len) {
		error_set(err, BALIMG_E_INVALID,
			  "has lines that end in CR LF, and udev would take "
			  "the CR as part of the rule");
		return error_hint(err, "balimg udev add converts them");
	}
	return 0;
}

/* One element may hold several lines; empty ones are dropped. */
int
schema_is_ssh_keys(const json_t *value, struct balimg_error *err)
{
	const char *text = json_string_value(value);
	struct ssh_keys keys = { 0 };
	int ret;

	if (!*text)
		return 0;
	ret = ssh_keys_parse(text, strlen(text), &keys, err);
	ssh_keys_clear(&keys);
	return ret;
}

/* base64(1), which reads it on the device, passes over line ends. */
static char *
copy_without_lines(const char *text, size_t *len)
{
	char *copy = malloc(strlen(text) + 1);

	*len = 0;
	for (; copy && *text; text++) {
		if (*text != '\n')
			copy[(*len)++] = *text;
	}
	return copy;
}

static bool
has_certificate(const uint8_t *pem, size_t len)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END CERTIFICATE-----";
	const uint8_t *at = memmem(pem, len, begin, strlen(begin));

	return at && memmem(at, len - (size_t)(at - pem), end, strlen(end));
}

int
schema_is_root_ca(const json_t *value, struct balimg_error *err)
{
	AUTO_FREE uint8_t *pem = NULL;
	AUTO_FREE char *letters = NULL;
	size_t len;

	letters = copy_without_lines(json_string_value(value), &len);
	pem = letters ? malloc(BASE64_DECODED_SIZE(len) + 1) : NULL;
	if (!pem)
		return error_nomem(err);
	if (base64_decode(letters, len, pem, &len) &&
	    has_certificate(pem, len))
		return 0;

	error_set(err, BALIMG_E_REFUSED,
		  "not the base64 of a PEM certificate; the device would "
		  "trust no server");
	return error_hint(err, "base64 -w0 ca.pem makes it");
}

/* ---- numbers ------------------------------------------------------- */

/* A number, or a string of digits, between @min and @max. */
static bool
is_between(const json_t *value, double min, double max)
{
	const char *digits = json_string_value(value);
	double number = json_number_value(value);

	if (digits) {
		if (!*digits || strspn(digits, DIGITS) != strlen(digits))
			return false;
		number = (double)strtoull(digits, NULL, 10);
	}
	return number >= min && number <= max && !json_is_real(value);
}

int
schema_is_flag(const json_t *value, struct balimg_error *err)
{
	if (!is_between(value, 0, 1))
		return error_set(err, BALIMG_E_INVALID,
				 "neither 1 (on) nor 0 (off)");
	return 0;
}

int
schema_is_port(const json_t *value, struct balimg_error *err)
{
	if (!is_between(value, 1, 65535))
		return error_set(err, BALIMG_E_INVALID,
				 "not a port from 1 to 65535");
	return 0;
}

int
schema_is_count(const json_t *value, struct balimg_error *err)
{
	if (!is_between(value, 0, 9007199254740992.0)) /* a double's last */
		return error_set(err, BALIMG_E_INVALID,
				 "not a whole number from 0 on");
	return 0;
}
