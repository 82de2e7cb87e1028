/* sync.c - bring a file to the medium, as often as told
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: sync FILE TIMES
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	long times = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	int fd = argc == 3 ? open(argv[1], O_RDWR) : -1;

	if (fd < 0) {
		perror("sync FILE TIMES");
		return 1;
	}
	while (times-- > 0)
		if (fsync(fd) < 0)
			return 1;
	return 0;
}
