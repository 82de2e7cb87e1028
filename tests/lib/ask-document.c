/* ask-document.c - what the library makes of a document, for tests to compare
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tests that have an outside judge (ssh-keygen, NetworkManager, another
 * language's library) are shell scripts; this program gives them our answer
 * in a form that is easily compared.  Exit status: 0, or 1 with the error on
 * standard error.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "balenaos/release.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "document/keyfile.h"
#include "document/png.h"
#include "document/ssh-key.h"
#include "document/udev-rules.h"

struct question {
	const char *name;
	int (*answer)(int argc, char **argv, struct balimg_error *err);
};

/* Read all of @path, or of standard input if it is "-". */
static char *
read_all(const char *path, size_t *len, struct balimg_error *err)
{
	AUTO_BUFFER struct buffer buf = BUFFER_INIT;
	FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	char chunk[4096];
	size_t got;

	if (!file) {
		error_sys(err, "%s", path);
		return NULL;
	}
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(&buf, chunk, got);
	if (file != stdin)
		fclose(file);
	return buffer_take(&buf, len, err);
}

/* Lines "A<TAB>B" on standard input: -1, 0 or 1 for each. */
static int
compare_releases(int argc, char **argv, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	char *line;
	size_t len;

	(void)argc;
	(void)argv;
	text = read_all("-", &len, err);
	if (!text)
		return -1;
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *tab = strchr(line, '\t');
		struct release a, b;
		int order;

		if (!tab)
			return error_set(err, BALIMG_E_USAGE, "no tab");
		*tab = '\0';
		release_parse(line, &a);
		release_parse(tab + 1, &b);
		order = release_compare(&a, &b);
		printf("%d\n", (order > 0) - (order < 0));
	}
	return 0;
}

/* FILE...: "FILE:LINE: error|warning: TEXT". */
static int
lint_udev(int argc, char **argv, struct balimg_error *err)
{
	int i;

	for (i = 0; i < argc; i++) {
		AUTO_FREE char *text = NULL;
		struct udev_findings findings;
		size_t len;
		size_t at;

		text = read_all(argv[i], &len, err);
		if (!text || udev_text_lint(text, len, &findings, err) < 0)
			return -1;
		for (at = 0; at < findings.count; at++)
			printf("%s:%u: %s: %s\n", argv[i],
			       findings.findings[at].line,
			       findings.findings[at].error ? "error" :
							     "warning",
			       findings.findings[at].text);
		udev_findings_clear(&findings);
	}
	return 0;
}

/* FILE: the text as it would be stored. */
static int
normalise_udev(int argc, char **argv, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *stored = NULL;
	size_t len;

	if (argc != 1)
		return error_set(err, BALIMG_E_USAGE, "FILE");
	text = read_all(argv[0], &len, err);
	if (text)
		stored = udev_text_normalise(text, len, &len, err);
	if (!stored)
		return -1;
	fwrite(stored, 1, len, stdout);
	return 0;
}

static void
print_keys(const struct ssh_keys *keys)
{
	size_t i;

	for (i = 0; i < keys->count; i++) {
		const struct ssh_key *key = &keys->keys[i];

		printf("%u %s %s\n", key->bits, key->fingerprint,
		       key->comment ? key->comment : "no comment");
	}
}

/* FILE...: "BITS FINGERPRINT COMMENT" for each key. */
static int
list_ssh(int argc, char **argv, struct balimg_error *err)
{
	int i;

	for (i = 0; i < argc; i++) {
		AUTO_FREE char *text = NULL;
		struct ssh_keys keys;
		size_t len;

		text = read_all(argv[i], &len, err);
		if (!text || ssh_keys_parse(text, len, &keys, err) < 0)
			return -1;
		print_keys(&keys);
		ssh_keys_clear(&keys);
	}
	return 0;
}

/* The same, of the agent's keys. */
static int
list_agent(int argc, char **argv, struct balimg_error *err)
{
	struct ssh_keys keys;

	(void)argc;
	(void)argv;
	if (ssh_agent_keys(&keys, err) < 0)
		return -1;
	print_keys(&keys);
	ssh_keys_clear(&keys);
	return 0;
}

/* FILE: "WIDTH HEIGHT DEPTH" and words for what it is. */
static int
check_png(int argc, char **argv, struct balimg_error *err)
{
	AUTO_FREE char *data = NULL;
	struct png_info info;
	size_t len;

	if (argc != 1)
		return error_set(err, BALIMG_E_USAGE, "FILE");
	data = read_all(argv[0], &len, err);
	if (!data || png_check(data, len, &info, err) < 0)
		return -1;
	printf("%u %u %u%s%s%s%s\n", info.width, info.height, info.bit_depth,
	       info.palette ? " palette" : "", info.grey ? " grey" : "",
	       info.alpha ? " alpha" : "",
	       info.interlaced ? " interlaced" : "");
	return 0;
}

