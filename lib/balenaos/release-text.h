/* release-text.h - a version as people write it, brought to one form
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BALENAOS_RELEASE_TEXT_H
#define BALIMG_BALENAOS_RELEASE_TEXT_H

/* Normalise @text, in place, as balena-semver does and in its order: trim;
 * the first X.Y.Z_foo to X.Y.Z+foo, .N.revM to .N+revM, X.Y.Z.dev or .prod to
 * X.Y.Z+dev, X.Y.Z (word) to X.Y.Z+word or, with metadata there, to .word;
 * the leading zeros of the first number that has some; then "resin os" and
 * "balena os" go, a trailing " (word)", a leading v.  Never grows. */
void release_text_normalise(char *text);

#endif /* BALIMG_BALENAOS_RELEASE_TEXT_H */
