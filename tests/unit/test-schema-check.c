/* test-schema-check.c - config.json is judged by what it does to a device
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "document/json.h"
#include "document/schema.h"
#include "unit.h"

static const char *const words[] = { "note", "warning", "error" };

/* The findings about @text, as lines "error os.network: is ...". */
static char *
findings_of(const char *text, const char *path, const char *version)
{
	struct schema_findings findings = { 0 };
	struct balimg_error err = { 0 };
	struct buffer out = BUFFER_INIT;
	json_t *root = json_text_parse(text, strlen(text), NULL, &err);
	size_t i;

	if (!root)
		FAIL("%s: %s", text, err.message);
	CHECK_OK(schema_check(path, root, version, &findings, &err), err);
	for (i = 0; i < findings.count; i++)
		buffer_printf(&out, "%s %s: %s\n",
			      words[findings.findings[i].severity],
			      findings.findings[i].path,
			      findings.findings[i].text);
	schema_findings_clear(&findings);
	json_decref(root);
	return buffer_take(&out, NULL, &err);
}

static void
says(const char *text, const char *version, const char *want)
{
	char *got = findings_of(text, "", version);

	CHECK_STR(got, want);
	free(got);
}

/* Some finding begins so. */
static void
says_of(const char *text, const char *begin)
{
	char *got = findings_of(text, "", NULL);
	const char *at = strstr(got, begin);

	if (!at || (at > got && at[-1] != '\n'))
		FAIL("%s: \"%s\" does not say \"%s\"", text, got, begin);
	free(got);
}

static void
test_sound(void)
{
	says("{}", NULL, "");
	says("{\"deviceType\":\"raspberrypi3\",\"persistentLogging\":false}",
	     "8.0.2", "");
	says("{\"os\":null,\"hostname\":null,\"country\":null}", NULL, "");
	says("{\"os\":{\"network\":{\"connectivity\":{\"interval\":60}}}}",
	     "2.34.0", "");
	says("{\"vpnPort\":\"443\",\"listenPort\":\"48484\"}", NULL, "");
}

/* One wrong type, and the device reads nothing: domain facts, measured. */
static void
test_fatal_types(void)
{
	static const char *const fatal[] = {
		"{\"os\":[]}",
		"{\"os\":\"x\"}",
		"{\"os\":5}",
		"{\"os\":false}",
		"{\"os\":{\"network\":[]}}",
		"{\"os\":{\"network\":\"s\"}}",
		"{\"os\":{\"network\":{\"wifi\":false}}}",
		"{\"os\":{\"fan\":\"quiet\"}}",
		"{\"os\":{\"power\":\"low\"}}",
		"{\"os\":{\"kernel\":[]}}",
		"{\"hostname\":{}}",
		"{\"hostname\":[\"a\"]}",
		"{\"ntpServers\":[\"a\",\"b\"]}",
		"{\"apiKey\":{\"k\":1}}",
		"{\"listenPort\":[48484]}",
	};
	size_t i;

	for (i = 0; i < sizeof(fatal) / sizeof(*fatal); i++) {
		char *got = findings_of(fatal[i], "", NULL);

		if (strncmp(got, "error ", 6) != 0 ||
		    !strstr(got, "the device reads none of its settings"))
			FAIL("%s: %s", fatal[i], got);
		free(got);
	}
	says("[]", NULL,
	     "error : is an array, not an object; the device reads no "
	     "settings\n");
}

