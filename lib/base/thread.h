/* thread.h - a thread of ours in someone else's program
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_BASE_THREAD_H
#define BALIMG_BASE_THREAD_H

#include <pthread.h>

#include "base/error.h"

/* Have @run called with @data in a new thread, which the caller joins.
 * Signals stay with the caller's threads. */
int thread_start(pthread_t *thread, void *(*run)(void *data), void *data,
		 struct balimg_error *err) MUST_USE;

#endif /* BALIMG_BASE_THREAD_H */
