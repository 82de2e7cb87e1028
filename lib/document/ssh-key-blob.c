/* ssh-key-blob.c - the inside of an OpenSSH public key
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A table gives each type its fields.  The structure of certificates is
 * checked, their signature is not: what they state is the server's to
 * believe.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/curve.h"
#include "base/digest.h"
#include "document/ssh-key-blob.h"

#define NUMBER_MAX_BITS 16384u /* as OpenSSH bounds them */
#define RSA_MIN_BITS	1024u
#define ED25519_SIZE	32u
#define CERT_ENDING	"-cert-v01@openssh.com"
#define SK_ENDING	"@openssh.com"
#define FIELDS_MAX	4

/* What a field holds.  SIZED numbers give the key its size. */
enum field {
	FIELD_END,
	FIELD_NUMBER,
	FIELD_SIZED,
	FIELD_CURVE,
	FIELD_POINT,
	FIELD_ED25519,
	FIELD_APPLICATION,
};

struct key_type {
	const char *name; /* without the ending of "sk-..." and certificates */
	const char *curve; /* that FIELD_CURVE must name */
	unsigned bits;	   /* 0: those of the sized number */
	bool security_key;
	enum field fields[FIELDS_MAX + 1];
};

static const struct key_type key_types[] = {
	{ .name = "ssh-rsa", .fields = { FIELD_NUMBER, FIELD_SIZED } },
	{ .name = "ssh-dss",
	  .fields = { FIELD_SIZED, FIELD_NUMBER, FIELD_NUMBER,
		      FIELD_NUMBER } },
	{ .name = "ecdsa-sha2-nistp256",
	  .curve = "nistp256",
	  .bits = 256,
	  .fields = { FIELD_CURVE, FIELD_POINT } },
	{ .name = "ecdsa-sha2-nistp384",
	  .curve = "nistp384",
	  .bits = 384,
	  .fields = { FIELD_CURVE, FIELD_POINT } },
	{ .name = "ecdsa-sha2-nistp521",
	  .curve = "nistp521",
	  .bits = 521,
	  .fields = { FIELD_CURVE, FIELD_POINT } },
	{ .name = "ssh-ed25519", .bits = 256, .fields = { FIELD_ED25519 } },
	{ .name = "sk-ecdsa-sha2-nistp256",
	  .curve = "nistp256",
	  .bits = 256,
	  .security_key = true,
	  .fields = { FIELD_CURVE, FIELD_POINT, FIELD_APPLICATION } },
	{ .name = "sk-ssh-ed25519",
	  .bits = 256,
	  .security_key = true,
	  .fields = { FIELD_ED25519, FIELD_APPLICATION } },
};

struct octets {
	const uint8_t *at;
	size_t len;
};

static bool
name_is(const char *name, size_t len, const char *base, const char *ending)
{
	size_t base_len = strlen(base);

	return len == base_len + strlen(ending) &&
	       !memcmp(name, base, base_len) &&
	       !memcmp(name + base_len, ending, len - base_len);
}

/* The type called @name; *@certificate: it is its certificate. */
static const struct key_type *
find_type(const char *name, size_t len, bool *certificate)
{
	size_t i;

	for (i = 0; i < sizeof(key_types) / sizeof(key_types[0]); i++) {
		const struct key_type *type = &key_types[i];

		*certificate = name_is(name, len, type->name, CERT_ENDING);
		if (*certificate ||
		    name_is(name, len, type->name,
			    type->security_key ? SK_ENDING : ""))
			return type;
	}
	return NULL;
}

bool
ssh_blob_knows_type(const char *name, size_t len)
{
	bool certificate;

	return find_type(name, len, &certificate) != NULL;
}

/* Cut the next string off the head of @rest. */
static int
read_string(struct octets *rest, struct octets *string,
	    struct balimg_error *err)
{
	size_t len;

