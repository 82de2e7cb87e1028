/* test-schema.c - the settings of config.json: found, coerced, judged, hidden
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "document/json.h"
#include "document/schema.h"
#include "unit.h"

/* ---- the table ----------------------------------------------------- */

/* Every row is complete, stands once, and below a row that may hold it. */
static void
test_table(void)
{
	const struct schema_key *key;
	const struct schema_key *up;
	char parent[128];
	char *dot;

	for (key = schema_keys; key->path; key++) {
		if (schema_find(key->path) != key)
			FAIL("%s stands twice", key->path);
		CHECK(key->doc && *key->doc && !strchr(key->doc, '\n'));
		CHECK(key->reader);
		CHECK(!key->check_name || strstr(key->path, ".*"));
		snprintf(parent, sizeof(parent), "%s", key->path);
		dot = strrchr(parent, '.');
		if (!dot)
			continue;
		*dot = '\0';
		up = schema_find(parent);
		if (!up || (up->type != SCHEMA_OBJECT &&
			    up->type != SCHEMA_STRING_ARRAY))
			FAIL("nothing holds %s", key->path);
	}
}

static void
test_find(void)
{
	CHECK(schema_find("hostname")->type == SCHEMA_STRING);
	CHECK(schema_find("os.udevRules.101")->check_name);
	CHECK(schema_find("deviceApiKeys.api\\.balena-cloud\\.com")->secret);
	CHECK(schema_find("os.sshKeys.0"));
	CHECK(!schema_find("deviceApiKeys.api.balena-cloud.com"));
	CHECK(!schema_find("os.udevRules.a.b"));
	CHECK(!schema_find("host"));
	CHECK(!schema_find("hostname.x"));
	CHECK(!schema_find(""));
}

/* ---- secrets ------------------------------------------------------- */

static void
test_secrets(void)
{
	CHECK(schema_is_secret("apiKey"));
	CHECK(schema_is_secret("apiKey.x"));
	CHECK(schema_is_secret("deviceApiKeys"));
	CHECK(schema_is_secret("deviceApiKeys.api.balena-cloud.com"));
	CHECK(schema_is_secret("files.network/settings"));
	CHECK(schema_is_secret(""));
	CHECK(schema_is_secret("mqtt.Password"));
	CHECK(schema_is_secret("my_API-apikey"));
	CHECK(!schema_is_secret("hostname"));
	CHECK(!schema_is_secret("os"));
	CHECK(!schema_is_secret("os.udevRules.password-token"));
	CHECK(!schema_is_secret("balenaRootCA"));
	CHECK(!schema_is_secret("foo.bar"));
}

static void
check_redacted(const char *before, const char *after)
{
	struct balimg_error err = { 0 };
	json_t *root = json_text_parse(before, strlen(before), NULL, &err);
	json_t *redacted = schema_redact(root, &err);
	char *text;

	CHECK(redacted);
	text = json_value_print(redacted, false, &err);
	CHECK_STR(text, after);
	free(text);
	text = json_value_print(root, false, &err);
	CHECK_STR(text, before);
	free(text);
	json_decref(redacted);
	json_decref(root);
}

static void
test_redact(void)
{
	check_redacted("{\"hostname\":\"h\",\"apiKey\":\"s\",\"n\":[1,{}]}",
		       "{\"hostname\":\"h\",\"apiKey\":\"<hidden>\","
		       "\"n\":[1,{}]}");
	check_redacted("{\"deviceApiKeys\":{\"a.b\":\"s\",\"c\":null,"
		       "\"d\":\"\"}}",
		       "{\"deviceApiKeys\":{\"a.b\":\"<hidden>\",\"c\":null,"
		       "\"d\":\"\"}}");
	check_redacted("{\"deviceApiKeys\":8080,\"apiKey\":{\"x\":\"s\"}}",
		       "{\"deviceApiKeys\":\"<hidden>\","
		       "\"apiKey\":\"<hidden>\"}");
	check_redacted("{\"files\":{\"network/settings\":\"Passphrase\"}}",
		       "{\"files\":{\"network/settings\":\"<hidden>\"}}");
	check_redacted("{\"x\":[{\"wifi\":{\"psk\":\"s\",\"ssid\":\"n\"}}]}",
		       "{\"x\":[{\"wifi\":{\"psk\":\"<hidden>\","
		       "\"ssid\":\"n\"}}]}");
	check_redacted("{\"os\":{\"udevRules\":{\"token\":\"rule\"}}}",
		       "{\"os\":{\"udevRules\":{\"token\":\"rule\"}}}");
	check_redacted("[]", "[]");
	check_redacted("7", "7");
}

