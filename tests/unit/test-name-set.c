/* test-name-set.c - a set knows each name that was added, and no other
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "bundle/name-set.h"
#include "unit.h"

#define NAMES 20000u /* the set has to grow several times */

int
main(void)
{
	AUTO_NAME_SET struct name_set set = { 0 };
	struct balimg_error err = { 0 };
	char name[32];
	bool known;
	unsigned i;

	CHECK(!name_set_has(&set, "0"));
	for (i = 0; i < NAMES; i++) {
		int len = snprintf(name, sizeof(name), "%u", i);

		CHECK_OK(name_set_add(&set, name, (size_t)len, &known, &err),
			 err);
		CHECK(!known);
	}
	for (i = 0; i < 2 * NAMES; i++) {
		snprintf(name, sizeof(name), "%u", i);
		CHECK(name_set_has(&set, name) == (i < NAMES));
	}
	/* The empty name is one; only the bytes that are said count. */
	CHECK_OK(name_set_add(&set, "", 0, &known, &err), err);
	CHECK(!known);
	CHECK_OK(name_set_add(&set, "17 and more", 2, &known, &err), err);
	CHECK(known);
	CHECK(set.count == NAMES + 1);
	return 0;
}
