/* SPDX-License-Identifier: MIT */
/*
 * /proc/crypto: a paragraph per algorithm, `field : value` per line
 * (c_show() of crypto/proc.c, and the show() of each type).
 */
#include <stdlib.h>

#include "crypto.h"

static const struct {
	const char *name;
	uint16_t at;
	uint16_t size;			/* of text; 0: a number */
} fields[] = {
#define TEXT(name, member) { name, offsetof(struct sfam_crypto_alg, member), \
		sizeof(((struct sfam_crypto_alg *)0)->member) }
#define NUMBER(name, member) { name, offsetof(struct sfam_crypto_alg, member), \
		0 }
	TEXT("name", name),
	TEXT("driver", driver),
	TEXT("module", module),
	TEXT("type", type),
	NUMBER("priority", priority),
	NUMBER("refcnt", refcount),
	NUMBER("blocksize", block_size),
	NUMBER("digestsize", digest_size),
	NUMBER("ivsize", iv_size),
	NUMBER("min keysize", key_min),
	NUMBER("max keysize", key_max),
	NUMBER("maxauthsize", tag_max),
	NUMBER("seedsize", seed_size),
};

static void take_field(struct sfam_crypto_alg *alg, const char *name,
		       const char *value)
{
	uint32_t number = (uint32_t)strtol(value, NULL, 10);
	char *to;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(fields[i].name, name) != 0)
			continue;
		to = (char *)alg + fields[i].at;
		if (fields[i].size)
			snprintf(to, fields[i].size, "%s", value);
		else
			memcpy(to, &number, sizeof(number));
	}
	if (strcmp(name, "selftest") == 0 && strcmp(value, "passed") == 0)
		alg->flags |= SFAM_CRYPTO_TESTED;
	if (strcmp(name, "internal") == 0 && strcmp(value, "yes") == 0)
		alg->flags |= SFAM_CRYPTO_INTERNAL;
}

/* Splits at the first colon and the blanks around it. */
static void take_line(struct sfam_crypto_alg *alg, char *line)
{
	char *colon = strchr(line, ':');
	char *end = colon;

	if (!colon)
		return;
	while (end > line && end[-1] == ' ')
		end--;
	*end = '\0';
	colon++;
	take_field(alg, line, colon + strspn(colon, " "));
}

/* An empty line ends each, the last one too. */
int sfam__crypto_proc(struct sfam__crypto *c)
{
	FILE *f = fopen("/proc/crypto", "re");
	struct sfam_crypto_alg alg;
	char line[256];
	int r;

	if (!f)
		return -errno;
	memset(&alg, 0, sizeof(alg));
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0]) {
			take_line(&alg, line);
			continue;
		}
		if (alg.name[0])
			sfam__crypto_give(c, &alg);
		memset(&alg, 0, sizeof(alg));
	}
	r = ferror(f) ? -EIO : 0;
	fclose(f);
	return r;
}
