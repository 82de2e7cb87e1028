/* main.c - find the command and run it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>

#include <balimg.h>

int
main(void)
{
	printf("balimg %s\n", balimg_version());
	return 0;
}
