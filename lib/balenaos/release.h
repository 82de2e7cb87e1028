/* release.h - OS versions, and their order
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * balenaOS versions are almost semantic: "2.48.0+rev1.prod", "1.24" (two
 * fields in the 1.x era), "2.0-beta.9", "Resin OS 2.0.2 (prod)", ESR
 * "2019.10.0", "_rev1" where a registry could not hold a '+'.  Parsing and
 * order are those of balena-semver, but for two-field versions: there they
 * are unparsable and sort by their text, here "1.24" is 1.24.0 and
 * "2.0-beta.9" is 2.0.0-beta.9.
 */
#ifndef BALIMG_BALENAOS_RELEASE_H
#define BALIMG_BALENAOS_RELEASE_H

#include <stdbool.h>

#include "base/error.h"

struct release {
	bool parsed; /* false: only text is set */
	unsigned major, minor, patch;
	char prerelease[64]; /* "beta.9", "" if none */
	char build[64];	     /* "rev1.prod", "" if none */
	unsigned rev;	     /* the N of revN, 0 if none */
	bool dev, prod;	     /* the variant in the version, if any */
	char text[128];	     /* normalised: "2.48.0+rev1.prod"; UTF-8 */
};

/* Parse anything people call an OS version; what cannot be parsed (or has a
 * part that does not fit above) is kept as text, cut to the room there is
 * (->parsed false). */
void release_parse(const char *text, struct release *release);

/* <0, 0, >0 as @a is older than, equal to, newer than @b.  Unparsable ones
 * come first, in text order. */
int release_compare(const struct release *a, const struct release *b);

/* Is @release at least @version ("2.53.0")?  Pre-releases of a version count
 * as before it, its development and production builds as the version itself.
 * ESR "20YY.M.P" counts as the release its line was cut from (2019.10 as
 * 2.44.0, 2023.10 as 3.2.0; a month without a line as the line before it),
 * unless @version is an ESR, too.  False if unparsed. */
bool release_at_least(const struct release *release, const char *version);

#endif /* BALIMG_BALENAOS_RELEASE_H */
