/* SPDX-License-Identifier: MIT */
#include "alg-cli.h"

#define SUMS_HELP \
"  -c      check: FILE is a list as this verb writes it\n" \
"  -w      with -c: tell of lines that are none; --strict: they fail, too\n" \
"  -z      end lines with NUL, and do not escape names\n" \
"  --quiet, --status, --ignore-missing: with -c, as sha256sum\n" \
"Without FILE, or with -, reads stdin. A file that takes long shows how far\n" \
"it is, on a terminal.\n"

#define CIPHER_HELP \
ALG_KEY_HELP \
"  -i IV   in hex. Without: enc makes a random one and puts it in front of\n" \
"          the ciphertext, dec finds it there\n" \
"  -n      no padding. Without: PKCS#7, as openssl enc, with the modes that\n" \
"          want whole blocks and chain them: ecb, cbc\n" \
"  -o OUT  a file that appears when all is right, and not before; stdout\n" \
"CIPHER as the kernel has it: 'cbc(aes)', 'ctr(aes)', 'xts(aes)'; the key's\n" \
"size tells AES-128 from AES-256. As openssl enc -K KEY -iv IV. A change of\n" \
"the ciphertext is not noticed: aead seal is for that.\n"

#define SEAL_OUT_HELP \
"  -o OUT  a file that appears when all is right, and not before; stdout\n"

static const struct cli_verb aead[] = {
	{
		.name = "seal",
		.args = "-k KEY [-a ALG] [-o OUT] [FILE]",
		.help = "encrypt a file so that every change shows",
		.details =
ALG_KEY_HELP
"          at least 16 bytes; try: sockfam alg rng 32 >KEY\n"
"  -a ALG  gcm(aes) (default), rfc7539(chacha20,poly1305), aegis128\n"
SEAL_OUT_HELP
"Frames of 64 KiB, each authentic for itself and its place, and the last\n"
"marked; the key of each file is made of KEY and a random salt.\n",
		.run = alg_run_seal,
	},
	{
		.name = "open",
		.args = "-k KEY [-o OUT] [FILE]",
		.help = "decrypt a sealed file, if nothing of it was changed",
		.details =
ALG_KEY_HELP
SEAL_OUT_HELP
"A file that is changed, cut, reordered or extended is refused, and OUT does\n"
"not appear. To stdout or a pipe goes each frame once it is found authentic:\n"
"only the exit status says that it was all.\n",
		.run = alg_run_seal,
	},
	{ .name = NULL },
};

static const struct cli_verb below[] = {
	{
		.name = "hash",
		.args = "[-a ALG] [-cwz] [FILE...]",
		.help = "hash files in the kernel, or check them: as sha256sum",
		.details =
"  -a ALG  sha256 (default), sha512, sha3-256, blake2b-512, ...\n"
SUMS_HELP,
		.run = alg_run_hash,
	},
	{
		.name = "hmac",
		.args = "-k KEY [-a HASH] [-cwz] [FILE...]",
		.help = "hash files with a key, or check them",
		.details =
ALG_KEY_HELP
"  -a HASH sha256 (default): hmac(sha256); or whole: 'cmac(aes)'\n"
SUMS_HELP,
		.run = alg_run_hash,
	},
	{
		.name = "enc",
		.args = "-k KEY [-i IV] [-n] [-o OUT] CIPHER [FILE]",
		.help = "encrypt a file with a cipher",
		.details = CIPHER_HELP,
		.run = alg_run_cipher,
	},
	{
		.name = "dec",
		.args = "-k KEY [-i IV] [-n] [-o OUT] CIPHER [FILE]",
		.help = "decrypt a file with a cipher",
		.details = CIPHER_HELP,
		.run = alg_run_cipher,
	},
	{
		.name = "aead",
		.args = "VERB ...",
		.help = "authenticated encryption",
		.below = aead,
	},
	{
		.name = "rng",
		.args = "[-a ALG] [-x] BYTES",
		.help = "random bytes from the kernel's generators",
		.details =
"  -a ALG  stdrng (default), drbg_nopr_hmac_sha256, jitterentropy_rng, ...\n"
"  -x      in hex, on one line\n",
		.run = alg_run_rng,
	},
	{
		.name = "list",
		.args = "[-t TYPE] [--json] [NAME...]",
		.help = "algorithms of this kernel; NAME: can it be used, "
			"or why not",
		.details =
"  -t TYPE  hash, skcipher, aead, rng, or a word of the kernel's: shash, kpp\n"
"  --json   a list of objects\n"
"Without NAME: what is loaded, usable here or not; a NAME may load more.\n"
"Status 1 if one of them cannot be used.\n",
		.run = alg_run_list,
	},
	{
		.name = "bench",
		.args = "[-t SECONDS] [NAME...]",
		.help = "how fast algorithms are here (timings)",
		.details =
"Operations of 16 to 65536 bytes, through the kernel and back, -t SECONDS\n"
"(0.5) for each size.\n",
		.run = alg_run_bench,
	},
	{ .name = NULL },
};

const struct cli_verb cli_alg = {
	.name = "alg",
	.args = "VERB ...",
	.help = "the kernel's cryptography",
	.below = below,
};
