/* fuzz.h - what a fuzz target provides
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A target is a file fuzz-NAME.c that defines the function below, with the
 * inputs that taught it something in corpus/NAME/.  With
 * configure --enable-fuzzing it is linked to libFuzzer (`make fuzz`); without,
 * to replay.c, so that `make check` runs the corpus with any compiler.
 */
#ifndef BALIMG_TESTS_FUZZ_H
#define BALIMG_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline void
must(bool cond)
{
	if (!cond)
		abort();
}

/* Try the @size bytes at @data; 0.  What must hold is said by abort(). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* BALIMG_TESTS_FUZZ_H */
