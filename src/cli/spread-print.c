/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli.h"
#include "json.h"
#include "spread.h"

void spread_print(const struct spread *s)
{
	static const unsigned int permilles[] = { 500, 900, 990 };
	size_t i;

	if (s->n == 0)
		return;
	printf("; round trip ms: min %.3f", (double)s->min / 1e6);
	for (i = 0; i < CLI_ARRAY_LEN(permilles); i++)
		printf(" p%u %.3f", permilles[i] / 10,
		       (double)spread_at(s, permilles[i]) / 1e6);
	printf(" max %.3f", (double)s->max / 1e6);
}

void spread_json(const struct spread *s, struct json *j)
{
	json_int(j, "min_ns", s->min);
	json_int(j, "p50_ns", spread_at(s, 500));
	json_int(j, "p90_ns", spread_at(s, 900));
	json_int(j, "p99_ns", spread_at(s, 990));
	json_int(j, "max_ns", s->max);
}
