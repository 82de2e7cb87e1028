/* findings.h - what a check found, for people
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_FINDINGS_H
#define BALIMG_CLI_FINDINGS_H

#include <jansson.h>
#include <stdbool.h>

#include "context.h"

/* Print each of the array @findings ({"severity", "text", ...}) on standard
 * output; member @place says where it is, @whole where that is empty. */
void findings_print(const struct context *ctx, const json_t *findings,
		    const char *place, const char *whole);

/* Is one of them an error? */
bool findings_have_errors(const json_t *findings);

/* Is one of them an error that cannot be repaired? */
bool findings_have_lasting(const json_t *findings);

/* How many can be repaired. */
size_t findings_repairable(const json_t *findings);

#endif /* BALIMG_CLI_FINDINGS_H */
