/* udev-verify.c - what the udev of this machine says of rules
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It reads files only, so the rules are written to one that is gone
 * afterwards.  Its own udev may be newer or older than the device's: its word
 * is a warning.  Users and groups are the device's, and not looked up.
 */
#include <config.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/process.h"
#include "feature/udev-verify.h"

#define OUTPUT_LIMIT 65536u /* bytes */
#define MAX_REMARKS  50u    /* more help nobody */

/* Run udevadm verify with two more words; its exit status, or -1. */
static int
run_verify(char *word, char *last, struct buffer *output)
{
	static char *const plainly[] = {
		"SYSTEMD_LOG_TARGET=console",
		"SYSTEMD_LOG_LEVEL=notice",
		"SYSTEMD_LOG_COLOR=0",
		"SYSTEMD_LOG_TIME=0",
		"SYSTEMD_LOG_LOCATION=0",
		"LC_ALL=C",
		NULL,
	};
	char *argv[] = { "udevadm", "verify", word, last, NULL };

	return process_run(argv, plainly, output, OUTPUT_LIMIT, NULL);
}

/* Older ones know no such verb. */
static bool
can_verify(void)
{
	AUTO_BUFFER struct buffer unseen = BUFFER_INIT;

	return run_verify("--version", NULL, &unseen) == 0;
}

static bool
is_known(const struct udev_findings *known, unsigned long line)
{
	size_t i;

	for (i = 0; i < known->count; i++) {
		if (known->findings[i].line == line)
			return true;
	}
	return false;
}

/* Take "PATH:LINE TEXT" apart; other lines are about the run as a whole. */
static const char *
read_remark(char *line, const char *path, unsigned long *number)
{
	size_t len = strlen(path);
	char *end;

	if (strncmp(line, path, len) != 0 || line[len] != ':')
		return NULL;
	*number = strtoul(line + len + 1, &end, 10);
	if (!*number)
		return NULL;
	end += *end == ':';
	end += *end == ' ';
	return *end ? end : NULL;
}

static void
pass_on(struct plan *plan, const char *file, const char *path, char *output,
	const struct udev_findings *known)
{
	size_t told = 0;
	char *rest = output;
	char *line;

	while (told < MAX_REMARKS && (line = strsep(&rest, "\n"))) {
		unsigned long number;
		const char *text = read_remark(line, path, &number);

		if (!text || is_known(known, number))
			continue;
		plan_note(plan, PLAN_WARNING, file,
			  "line %lu: udevadm verify says: %s", number, text);
		told++;
	}
}

static bool
write_file(const char *path, const char *text, size_t len)
{
	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			      0600);

	return fd >= 0 && io_write(fd, text, len, NULL) == 0;
}

/* Write the rules to @file in @folder, and ask. */
static void
verify_in(struct plan *plan, const char *folder, const char *file,
	  const char *text, size_t len, const struct udev_findings *known)
{
	AUTO_BUFFER struct buffer path = BUFFER_INIT;
	AUTO_BUFFER struct buffer output = BUFFER_INIT;

	buffer_printf(&path, "%s/%s", folder, file);
	if (path.failed)
		return;
	if (write_file(path.data, text, len) &&
	    run_verify("--resolve-names=never", path.data, &output) >= 0 &&
	    output.len)
		pass_on(plan, file, path.data, output.data, known);
	unlink(path.data);
}

void
udev_verify(struct plan *plan, const char *file, const char *text, size_t len,
	    const struct udev_findings *known)
{
	const char *temporary = getenv("TMPDIR");
	AUTO_BUFFER struct buffer folder = BUFFER_INIT;

	if (!can_verify())
		return;
	buffer_printf(&folder, "%s/balimg-XXXXXX",
		      temporary && *temporary ? temporary : "/tmp");
	if (folder.failed || !mkdtemp(folder.data))
		return;
	verify_in(plan, folder.data, file, text, len, known);
	rmdir(folder.data);
}
