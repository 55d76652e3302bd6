# SPDX-License-Identifier: MIT
"""How well the stamps of a log are kept: make measure-replay.

can-replay.py [FRAMES [ROUNDS]], as root, in the VM

canplayer and sockfam can play replay the same log, a frame each millisecond,
in turn. The kernel stamps the frames on a socket that is only read when all
have come. How late each is: against the stamps of the log, from the first
frame on (it may itself be late, so the sign is left out), and from the one
that was earliest; and what two neighbours are apart more or less than 1 ms.
"""
import os
import socket
import struct
import subprocess
import sys
import tempfile

MS = 1000000
START = 1700000000 * 1000 * MS
TIMESTAMPNS = 35        # SO_TIMESTAMPNS, and the type of its message
RCVBUFFORCE = 33        # SO_RCVBUFFORCE
PLACES = (50, 90, 99, 100)


def tool():
    """The program itself, not libtool's script around it."""
    path = os.environ["SOCKFAM"]
    libs = os.path.join(os.path.dirname(path), ".libs")
    if os.path.exists(os.path.join(libs, "sockfam")):
        os.environ["LD_LIBRARY_PATH"] = libs
        return os.path.join(libs, "sockfam")
    return path


def write_log(path, frames):
    with open(path, "w") as log:
        for i in range(frames):
            stamp = START + i * MS
            log.write("(%d.%06d) vcan0 %03X#%016X\n" % (
                stamp // 1000 // MS, stamp // 1000 % MS, i & 0x7ff, i))


def listener():
    s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    s.setsockopt(socket.SOL_SOCKET, RCVBUFFORCE, 100000000)
    s.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)
    s.bind(("vcan0",))
    return s


def read_stamp(s, number):
    frame, control, _, _ = s.recvmsg(16, 64, socket.MSG_DONTWAIT)
    if int.from_bytes(frame[8:], "big") != number:
        sys.exit("frame %d is not the next" % number)
    seconds, ns = struct.unpack("qq", control[0][2])
    return seconds * 1000 * MS + ns


def replay(argv, frames):
    """When the kernel saw each frame."""
    with listener() as s:
        subprocess.run(argv, check=True, stderr=subprocess.DEVNULL)
        return [read_stamp(s, i) for i in range(frames)]


def show(name, what, errors):
    errors.sort()
    print("%-12s %-18s" % (name, what), *(
        "%9.1f" % (errors[(len(errors) - 1) * p // 100] / 1000)
        for p in PLACES), flush=True)


def measure(name, argv, frames):
    late = [t - i * MS for i, t in enumerate(replay(argv, frames))]
    show(name, "from the first", [abs(t - late[0]) for t in late])
    show(name, "from the earliest", [t - min(late) for t in late])
    show(name, "between two", [abs(b - a) for a, b in zip(late, late[1:])])


def main():
    numbers = [int(arg) for arg in sys.argv[1:]]
    frames, rounds = (numbers + [10000, 3][len(numbers):])[:2]
    subprocess.run("ip link add vcan0 type vcan && ip link set vcan0 up",
                   shell=True, check=True)
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        write_log(log.name, frames)
        print("# %d frames, errors in us" % frames)
        print("%-31s" % "#", *("%9s" % ("p%d" % p) for p in PLACES))
        for _ in range(rounds):
            measure("canplayer", ["canplayer", "-I", log.name], frames)
            measure("can play", [tool(), "can", "play", "-I", log.name],
                    frames)


main()
