/* test-keyfile.c - profiles are parsed, judged, cleaned, and made
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libnm judges values and made profiles in test-keyfile-networkmanager.py;
 * this runs without it.
 */
#include <config.h>

#include "base/cleanup.h"
#include "document/keyfile.h"
#include "unit.h"

#define HEAD "[connection]\nid=x\ntype=wifi\n[wifi]\nssid=x\n"
#define WPA  "[wifi-security]\nkey-mgmt=wpa-psk\n"

static void
test_get(void)
{
	static const char text[] = "# first\n"
				   "[connection]\r\n"
				   "id = a name \n"
				   "\n"
				   "[802-11-wireless]\n"
				   "ssid=\\sx\\\\y\\t\n"
				   "[connection]\n"
				   "id=second\n"
				   "bad=a\\qb";
	struct balimg_error err = { 0 };
	AUTO_KEYFILE struct keyfile *keyfile = NULL;

	keyfile = keyfile_parse(text, sizeof(text) - 1, &err);
	CHECK(keyfile);
	CHECK_STR(keyfile_get(keyfile, "connection", "id"), "second");
	CHECK_STR(keyfile_get(keyfile, "wifi", "ssid"), " x\\y\t");
	CHECK_STR(keyfile_get(keyfile, "802-11-wireless", "ssid"), " x\\y\t");
	CHECK(!keyfile_get(keyfile, "wifi", "id"));
	CHECK(!keyfile_get(keyfile, "connection", "bad"));
	CHECK(!keyfile_get(keyfile, "nothing", "id"));
	keyfile_free(NULL);
}

static void
test_unparsed(const char *text, size_t len, const char *where)
{
	struct balimg_error err = { 0 };
	AUTO_KEYFILE struct keyfile *keyfile = NULL;

	keyfile = keyfile_parse(text, len, &err);
	if (keyfile)
		FAIL("parsed: %s", text);
	CHECK(err.code == BALIMG_E_INVALID);
	CHECK_STR(err.where, where);
}

static void
test_errors(void)
{
	test_unparsed("a=b", 3, "line 1");
	test_unparsed("[x]\n\nnothing\n", 13, "line 3");
	test_unparsed("[x]\n=b\n", 7, "line 2");
	test_unparsed("[x\na=b\n", 7, "line 1");
	test_unparsed("[]\n", 3, "line 1");
	test_unparsed("[x] y\n", 6, "line 1");
	test_unparsed("[x\ty]\n", 6, "line 1");
	test_unparsed("[x]\na[=b\n", 9, "line 2");
	test_unparsed("[x]\na=\xff", 7, "");
	test_unparsed("[x]\na=\0", 7, "");
}

/* @want is part of the message, NULL: the profile is sound. */
static void
test_check(const char *text, const char *want)
{
	struct balimg_error err = { 0 };
	AUTO_KEYFILE struct keyfile *keyfile = NULL;

	keyfile = keyfile_parse(text, strlen(text), &err);
	CHECK(keyfile);
	if (!want) {
		CHECK_OK(keyfile_check(keyfile, &err), err);
		return;
	}
	if (keyfile_check(keyfile, &err) == 0)
		FAIL("sound: %s", text);
	CHECK(err.code == BALIMG_E_INVALID);
	if (!strstr(err.message, want))
		FAIL("\"%s\", not \"%s\": %s", err.message, want, text);
}

static void
test_checks(void)
{
	test_check(HEAD, NULL);
	test_check("[wifi]\nssid=x\n", NULL);
	test_check("[connection]\ntype=ethernet\n", NULL);
	test_check("[connection]\nid=x\n", "connection.type");
	test_check("", "connection.type");
	test_check("[connection]\ntype=gsm\nid=\n", "connection.id");
	test_check("[connection]\ntype=802-11-wireless\n", "wifi.ssid");
	test_check("[wifi]\nssid=\n", "wifi.ssid");
	test_check("[wifi]\nssid=123456789012345678901234567890123\n",
		   "33 bytes");

	test_check(HEAD "[wifi-security]\n", "key-mgmt is not set");
	test_check(HEAD "[wifi-security]\nkey-mgmt=wpa\n", "unknown");
	test_check(HEAD "[wifi-security]\nkey-mgmt=wpa-eap\n", NULL);
	test_check(HEAD WPA, "psk is not set");
	test_check(HEAD WPA "psk-flags=1\n", NULL);
	test_check(HEAD WPA "psk=12345678\n", NULL);
	test_check(HEAD WPA "psk=1234567\n", "8 to 63");
	test_check(HEAD WPA "psk=1234567\\s\n", NULL);
	test_check(HEAD WPA "psk=pass\\;word\n", "backslash");
	test_check(HEAD "[wifi-security]\nkey-mgmt=sae\npsk=short\n", NULL);

	test_check(HEAD "[ipv4]\nmethod=auto\n", NULL);
	test_check(HEAD "[ipv4]\nmethod=manual\n", "no address");
	test_check(HEAD "[ipv4]\nmethod=manual\naddress1=10.0.0.2/8\n", NULL);
	test_check(HEAD "[ipv4]\naddress=10.0.0.2/8,10.0.0.1\n", NULL);
	test_check(HEAD "[ipv4]\naddresses1=10.0.0.2;8;10.0.0.1;\n", NULL);
	test_check(HEAD "[ipv4]\naddress1=10.0.0/8\n", "no IPv4 address");
	test_check(HEAD "[ipv4]\naddress1=10.0.0.2/40\n", "prefix");
	test_check(HEAD "[ipv4]\naddress1=10.0.0.2/8,x\n", "no IPv4 address");
	test_check(HEAD "[ipv4]\naddress-data=x\n", NULL);
	test_check(HEAD "[ipv4]\ngateway=10.0.0.256\n", "no IPv4 address");
	test_check(HEAD "[ipv4]\ndns=8.8.8.8;1.1.1.1;\n", NULL);
	test_check(HEAD "[ipv4]\ndns=8.8.8.8,1.1.1.1\n", "no IPv4 address");
	test_check(HEAD "[ipv6]\naddress1=fd00::2/64,fd00::1\n", NULL);
	test_check(HEAD "[ipv6]\naddress1=10.0.0.2/8\n", "no IPv6 address");
	test_check(HEAD "[ipv6]\ndns=2001:db8::53#dns.example;\n", NULL);
}

