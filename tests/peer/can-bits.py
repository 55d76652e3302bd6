# SPDX-License-Identifier: MIT
"""Wire lengths of random frames, counted another way: the frame as a string
of digits, stuffed by a regular expression, its CRC by long division.

can-bits.py LIBRARY ROUNDS"""
import ctypes
import random
import re
import sys

FD_LENS = list(range(9)) + [12, 16, 20, 24, 32, 48, 64]


class Bits(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32)
                for name in ("nominal", "data", "stuffed")]


def digits(value, width):
    return format(value, "0%db" % width) if width else ""


def crc15(text):
    value = int(text, 2) << 15
    while value.bit_length() > 15:
        value ^= 0xC599 << value.bit_length() - 16
    return digits(value, 15)


def stuff(text):
    out = ""
    for digit in text:
        if out[-5:] in ("00000", "11111"):
            out += "10"[int(out[-1])]
        out += digit
    return out


def head(can_id, extended, remote):
    if not extended:
        return "0" + digits(can_id, 11) + remote + "0"
    return ("0" + digits(can_id >> 18, 11) + "11" +
            digits(can_id & 0x3ffff, 18) + remote)


def classic(can_id, extended, remote, data):
    text = head(can_id, extended, str(remote)) + "00"[not extended:]
    text += digits(len(data), 4)
    if not remote:
        text += "".join(digits(byte, 8) for byte in data)
    text += crc15(text)
    # The delimiter stays; a stuff bit that is due before it comes.
    wire = stuff(text + "?")[:-1]
    return len(wire) + 13, 0, len(wire) - len(text)


def fd(can_id, extended, brs, esi, data):
    first = head(can_id, extended, "0") + "10" + str(brs)
    rest = str(esi) + digits(FD_LENS.index(len(data)), 4)
    rest += "".join(digits(byte, 8) for byte in data)
    wire = stuff(first + rest)
    at_brs = len(stuff(first))
    check = "c" * (4 + (21 if len(data) > 16 else 17))
    fixed = "f" + re.sub("(cccc)", "\\1f", check)
    after = len(wire) - at_brs + len(fixed) + 1
    stuffed = len(wire) - len(first + rest) + fixed.count("f")
    return ((at_brs + 12, after, stuffed) if brs else
            (at_brs + 12 + after, 0, stuffed))


def payload(length):
    """Few different bytes, so that runs are long and cross their edges."""
    bytes_ = random.choice(([0], [0xff], [0, 0xff], [0x0f, 0xf0, 0, 0xff],
                            range(256)))
    return bytes(random.choice(bytes_) for _ in range(length))


def identifier(extended):
    top = (1 << (29 if extended else 11)) - 1
    return random.choice((0, top, top & 0x0f83e0f, top >> 5,
                          random.randrange(top + 1)))


def ours(library, can_id, length, flags, data, size):
    frame = (can_id.to_bytes(4, sys.byteorder) + bytes((length, flags, 0, 0)) +
             data.ljust(size - 8, b"\0"))
    bits = Bits()
    r = library.sfam_can_count_bits(ctypes.byref(bits), frame,
                                    ctypes.c_size_t(size))
    return (bits.nominal, bits.data, bits.stuffed) if r == 0 else r


def one(library):
    extended = random.randrange(2)
    can_id = identifier(extended)
    eff = extended << 31
    if random.randrange(2):
        remote = int(random.randrange(8) == 0)
        data = payload(random.randrange(9))
        return (classic(can_id, extended, remote, data),
                ours(library, can_id | eff | remote << 30, len(data), 0,
                     b"" if remote else data, 16))
    brs, esi = random.randrange(2), random.randrange(2)
    data = payload(random.choice(FD_LENS))
    return (fd(can_id, extended, brs, esi, data),
            ours(library, can_id | eff, len(data), 4 | brs | esi << 1, data,
                 72))


def main():
    library = ctypes.CDLL(sys.argv[1])
    random.seed(int(sys.argv[3]))
    for i in range(int(sys.argv[2])):
        theirs, got = one(library)
        if theirs != got:
            sys.exit("frame %d: %r here, %r there" % (i, theirs, got))


main()
