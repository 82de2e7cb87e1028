/* complete.h - what may stand at a place of a command line
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All shells ask the tool itself, with the words typed so far, and get one
 * candidate a line, a tab and its explanation behind it.  A line ":files"
 * asks the shell to complete file names, a line ":nospace" to put no blank
 * behind the word.
 */
#ifndef BALIMG_CLI_COMPLETE_H
#define BALIMG_CLI_COMPLETE_H

#include <stdio.h>

#include "context.h"

/* Print what may stand for words[@count - 1], of which a part may be typed
 * already; words[0] follows "balimg".  Never fails: knowing nothing, it
 * prints nothing. */
void complete_words(FILE *out, int count, char **words);

#endif /* BALIMG_CLI_COMPLETE_H */