/* FILE: the pixels as RGBA. */
static int
decode_png(int argc, char **argv, struct balimg_error *err)
{
	AUTO_FREE char *data = NULL;
	AUTO_FREE uint8_t *pixels = NULL;
	struct png_info info;
	size_t len;

	if (argc != 1)
		return error_set(err, BALIMG_E_USAGE, "FILE");
	data = read_all(argv[0], &len, err);
	if (data)
		pixels = png_decode(data, len, &info, err);
	if (!pixels)
		return -1;
	fwrite(pixels, 4, (size_t)info.width * info.height, stdout);
	return 0;
}

/* SSID-IN-HEX PSK|- [ADDRESS GATEWAY [ADDRESS6 GATEWAY6 [DNS...]]], '-' being
 * none: the profile. */
static int
make_wifi(int argc, char **argv, struct balimg_error *err)
{
	struct keyfile_wifi wifi = { 0 };
	const char **slots[] = { &wifi.psk, &wifi.address, &wifi.gateway,
				 &wifi.address6, &wifi.gateway6 };
	AUTO_FREE char *text = NULL;
	char ssid[64];
	int i;

	if (argc < 1)
		return error_set(err, BALIMG_E_USAGE, "SSID-IN-HEX ...");
	for (i = 0; argv[0][2 * i] && i < (int)sizeof(ssid); i++) {
		char digits[3] = { argv[0][2 * i], argv[0][2 * i + 1], 0 };

		ssid[i] = (char)strtoul(digits, NULL, 16);
	}
	wifi.ssid = ssid;
	wifi.ssid_len = (size_t)i;
	for (i = 1; i < argc && i <= 5; i++)
		if (strcmp(argv[i], "-") != 0)
			*slots[i - 1] = argv[i];
	if (argc > 6)
		wifi.dns = (const char *const *)argv + 6;
	text = keyfile_make_wifi(&wifi, err);
	if (!text)
		return -1;
	fputs(text, stdout);
	return 0;
}

static void
print_hex(const char *data, size_t len)
{
	size_t i;

	for (i = 0; data && i < len; i++)
		printf("%02x", (unsigned char)data[i]);
	printf("%s\t", data ? "" : "-");
}

/* FILE...: for each a line of its SSID and psk, in hexadecimal or "-", and
 * whether it is sound. */
static int
check_keyfiles(int argc, char **argv, struct balimg_error *err)
{
	int i;

	for (i = 0; i < argc; i++) {
		AUTO_KEYFILE struct keyfile *keyfile = NULL;
		AUTO_FREE char *text = NULL;
		AUTO_FREE char *ssid = NULL;
		const char *psk;
		size_t len;

		error_clear(err);
		text = read_all(argv[i], &len, err);
		if (!text)
			return -1;
		keyfile = keyfile_parse(text, len, err);
		if (!keyfile) {
			printf("unreadable: %s: %s\n", err->where,
			       err->message);
			continue;
		}
		ssid = keyfile_ssid(keyfile, &len, err);
		psk = keyfile_get(keyfile, "wifi-security", "psk");
		print_hex(ssid, len);
		print_hex(psk, psk ? strlen(psk) : 0);
		if (keyfile_check(keyfile, err) < 0)
			printf("%s\n", err->message);
		else
			printf("sound\n");
	}
	error_clear(err);
	return 0;
}

/* FILE: without its secrets. */
static int
redact_keyfile(int argc, char **argv, struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *redacted = NULL;
	size_t len;

	if (argc != 1)
		return error_set(err, BALIMG_E_USAGE, "FILE");
	text = read_all(argv[0], &len, err);
	if (text)
		redacted = keyfile_redact(text, len, err);
	if (!redacted)
		return -1;
	fputs(redacted, stdout);
	return 0;
}

static const struct question questions[] = {
	{ "check-keyfiles", check_keyfiles },
	{ "check-png", check_png },
	{ "compare-releases", compare_releases },
	{ "decode-png", decode_png },
	{ "lint-udev", lint_udev },
	{ "list-agent", list_agent },
	{ "list-ssh", list_ssh },
	{ "make-wifi", make_wifi },
	{ "normalise-udev", normalise_udev },
	{ "redact-keyfile", redact_keyfile },
};

int
main(int argc, char **argv)
{
	struct balimg_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (argc < 2 || strcmp(argv[1], questions[i].name) != 0)
			continue;
		if (questions[i].answer(argc - 2, argv + 2, &err) == 0)
			return 0;
		fprintf(stderr, "%s%s%s\n", err.where,
			err.where[0] ? ": " : "", err.message);
		return 1;
	}
	fprintf(stderr, "usage: ask-document QUESTION ...\n");
	return 2;
}