/* ---- coercion ------------------------------------------------------ */

static void
coerces(const char *path, const char *text, const char *json)
{
	struct balimg_error err = { 0 };
	json_t *value = schema_coerce(path, text, &err);
	char *printed;

	if (!value)
		FAIL("%s=%s: %s", path, text, err.message);
	printed = json_value_print(value, false, &err);
	CHECK_STR(printed, json);
	free(printed);
	json_decref(value);
}

static void
refuses(const char *path, const char *text, enum balimg_code code)
{
	struct balimg_error err = { 0 };
	json_t *value = schema_coerce(path, text, &err);

	if (value)
		FAIL("%s=%s was accepted", path, text);
	if (err.code != code)
		FAIL("%s=%s: %s: %s", path, text, balimg_code_name(err.code),
		     err.message);
	CHECK(err.message[0]);
}

static void
test_coerce_types(void)
{
	coerces("hostname", "123", "\"123\"");
	coerces("hostname", "true", "\"true\"");
	coerces("country", "DE", "\"DE\"");
	coerces("developmentMode", "true", "true");
	coerces("persistentLogging", "false", "false");
	refuses("developmentMode", "True", BALIMG_E_INVALID);
	refuses("developmentMode", "1", BALIMG_E_INVALID);
	refuses("developmentMode", "on", BALIMG_E_INVALID);
	refuses("developmentMode", "", BALIMG_E_INVALID);
	coerces("apiTimeout", "900000", "900000");
	refuses("apiTimeout", "fast", BALIMG_E_INVALID);
	refuses("apiTimeout", "-1", BALIMG_E_INVALID);
	refuses("apiTimeout", " 1", BALIMG_E_INVALID);
	refuses("applicationId", "12345678901234567890", BALIMG_E_INVALID);
	coerces("listenPort", "48484", "48484");
	coerces("os.network.connectivity.interval", "0", "\"0\"");
	refuses("os", "{}", BALIMG_E_INVALID);
	refuses("os.sshKeys", "ssh-ed25519 AAAA", BALIMG_E_INVALID);
	refuses("hostname", "\xff", BALIMG_E_INVALID);
	refuses("unknown", "\xff", BALIMG_E_INVALID);

	coerces("unknown", "true", "true");
	coerces("unknown", "null", "null");
	coerces("unknown", "1.50", "1.5");
	coerces("unknown", "0123", "\"0123\"");
	coerces("unknown", "text", "\"text\"");
	coerces("unknown", "[1]", "\"[1]\"");
	coerces("unknown", "", "\"\"");
	refuses("unknown", "12345678901234567890", BALIMG_E_INVALID);
}

static void
test_coerce_names(void)
{
	char label[65] = { 0 };

	memset(label, 'a', 64);
	refuses("hostname", label, BALIMG_E_REFUSED);
	label[63] = '\0';
	coerces("uuid", "0123456789abcdef0123456789abcdef",
		"\"0123456789abcdef0123456789abcdef\"");
	coerces("hostname", "my-box.lan", "\"my-box.lan\"");
	coerces("hostname", "", "\"\"");
	refuses("hostname", "my_box", BALIMG_E_REFUSED);
	refuses("hostname", "-box", BALIMG_E_REFUSED);
	refuses("hostname", "box.", BALIMG_E_REFUSED);
	refuses("hostname", "a..b", BALIMG_E_REFUSED);
	refuses("hostname", "my box", BALIMG_E_REFUSED);
	refuses("country", "UK", BALIMG_E_INVALID);
	refuses("country", "de", BALIMG_E_INVALID);
	refuses("country", "DEU", BALIMG_E_INVALID);
	refuses("country", "E ", BALIMG_E_INVALID);
	coerces("country", "00", "\"00\"");
	coerces("country", "ZW", "\"ZW\"");
	refuses("uuid", "abcdefg", BALIMG_E_INVALID);
	refuses("deviceType", "Raspberry Pi", BALIMG_E_INVALID);
	coerces("deviceType", "raspberrypi4-64", "\"raspberrypi4-64\"");
	refuses("apiKey", "with blank", BALIMG_E_INVALID);
	refuses("listenPort", "70000", BALIMG_E_INVALID);
	refuses("listenPort", "http", BALIMG_E_INVALID);
	refuses("debug", "2", BALIMG_E_INVALID);
	refuses("installer.target_devices", "sda;reboot", BALIMG_E_INVALID);
}

