#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""bcm.py LIBRARY TOOL: the broadcast manager on vcan0, theirs and ours.

What one side sets up on a socket the other reads back or receives: python's
struct, as its documentation shows, python-can, bcmserver (which runs already)
and libsockfam by ctypes and as the tool.
"""

import ctypes
import socket
import struct
import subprocess
import sys
import time

import can

LIB = ctypes.CDLL(sys.argv[1])
TOOL = sys.argv[2]
LIMIT = 300

HEAD = "@3I4l2I0q"
FRAME = "=IB3x8s"
FD_FRAME = "=IBB2x64s"
SETTIMER, STARTTIMER, COUNTEVT, FD = 1, 2, 4, 0x800
TX_SETUP, TX_DELETE, TX_READ, _, RX_SETUP, RX_DELETE, RX_READ = range(1, 8)
TX_STATUS, TX_EXPIRED, RX_STATUS, RX_TIMEOUT, RX_CHANGED = range(8, 13)
HOUR = 3600


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("len", ctypes.c_size_t)]


class Task(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("id", ctypes.c_uint32),
                ("flags", ctypes.c_uint32), ("frames", ctypes.POINTER(Iovec)),
                ("n", ctypes.c_size_t), ("count", ctypes.c_uint32),
                ("first_ns", ctypes.c_int64), ("then_ns", ctypes.c_int64),
                ("room", ctypes.c_size_t)]


class Watch(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("id", ctypes.c_uint32),
                ("flags", ctypes.c_uint32), ("frames", ctypes.POINTER(Iovec)),
                ("n", ctypes.c_size_t), ("timeout_ns", ctypes.c_int64),
                ("throttle_ns", ctypes.c_int64)]


class Event(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("id", ctypes.c_uint32),
                ("flags", ctypes.c_uint32), ("frames", ctypes.c_void_p),
                ("n", ctypes.c_size_t), ("frame_size", ctypes.c_size_t),
                ("count", ctypes.c_uint32), ("first_ns", ctypes.c_int64),
                ("then_ns", ctypes.c_int64), ("ifindex", ctypes.c_int),
                ("rx_flags", ctypes.c_uint32), ("time_ns", ctypes.c_int64),
                ("drops", ctypes.c_uint32)]


SENT, CHANGED, TIMEOUT, TASK, WATCH = range(5)


def bcm():
    s = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_BCM)
    s.settimeout(LIMIT)
    s.connect(("vcan0",))
    return s


def raw():
    s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    s.settimeout(LIMIT)
    s.bind(("vcan0",))
    return s


def frame(ident, data):
    return struct.pack(FRAME, ident, len(data), data)


def fd_frame(ident, flags, data):
    return struct.pack(FD_FRAME, ident, len(data), flags, data)


def message(opcode, flags, ident, frames=(), count=0, ival1=(0, 0),
            ival2=(0, 0)):
    return struct.pack(HEAD, opcode, flags, count, *ival1, *ival2, ident,
                       len(frames)) + b"".join(frames)


def iovecs(frames):
    return (Iovec * len(frames))(*[Iovec(f, len(f)) for f in frames])


def our_event(s):
    event = Event()
    buf = ctypes.create_string_buffer(72 * 257)
    r = LIB.sfam_bcm_recv(s.fileno(), ctypes.byref(event), buf, len(buf),
                          ctypes.c_int64(LIMIT * 10**9))
    assert r == 0, r
    return event, buf.raw[:event.n * event.frame_size]


def in_poll(process):
    deadline = time.monotonic() + LIMIT
    while True:
        with open(f"/proc/{process.pid}/syscall") as f:
            if f.read().split()[0] in ("7", "271"):
                return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def tool(*args):
    return subprocess.Popen([TOOL, "can", *args], stdout=subprocess.PIPE,
                            text=True)


# --------------------------------------------------------------------- cases

def python_reads_our_task(flags, make):
    s = bcm()
    frames = [make(1), make(2), make(3)]
    t = Task(ctypes.sizeof(Task), 77, flags | COUNTEVT, iovecs(frames), 3, 9,
             HOUR * 10**9 + 5000, 2 * HOUR * 10**9, 0)
    assert LIB.sfam_bcm_task_start(s.fileno(), ctypes.byref(t)) == 0
    assert t.room == 3
    s.send(message(TX_READ, flags, 77))
    got = s.recv(65536)
    head = struct.unpack_from(HEAD, got)
    assert head[0] == TX_STATUS and head[1] & (FD | COUNTEVT) == t.flags
    assert head[2:] == (8, HOUR, 5, 2 * HOUR, 0, 77, 3), head
    assert got[struct.calcsize(HEAD):] == b"".join(frames)


def we_read_pythons_task(flags, make):
    s = bcm()
    frames = [make(1), make(2)]
    s.send(message(TX_SETUP, SETTIMER | STARTTIMER | COUNTEVT | flags, 78,
                   frames, 5, (HOUR, 7), (1, 999999)))
    t = Task(size=ctypes.sizeof(Task), id=78, flags=flags)
    assert LIB.sfam_bcm_task_ask(s.fileno(), ctypes.byref(t)) == 0
    e, got = our_event(s)
    assert (e.kind, e.id, e.flags, e.count) == (TASK, 78, flags | COUNTEVT, 4)
    assert (e.first_ns, e.then_ns) == (HOUR * 10**9 + 7000, 1999999000)
    assert got == b"".join(frames)
    # One that came from elsewhere can be changed and stopped.
    t.frames, t.n, t.room = iovecs([make(9)]), 1, e.n
    assert LIB.sfam_bcm_task_change(s.fileno(), ctypes.byref(t)) == 0
    s.send(message(TX_READ, flags, 78))
    assert s.recv(65536)[struct.calcsize(HEAD):] == make(9)
    assert LIB.sfam_bcm_task_stop(s.fileno(), ctypes.byref(t)) == 0
    try:
        s.send(message(TX_READ, flags, 78))
        assert False
    except OSError:
        pass


def python_reads_our_watch():
    s, tx = bcm(), raw()
    masks = [frame(0, b"\xff"), frame(0, b"\x01\xf0")]
    w = Watch(ctypes.sizeof(Watch), 0x123, 0, iovecs(masks), 2,
              HOUR * 10**9, 0)
    assert LIB.sfam_bcm_watch_start(s.fileno(), ctypes.byref(w)) == 0
    s.send(message(RX_READ, 0, 0x123))
    got = s.recv(65536)
    head = struct.unpack_from(HEAD, got)
    assert head[0] == RX_STATUS and head[3:] == (HOUR, 0, 0, 0, 0x123, 2)
    assert got[struct.calcsize(HEAD):] == b"".join(masks)
    for data in (b"\x01\x11", b"\x01\x12", b"\x02\x99", b"\x01\x22"):
        tx.send(frame(0x123, data))
    for data in (b"\x01\x11", b"\x01\x22"):
        got = s.recv(65536)
        assert struct.unpack_from(HEAD, got)[0] == RX_CHANGED
        assert got[struct.calcsize(HEAD):] == frame(0x123, data)


def we_read_pythons_watch():
    s, tx = bcm(), raw()
    s.send(message(RX_SETUP, SETTIMER | STARTTIMER, 0x123,
                   [frame(0, b"\xff")], 0, (0, 20000), (0, 0)))
    e, got = our_event(s)
    assert (e.kind, e.id, e.n) == (TIMEOUT, 0x123, 0)
    w = Watch(size=ctypes.sizeof(Watch), id=0x123)
    assert LIB.sfam_bcm_watch_ask(s.fileno(), ctypes.byref(w)) == 0
    e, got = our_event(s)
    assert (e.kind, e.first_ns, got) == (WATCH, 20000000, frame(0, b"\xff"))
    s.send(message(RX_SETUP, SETTIMER, 0x123, [frame(0, b"\xff")]))
    tx.send(frame(0x123, b"\x42"))
    e, got = our_event(s)
    assert (e.kind, got) == (CHANGED, frame(0x123, b"\x42"))
    assert LIB.sfam_bcm_watch_stop(s.fileno(), ctypes.byref(w)) == 0


def python_gets_our_frames(make, flags, ident, text):
    s = bcm()
    s.send(message(RX_SETUP, flags, ident, [make(0)]))
    process = tool("cyclic", "-n", "4", "vcan0", "0.002", text)
    got = s.recv(65536)
    assert struct.unpack_from(HEAD, got)[0] == RX_CHANGED
    assert process.wait() == 0
    return got[struct.calcsize(HEAD):]


def python_gets_classic():
    got = python_gets_our_frames(lambda i: frame(0, b"\xff"), 0, 0x123,
                                 "123#1122")
    assert got == frame(0x123, b"\x11\x22"), got


def python_gets_fd():
    got = python_gets_our_frames(lambda i: fd_frame(0, 0, b"\xff"), FD,
                                 0x123, "123##3" + "5a" * 64)
    ident, n, flags, data = struct.unpack(FD_FRAME, got)
    assert (ident, n, flags & 3, data) == (0x123, 64, 3, b"\x5a" * 64)


def we_see_pythons_frames():
    s = bcm()
    process = tool("changes", "-n", "3", "vcan0", "123")
    in_poll(process)
    s.send(message(TX_SETUP, SETTIMER | STARTTIMER, 0x123,
                   [frame(0x123, b"\x01")], 0, (0, 0), (0, 2000)))
    for data, line in ((b"\x02", "01"), (b"\x03", "02"), (b"", "03")):
        assert process.stdout.readline() == f"  vcan0  123   [1]  {line}\n"
        if data:
            s.send(message(TX_SETUP, 0, 0x123, [frame(0x123, data)]))
    assert process.wait() == 0


def we_see_python_can(is_fd):
    mark = "##" if is_fd else ""
    # Old python-can ends FD frames at 8 bytes unless told.
    with can.Bus(interface="socketcan", channel="vcan0", fd=is_fd) as bus:
        process = tool("changes", "-n", "2", "vcan0", "123" + mark)
        in_poll(process)
        m = can.Message(arbitration_id=0x123, is_extended_id=False,
                        data=[1, 2, 3], is_fd=is_fd)
        periodic = bus.send_periodic(m, 0.002)
        form = " [03] " if is_fd else "  [3] "
        assert process.stdout.readline() == \
            f"  vcan0  123 {form} 01 02 03\n"
        m.data = bytearray([4, 5, 6])
        periodic.modify_data(m)
        assert process.stdout.readline() == \
            f"  vcan0  123 {form} 04 05 06\n"
        assert process.wait() == 0
        periodic.stop()


def we_see_python_can_classic():
    we_see_python_can(False)


def we_see_python_can_fd():
    we_see_python_can(True)


def python_can_gets_ours():
    with can.Bus(interface="socketcan", channel="vcan0") as bus:
        process = tool("cyclic", "-n", "6", "vcan0", "0.002", "1ABCDEF0#01",
                       "124#R3", "125#")
        got = [bus.recv(LIMIT) for i in range(6)]
        assert process.wait() == 0
    assert [(m.arbitration_id, bytes(m.data), m.is_remote_frame, m.dlc)
            for m in got] == 2 * [(0x1abcdef0, b"\x01", False, 1),
                                  (0x124, b"", True, 3), (0x125, b"", False, 0)]


def to_bcmserver():
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            return socket.create_connection(("127.0.0.1", 28600), LIMIT)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def we_see_bcmserver():
    process = tool("changes", "-n", "2", "vcan0", "123")
    in_poll(process)
    with to_bcmserver() as s:
        s.send(b"< vcan0 A 0 2000 123 2 11 22 >")
        assert process.stdout.readline() == "  vcan0  123   [2]  11 22\n"
        s.send(b"< vcan0 U 0 0 123 2 11 33 >")
        assert process.stdout.readline() == "  vcan0  123   [2]  11 33\n"
        assert process.wait() == 0


def bcmserver_gets_ours():
    with to_bcmserver() as s:
        s.send(b"< vcan0 R 0 0 456 1 FF >")
        # Its filter stands when this, which it does after it, is out.
        rx = raw()
        s.send(b"< vcan0 S 0 0 124 0 >")
        while rx.recv(16) != frame(0x124, b""):
            pass
        process = tool("cyclic", "-n", "3", "vcan0", "0.002", "456#AB",
                       "456#AB", "456#CD")
        got = b""
        while got.count(b">") < 2:
            got += s.recv(100)
        assert process.wait() == 0
        # It sends the NUL of its strings too.
        assert got.replace(b"\0", b"") == \
            b"< vcan0 456 1 AB >< vcan0 456 1 CD >", got


def main():
    cases = [
        ("python reads our task", lambda: python_reads_our_task(
            0, lambda i: frame(0x100 + i, bytes([i])))),
        ("python reads our FD task", lambda: python_reads_our_task(
            FD, lambda i: fd_frame(0x100 + i, 1, bytes([i] * 64)))),
        ("we read python's task", lambda: we_read_pythons_task(
            0, lambda i: frame(0x100 + i, bytes([i])))),
        ("we read python's FD task", lambda: we_read_pythons_task(
            FD, lambda i: fd_frame(0x100 + i, 1, bytes([i] * 64)))),
        ("python reads our watch", python_reads_our_watch),
        ("we read python's watch", we_read_pythons_watch),
        ("python gets our frames", python_gets_classic),
        ("python gets our FD frames", python_gets_fd),
        ("we see python's frames", we_see_pythons_frames),
        ("we see python-can's frames", we_see_python_can_classic),
        ("we see python-can's FD frames", we_see_python_can_fd),
        ("python-can gets our frames", python_can_gets_ours),
        ("we see bcmserver's frames", we_see_bcmserver),
        ("bcmserver gets our frames", bcmserver_gets_ours),
    ]
    for name, case in cases:
        try:
            case()
            print("ok", name, flush=True)
        except (AssertionError, OSError, struct.error, can.CanError) as e:
            where = e.__traceback__
            while where.tb_next:
                where = where.tb_next
            print(f"not ok {name} - line {where.tb_lineno}: {e!r}",
                  flush=True)


main()
