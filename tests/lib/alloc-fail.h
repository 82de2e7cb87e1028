/* alloc-fail.h - let one allocation of the library fail
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Link with $(alloc_fail_ldflags): the linker then sends every call of
 * malloc() and its kin in our own code through alloc-fail.c.  Those of other
 * libraries are left alone, but for jansson, which lets us.
 */
#ifndef BALIMG_TESTS_ALLOC_FAIL_H
#define BALIMG_TESTS_ALLOC_FAIL_H

#include <stdbool.h>

/* Have the @nth allocation from now fail, once; 0: none. */
void alloc_fail_at(unsigned long nth);

/* Did one fail since? */
bool alloc_has_failed(void);

/* How many were there since? */
unsigned long alloc_count(void);

#endif /* BALIMG_TESTS_ALLOC_FAIL_H */
