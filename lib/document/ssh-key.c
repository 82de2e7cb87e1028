/* ssh-key.c - OpenSSH public keys, as authorized_keys lines
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line is [OPTIONS] TYPE BASE64 [COMMENT]; options hold no blank outside
 * their double quotes, in which a quote is written \".
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "document/ssh-key-blob.h"
#include "document/ssh-key.h"

#define BLANKS " \t"

/* Longest line that OpenSSH writes or reads is bounded by its key, of 16384
 * bits; this leaves room for options and a comment. */
#define LINE_MAX_LEN 32768

#define KEYS_MAX 1000

static bool
begins(const char *text, const char *head)
{
	return !strncmp(text, head, strlen(head));
}

static int
refuse_private(struct balimg_error *err)
{
	error_set(err, BALIMG_E_REFUSED,
		  "this is a private key, which must never leave its owner");
	return error_hint(err, "give the public key, in the file of the same "
			       "name with \".pub\" at its end");
}

/* Refuse what is a key, but no line of authorized_keys. */
static int
check_kind(const char *line, struct balimg_error *err)
{
	if (strstr(line, "PRIVATE KEY---") ||
	    begins(line, "PuTTY-User-Key-File"))
		return refuse_private(err);
	if (begins(line, "---- BEGIN SSH2 PUBLIC KEY")) {
		error_set(err, BALIMG_E_INVALID,
			  "this is a key in the form of RFC 4716");
		return error_hint(err, "ssh-keygen -i -f FILE converts it");
	}
	if (begins(line, "-----BEGIN ")) {
		error_set(err, BALIMG_E_INVALID,
			  "this is a PEM file, not an OpenSSH public key");
		return error_hint(err, "ssh-keygen -i -m PKCS8 -f FILE "
				       "converts a public key");
	}
	return 0;
}

/* The line travels as JSON text and through the device's echo, which may
 * expand a backslash; before a double quote it never does. */
static int
check_chars(const char *line, size_t len, struct balimg_error *err)
{
	size_t i;

	if (len > LINE_MAX_LEN)
		return error_set(err, BALIMG_E_INVALID,
				 "the line has %zu bytes, over %d", len,
				 LINE_MAX_LEN);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return error_set(err, BALIMG_E_INVALID,
					 "the line has the control character "
					 "0x%02x",
					 c);
		if (c == '\\' && (i + 1 == len || line[i + 1] != '"'))
			return error_set(err, BALIMG_E_REFUSED,
					 "the line has a backslash, which the "
					 "device's shell may expand");
	}
	if (!utf8_is_valid(line, len))
		return error_set(err, BALIMG_E_INVALID,
				 "the line is not UTF-8");
	return 0;
}

/* The length of the options at @p: to the first blank outside quotes. */
static size_t
options_len(const char *p)
{
	bool quoted = false;
	size_t len;

	for (len = 0; p[len]; len++) {
		if (p[len] == '\\' && p[len + 1] == '"')
			len++;
		else if (p[len] == '"')
			quoted = !quoted;
		else if (!quoted && strchr(BLANKS, p[len]))
			break;
	}
	return len;
}

/* Copy the first @len bytes at @p, or, @len being 0, nothing (NULL). */
static int
copy_part(const char *p, size_t len, char **part, struct balimg_error *err)
{
	if (len == 0)
		return 0;
	*part = strndup(p, len);
	return *part ? 0 : error_nomem(err);
}

/* Split ->line at the key type. */
static int
split_options(struct ssh_key *key, const char **p, struct balimg_error *err)
{
	size_t word = strcspn(*p, BLANKS);
	size_t options;

	if (ssh_blob_knows_type(*p, word))
		return 0;

	options = options_len(*p);
	*p += options;
	*p += strspn(*p, BLANKS);
	word = strcspn(*p, BLANKS);
	if (!ssh_blob_knows_type(*p, word)) {
		if (begins(*p, "AAAA"))
			return error_set(err, BALIMG_E_INVALID,
					 "unknown key type \"%.*s\"",
					 options < 64 ? (int)options : 64,
					 key->line);
		return error_set(err, BALIMG_E_INVALID,
				 "there is no OpenSSH public key in the line");
	}
	return copy_part(key->line, options, &key->options, err);
}

static int
decode_blob(struct ssh_key *key, const char *p, size_t len,
	    struct balimg_error *err)
{
	if (len == 0)
		return error_set(err, BALIMG_E_INVALID,
				 "there is nothing after \"%s\"", key->type);
	key->blob = malloc(BASE64_DECODED_SIZE(len) + 1);
	if (!key->blob)
		return error_nomem(err);
	if (!base64_decode(p, len, key->blob, &key->blob_len))
		return error_set(err, BALIMG_E_INVALID,
				 "what follows \"%s\" is no base64 text: is "
				 "the key whole?",
				 key->type);
	return 0;
}

