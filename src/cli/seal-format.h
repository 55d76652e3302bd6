/* SPDX-License-Identifier: MIT */
/*
 * Sealed files, version 1. Numbers are big-endian.
 *
 * Header, 128 bytes:
 *	  0  16  "sockfam seal 1\n" and a NUL
 *	 16  44  name of the AEAD, padded with NULs: "gcm(aes)"
 *	 60   4  FRAME, the bytes of text in a frame: 1 to 65536
 *	 64  32  SALT, random
 *	 96  32  MAC
 * Frames, each:
 *	  0   4  bit 31: this is the last frame; the others: LEN
 *	  4 LEN  ciphertext; LEN is FRAME, in the last frame less (0 too)
 *	+LEN 16  tag
 * and nothing behind the last.
 *
 * KEY is the user's, 16 bytes or more.
 *	MAC = HMAC-SHA256(KEY, "mac" NUL, header bytes 0 to 95)
 *	the AEAD's key = HMAC-SHA256(KEY, "key" NUL, header bytes 0 to 95)
 * The AEADs: gcm(aes), rfc7539(chacha20,poly1305), aegis128. The key is the
 * longest that the AEAD has: 32 bytes, or of aegis128 the first 16. The
 * nonce of a frame is its number, from 0, in 12 bytes, or 16; its associated
 * data are the 4 bytes in front of it.
 *
 * So: the salt makes a key of its own for every file, under which a counter
 * never repeats; a wrong key or a changed header shows before anything in it
 * is believed; a frame that is changed, moved, doubled or comes from another
 * file is not authentic; a file that is cut ends without a last frame, and
 * what is added stands behind one.
 */
#ifndef SFAM_CLI_SEAL_FORMAT_H
#define SFAM_CLI_SEAL_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define SEAL_HEADER 128
#define SEAL_SIGNED 96		/* bytes of the header that make MAC and key */
#define SEAL_SALT 32
#define SEAL_MAC 32
#define SEAL_TAG 16
#define SEAL_FRAME_HEADER 4
#define SEAL_FRAME_MAX 65536u	/* fits default socket buffers */
#define SEAL_KEY_MIN 16
#define SEAL_NONCE_MAX 16
#define SEAL_BUFFER (SEAL_FRAME_HEADER + SEAL_FRAME_MAX + SEAL_TAG)

#define SEAL_LAST (1u << 31)

struct seal_algorithm {
	const char *name;
	size_t key_size;
	size_t nonce_size;
};

/* NULL: not one that sealed files may have. */
const struct seal_algorithm *seal_algorithm_by_name(const char *name);

/* All but the MAC. */
void seal_header_make(unsigned char *header,
		      const struct seal_algorithm *algorithm, uint32_t frame,
		      const unsigned char *salt);
/*
 * What the fields say; the MAC is the caller's to verify, first.
 * -EINVAL: no algorithm or frame of this version.
 */
int seal_header_parse(const unsigned char *header,
		      const struct seal_algorithm **ret_algorithm,
		      uint32_t *ret_frame);
/* Is it a sealed file of this version? */
int seal_header_known(const unsigned char *header);

uint32_t seal_load(const unsigned char *p);
void seal_store(unsigned char *p, uint32_t v);

#endif
