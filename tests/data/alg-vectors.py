#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Picks alg-vectors.txt out of published vectors, as these sources quote
# them (unpacked, any newer version will do, but may have others):
#   alg-vectors.py openssl-3.0.20 boringssl botan-2.19.3 >alg-vectors.txt
# CCM's nonce becomes the kernel's
# IV (RFC 3610: 14 - its length, the nonce, zeros).
import glob
import json
import os
import re
import sys

TEXT_MAX = 128


def field(data):
    return data.lower() if data else "-"


def line(kind, name, *fields, number=""):
    words = [kind, name, *map(field, fields)]
    print(*words, *([f"#{number}"] if number != "" else []))


def ccm_iv(nonce):
    size = len(nonce) // 2
    return f"{14 - size:02x}" + nonce + "00" * (15 - size)


def paragraphs(path, start="", end=None):
    """Each paragraph of "Name = value" or "Name: value" lines, as a dict;
    of the part between the lines that begin with start and end."""
    here, entry = not start, {}
    with open(path, encoding="latin-1") as f:
        lines = f.read().split("\n") + [""]
    for text in lines:
        if not here:
            here = text.startswith(start)
            continue
        if end and text.startswith(end):
            break
        if text.startswith(("#", "[")):
            continue
        match = re.match(r"(\w+) ?[=:] ?(.*)", text)
        if match:
            entry[match[1].lower()] = unquote(match[2].strip())
        elif not text.strip() and entry:
            yield entry
            entry = {}
    if entry:
        yield entry


def unquote(value):
    if value.startswith('"'):
        return value.strip('"').encode().hex()
    return value


def short(entry, *names, limit=2 * TEXT_MAX):
    return all(len(entry.get(n, "")) <= limit for n in names)


# ------------------------------------------------------------------ hashes

def openssl_digests(path, start, end, names, limit):
    print(f"# {os.path.basename(path)} of OpenSSL: {start[8:]}")
    for n, e in enumerate(paragraphs(path, start, end)):
        name = e.get("digest", "").lower()
        if name in names and "ncopy" not in e and "count" not in e and \
                short(e, "input", limit=limit):
            line("hash", name, "", e["input"], e["output"], number=n)


def openssl_hmacs(path, start, end):
    for n, e in enumerate(paragraphs(path, start, end)):
        name = e.get("algorithm", "").lower()
        if e.get("mac") == "HMAC" and name.startswith("sha"):
            line("hash", f"hmac({name})", e["key"], e["input"], e["output"],
                 number=n)


def botan(path, section, title="", end="\n["):
    """The entries below a heading, to the next."""
    with open(path, encoding="latin-1") as f:
        text = f.read()
    text = text[text.index(section) + len(section):].split(end)[0]
    text = text[text.index(title) + len(title):]
    for block in text.split("\n\n"):
        e = dict(re.findall(r"(\w+) ?= ?(\w*)", re.sub("#.*", "", block)))
        if "Out" in e:
            yield e


def botan_hashes(kind_name, entries, limit=2 * TEXT_MAX):
    for n, e in enumerate(entries):
        if len(e.get("In", "")) <= limit:
            line("hash", kind_name, e.get("Key", ""), e.get("In", ""),
                 e["Out"], number=n)


def cavp_cmacs(path, per_length):
    count = {}
    for e in paragraphs(path):
        key = (e.get("mlen"), e.get("tlen"))
        if e.get("result", "")[:1] != "P" or not short(e, "msg") or \
                count.get(key, 0) >= per_length:
            continue
        count[key] = count.get(key, 0) + 1
        text = "" if e["mlen"] == "0" else e["msg"]
        line("hash", "cmac(aes)", e["key"], text, e["mac"],
             number=e["count"])


def wycheproof(path):
    with open(path) as f:
        data = json.load(f)
    print(f"# Wycheproof {data['generatorVersion']},",
          f"{os.path.basename(path)}: tcId")
    for group in data["testGroups"]:
        for test in group["tests"]:
            yield group, test


def wycheproof_macs(path, name):
    for group, t in wycheproof(path):
        if t["result"] == "valid" and len(t["msg"]) <= 2 * TEXT_MAX and \
                t["tcId"] % 4 == 0:
            line("hash", name, t["key"], t["msg"], t["tag"],
                 number=t["tcId"])


# ----------------------------------------------------------------- ciphers