static int
split_line(struct ssh_key *key, struct balimg_error *err)
{
	const char *p = key->line;
	size_t word;

	if (split_options(key, &p, err) < 0)
		return -1;
	word = strcspn(p, BLANKS);
	if (copy_part(p, word, &key->type, err) < 0)
		return -1;
	p += word;
	p += strspn(p, BLANKS);
	word = strcspn(p, BLANKS);
	if (decode_blob(key, p, word, err) < 0)
		return -1;
	p += word;
	p += strspn(p, BLANKS);
	return copy_part(p, strlen(p), &key->comment, err);
}

int
ssh_key_parse(const char *line, size_t len, struct ssh_key *key,
	      struct balimg_error *err)
{
	*key = (struct ssh_key){ 0 };
	while (len && strchr(BLANKS "\r\n", line[len - 1]) && line[len - 1])
		len--;
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	key->line = strndup(line, len);
	if (!key->line)
		return error_nomem(err);
	if (check_kind(key->line, err) < 0 ||
	    check_chars(line, len, err) < 0 || split_line(key, err) < 0 ||
	    ssh_blob_check(key, err) < 0) {
		ssh_key_clear(key);
		return -1;
	}
	return 0;
}

void
ssh_key_clear(struct ssh_key *key)
{
	free(key->line);
	free(key->options);
	free(key->type);
	free(key->comment);
	free(key->blob);
	*key = (struct ssh_key){ 0 };
}

int
ssh_keys_add(struct ssh_keys *keys, const struct ssh_key *key,
	     struct balimg_error *err)
{
	struct ssh_key *more;

	if (keys->count == KEYS_MAX)
		return error_set(err, BALIMG_E_INVALID, "over %d keys",
				 KEYS_MAX);
	more = realloc(keys->keys, (keys->count + 1) * sizeof(*more));
	if (!more)
		return error_nomem(err);
	keys->keys = more;
	keys->keys[keys->count++] = *key;
	return 0;
}

/* Parse one line of a file, if it is not blank or a comment. */
static int
add_line(struct ssh_keys *keys, const char *line, size_t len,
	 struct balimg_error *err)
{
	struct ssh_key key;
	size_t blank = 0;

	while (blank < len && line[blank] && strchr(" \t\r", line[blank]))
		blank++;
	if (blank == len || line[blank] == '#')
		return 0;
	if (ssh_key_parse(line, len, &key, err) < 0)
		return -1;
	if (ssh_keys_add(keys, &key, err) < 0) {
		ssh_key_clear(&key);
		return -1;
	}
	return 0;
}

int
ssh_keys_parse(const char *text, size_t len, struct ssh_keys *keys,
	       struct balimg_error *err)
{
	const char *end;
	size_t step;
	unsigned number;

	*keys = (struct ssh_keys){ 0 };
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	for (number = 1; len; number++) {
		end = memchr(text, '\n', len);
		step = end ? (size_t)(end - text) : len;
		if (add_line(keys, text, step, err) < 0) {
			ssh_keys_clear(keys);
			return error_wrap(err, "line %u", number);
		}
		step += end != NULL;
		text += step;
		len -= step;
	}
	if (keys->count == 0)
		return error_set(err, BALIMG_E_INVALID,
				 "there is no key in it");
	return 0;
}

void
ssh_keys_clear(struct ssh_keys *keys)
{
	size_t i;

	for (i = 0; i < keys->count; i++)
		ssh_key_clear(&keys->keys[i]);
	free(keys->keys);
	*keys = (struct ssh_keys){ 0 };
}

bool
ssh_key_equal(const struct ssh_key *a, const struct ssh_key *b)
{
	return a->blob_len == b->blob_len &&
	       !memcmp(a->blob, b->blob, a->blob_len);
}

bool
ssh_key_has_glob(const struct ssh_key *key)
{
	return strpbrk(key->line, "*?[") != NULL;
}

/* Does @version, "MAJOR.MINOR...", have OpenSSH?  Extended support releases,
 * with a year for a major version, all do. */
static bool
has_openssh(const char *version)
{
	char *end;
	unsigned long major = strtoul(version, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	return major > 2 || (major == 2 && minor >= 38);
}

const char *
ssh_key_unusable(const struct ssh_key *key, const char *version)
{
	if (key->certificate)
		return "a certificate lets nobody in; give the plain key, or "
		       "the key of the authority with the option "
		       "cert-authority";
	if (!version || *version < '0' || *version > '9')
		return NULL;
	if (has_openssh(version))
		return strcmp(key->type, "ssh-dss") == 0 ?
			       "the OpenSSH of this OS takes no DSA keys" :
			       NULL;
	if (key->security_key)
		return "the dropbear of this OS takes no keys of hardware "
		       "tokens";
	if (!strcmp(key->type, "ssh-ed25519"))
		return "the dropbear of this OS takes no Ed25519 keys";
	return NULL;
}
