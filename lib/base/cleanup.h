/* cleanup.h - what a scope acquired, it releases
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * AUTO_FREE and AUTO_FD release at the end of the scope; STEAL hands the
 * value to the caller instead.  A type's own AUTO_ macro stands beside its
 * destructor, made with DEFINE_AUTO, so that this file needs to know none.
 */
#ifndef BALIMG_BASE_CLEANUP_H
#define BALIMG_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void
cleanup_free(void *ptr)
{
	free(*(void **)ptr);
}

static inline void
cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define AUTO_FREE __attribute__((cleanup(cleanup_free)))
#define AUTO_FD	  __attribute__((cleanup(cleanup_fd)))

/* Define cleanup_NAME(), to be used as __attribute__((cleanup(...))), from
 * a destructor that takes a "struct NAME *", NULL included. */
#define DEFINE_AUTO(name, destroy)                       \
	static inline void cleanup_##name(struct name **ptr) \
	{                                                \
		destroy(*ptr);                           \
	}

/* Hand a pointer to the caller: the scope forgets it. */
#define STEAL(ptr)                           \
	__extension__({                      \
		__typeof__(ptr) stolen_ = (ptr); \
		(ptr) = NULL;                \
		stolen_;                     \
	})

/* The same for a file descriptor. */
#define STEAL_FD(fd)               \
	__extension__({            \
		int stolen_ = (fd); \
		(fd) = -1;         \
		stolen_;           \
	})

#endif /* BALIMG_BASE_CLEANUP_H */
