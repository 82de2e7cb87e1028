/* ask.h - questions that a person at a terminal can answer
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_CLI_ASK_H
#define BALIMG_CLI_ASK_H

#include <stdbool.h>

/* Can questions be asked? */
bool ask_can(void);

/* Ask on standard error; an empty line means @otherwise, the end of input
 * no. */
bool ask(const char *question, bool otherwise);

#endif /* BALIMG_CLI_ASK_H */
