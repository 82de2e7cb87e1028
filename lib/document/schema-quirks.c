/* schema-quirks.c - values that mean something else than they seem to
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing here is wrong; but who does not know it is in for a surprise.
 * dnsServers: meta-balena had no default before 2.30.0, and 8.8.8.8 since.
 * The shell put it in place of an empty text until jq did the work (2.78.2),
 * whose default leaves empty texts alone; and from that to 2.82.5 the word
 * "null" became a server's name.
 */
#include <config.h>

#include <string.h>

#include "document/schema-judge.h"

#define MINUTE 60000 /* milliseconds */

/* Is the OS known, and of [@from, @to)? */
static bool
is_within(const char *version, const char *from, const char *to)
{
	int after, before;

	return version && schema_compare_versions(version, from, &after) &&
	       schema_compare_versions(version, to, &before) && after >= 0 &&
	       before < 0;
}

static const char *
find_dns_quirk(const char *servers, const char *version,
	       enum schema_severity *severity)
{
	if ((*servers && strcmp(servers, "null") != 0) ||
	    is_within(version, "1.0.0", "2.30.0"))
		return NULL;
	if (*servers && is_within(version, "2.78.2", "2.82.6")) {
		*severity = SCHEMA_WARNING;
		return "the word \"null\" is taken for a server's name by OS "
		       "2.78.2 to 2.82.5; there, an empty text stands for "
		       "the servers of DHCP alone";
	}
	if (*servers)
		return "the word \"null\" stands for the servers of DHCP "
		       "alone; unset the key to have 8.8.8.8";
	if (is_within(version, "2.30.0", "2.78.2"))
		return "an empty text stands for 8.8.8.8 up to OS 2.78.1; "
		       "the word \"null\" stands for the servers of DHCP "
		       "alone";
	return "an empty text stands for the servers of DHCP alone, as the "
	       "word \"null\" does; unset the key to have 8.8.8.8";
}

const char *
schema_find_quirk(const char *path, const json_t *value, const char *version,
		  enum schema_severity *severity)
{
	*severity = SCHEMA_NOTE;
	if (!strcmp(path, "dnsServers") && json_is_string(value))
		return find_dns_quirk(json_string_value(value), version,
				      severity);
	if (!strcmp(path, "appUpdatePollInterval") && json_is_integer(value) &&
	    json_integer_value(value) < MINUTE) {
		*severity = SCHEMA_WARNING;
		return "is less than a minute: it counts milliseconds, of "
		       "which a minute has 60000";
	}
	return NULL;
}
