/* SPDX-License-Identifier: MIT */
/* Part of test-alg-traps: keys and tags. */
#include "alg-traps.h"

/* Keys can be set only while there is no operation. */
void trap_order_of_keys(void)
{
	struct session s = gcm();
	struct sfam_alg_op *other;
	unsigned char tag[16];
	struct flat f;

	ck_assert_err(sfam_alg_set_key(s.alg, key, 16), EBUSY);
	ck_assert_err(sfam_alg_set_tag_size(s.alg, 12), EBUSY);
	ck_assert_ok(sfam_alg_op_new(&other, s.alg));
	ck_assert_err(sfam_alg_op_set_key(s.op, key, 16), EBUSY);
	/* It lives on. */
	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 12, NULL, 0, plain,
						  text, 32, tag, 16)));
	sfam_alg_op_free(other);
	ck_assert_ok(sfam_alg_op_set_key(s.op, key, 16));
	ck_assert_err(sfam_alg_unseal(s.op, flat_msg(&f, iv, 12, NULL, 0, text,
						     back, 32, tag, 16)),
		      EBADMSG);
	session_close(&s);
}

void trap_missing_key(void)
{
	struct session s = session_open(SFAM_ALG_AEAD, "gcm(aes)", NULL, 0, 0);
	struct session h = session_open(SFAM_ALG_HASH, "hmac(sha1)", NULL, 0,
					0);
	unsigned char tag[16], digest[20];
	struct flat f;

	flat_msg(&f, iv, 12, NULL, 0, plain, text, 32, tag, 16);
	ck_assert_err(sfam_alg_seal(s.op, &f.msg), ENOKEY);
	ck_assert_err(sfam_alg_hash(h.op, "x", 1, digest, 20), ENOKEY);
	ck_assert_err(sfam_alg_hash(h.op, "", 0, digest, 20), ENOKEY);
	ck_assert_err(sfam_alg_hash_update(h.op, "x", 1), ENOKEY);
	ck_assert_ok(sfam_alg_op_set_key(s.op, key, 32));
	ck_assert_ok(sfam_alg_seal(s.op, &f.msg));
	session_close(&h);
	session_close(&s);
}

void trap_wrong_keys(void)
{
	struct sfam_alg *alg;

	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_HASH, "sha256", NULL));
	ck_assert_err(sfam_alg_set_key(alg, key, 16), EOPNOTSUPP);
	sfam_alg_free(alg);
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_HASH, "crc32c", NULL));
	ck_assert_err(sfam_alg_set_key(alg, key, 3), EKEYREJECTED);
	ck_assert_ok(sfam_alg_set_key(alg, key, 4));
	sfam_alg_free(alg);
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_SKCIPHER, "xts(aes)", NULL));
	ck_assert_err(sfam_alg_set_key(alg, key, 33), EKEYREJECTED);
	ck_assert_err(sfam_alg_set_key(alg, key, 0), EKEYREJECTED);
	ck_assert_ok(sfam_alg_set_key(alg, key, 32));
	sfam_alg_free(alg);
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_HASH, "hmac(sha1)", NULL));
	ck_assert_ok(sfam_alg_set_key(alg, key, 1));
	ck_assert_ok(sfam_alg_set_key(alg, NULL, 0));
	sfam_alg_free(alg);
}

void trap_tag_sizes(void)
{
	struct session s;
	unsigned char tag[16];
	struct sfam_alg *alg;
	struct flat f;
	size_t n;
	int r;

	for (n = 0; n <= 17; n++) {
		ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_AEAD, "gcm(aes)",
					  NULL));
		r = sfam_alg_set_tag_size(alg, n);
		sfam_alg_free(alg);
		if (n != 4 && n != 8 && (n < 12 || n > 16)) {
			ck_assert_int_eq(r, -EINVAL);
			continue;
		}
		ck_assert_int_eq(r, 0);
		s = session_open(SFAM_ALG_AEAD, "gcm(aes)", key, 32, n);
		ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 12, NULL, 0,
						plain, text, 20, tag, n)));
		ck_assert_ok(sfam_alg_unseal(s.op, flat_msg(&f, iv, 12, NULL,
						0, text, back, 20, tag, n)));
		ck_assert_mem_eq(back, plain, 20);
		session_close(&s);
	}
}

void trap_authenc_blob(void)
{
	static const char name[] = "authenc(hmac(sha256),cbc(aes))";
	unsigned char blob[8 + 32 + 16], tag[32];
	struct session s;
	struct flat f;
	ssize_t n;

	ck_assert_err(sfam_alg_authenc_key(blob, sizeof(blob) - 1, key, 32,
					   key + 32, 16), ENOSPC);
	n = sfam_alg_authenc_key(blob, sizeof(blob), key, 32, key + 32, 16);
	ck_assert_int_eq(n, sizeof(blob));
	s = session_open(SFAM_ALG_AEAD, name, blob, sizeof(blob), 0);
	ck_assert_uint_eq(sfam_alg_tag_size(s.alg), 32);
	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 16, "aad", 3, plain,
						  text, 64, tag, 32)));
	ck_assert_ok(sfam_alg_unseal(s.op, flat_msg(&f, iv, 16, "aad", 3, text,
						    back, 64, tag, 32)));
	ck_assert_mem_eq(back, plain, 64);
	tag[31] ^= 1;
	ck_assert_err(sfam_alg_unseal(s.op, &f.msg), EBADMSG);
	ck_assert_err(sfam_alg_seal(s.op, flat_msg(&f, iv + 1, 16, NULL, 0,
						   plain, text, 63, tag, 32)),
		      EINVAL);
	session_close(&s);
}
