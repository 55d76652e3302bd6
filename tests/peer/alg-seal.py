#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Sealed files as src/cli/seal-format.h has them, by openssl's libcrypto:
#   alg-seal.py seal KEY ALGORITHM TEXT {FRAME FILE}...
#   alg-seal.py open KEY {FILE TEXT}...
#   alg-seal.py spoil KEY SEALED OTHER FOLDER   every way to damage SEALED
import ctypes
import hashlib
import hmac
import os
import sys

crypto = ctypes.CDLL("libcrypto.so.3")
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm",
             "EVP_chacha20_poly1305"):
    getattr(crypto, name).restype = ctypes.c_void_p
CIPHERS = {b"gcm(aes)": crypto.EVP_aes_256_gcm,
           b"rfc7539(chacha20,poly1305)": crypto.EVP_chacha20_poly1305}
GET_TAG, SET_TAG = 0x10, 0x11
HEADER, TAG, LAST = 128, 16, 1 << 31


def aead(encrypt, algorithm, key, number, aad, text, tag=b""):
    """(result, tag) or None if the tag is wrong."""
    ctx = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    out = ctypes.create_string_buffer(len(text) + 16)
    mac = ctypes.create_string_buffer(tag, TAG)
    n = ctypes.c_int()
    update = (crypto.EVP_EncryptUpdate if encrypt
              else crypto.EVP_DecryptUpdate)
    init = (crypto.EVP_EncryptInit_ex if encrypt
            else crypto.EVP_DecryptInit_ex)
    final = (crypto.EVP_EncryptFinal_ex if encrypt
             else crypto.EVP_DecryptFinal_ex)
    cipher = ctypes.c_void_p(CIPHERS[algorithm]())
    assert init(ctx, cipher, None, key, number.to_bytes(12, "big")) == 1
    assert update(ctx, None, ctypes.byref(n), aad, len(aad)) == 1
    assert update(ctx, out, ctypes.byref(n), text, len(text)) == 1
    if not encrypt:
        crypto.EVP_CIPHER_CTX_ctrl(ctx, SET_TAG, TAG, mac)
    good = final(ctx, ctypes.create_string_buffer(16), ctypes.byref(n))
    if encrypt:
        crypto.EVP_CIPHER_CTX_ctrl(ctx, GET_TAG, TAG, mac)
    crypto.EVP_CIPHER_CTX_free(ctx)
    return (out.raw[:len(text)], mac.raw) if good == 1 else None


def derive(key, label, signed):
    return hmac.new(key, label + b"\0" + signed, hashlib.sha256).digest()


def header(key, algorithm, frame):
    signed = (b"sockfam seal 1\n\0" + algorithm.ljust(44, b"\0") +
              frame.to_bytes(4, "big") + os.urandom(32))
    return signed + derive(key, b"mac", signed)


def seal(key, algorithm, frame, text):
    head = header(key, algorithm, frame)
    own = derive(key, b"key", head[:96])
    out = [head]
    for number in range(len(text) // frame + 1):
        part = text[number * frame:(number + 1) * frame]
        last = 0 if len(part) == frame else LAST
        aad = (len(part) | last).to_bytes(4, "big")
        out += [aad, *aead(True, algorithm, own, number, aad, part)]
    return b"".join(out)


def frames(sealed):
    """The frames of a good file, as bytes."""
    at = HEADER
    while at < len(sealed):
        size = int.from_bytes(sealed[at:at + 4], "big") & ~LAST
        yield sealed[at:at + 4 + size + TAG]
        at += 4 + size + TAG


def unseal(key, sealed):
    signed = sealed[:96]
    assert signed[:16] == b"sockfam seal 1\n\0"
    assert derive(key, b"mac", signed) == sealed[96:HEADER]
    algorithm = signed[16:60].rstrip(b"\0")
    own = derive(key, b"key", signed)
    out = []
    for number, f in enumerate(frames(sealed)):
        text, _ = aead(False, algorithm, own, number, f[:4], f[4:-TAG],
                       f[-TAG:])
        out.append(text)
    assert int.from_bytes(f[:4], "big") & LAST
    return b"".join(out)


def flip(data, at, bit=1):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]


def resigned(key, sealed, at, data):
    """Another field, with a MAC that is right."""
    signed = sealed[:at] + data + sealed[at + len(data):96]
    return signed + derive(key, b"mac", signed) + sealed[HEADER:]


def spoil(key, good, other):
    head, body = good[:HEADER], list(frames(good))
    for field, at in (("magic", 3), ("version", 13), ("name", 20),
                      ("frame", 63), ("salt", 64), ("mac", 127)):
        yield "header-" + field, flip(good, at)
    yield "alien-name", resigned(key, good, 16, b"ctr(aes)")
    yield "alien-frame-0", resigned(key, good, 60, bytes(4))
    yield "alien-frame-big", resigned(key, good, 60, b"\0\1\0\1")
    at = HEADER
    for i, f in enumerate(body):
        yield f"flip-{i}-last", flip(good, at, 0x80)
        yield f"flip-{i}-length", flip(good, at + 3)
        if len(f) > 4 + TAG:
            yield f"flip-{i}-text", flip(good, at + 4, 0x10)
        yield f"flip-{i}-tag", flip(good, at + len(f) - 1, 0x40)
        yield f"cut-before-{i}", good[:at]
        yield f"cut-in-{i}-header", good[:at + 2]
        yield f"cut-in-{i}-text", good[:at + 4]
        yield f"cut-in-{i}-tag", good[:at + len(f) - 1]
        yield f"twice-{i}", head + b"".join(body[:i + 1] + body[i:])
        yield f"without-{i}", head + b"".join(body[:i] + body[i + 1:])
        shorter = (LAST | 99).to_bytes(4, "big")
        yield f"ended-{i}", good[:at] + shorter + f[4:]
        at += len(f)
    yield "cut-in-header", good[:100]
    yield "empty", b""
    yield "swapped", head + b"".join([body[1], body[0]] + body[2:])
    yield "longer-by-1", good + b"\0"
    yield "longer-by-a-frame", good + body[-1]
    yield "two-files", good + other
    yield "head-of-another", other[:HEADER] + b"".join(body)
    yield "frame-of-another", head + b"".join(
        [body[0], list(frames(other))[1]] + body[2:])
    yield "end-of-another", head + b"".join(
        body[:-1] + list(frames(other))[-1:])


def read(name):
    with open(name, "rb") as f:
        return f.read()


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)


def main(verb, key, *rest):
    key = read(key)
    if verb == "seal":
        algorithm, text, *rest = rest
        for frame, name in zip(rest[::2], rest[1::2]):
            write(name, seal(key, algorithm.encode(), int(frame),
                             read(text)))
    elif verb == "open":
        for name, text in zip(rest[::2], rest[1::2]):
            write(text, unseal(key, read(name)))
    else:
        good, other, folder = rest
        for name, data in spoil(key, read(good), read(other)):
            write(os.path.join(folder, name), data)


main(*sys.argv[1:])
