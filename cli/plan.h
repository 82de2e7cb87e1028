/* plan.h - what an edit changes, shown like a difference
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_PLAN_H
#define BALIMG_CLI_PLAN_H

#include <jansson.h>

#include "context.h"

/* What is staged, and what there is to note, as balimg_plan() has it. */
json_t *plan_read(struct context *ctx);

/* Say the notes and warnings of @plan (balimg_plan()); --json puts them into
 * the answer instead. */
void plan_put_notes(const struct context *ctx, const json_t *plan);

/* Print the changes of @plan, and what became of them: @done is the answer of
 * balimg_commit(), NULL after a dry run. */
void plan_put(const struct context *ctx, json_t *plan, json_t *done);

#endif /* BALIMG_CLI_PLAN_H */
