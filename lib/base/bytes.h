/* bytes.h - on-disk integers and arithmetic that cannot overflow unseen
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * On-disk fields are read and written through these accessors only, never
 * through a struct laid over the bytes: no alignment, padding or byte order
 * to think of.
 */
#ifndef BALIMG_BASE_BYTES_H
#define BALIMG_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t
le16_get(const void *at)
{
	const uint8_t *p = at;

	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
le32_get(const void *at)
{
	const uint8_t *p = at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t
le64_get(const void *at)
{
	const uint8_t *p = at;

	return (uint64_t)le32_get(p) | (uint64_t)le32_get(p + 4) << 32;
}

static inline uint32_t
be32_get(const void *at)
{
	const uint8_t *p = at;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline uint16_t
be16_get(const void *at)
{
	const uint8_t *p = at;

	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint64_t
be64_get(const void *at)
{
	const uint8_t *p = at;

	return (uint64_t)be32_get(p) << 32 | be32_get(p + 4);
}

static inline void
be16_put(void *at, uint16_t value)
{
	uint8_t *p = at;

	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static inline void
be32_put(void *at, uint32_t value)
{
	uint8_t *p = at;

	be16_put(p, (uint16_t)(value >> 16));
	be16_put(p + 2, (uint16_t)value);
}

static inline void
be64_put(void *at, uint64_t value)
{
	uint8_t *p = at;

	be32_put(p, (uint32_t)(value >> 32));
	be32_put(p + 4, (uint32_t)value);
}

static inline void
le16_put(void *at, uint16_t value)
{
	uint8_t *p = at;

	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static inline void
le32_put(void *at, uint32_t value)
{
	uint8_t *p = at;

	le16_put(p, (uint16_t)value);
	le16_put(p + 2, (uint16_t)(value >> 16));
}

static inline void
le64_put(void *at, uint64_t value)
{
	uint8_t *p = at;

	le32_put(p, (uint32_t)value);
	le32_put(p + 4, (uint32_t)(value >> 32));
}

/* *@out = @a + @b, or @a * @b; false when the result does not fit. */
static inline bool
checked_add(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

static inline bool
checked_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

/* Does [@offset, @offset + @len) lie within [0, @size)? */
static inline bool
range_within(uint64_t offset, uint64_t len, uint64_t size)
{
	return offset <= size && len <= size - offset;
}

static inline bool
bytes_are_zero(const void *data, size_t len)
{
	const char *p = data;

	/* All equal their neighbour, and the first is zero. */
	return !len || (!p[0] && !memcmp(p, p + 1, len - 1));
}

#endif /* BALIMG_BASE_BYTES_H */
