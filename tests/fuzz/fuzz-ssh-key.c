/* fuzz-ssh-key.c - any bytes as a file of public keys, and as a key's inside
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "document/ssh-key.h"
#include "fuzz.h"

/* A key that was taken is the same key when read again. */
static void
check_key(const struct ssh_key *key)
{
	struct balimg_error err = { 0 };
	struct ssh_key again;

	if (ssh_key_parse(key->line, strlen(key->line), &again, &err) < 0 ||
	    !ssh_key_equal(key, &again) ||
	    strcmp(key->fingerprint, again.fingerprint) != 0)
		abort();
	ssh_key_unusable(key, "2.53.0");
	ssh_key_has_glob(key);
	ssh_key_clear(&again);
}

static void
read_file(const char *text, size_t size)
{
	struct balimg_error err = { 0 };
	struct ssh_keys keys;
	size_t i;

	if (ssh_keys_parse(text, size, &keys, &err) < 0) {
		if (err.code != BALIMG_E_INVALID &&
		    err.code != BALIMG_E_REFUSED)
			abort();
		return;
	}
	for (i = 0; i < keys.count; i++)
		check_key(&keys.keys[i]);
	ssh_keys_clear(&keys);
}

/* A line around the blob, of the type that it names itself. */
static void
read_blob(const uint8_t *data, size_t size)
{
	AUTO_FREE char *letters = malloc(BASE64_ENCODED_SIZE(size));
	AUTO_BUFFER struct buffer line = BUFFER_INIT;
	size_t type_len;

	if (!letters || size < 4 || be32_get(data) > size - 4)
		return;
	type_len = be32_get(data);
	base64_encode(data, size, letters);
	buffer_add(&line, data + 4, type_len);
	buffer_puts(&line, " ");
	buffer_puts(&line, letters);
	read_file(line.data, line.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_file((const char *)data, size);
	read_blob(data, size);
	return 0;
}
