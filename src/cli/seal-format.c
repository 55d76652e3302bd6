/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "seal-format.h"

#define NAME_AT 16
#define NAME_SIZE 44
#define FRAME_AT 60
#define SALT_AT 64

static const char magic[NAME_AT] = "sockfam seal 1\n";

/*
 * Not ccm: its nonce is not all of the kernel's IV, and a counter at the
 * IV's end would not change it. Not rfc4106 and the like: their nonce
 * stands in the associated data too. Not authenc: no nonces at all.
 */
static const struct seal_algorithm algorithms[] = {
	{ "gcm(aes)", 32, 12 },
	{ "rfc7539(chacha20,poly1305)", 32, 12 },
	{ "aegis128", 16, 16 },
};

const struct seal_algorithm *seal_algorithm_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(algorithms); i++)
		if (strcmp(algorithms[i].name, name) == 0)
			return &algorithms[i];
	return NULL;
}

uint32_t seal_load(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

void seal_store(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

void seal_header_make(unsigned char *header,
		      const struct seal_algorithm *algorithm, uint32_t frame,
		      const unsigned char *salt)
{
	memset(header, 0, SEAL_HEADER);
	memcpy(header, magic, sizeof(magic));
	memcpy(header + NAME_AT, algorithm->name, strlen(algorithm->name));
	seal_store(header + FRAME_AT, frame);
	memcpy(header + SALT_AT, salt, SEAL_SALT);
}

int seal_header_known(const unsigned char *header)
{
	return memcmp(header, magic, sizeof(magic)) == 0;
}

int seal_header_parse(const unsigned char *header,
		      const struct seal_algorithm **ret_algorithm,
		      uint32_t *ret_frame)
{
	const struct seal_algorithm *algorithm;
	uint32_t frame = seal_load(header + FRAME_AT);
	char name[NAME_SIZE + 1] = "";

	memcpy(name, header + NAME_AT, NAME_SIZE);
	algorithm = seal_algorithm_by_name(name);
	if (!algorithm || frame == 0 || frame > SEAL_FRAME_MAX)
		return -EINVAL;
	*ret_algorithm = algorithm;
	*ret_frame = frame;
	return 0;
}
