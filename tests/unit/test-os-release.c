/* test-os-release.c - values are what a shell would make of them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The shell judges: it sources the same text.
 */
#include <config.h>

#include <unistd.h>

#include "base/cleanup.h"
#include "document/os-release.h"
#include "unit.h"

static const char text[] = "ID=\"balena-os\"\n"
			   "NAME=\"balenaOS\"\n"
			   "VERSION=\"2.48.0+rev1\"\n"
			   "MACHINE=raspberrypi3\n"
			   "# VERSION=\"commented\"\n"
			   "SINGLE='a \"b\" \\ $c'\n"
			   "DOUBLE=\"a \\\"b\\\" \\\\ \\$c \\`d\\` \\e 'f'\"\n"
			   "BARE=a\\ b\\\"c\n"
			   "MIXED=a\"b c\"'d e'f\n"
			   "EMPTY=\n"
			   "QUOTED_EMPTY=\"\"\n"
			   "  INDENTED=yes  \n"
			   "TWICE=first\n"
			   "TWICE=second\n"
			   "VERSION_ID=\"8.0.2\"\n"
			   "UTF8=\"gr\xc3\xbc\xc3\x9f\"\n"
			   "LAST=\"no newline\"";

static const char *const names[] = {
	"ID",	    "NAME",  "VERSION",	   "MACHINE", "SINGLE",
	"DOUBLE",   "BARE",  "MIXED",	   "EMPTY",   "QUOTED_EMPTY",
	"INDENTED", "TWICE", "VERSION_ID", "UTF8",    "LAST",
};

/* What the shell makes of @name, in @value. */
static void
ask_shell(const char *path, const char *name, char *value, size_t size)
{
	char command[256];
	size_t len;
	FILE *shell;

	snprintf(command, sizeof(command), ". %s; printf %%s \"$%s\"", path,
		 name);
	shell = popen(command, "r");
	CHECK(shell);
	len = fread(value, 1, size - 1, shell);
	value[len] = '\0';
	CHECK(pclose(shell) == 0);
}

static void
test_as_shell(void)
{
	char path[] = "/tmp/balimg-os-release-XXXXXX";
	struct balimg_error err = { 0 };
	char want[256];
	size_t i;
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	CHECK(write(fd, text, sizeof(text) - 1) == sizeof(text) - 1);
	close(fd);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		AUTO_FREE char *got = os_release_get(text, sizeof(text) - 1,
						     names[i], &err);

		ask_shell(path, names[i], want, sizeof(want));
		CHECK_STR(got, want);
	}
	unlink(path);
}

static void
test_one(const char *line, size_t len, const char *want)
{
	struct balimg_error err = { 0 };
	AUTO_FREE char *got = os_release_get(line, len, "A", &err);

	CHECK(err.code == BALIMG_OK);
	CHECK(!got == !want);
	if (want)
		CHECK_STR(got, want);
}

int
main(void)
{
	test_as_shell();
	test_one("", 0, NULL);
	test_one("A", 1, NULL);
	test_one("AB=1\nBA=1", 9, NULL);
	test_one("#A=1", 4, NULL);
	test_one("B=1\nA=2\r\n", 9, "2");
	test_one("A=\"open", 7, "open");
	test_one("A=x\\", 4, "x\\");
	test_one("A=\"x\\", 5, "x\\");
	test_one("A=1 B=2", 7, "1");
	test_one("A=1", 2, "");
	return 0;
}
