/* fuzz-udev-rules.c - any bytes as the text of a rules file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "document/udev-rules.h"
#include "fuzz.h"

/* What was normalised is normal; more would not change it. */
static void
check_normal(const char *text, size_t len)
{
	struct balimg_error err = { 0 };
	AUTO_FREE char *again = NULL;
	size_t again_len;

	if (strlen(text) != len || memchr(text, '\r', len))
		abort();
	again = udev_text_normalise(text, len, &again_len, &err);
	if (!again || again_len != len || memcmp(again, text, len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct udev_findings findings = { 0 };
	struct balimg_error err = { 0 };
	AUTO_FREE char *text = NULL;
	size_t i, len;

	text = udev_text_normalise((const char *)data, size, &len, &err);
	if (!text && !err.code)
		abort();
	if (!text)
		return 0;
	check_normal(text, len);

	if (udev_text_lint(text, len, &findings, &err) < 0)
		abort();
	for (i = 0; i < findings.count; i++)
		if (!findings.findings[i].line || !findings.findings[i].text)
			abort();
	udev_findings_clear(&findings);
	return 0;
}
