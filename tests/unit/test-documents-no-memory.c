/* test-documents-no-memory.c - documents are let go of when memory ends
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each call is made again and again, its first, second, ... allocation
 * failing, until it gets through without.  Leaks are for the sanitizer and
 * valgrind to find.
 */
#include <config.h>

#include "base/cleanup.h"
#include "document/keyfile.h"
#include "document/os-release.h"
#include "document/png.h"
#include "document/ssh-key.h"
#include "document/udev-rules.h"
#include "alloc-fail.h"
#include "unit.h"

struct call {
	const char *name;
	int (*make)(struct balimg_error *err);
};

static int
make_udev(struct balimg_error *err)
{
	static const char rules[] = "KERNEL==\"a\" RUN=\"x\"\r\n"
				    "GOTO=\"end\"\nFOO=\"x\"\n"
				    "KERNEL==\"b\", \\\n GOTO=\"up\"\n"
				    "LABEL=\"end\"\n";
	AUTO_FREE char *text = NULL;
	struct udev_findings findings;
	size_t len;

	text = udev_text_normalise(rules, sizeof(rules) - 1, &len, err);
	if (!text || udev_text_lint(text, len, &findings, err) < 0)
		return -1;
	CHECK(findings.count == 3);
	udev_findings_clear(&findings);
	return 0;
}

static int
make_keys(struct balimg_error *err)
{
	static const char text[] =
		"# mine\nno-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICqk/KXD5E"
		"YHJsQogN0Ras4GZyYxtVfI5deUXVvo/9aT one\n"
		"sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2"
		"guY29tAAAAIGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ1AAAABHN"
		"zaDo= two\n";
	struct ssh_keys keys;

	if (ssh_keys_parse(text, sizeof(text) - 1, &keys, err) < 0)
		return -1;
	CHECK(keys.count == 2);
	ssh_keys_clear(&keys);
	return 0;
}

static const char profile[] = "[connection]\nid=x\ntype=wifi\n"
			      "[wifi]\nssid=a\\;b\n"
			      "[wifi-security]\nkey-mgmt=wpa-psk\n"
			      "psk=12345678\n"
			      "[ipv4]\naddress1=10.0.0.2/8\n";

static int
make_profile(struct balimg_error *err)
{
	AUTO_KEYFILE struct keyfile *keyfile = NULL;
	AUTO_FREE char *normal = NULL;
	AUTO_FREE char *shown = NULL;
	AUTO_FREE char *ssid = NULL;
	size_t len;

	normal = keyfile_normalise(profile, sizeof(profile) - 1, &len, err);
	if (normal)
		keyfile = keyfile_parse(normal, len, err);
	if (!keyfile || keyfile_check(keyfile, err) < 0)
		return -1;
	shown = keyfile_redact(normal, len, err);
	if (shown)
		ssid = keyfile_ssid(keyfile, &len, err);
	if (!ssid)
		return -1;
	CHECK_STR(ssid, "a;b");
	return 0;
}

static int
make_wifi(struct balimg_error *err)
{
	struct keyfile_wifi wifi = { .ssid = "home",
				     .ssid_len = 4,
				     .psk = "password" };
	AUTO_FREE char *text = keyfile_make_wifi(&wifi, err);

	return text ? 0 : -1;
}

static int
make_os_release(struct balimg_error *err)
{
	AUTO_FREE char *value = os_release_get("A=\"b c\"\n", 8, "A", err);

	return value ? 0 : -1;
}

/* A grey pixel. */
static int
make_picture(struct balimg_error *err)
{
	static const uint8_t png[] = {
		0x89, 'P', 'N', 'G',  0x0d, 0x0a, 0x1a, 0x0a, 0,    0, 0, 13,
		'I',  'H', 'D', 'R',  0,    0,	  0,	1,    0,    0, 0, 1,
		8,    0,   0,	0,    0,    0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0,
		10,   'I', 'D', 'A',  'T',  0x78, 0xda, 0x63, 0x60, 0, 0, 0,
		2,    0,   1,	0xe5, 0x27, 0xde, 0xfc, 0,    0,    0, 0, 'I',
		'E',  'N', 'D', 0xae, 0x42, 0x60, 0x82,
	};
	AUTO_FREE uint8_t *pixels = NULL;

	pixels = png_decode(png, sizeof(png), NULL, err);
	return pixels ? 0 : -1;
}

static const struct call calls[] = {
	{ "udev rules", make_udev },	   { "SSH keys", make_keys },
	{ "profile", make_profile },	   { "Wi-Fi", make_wifi },
	{ "os-release", make_os_release }, { "picture", make_picture },
};

/* One allocation fails: the call says so, or did without. */
static void
try_call(const struct call *call)
{
	unsigned long nth = 0;
	bool failed;

	do {
		struct balimg_error err = { 0 };
		int rc;

		alloc_fail_at(++nth);
		rc = call->make(&err);
		failed = alloc_has_failed();
		alloc_fail_at(0);
		if (rc < 0 && (!failed || err.code != BALIMG_E_NO_MEMORY))
			FAIL("%s: allocation %lu: %s", call->name, nth,
			     err.message);
	} while (failed);
	CHECK(nth > 1);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		try_call(&calls[i]);
	return 0;
}
