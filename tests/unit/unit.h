/* unit.h - the few words that unit tests share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A test is a program: CHECK() what must hold, and return from main.  The
 * first failure prints where and what, and ends the program with status 1.
 */
#ifndef BALIMG_TESTS_UNIT_H
#define BALIMG_TESTS_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define FAIL(...)                                              \
	do {                                                   \
		fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
		fprintf(stderr, __VA_ARGS__);                  \
		fputc('\n', stderr);                           \
		exit(1);                                       \
	} while (0)

#define CHECK(cond)                             \
	do {                                    \
		if (!(cond))                    \
			FAIL("not so: %s", #cond); \
	} while (0)

/* The strings must be equal. */
#define CHECK_STR(got, want)                                           \
	do {                                                           \
		const char *got_ = (got);                              \
		const char *want_ = (want);                            \
		if (!got_ || strcmp(got_, want_))                      \
			FAIL("%s is \"%s\", not \"%s\"", #got,         \
			     got_ ? got_ : "(null)", want_);           \
	} while (0)

/* The call must succeed (0), or show the error it set. */
#define CHECK_OK(call, err)                                             \
	do {                                                            \
		if ((call) < 0)                                         \
			FAIL("%s: %s: %s", #call, (err).where,          \
			     (err).message);                            \
	} while (0)

/* The call must fail with @code_; the error is cleared afterwards. */
#define CHECK_FAILS(call, err, code_)                                   \
	do {                                                            \
		if ((call) >= 0)                                        \
			FAIL("%s did not fail", #call);                 \
		if ((err).code != (code_))                              \
			FAIL("%s failed with %s: %s", #call,            \
			     balimg_code_name((err).code), (err).message); \
		error_clear(&(err));                                    \
	} while (0)

#endif /* BALIMG_TESTS_UNIT_H */
