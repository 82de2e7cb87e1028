/* open-backing.c - tell what comes of opening an image for writing
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   open-backing PATH
 *
 * Prints "SIZE SERIAL" (a dash if it has none); on failure code and message.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>

#include "source/device.h"

int
main(int argc, char **argv)
{
	struct balimg_error err = { 0 };
	AUTO_BACKING struct backing *backing = NULL;

	if (argc != 2)
		return 2;
	backing = backing_open(argv[1], true, &err);
	if (!backing) {
		printf("%s: %s\n", balimg_code_name(err.code), err.message);
		return 1;
	}
	printf("%" PRIu64 " %s\n", source_size(backing_source(backing)),
	       backing_serial(backing)[0] ? backing_serial(backing) : "-");
	return 0;
}
