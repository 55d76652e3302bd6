# SPDX-License-Identifier: MIT
# usage: j1939.py recv|send IF ADDR   python3's own J1939 socket: messages to
# stdout; one from stdin to address 0x90, PGN 0x12300.
import socket
import sys

NO_NAME, NO_PGN = 0, 0x40000
way, ifname, addr = sys.argv[1], sys.argv[2], int(sys.argv[3], 0)
s = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
s.bind((ifname, NO_NAME, NO_PGN, addr))
if way == "recv":
    while True:
        data, peer = s.recvfrom(1 << 20)
        assert peer[2] == 0x12300, peer
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
else:
    s.sendto(sys.stdin.buffer.read(), (ifname, NO_NAME, 0x12300, 0x90))