def joined(entries):
    """Blocks of one message that stand alone as one again."""
    whole = {}
    for e in entries:
        if e["key"] == whole.get("key") and len(whole["plaintext"]) < 128:
            whole["plaintext"] += e["plaintext"]
            whole["ciphertext"] += e["ciphertext"]
            continue
        if whole:
            yield whole
        whole = e
    yield whole


def openssl_blocks(path, start, end):
    for mode in ("ecb", "cbc"):
        for e in joined(
                e for e in paragraphs(path, start, end)
                if e.get("cipher", "").lower().endswith(mode) and
                e.get("operation") != "DECRYPT"):
            line("cipher", f"{mode}(aes)", e["key"], e.get("iv", ""),
                 e["plaintext"], e["ciphertext"])


def openssl_ciphers(path, start, end, limit):
    for n, e in enumerate(paragraphs(path, start, end)):
        match = re.match(r"aes-\d+-(ecb|cbc|ctr|xts)$",
                         e.get("cipher", "").lower())
        if not match or "result" in e or "plaintext" not in e or \
                e.get("operation") == "DECRYPT" or \
                not short(e, "plaintext", limit=limit):
            continue
        line("cipher", f"{match[1]}(aes)", e["key"], e.get("iv", ""),
             e["plaintext"], e["ciphertext"], number=n)


def cavp_ciphers(path, name, per_file):
    for file in re.findall(r"^# File (\d+): kat_aes/(.*)$",
                           open(path).read(), re.M):
        print(f"# NIST CAVP, {file[1]}: count")
        part = paragraphs(path, f"# File {file[0]}:", "# File")
        for n, e in enumerate(part):
            if n < per_file:
                line("cipher", name, e["key"], e["iv"], e["plaintext"],
                     e["ciphertext"], number=n)


def botan_ciphers(name, entries, limit=2 * TEXT_MAX):
    for n, e in enumerate(entries):
        if len(e["In"]) <= limit:
            line("cipher", name, e["Key"], e["Nonce"], e["In"], e["Out"],
                 number=n)


# -------------------------------------------------------------------- aead

def cavp_gcm(path, per_kind):
    """One each of tag length, text or none, AAD or none, good or bad."""
    for file in re.findall(r"^# File (\d+): kat_gcm/(.*)$",
                           open(path).read(), re.M):
        print(f"# NIST CAVP, {file[1]}: nth with a nonce of 96 bits")
        count = {}
        part = paragraphs(path, f"# File {file[0]}:", "# File")
        for n, e in enumerate(part):
            bad = "fails" in e
            key = (len(e["tag"]), bool(e["ct"]), bool(e["ad"]), bad)
            if len(e["nonce"]) != 24 or count.get(key, 0) >= per_kind:
                continue
            count[key] = count.get(key, 0) + 1
            line("forged" if bad else "aead", "gcm(aes)", e["key"],
                 e["nonce"], e["ad"], "" if bad else e["in"], e["ct"],
                 e["tag"], number=n)


def openssl_gcm(path, start, end):
    for n, e in enumerate(paragraphs(path, start, end)):
        if "operation" not in e and len(e["iv"]) == 24:
            line("aead", "gcm(aes)", e["key"], e["iv"], e["aad"],
                 e["plaintext"], e["ciphertext"], e["tag"], number=n)


def cavp_ccm(path, per_title, each):
    title = None
    with open(path) as f:
        titles = re.findall(r"^Title = (NIST CCM .*)$", f.read(), re.M)
    for title in titles:
        print(f"# NIST CAVP, {title}: nth")
        count = {True: 0, False: 0}
        for n, e in enumerate(paragraphs(path, f"Title = {title}",
                                         "Title =")):
            bad = "result" in e
            if count[bad] >= per_title or n % each:
                continue
            count[bad] += 1
            # Where only the tag is wrong, the text is still told.
            line("forged" if bad else "aead", "ccm(aes)", e["key"],
                 ccm_iv(e["iv"]), e.get("aad", ""),
                 "" if bad else e.get("plaintext", ""),
                 e.get("ciphertext", ""), e["tag"], number=n)


def botan_ccm(path, sections):
    for n, (section, title, tag) in enumerate(sections):
        e = next(botan(path, section, title))
        cut = len(e["Out"]) - 2 * tag
        line("aead", "ccm(aes)", e["Key"], ccm_iv(e["Nonce"]),
             e.get("AD", ""), e["In"], e["Out"][:cut], e["Out"][cut:],
             number=n + 1)


