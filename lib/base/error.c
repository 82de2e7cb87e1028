/* error.c - how a failure is said and travels up
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR_IMPLEMENTATION
#include "base/error.h"

static enum balimg_code
code_of_errno(int sys_errno)
{
	switch (sys_errno) {
	case ENOSPC:
	case EDQUOT:
		return BALIMG_E_NO_SPACE;
	case ENOMEM:
		return BALIMG_E_NO_MEMORY;
	case ENOENT:
	case ENOTDIR:
		return BALIMG_E_NOT_FOUND;
	default:
		return BALIMG_E_IO;
	}
}

int
error_set(struct balimg_error *err, enum balimg_code code, const char *fmt,
	  ...)
{
	va_list ap;

	if (!err || err->code != BALIMG_OK)
		return -1;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	return -1;
}

int
error_sys(struct balimg_error *err, const char *fmt, ...)
{
	int sys_errno = errno;
	size_t used;
	va_list ap;

	if (!err || err->code != BALIMG_OK)
		return -1;

	err->code = code_of_errno(sys_errno);
	err->sys_errno = sys_errno;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	used = strlen(err->message);
	snprintf(err->message + used, sizeof(err->message) - used, ": %s",
		 strerror(sys_errno));
	return -1;
}

int
error_nomem(struct balimg_error *err)
{
	return error_set(err, BALIMG_E_NO_MEMORY, "out of memory");
}

int
error_wrap(struct balimg_error *err, const char *fmt, ...)
{
	char below[sizeof(err->where)];
	size_t used;
	va_list ap;

	if (!err)
		return -1;

	memcpy(below, err->where, sizeof(below));
	va_start(ap, fmt);
	vsnprintf(err->where, sizeof(err->where), fmt, ap);
	va_end(ap);

	used = strlen(err->where);
	if (below[0])
		snprintf(err->where + used, sizeof(err->where) - used, ": %s",
			 below);
	return -1;
}

int
error_hint(struct balimg_error *err, const char *fmt, ...)
{
	va_list ap;

	if (!err || err->hint[0])
		return -1;

	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return -1;
}

int
error_is(const struct balimg_error *err, enum balimg_code code)
{
	return err && err->code == code;
}

int
error_is_finding(const struct balimg_error *err)
{
	return error_is(err, BALIMG_E_INVALID) ||
	       error_is(err, BALIMG_E_UNSUPPORTED) ||
	       error_is(err, BALIMG_E_NOT_FOUND);
}

int
error_pass(struct balimg_error *err, const struct balimg_error *why)
{
	if (err && err->code == BALIMG_OK)
		*err = *why;
	return -1;
}

void
error_clear(struct balimg_error *err)
{
	if (err)
		memset(err, 0, sizeof(*err));
}