static void
test_types(void)
{
	says_of("{\"developmentMode\":\"true\"}",
		"note developmentMode: is a string, not a boolean");
	says_of("{\"developmentMode\":1}",
		"warning developmentMode: is a number, not a boolean");
	says_of("{\"persistentLogging\":\"on\"}",
		"warning persistentLogging:");
	says_of("{\"installer\":{\"secureboot\":\"true\"}}",
		"error installer.secureboot: is a string, not a boolean");
	says_of("{\"installer\":{\"secureboot\":1}}",
		"error installer.secureboot:");
	says_of("{\"applicationId\":\"1503\"}", "note applicationId:");
	says_of("{\"applicationId\":\"x\"}", "warning applicationId:");
	says_of("{\"hostname\":5}", "warning hostname:");
	says_of("{\"apiTimeout\":{}}", "error apiTimeout:");
	says_of("{\"deviceApiKeys\":8080}", "warning deviceApiKeys:");
	says_of("{\"os\":{\"sshKeys\":\"ssh-rsa A\"}}",
		"error os.sshKeys: is a string, not an array of strings");
	says_of("{\"os\":{\"sshKeys\":{\"a\":\"b\"}}}", "warning os.sshKeys:");
	says_of("{\"os\":{\"udevRules\":\"KERNEL\"}}", "error os.udevRules:");
	says_of("{\"os\":{\"udevRules\":[]}}", "error os.udevRules:");
	says_of("{\"os\":{\"udevRules\":{\"a\":null}}}",
		"error os.udevRules.a: is null, not a string");
	says_of("{\"os\":{\"udevRules\":{\"a\":5}}}", "error os.udevRules.a:");
}

static void
test_values(void)
{
	says_of("{\"hostname\":\"a b\"}", "error hostname: not a host name");
	says_of("{\"dnsServers\":\"1.1.1.1,8.8.8.8\"}",
		"error dnsServers: has a ',' in it");
	says_of("{\"country\":\"de\"}", "warning country:");
	says_of("{\"uuid\":\"abcdefg1234567\"}", "warning uuid:");
	says_of("{\"apiEndpoint\":\"ftp://x\"}", "error apiEndpoint:");
	says_of("{\"os\":{\"udevRules\":{\"a'b\":\"x\"}}}",
		"error os.udevRules.a'b:");
	says_of("{\"os\":{\"udevRules\":{\".hid\":\"x\"}}}",
		"error os.udevRules.\\.hid:");
	says_of("{\"os\":{\"udevRules\":{\"a\":\"-e\"}}}",
		"error os.udevRules.a:");
	says_of("{\"os\":{\"udevRules\":{\"a\":\"\"}}}",
		"warning os.udevRules.a:");
}

static void
test_lockout(void)
{
	says_of("{\"developmentMode\":true,\"os\":{\"sshKeys\":[]}}",
		"warning os.sshKeys: holds no key");
	says_of("{\"developmentMode\":\"true\",\"os\":{\"sshKeys\":[\"\"]}}",
		"warning os.sshKeys: holds no key");
	says_of("{\"developmentMode\":false,\"os\":{\"sshKeys\":[null]}}",
		"note os.sshKeys: holds no key");
}

static void
test_versions(void)
{
	says("{\"developmentMode\":true}", "2.84.7",
	     "warning developmentMode: is not read by OS 2.84.7, only since "
	     "2.85.0\n");
	says("{\"developmentMode\":true}", "2.85.0+rev1", "");
	says("{\"developmentMode\":true}", "2.85.0-rc1",
	     "warning developmentMode: is not read by OS 2.85.0-rc1, only "
	     "since 2.85.0\n");
	says("{\"hostname\":\"a\"}", "1.24",
	     "warning hostname: is not read by OS 1.24, only since "
	     "2.0-beta.1\n");
	says("{\"hostname\":\"a\"}", "2.0.0-beta.12", "");
	says("{\"hostname\":\"a\"}", "2019.10.0", "");
	says("{\"developmentMode\":true}", "unknown", "");
	says("{\"vpnPort\":443}", "2.53.0", "");
	says("{\"vpnPort\":443}", "2.53.1",
	     "note vpnPort: is no longer read by OS 2.53.1, only before "
	     "2.53.1\n");
	says("{\"vpnPort\":443}", "8.0.2",
	     "note vpnPort: is no longer read by OS 8.0.2, only before "
	     "2.53.1\n");
}

