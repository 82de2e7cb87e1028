/* fuzz-keyfile.c - any bytes as a connection profile, and as an SSID
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "document/keyfile.h"
#include "fuzz.h"

/* Looking at a profile must not fail but for what is wrong with it. */
static void
look_at(const struct keyfile *keyfile)
{
	struct balimg_error err = { 0 };
	AUTO_FREE char *ssid = NULL;
	size_t len;

	keyfile_get(keyfile, "connection", "id");
	if (keyfile_check(keyfile, &err) < 0 && err.code != BALIMG_E_INVALID)
		abort();
	ssid = keyfile_ssid(keyfile, &len, &err);
	if (ssid && ssid[len] != '\0')
		abort();
}

/* Once cleaned, or redacted, a text stays as it is. */
static void
check_settled(const char *text, size_t len)
{
	struct balimg_error err = { 0 };
	AUTO_FREE char *normal = NULL;
	AUTO_FREE char *again = NULL;
	AUTO_FREE char *hidden = NULL;
	AUTO_FREE char *hidden_again = NULL;
	size_t again_len;

	normal = keyfile_normalise(text, len, &len, &err);
	again = normal ? keyfile_normalise(normal, len, &again_len, &err) :
			 NULL;
	if (!again || again_len != len || memcmp(again, normal, len))
		abort();
	hidden = keyfile_redact(normal, len, &err);
	if (hidden)
		hidden_again = keyfile_redact(hidden, strlen(hidden), &err);
	if (!hidden_again || strcmp(hidden, hidden_again))
		abort();
}

/* Advice is for profiles of any kind, sound or not. */
static void
advise(const struct keyfile *keyfile)
{
	struct balimg_error err = { 0 };
	AUTO_PLAN struct plan *plan = plan_new(&err);

	if (!plan)
		abort();
	keyfile_advise(keyfile, plan, "profile");
	(void)keyfile_uses_wep(keyfile);
	if (plan_note_count(plan) > 3)
		abort();
}

/* What is made is sound, and gives back what went in. */
static void
make(const char *data, size_t size)
{
	struct keyfile_wifi wifi = { .ssid = data };
	struct balimg_error err = { 0 };
	AUTO_FREE char *psk = NULL;
	AUTO_FREE char *text = NULL;
	AUTO_KEYFILE struct keyfile *keyfile = NULL;
	AUTO_FREE char *ssid = NULL;
	size_t len;

	wifi.ssid_len = size < 16 ? size : 16;
	psk = strndup(data + wifi.ssid_len, size - wifi.ssid_len);
	wifi.psk = psk && *psk ? psk : NULL;
	text = keyfile_make_wifi(&wifi, &err);
	if (!text) {
		if (err.code != BALIMG_E_INVALID)
			abort();
		return;
	}
	keyfile = keyfile_parse(text, strlen(text), &err);
	if (!keyfile || keyfile_check(keyfile, &err) < 0)
		abort();
	ssid = keyfile_ssid(keyfile, &len, &err);
	if (!ssid || len != wifi.ssid_len || memcmp(ssid, data, len))
		abort();
	if (wifi.psk && strcmp(keyfile_get(keyfile, "wifi-security", "psk"),
			       wifi.psk) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct balimg_error err = { 0 };
	AUTO_KEYFILE struct keyfile *keyfile = NULL;

	keyfile = keyfile_parse(text, size, &err);
	if (keyfile) {
		look_at(keyfile);
		advise(keyfile);
	} else if (err.code != BALIMG_E_INVALID)
		abort();
	if (!memchr(text, '\0', size))
		check_settled(text, size);
	make(text, size);
	return 0;
}
