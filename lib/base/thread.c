/* thread.c - a thread of ours in someone else's program
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <errno.h>
#include <signal.h>

#include "base/thread.h"

int
thread_start(pthread_t *thread, void *(*run)(void *data), void *data,
	     struct balimg_error *err)
{
	sigset_t all, old;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(thread, NULL, run, data);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = failed;
	return failed ? error_sys(err, "cannot start a thread") : 0;
}
