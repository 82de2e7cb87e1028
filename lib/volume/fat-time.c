/* fat-time.c - the time fields of a directory slot
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * FAT stores local time without saying which; this engine writes and reads
 * UTC, so that the same command makes the same bytes everywhere.
 */
#include <config.h>

#include "base/bytes.h"
#include "volume/fat-dir.h"

/* Offsets in a slot. */
#define CREATED_TENTHS 13 /* 10 ms */
#define CREATED_TIME   14
#define CREATED_DATE   16
#define ACCESSED_DATE  18
#define MODIFIED_TIME  22
#define MODIFIED_DATE  24

#define FIRST_YEAR 80  /* as in struct tm: 1980 */
#define LAST_YEAR  207 /* 2107 */

static void
encode(time_t when, uint16_t *date, uint16_t *clock)
{
	struct tm tm;

	if (!gmtime_r(&when, &tm) || tm.tm_year < FIRST_YEAR)
		tm = (struct tm){ .tm_year = FIRST_YEAR, .tm_mday = 1 };
	if (tm.tm_year > LAST_YEAR)
		tm = (struct tm){ .tm_year = LAST_YEAR,
				  .tm_mon = 11,
				  .tm_mday = 31,
				  .tm_hour = 23,
				  .tm_min = 59,
				  .tm_sec = 59 };
	if (tm.tm_sec > 59) /* a leap second */
		tm.tm_sec = 59;
	*date = (uint16_t)((tm.tm_year - FIRST_YEAR) << 9 |
			   (tm.tm_mon + 1) << 5 | tm.tm_mday);
	*clock = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
}

time_t
fat_slot_modified(const uint8_t *slot)
{
	unsigned date = le16_get(slot + MODIFIED_DATE);
	unsigned clock = le16_get(slot + MODIFIED_TIME);
	unsigned month = date >> 5 & 0xf;
	unsigned day = date & 0x1f;
	struct tm tm = {
		.tm_year = (int)(date >> 9) + FIRST_YEAR,
		.tm_mon = month ? (int)month - 1 : 0,
		.tm_mday = day ? (int)day : 1,
		.tm_hour = (int)(clock >> 11),
		.tm_min = (int)(clock >> 5 & 0x3f),
		.tm_sec = (int)(clock & 0x1f) * 2,
	};

	return timegm(&tm);
}

void
fat_slot_set_modified(uint8_t *slot, time_t when)
{
	uint16_t date, clock;

	encode(when, &date, &clock);
	le16_put(slot + MODIFIED_TIME, clock);
	le16_put(slot + MODIFIED_DATE, date);
	le16_put(slot + ACCESSED_DATE, date);
}

void
fat_slot_set_created(uint8_t *slot, time_t when)
{
	uint16_t date, clock;

	encode(when, &date, &clock);
	slot[CREATED_TENTHS] = (uint8_t)(when > 0 && when % 2 ? 100 : 0);
	le16_put(slot + CREATED_TIME, clock);
	le16_put(slot + CREATED_DATE, date);
}
