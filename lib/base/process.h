/* process.h - another program, asked a question
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_PROCESS_H
#define BALIMG_BASE_PROCESS_H

#include "base/buffer.h"

/* Run @argv[0], looked for in PATH, without a shell between: with the
 * environment @env (both lists end with NULL) and nothing on its standard
 * input.  What it prints, errors included, is added to @output, of which
 * @limit bytes are kept.  Returns its exit status, or -1 with @err set:
 * BALIMG_E_NOT_FOUND if there is no such program, BALIMG_E_IO also if a
 * signal ended it. */
int process_run(char *const argv[], char *const env[], struct buffer *output,
		size_t limit, struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BASE_PROCESS_H */