static void
test_coerce_network(void)
{
	coerces("ntpServers", "a.example 192.0.2.1",
		"\"a.example 192.0.2.1\"");
	refuses("ntpServers", "a.example,b.example", BALIMG_E_REFUSED);
	refuses("ntpServers", "a\nb", BALIMG_E_REFUSED);
	refuses("ntpServers", "*", BALIMG_E_REFUSED);
	coerces("dnsServers", "null", "\"null\"");
	coerces("dnsServers", "", "\"\"");
	coerces("dnsServers", "/lan/192.168.1.1 2001:db8::1#53",
		"\"/lan/192.168.1.1 2001:db8::1#53\"");
	refuses("dnsServers", "8.8.8.8, 1.1.1.1", BALIMG_E_REFUSED);
	coerces("os.network.connectivity.uri", "null", "\"null\"");
	coerces("os.network.connectivity.uri", "https://x/y",
		"\"https://x/y\"");
	refuses("os.network.connectivity.uri", "x/y", BALIMG_E_INVALID);
	refuses("os.network.connectivity.uri", "http://x\n[main]",
		BALIMG_E_REFUSED);
	refuses("os.network.connectivity.response", "a\\nb", BALIMG_E_REFUSED);
	refuses("os.network.connectivity.interval", "1\n[x]",
		BALIMG_E_REFUSED);
	refuses("os.network.connectivity.interval", "1h", BALIMG_E_INVALID);
	coerces("apiEndpoint", "", "\"\"");
	coerces("apiEndpoint", "https://api.balena-cloud.com",
		"\"https://api.balena-cloud.com\"");
	refuses("apiEndpoint", "api.balena-cloud.com", BALIMG_E_REFUSED);
	refuses("apiEndpoint", "https://", BALIMG_E_REFUSED);
	refuses("apiEndpoint", "https://a b", BALIMG_E_INVALID);
}

static void
test_coerce_rules(void)
{
	coerces("os.udevRules.70-x", "KERNEL==\"x\"", "\"KERNEL==\\\"x\\\"\"");
	refuses("os.udevRules.a b", "KERNEL==\"x\"", BALIMG_E_REFUSED);
	refuses("os.udevRules.$(reboot)", "x", BALIMG_E_REFUSED);
	refuses("os.udevRules.x\\.rules", "x", BALIMG_E_REFUSED);
	refuses("os.udevRules.x", "-n", BALIMG_E_REFUSED);
	refuses("os.udevRules.x", "A\r\nB", BALIMG_E_INVALID);
}

/* The key of RFC 8032's first test. */
#define KEY                                                        \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lk" \
	"BzoO4XLz2qYjJa8CGmj3B1Ea"

/* "-----BEGIN CERTIFICATE-----", "AAAA", "-----END CERTIFICATE-----". */
#define PEM                                                \
	"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBQUEKLS0t" \
	"LS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="

static void
test_coerce_keys(void)
{
	coerces("os.sshKeys.0", KEY, "\"" KEY "\"");
	coerces("os.sshKeys.0", KEY "\n" KEY " me",
		"\"" KEY "\\n" KEY " me\"");
	refuses("os.sshKeys.0", "ssh-ed25519 AAAA", BALIMG_E_INVALID);
	refuses("os.sshKeys.0", KEY " a\\nb", BALIMG_E_REFUSED);
	refuses("os.sshKeys.0", "-----BEGIN OPENSSH PRIVATE KEY-----",
		BALIMG_E_REFUSED);

	coerces("balenaRootCA", PEM, "\"" PEM "\"");
	coerces("balenaRootCA", PEM "\n", "\"" PEM "\\n\"");
	refuses("balenaRootCA", "{}", BALIMG_E_REFUSED);
	refuses("balenaRootCA", "QUJD", BALIMG_E_REFUSED);
	refuses("balenaRootCA", PEM " ", BALIMG_E_REFUSED);
	refuses("balenaRootCA", "", BALIMG_E_REFUSED);
}

/* What is refused for what it does can still be had by its type. */
static void
test_coerce_type_only(void)
{
	struct balimg_error err = { 0 };
	json_t *value = schema_coerce_type("hostname", "my_box", &err);

	CHECK_STR(json_string_value(value), "my_box");
	json_decref(value);
	CHECK(!schema_coerce_type("developmentMode", "yes", &err));
	CHECK(err.code == BALIMG_E_INVALID);
}

int
main(void)
{
	test_table();
	test_find();
	test_secrets();
	test_redact();
	test_coerce_types();
	test_coerce_names();
	test_coerce_network();
	test_coerce_rules();
	test_coerce_keys();
	test_coerce_type_only();
	return 0;
}