	if (rest->len < 4)
		return error_set(err, BALIMG_E_INVALID,
				 "the key is cut short");
	len = be32_get(rest->at);
	if (len > rest->len - 4)
		return error_set(err, BALIMG_E_INVALID,
				 "the key is cut short");
	*string = (struct octets){ rest->at + 4, len };
	rest->at += 4 + len;
	rest->len -= 4 + len;
	return 0;
}

static int
skip_bytes(struct octets *rest, size_t len, struct balimg_error *err)
{
	if (len > rest->len)
		return error_set(err, BALIMG_E_INVALID,
				 "the key is cut short");
	rest->at += len;
	rest->len -= len;
	return 0;
}

/* The size of a number in bits; leading zeros do not count. */
static int
measure_number(struct octets number, unsigned *bits, struct balimg_error *err)
{
	if (number.len && number.at[0] & 0x80)
		return error_set(err, BALIMG_E_INVALID,
				 "the key has a negative number");
	while (number.len && number.at[0] == 0) {
		number.at++;
		number.len--;
	}
	if (number.len > NUMBER_MAX_BITS / 8)
		return error_set(err, BALIMG_E_INVALID,
				 "the key has a number of over %u bits",
				 NUMBER_MAX_BITS);
	*bits = (unsigned)number.len * 8;
	if (number.len) {
		unsigned top = number.at[0];

		for (; !(top & 0x80); top <<= 1)
			--*bits;
	}
	return 0;
}

static int
check_point(const struct key_type *type, struct octets point,
	    struct balimg_error *err)
{
	bool has;

	if (curve_has_point(type->bits, point.at, point.len, &has, err) < 0)
		return -1;
	if (!has)
		return error_set(err, BALIMG_E_INVALID,
				 "the key is no point of the curve %s",
				 type->curve);
	return 0;
}

static int
check_field(const struct key_type *type, enum field field, struct octets value,
	    struct ssh_key *key, struct balimg_error *err)
{
	unsigned bits;

	switch (field) {
	case FIELD_NUMBER:
		return measure_number(value, &bits, err);
	case FIELD_SIZED:
		return measure_number(value, &key->bits, err);
	case FIELD_CURVE:
		if (name_is((const char *)value.at, value.len, type->curve,
			    ""))
			return 0;
		return error_set(err, BALIMG_E_INVALID,
				 "the key is not of the curve %s",
				 type->curve);
	case FIELD_POINT:
		return check_point(type, value, err);
	case FIELD_ED25519:
		if (value.len == ED25519_SIZE)
			return 0;
		return error_set(err, BALIMG_E_INVALID,
				 "the key has %zu bytes, not %u", value.len,
				 ED25519_SIZE);
	case FIELD_APPLICATION:
	case FIELD_END:
		break;
	}
	return 0;
}

/* Check the fields of @type at the head of @rest, and move behind them. */
static int
check_fields(const struct key_type *type, struct octets *rest,
	     struct ssh_key *key, struct balimg_error *err)
{
	struct octets value;
	size_t i;

	key->bits = type->bits;
	for (i = 0; type->fields[i] != FIELD_END; i++)
		if (read_string(rest, &value, err) < 0 ||
		    check_field(type, type->fields[i], value, key, err) < 0)
			return -1;
	if (!strcmp(type->name, "ssh-rsa") && key->bits < RSA_MIN_BITS)
		return error_set(err, BALIMG_E_INVALID,
				 "an RSA key of %u bits is too short; servers "
				 "want %u at least",
				 key->bits, RSA_MIN_BITS);
	return 0;
}

/* Is @list a row of strings, in pairs if @pairs? */
static int
check_list(struct octets list, bool pairs, struct balimg_error *err)
{
	struct octets item;

	while (list.len) {
		if (read_string(&list, &item, err) < 0 ||
		    (pairs && read_string(&list, &item, err) < 0))
			return -1;
	}
	return 0;
}

