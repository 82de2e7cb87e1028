/* test-os-release.c - a value of os-release is what a shell would read
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "base/cleanup.h"
#include "document/os-release.h"
#include "unit.h"

static void
check(const char *text, const char *want)
{
	struct balimg_error err = { 0 };
	AUTO_FREE char *value = NULL;

	value = os_release_get(text, strlen(text), "V", &err);
	CHECK(!err.code);
	if (want)
		CHECK_STR(value, want);
	else if (value)
		FAIL("\"%s\" is set to \"%s\"", text, value);
}

int
main(void)
{
	check("V=1\n", "1");
	check("A=0\nV=\"8.0.2+rev1\"\nB=2\n", "8.0.2+rev1");
	check("V=\"balenaOS 8.0.2\"", "balenaOS 8.0.2");
	check("V='a \"b\" \\c'\n", "a \"b\" \\c");
	check("V=\"a\\\"b\\\\c\\$d\\`e\\f\"\n", "a\"b\\c$d`e\\f");
	check("V=a\\ b'c d'\"e\" f\n", "a bc de");
	check("V=old\nV=new\n", "new");
	check("V=1\r\n", "1");
	check("V=\n", "");
	check("V=", "");
	check("V=\"open\nW=1\n", "open");
	check("V=a\\", "a\\");

	check("", NULL);
	check("V", NULL);
	check("#V=1\n", NULL);
	check("VV=1\nAV=2\n", NULL);
	return 0;
}
