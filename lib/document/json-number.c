/* json-number.c - numbers as text, for what no double holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of it looks at digits: strtod() depends on the locale, and a million
 * digits are not worth converting.
 */
#include <config.h>

#include <string.h>

#include "document/json-number.h"

#define INT64_SAFE_DIGITS  18
#define DOUBLE_SAFE_DIGITS 15
#define EXPONENT_LIMIT	   10000000L /* longer than any text */

/* DBL_MAX is 1.7976931348623157e308. */
#define DBL_MAX_DIGITS	 "17976931348623157"
#define DBL_MAX_EXPONENT 308

struct number {
	char digits[sizeof(DBL_MAX_DIGITS)]; /* the first significant ones */
	size_t count;			     /* of significant digits in all */
	long exponent;			     /* of the first one, base 10 */
	bool integer;			     /* neither '.' nor exponent */
	bool negative;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The exponent behind 'e', saturated. */
static long
read_exponent(const char *at, size_t len)
{
	bool negative = len && at[0] == '-';
	long value = 0;
	size_t i;

	for (i = len && (at[0] == '-' || at[0] == '+'); i < len; i++) {
		if (is_digit(at[i]) && value < EXPONENT_LIMIT)
			value = 10 * value + (at[i] - '0');
	}
	return negative ? -value : value;
}

static void
add_digit(struct number *number, char digit)
{
	if (!number->count && digit == '0')
		return;
	if (number->count + 1 < sizeof(number->digits))
		number->digits[number->count] = digit;
	number->count++;
}

static struct number
read_number(const char *at, size_t len)
{
	struct number number = { .integer = true };
	long point = 0; /* digits from the first significant to the '.' */
	bool fraction = false;
	size_t i;

	number.negative = len && at[0] == '-';
	for (i = number.negative; i < len; i++) {
		if (at[i] == 'e' || at[i] == 'E') {
			number.integer = false;
			number.exponent = read_exponent(at + i + 1,
							len - i - 1);
			break;
		}
		if (at[i] == '.') {
			number.integer = false;
			fraction = true;
		} else {
			add_digit(&number, at[i]);
			if (!fraction && number.count)
				point++;
			else if (fraction && !number.count)
				point--;
		}
	}
	number.exponent += point - 1;
	return number;
}

static bool
is_beyond_int64(const struct number *number, const char *at)
{
	const char *limit = number->negative ? "9223372036854775808" :
					       "9223372036854775807";

	if (number->count != strlen(limit))
		return number->count > strlen(limit);
	return memcmp(at + number->negative, limit, strlen(limit)) > 0;
}

static bool
is_beyond_double(const struct number *number)
{
	if (!number->count || number->exponent < DBL_MAX_EXPONENT)
		return false;
	return number->exponent > DBL_MAX_EXPONENT ||
	       strcmp(number->digits, DBL_MAX_DIGITS) > 0;
}

static bool
is_number(const char *at, size_t len)
{
	return len && (is_digit(at[0]) || (at[0] == '-' && len > 1));
}

bool
json_number_is_huge(const char *at, size_t len)
{
	struct number number;

	if (!is_number(at, len) || len < strlen("1e309"))
		return false;
	number = read_number(at, len);
	return number.integer ? is_beyond_int64(&number, at) :
				is_beyond_double(&number);
}

void
json_number_tame(char *at, size_t len)
{
	struct number number = read_number(at, len);

	if (is_beyond_double(&number)) {
		at += number.negative;
		len -= number.negative;
		memset(at, '0', len);
		memcpy(at, "1e", 2);
		memcpy(at + len - 3, "308", 3);
	} else {
		/* The last two digits out, as many noughts in: a real. */
		memcpy(at + len - 2, "e2", 2);
	}
}

bool
json_number_is_long(const char *at, size_t len)
{
	struct number number;

	if (!is_number(at, len))
		return false;
	number = read_number(at, len);
	return number.integer ? number.count > INT64_SAFE_DIGITS :
				number.count > DOUBLE_SAFE_DIGITS ||
					is_beyond_double(&number);
}
