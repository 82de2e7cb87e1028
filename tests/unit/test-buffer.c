/* test-buffer.c - a buffer grows, splices, and hands over its bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/buffer.h"
#include "unit.h"

int
main(void)
{
	struct balimg_error err = { 0 };
	AUTO_BUFFER struct buffer buf = BUFFER_INIT;
	size_t len;
	char *text;

	text = buffer_take(&buf, &len, &err);
	CHECK_STR(text, "");
	CHECK(len == 0);
	free(text);

	buffer_puts(&buf, "hello");
	buffer_printf(&buf, ", %s %d", "world", 42);
	CHECK_STR(buf.data, "hello, world 42");
	buffer_splice(&buf, 5, 2, " - ", 3);
	CHECK_STR(buf.data, "hello - world 42");
	buffer_splice(&buf, 0, buf.len, "", 0);
	CHECK_STR(buf.data, "");
	return 0;
}
