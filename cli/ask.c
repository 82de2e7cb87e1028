/* ask.c - questions that a person at a terminal can answer
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "ask.h"

bool
ask_can(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

bool
ask(const char *question, bool otherwise)
{
	char line[16];

	fprintf(stderr, "%s [%s] ", question, otherwise ? "Y/n" : "y/N");
	fflush(stderr);
	if (!fgets(line, sizeof(line), stdin)) {
		fputc('\n', stderr);
		return false;
	}
	if (line[0] == 'y' || line[0] == 'Y')
		return true;
	return line[0] == '\n' && otherwise;
}
