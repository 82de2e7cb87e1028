/* topic.h - what is to be said once for all commands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_TOPIC_H
#define BALIMG_CLI_TOPIC_H

#include "command.h"

/* What the tool is for. */
extern const char topic_purpose[];

/* How an edit is carried out. */
extern const char topic_edits[];

/* IMAGE and IMAGE:PART/PATH. */
extern const char topic_images[];

/* KEY=VALUE and its relatives. */
extern const char topic_values[];

/* What is hidden, and how secrets are given. */
extern const char topic_secrets[];

/* The first steps. */
extern const struct example topic_examples[];

/* Exit statuses. */
struct topic_status {
	int status;
	const char *text; /* NULL ends the table */
};
extern const struct topic_status topic_statuses[];

/* Environment variables that count. */
struct topic_variable {
	const char *name; /* NULL ends the table */
	const char *text;
};
extern const struct topic_variable topic_variables[];

#endif /* BALIMG_CLI_TOPIC_H */
