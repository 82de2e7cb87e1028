/* test-ssh-key.c - authorized_keys lines: what is taken, what is refused
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fingerprints and whole keys are judged by ssh-keygen, in
 * test-ssh-fingerprints.sh; this is about the line around the key and about
 * blobs that ssh-keygen does not make.
 */
#include <config.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "document/ssh-key.h"
#include "unit.h"

#define ED                                                                  \
	"AAAAC3NzaC1lZDI1NTE5AAAAICqk/KXD5EYHJsQogN0Ras4GZyYxtVfI5deUXVvo/" \
	"9aT"

static void
add_string(struct buffer *blob, const void *data, size_t len)
{
	uint8_t head[4] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16),
			    (uint8_t)(len >> 8), (uint8_t)len };

	buffer_add(blob, head, sizeof(head));
	buffer_add(blob, data, len);
}

static void
add_text(struct buffer *blob, const char *text)
{
	add_string(blob, text, strlen(text));
}

/* Parse "TYPE BASE64(BLOB)" and release the blob. */
static int
parse_blob(const char *type, struct buffer *blob, struct ssh_key *key,
	   struct balimg_error *err)
{
	AUTO_FREE char *letters = malloc(BASE64_ENCODED_SIZE(blob->len));
	AUTO_BUFFER struct buffer line = BUFFER_INIT;

	CHECK(letters);
	base64_encode(blob->data, blob->len, letters);
	buffer_printf(&line, "%s %s", type, letters);
	buffer_free(blob);
	return ssh_key_parse(line.data, line.len, key, err);
}