def wycheproof_aead(path, name, nonces, tags):
    """All of the bad ones; what the kernel has no such size for is unfit."""
    for group, t in wycheproof(path):
        size, tag = group["ivSize"] // 8, group["tagSize"] // 8
        if max(len(t["aad"]), len(t["msg"]), len(t["ct"])) > 2 * TEXT_MAX:
            continue
        iv = t["iv"]
        if size not in nonces or tag not in tags:
            if t["result"] != "invalid" or size > 20 or \
                    (name == "ccm(aes)" and size not in nonces):
                continue
            kind = "unfit"
        else:
            kind = "forged" if t["result"] == "invalid" else "aead"
            if kind == "aead" and t["tcId"] % 6:
                continue
        if name == "ccm(aes)":
            iv = ccm_iv(iv)
        line(kind, name, t["key"], iv, t["aad"],
             "" if kind == "forged" else t["msg"], t["ct"], t["tag"],
             number=t["tcId"])


def rfc8439(path):
    print("# RFC 8439, 2.8.2")
    e = next(botan(path, "# From RFC 7539"))
    cut = len(e["Out"]) - 32
    line("aead", "rfc7539(chacha20,poly1305)", e["Key"], e["Nonce"],
         e["AD"], e["In"], e["Out"][:cut], e["Out"][cut:])


# ----------------------------------------------------------------- sources

HEAD = """\
# SPDX-License-Identifier: MIT
# Known answers. Lines: hash NAME KEY MESSAGE DIGEST
#                cipher NAME KEY IV PLAINTEXT CIPHERTEXT
#                aead NAME KEY IV AAD PLAINTEXT CIPHERTEXT TAG
#                forged, with the same fields: must be refused as such
#                unfit, with the same fields: sizes that must be refused
# hex; - is empty; #N: its number in the source (the heading says which, or
# it is the nth that is quoted, from 0). A digest may be cut. Copied from the
# named publications by alg-vectors.py, but for the end of this file."""


def typed():
    """What none of the sources has: copied from the publication."""
    def put(heading, name, *rows):
        print(f"# {heading}")
        for number, key, text, digest in rows:
            line("hash", name, key, text, digest, number=number)

    put("NIST CAVS 11.0, SHA256ShortMsg.rsp: Len", "sha256",
        (0, "", "", "e3b0c44298fc1c149afbf4c8996fb924"
         "27ae41e4649b934ca495991b7852b855"),
        (8, "", "d3", "28969cdfa74a12c82f3bad960b0b000a"
         "ca2ac329deea5c2328ebc6f2ba9802c1"),
        (16, "", "11af", "5ca7133fa735326081558ac312c620ee"
         "ca9970d1e70a4b95533d956f072d1f98"),
        (24, "", "b4190e", "dff2e73091f6c05e528896c4c831b944"
         "8653dc2ff043528f6769437bc7b975c2"))
    put("NIST CAVS, SHA3_256ShortMsg.rsp: Len", "sha3-256",
        (8, "", "e9", "f0d04dd1e6cfc29a4460d521796852f2"
         "5d9ef8d28b44ee91ff5b759d72c1e6d6"),
        (16, "", "d477", "94279e8f5ccdf6e17f292b59698ab4e6"
         "14dfe696a46c46da78305fc6a3146ab7"),
        (24, "", "b053fa", "9d0ff086cd0ec06a682c51c094dc73ab"
         "dc492004292344bd41b82a60498ccfdb"))
    put("RFC 4231, with SHA-256: test case", "hmac(sha256)",
        (1, "0b" * 20, b"Hi There".hex(), "b0344c61d8db38535ca8afceaf0bf12b"
         "881dc200c9833da726e9376c2e32cff7"),
        (3, "aa" * 20, "dd" * 50, "773ea91e36800e46854db8ebd09181a7"
         "2959098b3ef8c122d9635514ced565fe"),
        (4, bytes(range(1, 26)).hex(), "cd" * 50,
         "82558a389a443c0ea4cc819899f2083a"
         "85f0faa3e578f8077a2e3ff46729665b"),
        (2, b"Jefe".hex(), b"what do ya want for nothing?".hex(),
         "5bdcc146bf60754e6a042426089575c7"
         "5a003f089d2739839dec58b964ec3843"),
        (6, "aa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key "
         b"First".hex(), "60e431591ee0b67f0d8a26aacbf5b77f"
         "8e0bc6213728c5140546040f0ee37f54"),
        (7, "aa" * 131, b"This is a test using a larger than block-size key "
         b"and a larger than block-size data. The key needs to be hashed "
         b"before being used by the HMAC algorithm.".hex(),
         "9b09ffa71b942fcb27635fbcd5b0e944"
         "bfdc63644f0713938a7f51535c3a35e2"),
        (5, "0c" * 20, b"Test With Truncation".hex(),
         "a3b6167473100ee06e0c796c2955552b"))
    print("# RFC 8439, 2.3.2 and 2.4.2 (the IV: counter and nonce)")
    key = bytes(range(32)).hex()
    line("cipher", "chacha20", key, "01000000000000090000004a00000000",
         "00" * 64, "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9a"
         "c3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2"
         "503c4e")
    line("cipher", "chacha20", key, "01000000000000000000004a00000000",
         b"Ladies and Gentlemen of the class of '99: If I could offer you "
         b"only one tip for the future, sunscreen would be it.".hex(),
         "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf9"
         "1b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d807ca"
         "0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90b"
         "bf74a35be6b40b8eedf2785e42874d")