static void
test_unknown(void)
{
	says_of("{\"hostName\":1}",
		"warning hostName: is read by nothing on the device; did you "
		"mean hostname?");
	says_of("{\"developmentmode\":1}", "warning developmentmode:");
	says_of("{\"development-mode\":1}", "warning development-mode:");
	says_of("{\"devlopmentMode\":1}", "warning devlopmentMode: is read by "
					  "nothing on the device; did "
					  "you mean developmentMode?");
	says_of("{\"sshKeys\":[]}",
		"warning sshKeys: is read by nothing on the device; did you "
		"mean os.sshKeys?");
	says_of("{\"os.sshKeys\":[]}",
		"warning os\\.sshKeys: is read by nothing on the device; did "
		"you mean os.sshKeys?");
	says_of("{\"os\":{\"hostname\":\"a\"}}",
		"warning os.hostname: is read by nothing on the device; did "
		"you mean hostname?");
	says_of("{\"os\":{\"udevrules\":{}}}",
		"warning os.udevrules: is read by nothing on the device; did "
		"you mean os.udevRules?");
	says_of("{\"title\":1}", "note title: is not known");
	says_of("{\"key1\":1}", "note key1: is not known");
	says_of("{\"\":1}", "note : is not known");
	says_of("{\"wifiSsid\":\"x\"}", "note wifiSsid: is read by nothing");
}

static void
test_part(void)
{
	char *got = findings_of("[]", "os.network", NULL);

	CHECK(!strncmp(got, "error os.network: is an array", 29));
	free(got);
	got = findings_of("\"x\"", "os.udevRules.a b", NULL);
	CHECK(!strncmp(got, "error os.udevRules.a b: ", 24));
	free(got);
	got = findings_of("\"x\"", "hostname", NULL);
	CHECK_STR(got, "");
	free(got);
}

/* Keys of somebody's own are named up to a bound, a slip always. */
static void
test_many_unknown(void)
{
	struct buffer text = BUFFER_INIT;
	const char *at;
	size_t lines = 0;
	char *got;
	int i;

	for (i = 0; i < 3000; i++)
		buffer_printf(&text, "%c\"mine%d\":1", i ? ',' : '{', i);
	buffer_puts(&text, ",\"hostnam\":\"x\"}");
	got = findings_of(text.data, "", NULL);
	for (at = got; (at = strchr(at, '\n')); at++)
		lines++;
	CHECK(lines == 1002);
	CHECK(strstr(got, "warning hostnam: "));
	CHECK(strstr(got, "note : 2000 more keys are not known"));
	free(got);
	buffer_free(&text);
}

/* What is said of dnsServers by @version begins with @want, or is nothing. */
static void
says_of_dns(const char *value, const char *version, const char *want)
{
	char text[64];
	char *got;

	snprintf(text, sizeof(text), "{\"dnsServers\":%s}", value);
	got = findings_of(text, "", version);
	if (want ? strncmp(got, want, strlen(want)) != 0 : *got)
		FAIL("%s of %s: \"%s\"", value, version, got);
	free(got);
}

static void
test_quirks(void)
{
	const char *empty = "note dnsServers: an empty text stands for the "
			    "servers of DHCP alone";
	const char *word = "note dnsServers: the word \"null\" stands for";

	says_of_dns("\"\"", "2.29.2", NULL);
	says_of_dns("\"\"", "2.30.0",
		    "note dnsServers: an empty text stands for 8.8.8.8");
	says_of_dns("\"\"", "2.78.1",
		    "note dnsServers: an empty text stands for 8.8.8.8");
	says_of_dns("\"\"", "2.78.2", empty);
	says_of_dns("\"\"", "8.0.2+rev1", empty);
	says_of_dns("\"\"", NULL, empty);
	says_of_dns("\"null\"", "2.78.1", word);
	says_of_dns("\"null\"", "2.78.2", "warning dnsServers: the word");
	says_of_dns("\"null\"", "2.82.5+rev2", "warning dnsServers: the word");
	says_of_dns("\"null\"", "2.82.6", word);
	says_of_dns("\"null\"", NULL, word);
	says_of_dns("null", "8.0.2", NULL);
	says_of_dns("\"1.1.1.1\"", "8.0.2", NULL);

	says_of("{\"appUpdatePollInterval\":10}",
		"warning appUpdatePollInterval: is less than a minute");
	says("{\"appUpdatePollInterval\":60000}", NULL, "");
}

int
main(void)
{
	test_sound();
	test_fatal_types();
	test_types();
	test_values();
	test_lockout();
	test_versions();
	test_unknown();
	test_part();
	test_quirks();
	test_many_unknown();
	return 0;
}
