/* keyfile.h - NetworkManager connection profiles (GKeyFile text)
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The OS copies every file of the boot partition's system-connections/ to
 * NetworkManager (mode 600), which reads GKeyFile syntax: values are taken
 * literally but for backslash escapes and, in lists, ';' - quotes are not
 * stripped.
 */
#ifndef BALIMG_DOCUMENT_KEYFILE_H
#define BALIMG_DOCUMENT_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/plan.h"

struct keyfile; /* a parsed profile */

/* Parse; BALIMG_E_INVALID with the line: no group yet, no '=', not UTF-8, a
 * NUL, a broken group head.  CRLF is accepted (see keyfile_normalise()). */
struct keyfile *keyfile_parse(const char *text, size_t len,
			      struct balimg_error *err) MUST_USE;
void keyfile_free(struct keyfile *keyfile);
DEFINE_AUTO(keyfile, keyfile_free)
#define AUTO_KEYFILE __attribute__((cleanup(cleanup_keyfile)))

/* The value of @key in [@group], escapes undone, lent; NULL if not set, or set
 * to an escape that does not exist (which NetworkManager ignores).  Groups
 * are found by both names: "wifi" and "802-11-wireless", "wifi-security" and
 * "802-11-wireless-security", "ethernet" and "802-3-ethernet". */
const char *keyfile_get(const struct keyfile *keyfile, const char *group,
			const char *key);

/* The bytes of wifi.ssid, be it text or a list of bytes; *@len without the NUL
 * at their end.  To be freed; NULL with @err clear if it is not set. */
char *keyfile_ssid(const struct keyfile *keyfile, size_t *len,
		   struct balimg_error *err) MUST_USE;

/* Judge a parsed profile as NetworkManager would: needs connection.type, or a
 * group that tells it (the id may come from the file's name); wifi needs ssid
 * (1-32 bytes), wpa-psk a psk of 8-63 characters or 64 hex digits; addresses
 * parse.  -1 with BALIMG_E_INVALID at the first fault. */
int keyfile_check(const struct keyfile *keyfile, struct balimg_error *err)
	MUST_USE;

/* Does it hold a key for WEP?  Its cipher is broken, and wpa_supplicant 2.10
 * and later are built without it by default. */
bool keyfile_uses_wep(const struct keyfile *keyfile);

/* Put into @plan, for @where, what is sound but likely not meant: an open
 * network, the name of the sample that the OS ships, a gateway that the
 * address does not reach. */
void keyfile_advise(const struct keyfile *keyfile, struct plan *plan,
		    const char *where);

/* @text with CRLF as LF, a final LF and no byte order mark; to be freed. */
char *keyfile_normalise(const char *text, size_t len, size_t *out_len,
			struct balimg_error *err) MUST_USE;

/* @text with the values of secrets (psk, password, wep-key*, private keys,
 * all of vpn-secrets, ...; in comments, too) and lines that cannot be read
 * replaced by "<hidden>"; to be freed. */
char *keyfile_redact(const char *text, size_t len, struct balimg_error *err)
	MUST_USE;

/* Will NetworkManager read a file of this name?  False for names that begin
 * with '.', end in '~', ".pem", ".der" (any case), or in a dot and exactly
 * six alphanumerics (the mkstemp pattern; hence "NAME.ignore").  *@reason
 * gets a static sentence. */
bool keyfile_name_is_read(const char *name, const char **reason);

/* What makes a Wi-Fi profile; NULL or 0 for what is not wanted. */
struct keyfile_wifi {
	const char *id;	  /* connection.id; NULL: the SSID */
	const char *ssid; /* @ssid_len bytes, any but none */
	size_t ssid_len;
	const char *psk; /* NULL: an open network */
	bool wpa3;	 /* SAE alone: no older device can join it */
	bool hidden;
	const char *address; /* "192.168.1.20/24"; NULL: automatic */
	const char *gateway;
	const char *address6; /* "fd00::20/64"; NULL: automatic */
	const char *gateway6;
	const char *const *dns; /* IPv4 and IPv6 mixed, ended by NULL, or NULL
				 */
};

/* The profile's text, reproducible (uuid derived from the SSID and id); to be
 * freed.  BALIMG_E_INVALID for a value NetworkManager would refuse. */
char *keyfile_make_wifi(const struct keyfile_wifi *wifi,
			struct balimg_error *err) MUST_USE;

#endif /* BALIMG_DOCUMENT_KEYFILE_H */
