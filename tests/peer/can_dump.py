# SPDX-License-Identifier: MIT
"""What the cases of can-dump.py share: frames, and listeners."""

import itertools
import os
import signal
import socket
import struct
import subprocess
import sys
import time

TOOL, FOLDER = sys.argv[1:3]
LIMIT = 300

EFF, RTR, ERR = 0x80000000, 0x40000000, 0x20000000
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
XL_FRAMES, XL_VCID_OPTS, XL_VCID_TX_PASS = 7, 8, 2
ALL = ",0:0,#FFFFFFFF"


# ---------------------------------------------------------------- frames

def classic(ident, data=b"", dlc=0):
    return struct.pack("=IB2xB8s", ident, len(data), dlc, data)


def remote(ident, length, dlc=0):
    return struct.pack("=IB2xB8x", ident | RTR, length, dlc)


def fd(ident, data=b"", flags=0):
    return struct.pack("=IBB2x64s", ident, len(data), flags, data)


def xl(prio, data, vcid=0, flags=0x80, sdt=0, af=0):
    return struct.pack("=IBBHI", vcid << 16 | prio, flags, sdt, len(data),
                       af) + data


def raw(name, sees=True):
    s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    s.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES, 1)
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
    if not sees:
        s.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, b"")
    s.setsockopt(socket.SOL_CAN_RAW, XL_FRAMES, 1)
    try:
        s.setsockopt(socket.SOL_CAN_RAW, XL_VCID_OPTS,
                     bytes((XL_VCID_TX_PASS, 0, 0, 0)))
    except OSError:
        pass                    # 6.1 passes them on unasked
    s.bind((name,))
    s.settimeout(LIMIT)
    return s


# ----------------------------------------------------------------- tools

def ip(*words):
    subprocess.run(("ip",) + words, check=True)


def wait_for(what, about=""):
    end = time.monotonic() + LIMIT
    while not what():
        if time.monotonic() > end:
            raise AssertionError("waited in vain " + about)
        time.sleep(0.01)


def listeners():
    """Sockets that listen for everything: an entry of filter 0:0 each."""
    with open("/proc/net/can/rcvlist_all") as f:
        return sum(line.split()[1:3] == ["000", "00000000"] for line in f)


def is_idle(pid):
    """It waits for input: poll, select, epoll or recvmmsg."""
    with open("/proc/%d/syscall" % pid) as f:
        number = f.read().split()[0]
    return number in "7 23 45 47 232 270 271 281 299".split()


def content(path):
    with open(path, "rb") as f:
        return f.read()


class Job:
    """A listener, with a folder of its own for what it writes."""
    count = 0

    def __init__(self, argv):
        Job.count += 1
        self.folder = os.path.join(FOLDER, str(Job.count))
        os.mkdir(self.folder)
        self.argv = argv
        with open(self.path("out"), "wb") as out, \
                open(self.path("err"), "wb") as err:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                cwd=self.folder)
        self.pid = self.process.pid

    def path(self, name):
        return os.path.join(self.folder, name)

    def out(self):
        return content(self.path("out"))

    def err(self):
        return content(self.path("err")).decode()

    def files(self):
        """Of logs: their names and what they hold."""
        return {name: content(self.path(name))
                for name in sorted(os.listdir(self.folder))
                if name not in ("out", "err")}

    def wait(self):
        return self.process.wait(LIMIT)

    def end(self, signo=signal.SIGTERM):
        self.process.send_signal(signo)
        return self.wait()


def theirs(*options):
    return Job(("candump",) + options)


def ours(*options):
    """By a socket: candump's twin in the kernel's lists."""
    return Job((TOOL, "can", "dump", "--engine", "raw") + options)


class Bus:
    """Listeners are there when the kernel has their filters."""

    def __init__(self):
        self.before = listeners()

    def start(self, jobs):
        self.before += len(jobs)
        wait_for(lambda: listeners() == self.before or
                 any(j.process.poll() is not None for j in jobs),
                 "for %d listeners" % self.before)
        for j in jobs:
            assert j.process.poll() is None, (j.argv, j.err())

    def over(self, jobs):
        self.before -= len(jobs)


def case(name, check):
    try:
        check()
        print("ok", name)
    except Exception as e:          # the others go on
        words = " ".join(("%s: %s" % (type(e).__name__, e)).split())
        print("not ok %s - %s" % (name, words[:600]))
    sys.stdout.flush()


def same(got, want):
    if got == want:
        return
    for a, b in itertools.zip_longest(got.split(b"\n"), want.split(b"\n")):
        assert a == b, "%r, not %r" % (a, b)
    raise AssertionError("they differ")


def wait_for_stamps(name):
    """Two sockets have the same stamp: it is the kernel's of the frame, and
    not that of each recvmsg()."""
    s = raw(name, False)
    both = [raw(name), raw(name)]
    for b in both:
        b.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    while True:
        s.send(classic(0))
        first = both[0].recvmsg(72, 64)[1][0][2]
        time.sleep(0.01)
        if both[1].recvmsg(72, 64)[1][0][2] == first:
            break
    for b in both:
        b.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, b"")
    return both