TAIL = """\
# Computed with OpenSSL: sha1; a tag over nothing and over AAD alone, and
# what must not be taken for it: tag, AAD, nonce, key, text changed
hash sha1 - - da39a3ee5e6b4b0d3255bfef95601890afd80709
hash sha1 - 36 c1dfd96eea8cc2b62785275bca38ac261256e278
hash sha1 - 195a 0a1c2d555bbe431ad6288af5a54f93e0449c9232
hash sha1 - df4bd2 bf36ed5d74727dfd5d7854ec6b1d49468d8ee8aa
aead gcm(aes) 000102030405060708090a0b0c0d0e0f 505152535455565758595a5b - - - \
b2e349391e251de9c5e8989140fa411c
forged gcm(aes) 000102030405060708090a0b0c0d0e0f 505152535455565758595a5b - - \
- 92e349391e251de9c5e8989140fa411c
forged gcm(aes) 000102030405060708090a0b0c0d0e0f 505152535455565758595a5b \
6f6e6c79 - - 6335e3b8cc72549ea687b5349072cefa
forged gcm(aes) 000102030405060708090a0b0c0d0e0f 505152535455565758595a5b \
4f6e6c79 - - 6335e3b8cc72549ea687b5348072cefa
forged gcm(aes) 000102030405060708090a0b0c0d0e0f 515152535455565758595a5b 61 \
202122232425262728292a2b2c2d2e2f eb156d081ed6b6b55f4612f021d87b39 \
fdcb8817029774bff8be3883e51559e4
forged gcm(aes) 000302030405060708090a0b0c0d0e0f 505152535455565758595a5b 61 \
202122232425262728292a2b2c2d2e2f eb156d081ed6b6b55f4612f021d87b39 \
fdcb8817029774bff8be3883e51559e4
forged gcm(aes) 000102030405060708090a0b0c0d0e0f 505152535455565758595a5b - \
202122232425262728292a2b2c2d2e2f eb156d081ed6b6b55f4612f021d87b39 \
fdcb8817029774bff8be3883e51559e4
forged gcm(aes) 000102030405060708090a0b0c0d0e0f 505152535455565758595a5b 61 \
202122232425262728292a2b2c2d2e2f eb156d081ed6b6b55f4612f021d87bb9 \
fdcb8817029774bff8be3883e51559e4"""


