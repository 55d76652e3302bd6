# SPDX-License-Identifier: MIT
"""CAN frames by python3's socket module:

can-peer.py send IF          three frames, when somebody else listens
can-peer.py recv IF COUNT    prints so many
can-peer.py stamp IF         says when the kernel stamps, and stays
"""
import signal
import socket
import struct
import sys
import time

verb, interface = sys.argv[1:3]
s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
s.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES, 1)
s.bind((interface,))


def classic(can_id, data):
    return struct.pack("=IB3x8s", can_id, len(data), data)


def listeners():
    with open("/proc/net/can/rcvlist_all") as f:
        return sum(line.split()[:1] == [interface] for line in f)


def stamp(receiver):
    control = receiver.recvmsg(72, 64)[1]
    return control[0][2]


def wait_for_stamps():
    """Two sockets have the same stamp: it is the kernel's of the frame, and
    not that of each recvmsg()."""
    both = []
    for _ in range(2):
        both.append(socket.socket(socket.AF_CAN, socket.SOCK_RAW,
                                  socket.CAN_RAW))
        both[-1].setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        both[-1].bind((interface,))
    while True:
        s.send(classic(0, b""))
        first = stamp(both[0])
        time.sleep(0.01)
        if stamp(both[1]) == first:
            print("stamped", flush=True)
            return both


if verb == "stamp":
    SO_TIMESTAMPNS = 35
    kept = wait_for_stamps()
    # What comes now is for others: no filter, so no frame.
    for k in kept:
        k.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, b"")
    s.close()
    signal.pause()
elif verb == "send":
    # Until somebody else listens: /proc/net/can lists the receivers.
    while listeners() < 2:
        time.sleep(0.1)
    s.send(classic(0x123, b"\x01\x02\x03"))
    s.send(classic(0x1ABCDEF0 | socket.CAN_EFF_FLAG, b""))
    data = bytes(range(12))
    s.send(struct.pack("=IBBxx64s", 0x12345678 | socket.CAN_EFF_FLAG,
                       len(data), 1, data))
else:
    for _ in range(int(sys.argv[3])):
        frame = s.recv(72)
        can_id, length = struct.unpack("=IB", frame[:5])
        end = 8 + length if len(frame) == 72 else 16
        print(len(frame), "%08x %02x" % (can_id, length),
              frame[8:end].hex(), flush=True)
