/* SPDX-License-Identifier: MIT */
/* Times in the units of pcapng's if_tsresol. */
#include "capture/reader.h"

#define BINARY 0x80		/* parts of a second by a power of 2, not 10 */

static uint64_t ten_to(unsigned int n)
{
	uint64_t v = 1;

	while (n--)
		v *= 10;
	return v;
}

/* Units of 10^-n s. Those of more than 19 digits are below any second. */
static uint64_t split_decimal(unsigned int n, uint64_t units, uint32_t *ret_ns)
{
	uint64_t second;

	if (n > 19) {
		units = n <= 28 ? units / ten_to(n - 9) : 0;
		*ret_ns = (uint32_t)units;
		return 0;
	}
	second = ten_to(n);
	*ret_ns = n <= 9 ? (uint32_t)(units % second * ten_to(9 - n)) :
			   (uint32_t)(units % second / ten_to(n - 9));
	return units / second;
}

/* Units of 2^-n s. The fraction has 32 bits, which is a quarter of a ns. */
static uint64_t split_binary(unsigned int n, uint64_t units, uint32_t *ret_ns)
{
	uint64_t second = n < 64 ? units >> n : 0;
	uint64_t part = n < 64 ? units & ((UINT64_C(1) << n) - 1) : units;

	if (n <= 32)
		part <<= 32 - n;
	else
		part = n - 32 < 64 ? part >> (n - 32) : 0;
	*ret_ns = (uint32_t)(part * SFAM__NS_PER_S >> 32);
	return second;
}

int64_t sfam__capture_time(const struct sfam__capture_source *source,
			   uint64_t units)
{
	const unsigned int n = source->resolution & (BINARY - 1);
	uint64_t whole;
	int64_t second, time;
	uint32_t ns;

	whole = source->resolution & BINARY ? split_binary(n, units, &ns) :
					      split_decimal(n, units, &ns);
	if (__builtin_add_overflow(whole, source->offset_s, &second))
		return INT64_MAX;
	if (__builtin_mul_overflow(second, SFAM__NS_PER_S, &time) ||
	    __builtin_add_overflow(time, (int64_t)ns, &time))
		return second < 0 ? INT64_MIN : INT64_MAX;
	return time;
}
