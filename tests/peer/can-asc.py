# SPDX-License-Identifier: MIT
"""Logs of python-can: its .asc and .log read by us, and ours by it."""
import subprocess
import sys

import can
from can.io.asc import ASCReader, ASCWriter
from can.io.canutils import CanutilsLogReader, CanutilsLogWriter

T0 = 1700000000.0


def message(offset, id, data=b"", **more):
    return can.Message(timestamp=T0 + offset, arbitration_id=id,
                       is_extended_id=id > 0x7ff, data=data, channel=0,
                       **more)


MESSAGES = [
    message(0.0, 0x123, b"\x11\x22\x33"),
    message(0.25, 0x123, b"", is_rx=False),
    message(0.5, 0x12345678, bytes(range(8)), is_rx=False),
    message(0.75, 0x7ff, is_remote_frame=True, dlc=0),
    message(1.0, 0x123, bytes(range(12)), is_fd=True),
    message(1.25, 0x1fffffff, bytes(64), is_fd=True, bitrate_switch=True,
            error_state_indicator=True),
]


def same(name, want, got):
    if want and want == got:
        print("ok", name)
    else:
        print("not ok %s - %r, not %r" % (name, got, want))


def told(messages, keep_rx=True):
    return [(round(m.timestamp - T0, 6), m.arbitration_id, m.is_extended_id,
             m.is_remote_frame, m.is_fd, m.bitrate_switch,
             m.error_state_indicator, m.is_rx if keep_rx else None,
             m.dlc, bytes(m.data)) for m in messages]


def convert(sockfam, *names):
    subprocess.run([sockfam, "can", "convert", *names], check=True,
                   stderr=subprocess.DEVNULL)


def write(writer):
    for m in MESSAGES:
        writer.on_message_received(m)
    writer.stop()


def main(sockfam):
    # The frames as our own text; python-can has no FDF flag in a log, and
    # with 4.1 none of an RTR frame's length, in neither format.
    lines = [
        "(1700000000.000000) can0 123#112233 R",
        "(1700000000.250000) can0 123# T",
        "(1700000000.500000) can0 12345678#0001020304050607 T",
        "(1700000000.750000) can0 7FF#R R",
        "(1700000001.000000) can0 123##4000102030405060708090A0B R",
        "(1700000001.250000) can0 1FFFFFFF##7" + "00" * 64 + " R",
    ]
    # Its date has AM or PM, and its block's begin is the first stamp.
    write(ASCWriter("py.asc"))
    convert(sockfam, "py.asc", "got.log")
    same("we read python-can's asc", lines, open("got.log").read()
         .splitlines())
    write(CanutilsLogWriter("py.log"))
    convert(sockfam, "py.log", "got.pcapng")
    convert(sockfam, "got.pcapng", "got.log")
    same("we read python-can's log", lines, open("got.log").read()
         .splitlines())
    # As a frame of FD without data it would take an RTR frame: none is here.
    convert(sockfam, "got.log", "ours.asc")
    reader = ASCReader("ours.asc", relative_timestamp=False)
    same("python-can reads our asc", told(MESSAGES), told(reader))
    # Flags of A and more, len8_dlc, XL and most error frames it cannot read.
    same("python-can reads our log", told(MESSAGES),
         told(CanutilsLogReader("got.log")))


main(sys.argv[1])