static void
test_base64(void)
{
	static const char *const bad[] = {
		"A",	    "AA",   "AAA",  "A===", "AB==",  "AAB=",
		"AA==AAAA", "AA=A", "AA A", "====", "AAA\n", "AA-_"
	};
	uint8_t out[16];
	uint8_t again[16];
	char text[BASE64_ENCODED_SIZE(16)];
	size_t len;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (base64_decode(bad[i], strlen(bad[i]), out, &len))
			FAIL("decoded: %s", bad[i]);
	CHECK(base64_decode("", 0, out, &len) && len == 0);
	CHECK(base64_decode("Zg==", 4, out, &len) && len == 1);
	CHECK(base64_decode("Zm8=", 4, out, &len) && len == 2);
	CHECK(base64_decode("Zm9v", 4, out, &len) && len == 3);
	CHECK(!memcmp(out, "foo", 3));
	for (i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(0xff - 16 * i);
	for (i = 0; i <= sizeof(out); i++) {
		base64_encode(out, i, text);
		CHECK(strlen(text) + 1 == BASE64_ENCODED_SIZE(i));
		CHECK(base64_decode(text, strlen(text), again, &len));
		CHECK(len == i && !memcmp(again, out, i));
	}
}

static void
test_line(const char *line, const char *options, const char *comment)
{
	struct balimg_error err = { 0 };
	struct ssh_key key;

	CHECK_OK(ssh_key_parse(line, strlen(line), &key, &err), err);
	if (options)
		CHECK_STR(key.options, options);
	CHECK(!options == !key.options);
	if (comment)
		CHECK_STR(key.comment, comment);
	CHECK(!comment == !key.comment);
	CHECK_STR(key.type, "ssh-ed25519");
	CHECK(key.blob_len == 51 && key.bits == 256);
	CHECK(!key.certificate && !key.security_key);
	CHECK_STR(key.fingerprint,
		  "SHA256:1ziIlI5g6pXgooa64fVLuApZzzjr+MsuMGEATR7z1CQ");
	ssh_key_clear(&key);
	ssh_key_clear(&key);
}

static void
test_refused(const char *line, enum balimg_code code)
{
	struct balimg_error err = { 0 };
	struct ssh_key key;

	if (ssh_key_parse(line, strlen(line), &key, &err) == 0)
		FAIL("taken: %s", line);
	if (err.code != code)
		FAIL("%s: %s", line, err.message);
	CHECK(!key.line && !key.blob && !key.options);
}

static void
test_lines(void)
{
	test_line("ssh-ed25519 " ED, NULL, NULL);
	test_line("  ssh-ed25519\t" ED "   me @ home \r\n", NULL, "me @ home");
	test_line("no-pty ssh-ed25519 " ED " c", "no-pty", "c");
	test_line("command=\"a b \\\"c d\\\"\",no-pty   ssh-ed25519 " ED,
		  "command=\"a b \\\"c d\\\"\",no-pty", NULL);
	test_line("environment=\"A=ssh-rsa x\" ssh-ed25519 " ED " \xc3\xa9",
		  "environment=\"A=ssh-rsa x\"", "\xc3\xa9");

	test_refused("", BALIMG_E_INVALID);
	test_refused("ssh-ed25519", BALIMG_E_INVALID);
	test_refused("ssh-ed25519 ", BALIMG_E_INVALID);
	test_refused(ED, BALIMG_E_INVALID);
	test_refused("ssh-ed25519 x" ED, BALIMG_E_INVALID);
	test_refused("ssh-rsa " ED, BALIMG_E_INVALID);
	test_refused("ed25519 " ED, BALIMG_E_INVALID);
	test_refused("SSH-ED25519 " ED, BALIMG_E_INVALID);
	test_refused("no-pty, ssh-foo " ED, BALIMG_E_INVALID);
	test_refused("command=\"a ssh-ed25519 " ED, BALIMG_E_INVALID);
	test_refused("a b ssh-ed25519 " ED, BALIMG_E_INVALID);
	test_refused("ssh-ed25519 " ED " \x01", BALIMG_E_INVALID);
	test_refused("ssh-ed25519 " ED " \xff", BALIMG_E_INVALID);
	test_refused("ssh-ed25519 " ED "\nssh-ed25519 " ED, BALIMG_E_INVALID);
	test_refused("ssh-ed25519 " ED " a\\nb", BALIMG_E_REFUSED);
	test_refused("ssh-ed25519 " ED " a\\", BALIMG_E_REFUSED);
	test_refused("command=\"a\\\\\" ssh-ed25519 " ED, BALIMG_E_REFUSED);
	test_refused("-----BEGIN OPENSSH PRIVATE KEY-----", BALIMG_E_REFUSED);
	test_refused("PuTTY-User-Key-File-3: ssh-ed25519", BALIMG_E_REFUSED);
	test_refused("---- BEGIN SSH2 PUBLIC KEY ----", BALIMG_E_INVALID);
	test_refused("-----BEGIN PUBLIC KEY-----", BALIMG_E_INVALID);
}

/* An RSA key whose modulus has @len bytes, the first one @top. */
static int
parse_rsa(uint8_t top, size_t len, struct ssh_key *key,
	  struct balimg_error *err)
{
	struct buffer blob = BUFFER_INIT;
	uint8_t *number = calloc(1, len);
	int rc;

	CHECK(number);
	memset(number, 0x80, len);
	number[0] = top;
	number[len - 1] = 1;
	add_text(&blob, "ssh-rsa");
	add_string(&blob, "\1\0\1", 3);
	add_string(&blob, number, len);
	free(number);
	rc = parse_blob("ssh-rsa", &blob, key, err);
	return rc;
}

static void
test_rsa_sizes(void)
{
	struct balimg_error err = { 0 };
	struct ssh_key key;

	CHECK_OK(parse_rsa(0x40, 256, &key, &err), err);
	CHECK(key.bits == 2047);
	ssh_key_clear(&key);
	CHECK_OK(parse_rsa(0, 2049, &key, &err), err);
	ssh_key_clear(&key);
	CHECK_FAILS(parse_rsa(0x80, 256, &key, &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(parse_rsa(0x7f, 127, &key, &err), err, BALIMG_E_INVALID);
	CHECK_FAILS(parse_rsa(0x7f, 2049, &key, &err), err, BALIMG_E_INVALID);
}

/* A point of the wrong length, off the curve, at infinity; another curve. */
static void
test_points(void)
{
	static const uint8_t off_curve[65] = { 4, 1, 2, 3 };
	static const struct {
		const char *curve;
		const void *point;
		size_t len;
	} cases[] = {
		{ "nistp256", off_curve, 65 }, { "nistp256", off_curve, 64 },
		{ "nistp256", "", 1 },	       { "nistp256", "", 0 },
		{ "nistp384", off_curve, 65 }, { "nistp", off_curve, 65 },
	};
	static const char type[] = "ecdsa-sha2-nistp256";
	struct balimg_error err = { 0 };
	struct ssh_key key;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer blob = BUFFER_INIT;

		add_text(&blob, type);
		add_text(&blob, cases[i].curve);
		add_string(&blob, cases[i].point, cases[i].len);
		CHECK_FAILS(parse_blob(type, &blob, &key, &err), err,
			    BALIMG_E_INVALID);
	}
}

static void
test_token_key(void)
{
	static const char type[] = "sk-ssh-ed25519@openssh.com";
	struct buffer blob = BUFFER_INIT;
	struct balimg_error err = { 0 };
	struct ssh_key key;

	add_text(&blob, type);
	add_text(&blob, "abcdefghijklmnopqrstuvwxyz012345");
	CHECK_FAILS(parse_blob(type, &blob, &key, &err), err,
		    BALIMG_E_INVALID);
	add_text(&blob, type);
	add_text(&blob, "abcdefghijklmnopqrstuvwxyz012345");
	add_text(&blob, "ssh:");
	CHECK_OK(parse_blob(type, &blob, &key, &err), err);
	CHECK(key.security_key && key.bits == 256);
	CHECK(ssh_key_unusable(&key, "2.37.0"));
	CHECK(!ssh_key_unusable(&key, "2.38.0"));
	ssh_key_clear(&key);
}

static void
test_files(void)
{
	static const char text[] = "\xef\xbb\xbf# mine\r\n"
				   "\r\n  \n"
				   "ssh-ed25519 " ED " a\r\n"
				   "  # more\n"
				   "no-pty ssh-ed25519 " ED " b?";
	static const char *const bad[] = {
		"",
		"# nothing\n",
		"ssh-ed25519 " ED "\nssh-ed25519\n",
		"ssh-ed25519 " ED "\n-----BEGIN RSA PRIVATE KEY-----\n",
	};
	struct balimg_error err = { 0 };
	struct ssh_keys keys;
	size_t i;

	CHECK_OK(ssh_keys_parse(text, sizeof(text) - 1, &keys, &err), err);
	CHECK(keys.count == 2);
	CHECK(ssh_key_equal(&keys.keys[0], &keys.keys[1]));
	CHECK(!ssh_key_has_glob(&keys.keys[0]));
	CHECK(ssh_key_has_glob(&keys.keys[1]));
	CHECK_STR(keys.keys[1].line, "no-pty ssh-ed25519 " ED " b?");
	ssh_keys_clear(&keys);

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ssh_keys_parse(bad[i], strlen(bad[i]), &keys, &err) == 0)
			FAIL("taken: %s", bad[i]);
		CHECK(keys.count == 0);
		if (i == 2)
			CHECK_STR(err.where, "line 2");
		CHECK((err.code == BALIMG_E_REFUSED) == (i == 3));
		error_clear(&err);
	}
}

