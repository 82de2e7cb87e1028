/* error.h - how a failure is said and travels up
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * struct balimg_error is the caller's (see balimg.h).  The first error set
 * in it wins; later ones are ignored, so clean-up code may fail too without
 * hiding the cause.  Each level that knows more puts its word in front of
 * "where": error_wrap(err, "resin-boot") makes
 * "resin-boot: config.json: line 3".  Nothing here allocates or prints.
 *
 * Every function returns -1, so that "return error_set(...)" reads well; in
 * a function that returns a pointer, write the call and then "return NULL".
 * @err may be NULL: the caller does not want to know why.
 */
#ifndef BALIMG_BASE_ERROR_H
#define BALIMG_BASE_ERROR_H

#include "balimg.h"

/* The result of the function must be looked at. */
#define MUST_USE __attribute__((warn_unused_result))

/* What was wrong: one sentence without a full stop, naming the thing. */
int error_set(struct balimg_error *err, enum balimg_code code, const char *fmt,
	      ...) __attribute__((format(printf, 3, 4)));

/* A system call failed; errno is appended and chooses the code (ENOSPC and
 * EDQUOT: no space, ENOMEM: no memory, ENOENT and ENOTDIR: not found,
 * others: I/O). */
int error_sys(struct balimg_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Out of memory. */
int error_nomem(struct balimg_error *err);

/* Put "WORD: " in front of where the error happened. */
int error_wrap(struct balimg_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What the user can do about it; the first hint wins. */
int error_hint(struct balimg_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Is @err set with @code? */
int error_is(const struct balimg_error *err, enum balimg_code code);

/* Does @err blame what was looked at (invalid, unsupported, not found) and
 * not the machine?  Then looking elsewhere may help. */
int error_is_finding(const struct balimg_error *err);

/* Make @why, which a call set apart to be looked at first, the error. */
int error_pass(struct balimg_error *err, const struct balimg_error *why);

/* Forget an error that was dealt with. */
void error_clear(struct balimg_error *err);

/* Compilers and analyzers see one file at a time: tell them that these return
 * -1, or they warn of what is not set after an error. */
static inline int
error_failed(int minus_one)
{
	(void)minus_one;
	return -1;
}

#ifndef ERROR_IMPLEMENTATION
#define error_set(...)	 error_failed((error_set)(__VA_ARGS__))
#define error_sys(...)	 error_failed((error_sys)(__VA_ARGS__))
#define error_nomem(err) error_failed((error_nomem)(err))
#define error_wrap(...)	 error_failed((error_wrap)(__VA_ARGS__))
#define error_hint(...)	 error_failed((error_hint)(__VA_ARGS__))
#define error_pass(...)	 error_failed((error_pass)(__VA_ARGS__))
#endif

#endif /* BALIMG_BASE_ERROR_H */
