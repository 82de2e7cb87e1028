/* ssh-key-blob.h - the inside of an OpenSSH public key
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Private to ssh-key*.c.  A blob is a row of strings, each after its length
 * (32 bits, big-endian): the type's name, then the fields of that type; a
 * certificate wraps the fields in a nonce before and a statement after.
 */
#ifndef BALIMG_DOCUMENT_SSH_KEY_BLOB_H
#define BALIMG_DOCUMENT_SSH_KEY_BLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "document/ssh-key.h"

/* Is it the name (@len bytes) of a key type we know? */
bool ssh_blob_knows_type(const char *name, size_t len);

/* Check ->blob against ->type, and set ->bits, ->certificate,
 * ->security_key and ->fingerprint from it.  BALIMG_E_INVALID with the
 * reason. */
int ssh_blob_check(struct ssh_key *key, struct balimg_error *err) MUST_USE;

/* Append @key, whose parts then belong to @keys; on failure they stay the
 * caller's. */
int ssh_keys_add(struct ssh_keys *keys, const struct ssh_key *key,
		 struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DOCUMENT_SSH_KEY_BLOB_H */