static void
test_usable(void)
{
	static const struct {
		const char *type, *version;
		bool usable;
	} cases[] = {
		{ "ssh-ed25519", NULL, true },
		{ "ssh-ed25519", "unknown", true },
		{ "ssh-ed25519", "2.37.9", false },
		{ "ssh-ed25519", "1.24.0", false },
		{ "ssh-ed25519", "2.38.0+rev1", true },
		{ "ssh-ed25519", "2019.7.0", true },
		{ "ssh-rsa", "2.0.0", true },
		{ "ssh-rsa", "8.0.2", true },
		{ "ssh-dss", "2.0.0", true },
		{ "ssh-dss", "2.38.0", false },
		{ "ssh-dss", NULL, true },
		{ "ecdsa-sha2-nistp256", "2.0.0", true },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ssh_key key = { .type = (char *)cases[i].type };

		if (!ssh_key_unusable(&key, cases[i].version) !=
		    cases[i].usable)
			FAIL("%s with %s", cases[i].type, cases[i].version);
		key.certificate = true;
		CHECK(ssh_key_unusable(&key, cases[i].version));
	}
}

int
main(void)
{
	test_base64();
	test_lines();
	test_rsa_sizes();
	test_points();
	test_token_key();
	test_files();
	test_usable();
	return 0;
}