static void
test_normalise(void)
{
	static const char text[] = "\xef\xbb\xbf[a]\r\n  b=c  \r\n# d";
	struct balimg_error err = { 0 };
	AUTO_FREE char *out = NULL;
	size_t len;

	out = keyfile_normalise(text, sizeof(text) - 1, &len, &err);
	CHECK_STR(out, "[a]\n  b=c  \n# d\n");
	CHECK(len == strlen(out));
}

static void
test_redact(void)
{
	static const char text[] = "[wifi]\nssid=home\n"
				   "[wifi-security]\npsk = secret\n"
				   "psk-flags=0\nwep-key-type=1\n"
				   "wep-key0=\n#psk=old\n# a note\n"
				   "[vpn-secrets]\nanything=secret\n"
				   "[vpn]\nuser=me\nIPSec secret=x\n"
				   "no equals\n";
	static const char want[] = "[wifi]\nssid=home\n"
				   "[wifi-security]\npsk = <hidden>\n"
				   "psk-flags=0\nwep-key-type=1\n"
				   "wep-key0=\n#psk=<hidden>\n# a note\n"
				   "[vpn-secrets]\nanything=<hidden>\n"
				   "[vpn]\nuser=me\nIPSec secret=<hidden>\n"
				   "<hidden>\n";
	struct balimg_error err = { 0 };
	AUTO_FREE char *out = NULL;

	out = keyfile_redact(text, sizeof(text) - 1, &err);
	CHECK_STR(out, want);
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		bool read;
	} cases[] = {
		{ "office", true },
		{ "office.nmconnection", true },
		{ "resin-wifi", true },
		{ "resin-sample.ignore", false },
		{ "README.ignore", false },
		{ "office.config", false },
		{ "shop.wifi01", false },
		{ "shop.wifi-1", true },
		{ "shop.wifi012", true },
		{ ".hidden", false },
		{ "backup~", false },
		{ "ca.pem", false },
		{ "ca.PEM", false },
		{ "key.der", false },
		{ "der", true },
		{ "", false },
		{ "a.b.cdefgh", false },
		{ "a.abcdef.b", true },
	};
	const char *reason;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (keyfile_name_is_read(cases[i].name, &reason) !=
		    cases[i].read)
			FAIL("%s", cases[i].name);
		CHECK(!reason == cases[i].read);
	}
}

static void
test_make(void)
{
	static const char *const dns[] = { "8.8.8.8", "fd00::53", NULL };
	static const char want[] = "[connection]\n"
				   "id=My Office\n"
				   "uuid=UUID\n"
				   "type=wifi\n"
				   "\n"
				   "[wifi]\n"
				   "mode=infrastructure\n"
				   "hidden=true\n"
				   "ssid=\\s#1\n"
				   "\n"
				   "[wifi-security]\n"
				   "key-mgmt=wpa-psk\n"
				   "psk=pass\\\\word;=\n"
				   "\n"
				   "[ipv4]\n"
				   "address1=10.0.0.2/8,10.0.0.1\n"
				   "dns=8.8.8.8;\n"
				   "method=manual\n"
				   "\n"
				   "[ipv6]\n"
				   "dns=fd00::53;\n"
				   "method=auto\n";
	struct keyfile_wifi wifi = {
		.id = "My Office",
		.ssid = " #1",
		.ssid_len = 3,
		.psk = "pass\\word;=",
		.hidden = true,
		.address = "10.0.0.2/8",
		.gateway = "10.0.0.1",
		.dns = dns,
	};
	struct balimg_error err = { 0 };
	AUTO_FREE char *text = keyfile_make_wifi(&wifi, &err);
	char *uuid;

	CHECK(text);
	uuid = strstr(text, "uuid=") + 5;
	CHECK(strspn(uuid, "0123456789abcdef-") == 36);
	CHECK(uuid[14] == '3' && strchr("89ab", uuid[19]));
	memcpy(uuid, "UUID", 4);
	memmove(uuid + 4, uuid + 36, strlen(uuid + 36) + 1);
	CHECK_STR(text, want);
}

/* Bytes that are no text go as a list, and come back. */
static void
test_ssid_bytes(void)
{
	struct keyfile_wifi wifi = { .ssid = "\xff\0;", .ssid_len = 3 };
	struct balimg_error err = { 0 };
	AUTO_FREE char *text = keyfile_make_wifi(&wifi, &err);
	AUTO_KEYFILE struct keyfile *keyfile = NULL;
	AUTO_FREE char *ssid = NULL;
	size_t len;

	CHECK(text && strstr(text, "\nssid=255;0;59;\n"));
	CHECK(strstr(text, "\nid=wifi-ff003b\n"));
	keyfile = keyfile_parse(text, strlen(text), &err);
	CHECK(keyfile);
	CHECK_OK(keyfile_check(keyfile, &err), err);
	ssid = keyfile_ssid(keyfile, &len, &err);
	CHECK(ssid && len == 3 && !memcmp(ssid, "\xff\0;", 4));
}

int
main(void)
{
	test_get();
	test_errors();
	test_checks();
	test_normalise();
	test_redact();
	test_names();
	test_make();
	test_ssid_bytes();
	return 0;
}