/* The key that signed a certificate: sound, and no certificate itself. */
static int
check_signer(struct octets blob, struct balimg_error *err)
{
	const struct key_type *type;
	struct ssh_key signer;
	struct octets name;
	bool certificate;

	if (read_string(&blob, &name, err) < 0)
		return -1;
	type = find_type((const char *)name.at, name.len, &certificate);
	if (!type || certificate)
		return error_set(err, BALIMG_E_INVALID,
				 "the certificate is not signed by a key of a "
				 "known type");
	if (check_fields(type, &blob, &signer, err) < 0)
		return -1;
	if (blob.len)
		return error_set(err, BALIMG_E_INVALID,
				 "the certificate's signer has %zu bytes too "
				 "many",
				 blob.len);
	return 0;
}

/* What a certificate states about its key: serial and type, id, principals,
 * validity, options, extensions, a reserved string, signer, signature. */
static int
check_statement(struct octets *rest, struct balimg_error *err)
{
	struct octets id, principals, options, extensions;
	struct octets reserved, signer, signature;

	if (skip_bytes(rest, 8 + 4, err) < 0 ||
	    read_string(rest, &id, err) < 0 ||
	    read_string(rest, &principals, err) < 0 ||
	    skip_bytes(rest, 8 + 8, err) < 0 ||
	    read_string(rest, &options, err) < 0 ||
	    read_string(rest, &extensions, err) < 0 ||
	    read_string(rest, &reserved, err) < 0 ||
	    read_string(rest, &signer, err) < 0 ||
	    read_string(rest, &signature, err) < 0)
		return -1;
	if (check_list(principals, false, err) < 0 ||
	    check_list(options, true, err) < 0 ||
	    check_list(extensions, true, err) < 0)
		return -1;
	return check_signer(signer, err);
}

/* The fingerprint is that of the plain key, for a certificate, too. */
static int
set_fingerprint(const struct key_type *type, struct octets fields,
		struct ssh_key *key, struct balimg_error *err)
{
	static const char head[] = "SHA256:";
	char letters[BASE64_ENCODED_SIZE(SHA256_SIZE)];
	AUTO_BUFFER struct buffer plain = BUFFER_INIT;
	AUTO_FREE char *blob = NULL;
	uint8_t sum[SHA256_SIZE];
	const char *ending = type->security_key ? SK_ENDING : "";
	size_t name_len = strlen(type->name) + strlen(ending);
	uint8_t len[4] = { 0, 0, 0, (uint8_t)name_len };
	size_t blob_len;

	buffer_add(&plain, len, sizeof(len));
	buffer_puts(&plain, type->name);
	buffer_puts(&plain, ending);
	buffer_add(&plain, fields.at, fields.len);
	blob = buffer_take(&plain, &blob_len, err);
	if (!blob)
		return -1;

	digest_sha256(blob, blob_len, sum);
	base64_encode(sum, sizeof(sum), letters);
	letters[strcspn(letters, "=")] = '\0';
	snprintf(key->fingerprint, sizeof(key->fingerprint), "%s%s", head,
		 letters);
	return 0;
}

int
ssh_blob_check(struct ssh_key *key, struct balimg_error *err)
{
	struct octets rest = { key->blob, key->blob_len };
	const struct key_type *type;
	struct octets fields;
	struct octets value;

	type = find_type(key->type, strlen(key->type), &key->certificate);
	if (!type)
		return error_set(err, BALIMG_E_INVALID,
				 "unknown key type \"%s\"", key->type);
	key->security_key = type->security_key;

	if (read_string(&rest, &value, err) < 0)
		return -1;
	if (!name_is((const char *)value.at, value.len, key->type, ""))
		return error_set(err, BALIMG_E_INVALID,
				 "the key itself is not of type %s",
				 key->type);
	if (key->certificate && read_string(&rest, &value, err) < 0)
		return -1; /* the nonce */
	fields = rest;
	if (check_fields(type, &rest, key, err) < 0)
		return -1;
	fields.len -= rest.len;
	if (key->certificate && check_statement(&rest, err) < 0)
		return -1;
	if (rest.len)
		return error_set(err, BALIMG_E_INVALID,
				 "the key has %zu bytes too many", rest.len);
	return set_fingerprint(type, fields, key, err);
}