def main(openssl, boringssl, botan_dir):
    evp = openssl + "/test/recipes/30-test_evp_data/"
    cavp = boringssl + "/src/crypto/cipher_extra/test/nist_cavp/"
    wyche = boringssl + "/src/third_party/wycheproof_testvectors/"
    vec = botan_dir + "/src/tests/data/"
    rfc = "rfc7539(chacha20,poly1305)"

    print(HEAD)
    openssl_digests(evp + "evpmd_sha.txt", "Title = SHA tests from",
                    "# Some of the test", ["sha1", "sha224", "sha256",
                                           "sha384", "sha512"], 512)
    typed()
    print("# NIST CAVS 11.0, SHA512ShortMsg.rsp: every third")
    botan_hashes("sha512", list(botan(vec + "hash/sha2_64.vec", "[SHA-512]",
                                      "NIST CAVS 11.0"))[:40:3])
    openssl_digests(evp + "evpmd_sha.txt", "Title = SHA3", "# Following",
                    ["sha3-224", "sha3-256", "sha3-384", "sha3-512"], 700)
    print("# NIST, examples of HMAC with keys shorter than, as long as and "
          "longer than a block")
    openssl_hmacs(evp + "evpmac_common.txt", "Title = SHA1",
                  "Title = HMAC self")
    for bits in (224, 384, 512):
        print(f"# RFC 4231, with SHA-{bits}, without test case 5")
        botan_hashes(f"hmac(sha{bits})",
                     botan(vec + "mac/hmac.vec", f"[HMAC(SHA-{bits})]",
                           "# From RFC 4231"), 1024)
    for name in ("sha1", "sha256", "sha512"):
        wycheproof_macs(wyche + f"hmac_{name}_test.json", f"hmac({name})")
    for bits in (128, 192, 256):
        print(f"# NIST SP 800-38B, appendix D, AES-{bits}")
        botan_hashes("cmac(aes)", list(botan(vec + "mac/cmac.vec",
                                             f"[CMAC(AES-{bits})]"))[:4])
    for bits in (128, 192, 256):
        print(f"# NIST CAVS 11.0, CMACVerAES{bits}.rsp, Result P: Count")
        cavp_cmacs(boringssl + f"/src/crypto/fipsmodule/cmac/"
                   f"cavp_aes{bits}_cmac_tests.txt", 2)
    wycheproof_macs(wyche + "aes_cmac_test.json", "cmac(aes)")

    print("# FIPS 197, C.1 to C.3")
    openssl_ciphers(evp + "evpciph_aes_common.txt", "Title = AES (from FIPS",
                    "Title", 512)
    print("# NIST SP 800-38A, F.1 and F.2")
    openssl_blocks(evp + "evpciph_aes_common.txt",
                   "Title = AES tests from NIST", "Title")
    print("# RFC 3686")
    openssl_ciphers(evp + "evpciph_aes_common.txt",
                    "Title = AES Counter test", "# Self", 512)
    print("# NIST SP 800-38A, F.5.1, F.5.3 and F.5.5")
    for bits in (128, 192, 256):
        botan_ciphers("ctr(aes)", [next(
            e for e in botan(vec + "stream/ctr.vec", f"[CTR-BE(AES-{bits})]")
            if e.get("In", "").startswith("6BC1BEE2"))])
    for bits in (128, 192, 256):
        cavp_ciphers(cavp + f"aes_{bits}_cbc.txt", "cbc(aes)", 3)
    print("# IEEE 1619-2007, annex B: vector 1, others by paragraph, 10")
    botan_ciphers("xts(aes)", [next(botan(
        vec + "modes/xts.vec", "[AES-128/XTS]", "VECTOR 1"))])
    openssl_ciphers(evp + "evpciph_aes_common.txt", "Title = AES XTS test",
                    "Title = AES XTS Non", 128)
    botan_ciphers("xts(aes)", [next(botan(
        vec + "modes/xts.vec", "[AES-256/XTS]", "VECTOR 10"))], 1024)
    print("# NIST CAVP, XTSGenAES128.rsp: three of them")
    botan_ciphers("xts(aes)", botan(vec + "modes/xts.vec", "[AES-128/XTS]",
                                    "# From NIST KATS", "# SOURCE"))

    for bits in (128, 256):
        cavp_gcm(cavp + f"aes_{bits}_gcm.txt", 1)
    print("# McGrew and Viega, The Galois/Counter Mode of Operation")
    openssl_gcm(evp + "evpciph_aes_common.txt",
                "# AES GCM test vectors from http", "# local add-ons")
    print("# NIST SP 800-38C, examples 1 to 3")
    botan_ccm(vec + "aead/ccm.vec", [
        ("[AES-128/CCM(4,8)]", "# SP 800-38C Example 1", 4),
        ("[AES-128/CCM(6,7)]", "# SP 800-38C Example 2", 6),
        ("[AES-128/CCM(8,3)]", "# SP 800-38C Example 3", 8)])
    cavp_ccm(evp + "evpciph_aes_ccm_cavs.txt", 3, 7)
    rfc8439(vec + "aead/chacha20poly1305.vec")
    wycheproof_aead(wyche + "aes_gcm_test.json", "gcm(aes)", (12,), (16,))
    wycheproof_aead(wyche + "aes_ccm_test.json", "ccm(aes)", range(7, 14),
                    range(4, 17, 2))
    wycheproof_aead(wyche + "chacha20_poly1305_test.json", rfc, (12,), (16,))
    print(TAIL)


main(*sys.argv[1:])
