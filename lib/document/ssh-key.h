/* ssh-key.h - OpenSSH public keys, as authorized_keys lines
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_DOCUMENT_SSH_KEY_H
#define BALIMG_DOCUMENT_SSH_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct ssh_key {
	char *line;    /* the whole line, trimmed of blanks and CR */
	char *options; /* what stands before the type, or NULL */
	char *type;    /* "ssh-ed25519" */
	char *comment; /* or NULL */
	uint8_t *blob; /* the decoded key */
	size_t blob_len;
	unsigned bits;	      /* of the modulus or curve */
	bool certificate;     /* "...-cert-v01@openssh.com" */
	bool security_key;    /* "sk-..." */
	char fingerprint[64]; /* "SHA256:..." as `ssh-keygen -lf` prints it */
};

struct ssh_keys {
	size_t count;
	struct ssh_key *keys;
};

/* Parse one authorized_keys line.  The blob must be base64, name the same
 * type, and hold exactly the fields of its type; points must lie on their
 * curve; a certificate's signature is not checked.  BALIMG_E_INVALID says
 * what is wrong (also: control characters, not UTF-8), BALIMG_E_REFUSED: a
 * private key (with the public file's name as a hint), a backslash (the
 * device's shell may expand it) other than that of \" within options.  On
 * failure @key is empty. */
int ssh_key_parse(const char *line, size_t len, struct ssh_key *key,
		  struct balimg_error *err) MUST_USE;
void ssh_key_clear(struct ssh_key *key);

/* Parse a file of them: blank lines and # comments skipped, RFC 4716 and
 * OpenSSH private key files recognised and refused; at least one key. */
int ssh_keys_parse(const char *text, size_t len, struct ssh_keys *keys,
		   struct balimg_error *err) MUST_USE;
void ssh_keys_clear(struct ssh_keys *keys);

/* The same key, whatever comment and options? */
bool ssh_key_equal(const struct ssh_key *a, const struct ssh_key *b);

/* A static sentence if the SSH server of OS @version (normalised, see
 * release.h; dropbear before 2.38, OpenSSH since; NULL: unknown) cannot use
 * the key, else NULL. */
const char *ssh_key_unusable(const struct ssh_key *key, const char *version);

/* Has the line a '*', '?' or '['?  The device's shell expands a line that is
 * a pattern of existing files. */
bool ssh_key_has_glob(const struct ssh_key *key);

/* Ask the agent at $SSH_AUTH_SOCK for its public keys; certificates and types
 * that are not known here are left out, and characters that cannot stand in a
 * comment replaced by '_'.  BALIMG_E_NOT_FOUND without an agent or keys,
 * BALIMG_E_IO if it does not answer within 10 seconds. */
int ssh_agent_keys(struct ssh_keys *keys, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DOCUMENT_SSH_KEY_H */
