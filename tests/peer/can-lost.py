# SPDX-License-Identifier: MIT
"""A pcapng file of two CAN frames on stdout, as others than we may write it:
four frames are lost between them, which statistics in the middle and the
second packet tell; three more after it, which only the last statistics tell,
by another of the two counts.
"""
import struct
import sys


def block(kind, body):
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def option(code, data):
    return struct.pack("<HH", code, len(data)) + data + bytes(-len(data) % 4)


def packet(us, options=b""):
    stamp = 1700000000 * 1000000 + us
    frame = struct.pack(">I", 0x123) + bytes(4)
    return block(6, struct.pack("<5I", 0, stamp >> 32, stamp & 0xffffffff,
                                len(frame), len(frame)) + frame + options)


def statistics(**counts):
    codes = {"if_drops": 5, "os_drops": 7}
    return block(5, bytes(12) + b"".join(
        option(codes[name], struct.pack("<Q", n))
        for name, n in counts.items()) + option(0, b""))


sys.stdout.buffer.write(
    block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)) +
    block(1, struct.pack("<HHI", 227, 0, 0) + option(2, b"cl0") +
          option(0, b"")) +
    packet(0) +
    statistics(if_drops=4) +
    packet(1, option(4, struct.pack("<Q", 4)) + option(0, b"")) +
    statistics(if_drops=4, os_drops=3))
