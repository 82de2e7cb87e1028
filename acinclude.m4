# acinclude.m4 - our own configure macros
# SPDX-License-Identifier: Apache-2.0

# BALIMG_TRY_FLAG(FLAG): add FLAG to BALIMG_CFLAGS if the compiler takes it.
AC_DEFUN([BALIMG_TRY_FLAG], [
	AC_MSG_CHECKING([whether $CC accepts $1])
	balimg_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS $1"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])
		 BALIMG_CFLAGS="$BALIMG_CFLAGS $1"],
		[AC_MSG_RESULT([no])])
	CFLAGS=$balimg_saved_cflags
])
