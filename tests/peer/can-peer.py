# SPDX-License-Identifier: MIT
"""CAN frames by python3's socket module: can-peer.py send|recv IF [COUNT]."""
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


if verb == "send":
    # Until somebody else listens: /proc/net/can lists the receivers.
    for _ in range(200):
        if open("/proc/net/can/rcvlist_all").read().count(interface) > 1:
            break
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
