# SPDX-License-Identifier: MIT
"""Python's address tuples against our texts: the same sockaddr both ways.

With addr-spy.c preloaded: what python's bind() makes of a tuple are the
bytes of our text, and what its getsockname() makes of our bytes is the tuple.
Then the kernel between the two: each binds, and the other reads the name.
usage: addr.py LIBSOCKFAM
"""
import ctypes
import os
import socket
import sys

STREAM, DGRAM, RAW = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW
RDM, SEQPACKET = socket.SOCK_RDM, socket.SOCK_SEQPACKET
BIND = 1

lib = ctypes.CDLL(sys.argv[1])
spy = ctypes.CDLL(None)
spy_on = ctypes.c_int.in_dll(spy, "spy_on")
spy_len = ctypes.c_uint.in_dll(spy, "spy_len")
spy_bytes = (ctypes.c_ubyte * 128).in_dll(spy, "spy_bytes")


class Addr(ctypes.Structure):
    """struct sfam_addr"""
    _fields_ = [("family", ctypes.c_void_p), ("type", ctypes.c_int),
                ("protocol", ctypes.c_int), ("len", ctypes.c_uint),
                ("storage", ctypes.c_uint64 * 16)]

    def data(self):
        return bytes(self.storage)[:self.len]


lib.sfam_addr_parse.argtypes = [ctypes.POINTER(Addr), ctypes.c_char_p,
                                ctypes.c_size_t, ctypes.c_void_p]
lib.sfam_addr_format.argtypes = [ctypes.POINTER(Addr), ctypes.c_char_p,
                                 ctypes.c_size_t]
lib.sfam_addr_format.restype = ctypes.c_ssize_t
lib.sfam_addr_from_sockaddr.argtypes = [
    ctypes.POINTER(Addr), ctypes.c_void_p, ctypes.c_int, ctypes.c_int,
    ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p]
lib.sfam_addr_local.argtypes = [ctypes.POINTER(Addr), ctypes.c_int]
lib.sfam_open_text.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int,
                               ctypes.c_void_p, ctypes.c_void_p]


def parse(text):
    """Our sockaddr of a text, or None."""
    addr = Addr()
    r = lib.sfam_addr_parse(addr, text.encode(), len(text.encode()), None)
    return addr if r == 0 else None


def to_text(addr):
    buf = ctypes.create_string_buffer(640)
    n = lib.sfam_addr_format(addr, buf, len(buf))
    return buf.value.decode() if n >= 0 else f"error {n}"


def decode(row, data):
    """Our address of a sockaddr: the row, type and protocol of a text."""
    like, addr = parse(row), Addr()
    r = lib.sfam_addr_from_sockaddr(addr, like.family, like.type,
                                    like.protocol, data, len(data), None)
    if r < 0:
        raise OSError(-r, f"{row}: {data.hex()}: {os.strerror(-r)}")
    return addr


def stand_in(addr):
    """A python socket of addr's triple that is none of it below."""
    with socket.socket(socket.AF_INET, DGRAM) as s:
        fd = os.dup(s.fileno())
    return socket.socket(addr[0], addr[1], addr[2], fileno=fd)


def python_encode(triple, name):
    with stand_in(triple) as s:
        spy_on.value = 1
        try:
            s.bind(name)
        finally:
            spy_on.value = 0
    return bytes(spy_bytes[:spy_len.value])


def python_decode(triple, data):
    with stand_in(triple) as s:
        spy_bytes[:len(data)] = data
        spy_len.value = len(data)
        spy_on.value = 1
        try:
            return s.getsockname()
        finally:
            spy_on.value = 0


failed = 0


def check(name, got, want):
    global failed
    if got == want:
        print(f"ok {name}")
    else:
        failed += 1
        print(f"not ok {name} - {got!r}, not {want!r}")


A = socket
UNIX = (A.AF_UNIX, STREAM, 0)
INET = (A.AF_INET, STREAM, 0)
INET6 = (A.AF_INET6, STREAM, 0)
LITE = (A.AF_INET, DGRAM, 136)
NETLINK = (A.AF_NETLINK, RAW, 0)
TIPC = (A.AF_TIPC, RDM, 0)
CAN = (A.AF_CAN, RAW, A.CAN_RAW)
BCM = (A.AF_CAN, DGRAM, A.CAN_BCM)
ISOTP = (A.AF_CAN, DGRAM, A.CAN_ISOTP)
J1939 = (A.AF_CAN, DGRAM, A.CAN_J1939)
ALG = (A.AF_ALG, SEQPACKET, 0)
VSOCK = (A.AF_VSOCK, STREAM, 0)
PACKET = (A.AF_PACKET, RAW, 0)
QRTR = (A.AF_QIPCRTR, DGRAM, 0)
L2CAP = (A.AF_BLUETOOTH, SEQPACKET, A.BTPROTO_L2CAP)
RFCOMM = (A.AF_BLUETOOTH, STREAM, A.BTPROTO_RFCOMM)
HCI = (A.AF_BLUETOOTH, RAW, A.BTPROTO_HCI)
SCO = (A.AF_BLUETOOTH, SEQPACKET, A.BTPROTO_SCO)
MAC = b"\x02\x00\x00\x00\x00\x0a"

# text, python's socket, the tuple it is given, the one it gives (None: same)
CODEC = [
    ("unix:/run/x", UNIX, "/run/x", None),
    ("unix:/run/x", UNIX, b"/run/x", "/run/x"),
    ("unix:/" + "a" * 106, UNIX, "/" + "a" * 106, None),
    ("unix:@a\\x00b", UNIX, b"\0a\0b", None),
    ("unix:", UNIX, "", None),
    ("inet:127.0.0.1:80", INET, ("127.0.0.1", 80), None),
    ("inet::0", INET, ("", 0), ("0.0.0.0", 0)),
    ("inet:<broadcast>:9", INET, ("<broadcast>", 9), ("255.255.255.255", 9)),
    ("inet:127.0.0.1:80,proto=udplite,type=dgram", LITE, ("127.0.0.1", 80),
     None),
    ("inet6:[::1]:80", INET6, ("::1", 80), ("::1", 80, 0, 0)),
    ("inet6:[fe80::1%7]:80,flowinfo=0x12345", INET6,
     ("fe80::1", 80, 0x12345, 7), None),
    ("netlink:route,pid=4294967295,groups=0x3", NETLINK, (2**32 - 1, 3), None),
    ("tipc:1000:1-5@node", TIPC, (A.TIPC_ADDR_NAMESEQ, 1000, 1, 5, 3), None),
    ("tipc:1000:7", TIPC, (A.TIPC_ADDR_NAME, 1000, 7, 0),
     (A.TIPC_ADDR_NAME, 1000, 7, 7, 2)),
    ("tipc:socket:9:8", TIPC, (A.TIPC_ADDR_ID, 9, 8, 0, 0), None),
    ("can:lo", CAN, ("lo",), None),
    ("can:", CAN, ("",), None),
    ("can-bcm:lo", BCM, ("lo",), None),
    ("can-isotp:lo,rx=123,tx=1FFFFFFF", ISOTP, ("lo", 0x123, 0x9FFFFFFF),
     None),
    ("can-j1939:lo", J1939, ("lo", 0, 0x40000, 0xff), None),
    ("can-j1939:lo,name=0x1234567890abcdef,pgn=0xef00,addr=32", J1939,
     ("lo", 0x1234567890abcdef, 0xef00, 32), None),
    ("alg:hash:sha256", ALG, ("hash", "sha256"), ("hash", "sha256", 0, 0)),
    ("alg:aead:gcm(aes),feat=1,mask=2", ALG, ("aead", "gcm(aes)", 1, 2),
     None),
    ("vsock:3:1024", VSOCK, (3, 1024), None),
    ("vsock:any:any", VSOCK, (2**32 - 1, 2**32 - 1), None),
    ("packet:lo", PACKET, ("lo", 3), ("lo", 3, 0, 0, b"")),
    ("packet:lo,proto=ip,pkttype=outgoing,hatype=772,addr=02:00:00:00:00:0a",
     PACKET, ("lo", 0x800, 4, 772, MAC), None),
    ("qrtr:1:16384", QRTR, (1, 16384), None),
    ("bt-l2cap:01:23:45:67:89:AB:25", L2CAP, ("01:23:45:67:89:AB", 25), None),
    ("bt-rfcomm:01:23:45:67:89:AB:7", RFCOMM, ("01:23:45:67:89:AB", 7), None),
    ("bt-hci:0", HCI, (0,), 0),
    ("bt-hci:77", HCI, (77,), 77),
    ("bt-sco:01:23:45:67:89:AB", SCO, b"01:23:45:67:89:AB",
     "01:23:45:67:89:AB"),
]


def codec():
    for text, triple, given, wanted in CODEC:
        ours = parse(text)
        theirs = python_encode(triple, given)
        check(f"{text}: python's length", len(theirs), ours.len)
        # Of can and packet, python leaves what it does not set as it was on
        # its stack; what does not count is zero in ours.
        theirs = decode(text, theirs)
        check(f"{text}: python's bytes", theirs.data().hex(),
              ours.data().hex())
        check(f"{text}: our text of them", to_text(theirs), to_text(ours))
        check(f"{text}: python reads ours",
              python_decode(triple, ours.data()),
              given if wanted is None else wanted)


def wraps():
    """Where python and we differ on purpose: ours refuses."""
    low = python_encode(VSOCK, (2**32 + 3, 2**32 + 5))
    check("vsock: python wraps round", to_text(decode("vsock:1:1", low)),
          "vsock:3:5")
    for text in ("vsock:4294967299:5", "vsock:3:4294967301"):
        check(f"{text}: refused", parse(text), None)
    # Python loses the flags, and the look-up domain of a tipc service.
    for text, triple, tuple_ in (
            ("vsock:3:5,flags=to-host", VSOCK, (3, 5)),
            ("tipc:1:2,domain=0x1001", TIPC,
             (A.TIPC_ADDR_NAME, 1, 2, 2, 2))):
        data = parse(text).data()
        check(f"{text}: python loses it", python_decode(triple, data), tuple_)
        check(f"{text}: ours keeps it", to_text(decode(text, data)), text)


# text, python's socket, tuple; what getsockname is then: text, tuple
KERNEL = [
    ("unix:/tmp/sfam-addr-test", UNIX, "/tmp/sfam-addr-test", None, None),
    ("unix:@sfam\\x00addr", UNIX, b"\0sfam\0addr", None, None),
    ("inet:127.0.0.1:4801", INET, ("127.0.0.1", 4801), None, None),
    ("inet:127.0.0.1:4801,proto=udplite,type=dgram", LITE,
     ("127.0.0.1", 4801), None, None),
    ("inet6:[::1]:4801,flowinfo=0x5", INET6, ("::1", 4801, 5, 0),
     "inet6:[::1]:4801", ("::1", 4801, 0, 0)),
    ("netlink:route,pid=4801,groups=0x1", NETLINK, (4801, 1), None, None),
    ("can:vcan0", CAN, ("vcan0",), None, None),
    ("can-isotp:vcan0,rx=123,tx=321", ISOTP, ("vcan0", 0x123, 0x321), None,
     None),
    ("can-j1939:vcan0,name=0x0000000000000001,addr=0x20", J1939,
     ("vcan0", 1, 0x40000, 0x20), None, None),
    ("vsock:any:4801", VSOCK, (2**32 - 1, 4801), None, None),
    ("packet:lo,proto=ip", PACKET, ("lo", 0x800),
     "packet:lo,proto=ip,hatype=772,addr=00:00:00:00:00:00",
     ("lo", 0x800, 0, 772, b"\0" * 6)),
    ("qrtr:1:20480", QRTR, (1, 20480), None, None),
    ("bt-l2cap:any:4097", L2CAP, ("00:00:00:00:00:00", 4097), None, None),
    ("bt-rfcomm:any:7", RFCOMM, ("00:00:00:00:00:00", 7), None, None),
    ("bt-sco:any", SCO, b"00:00:00:00:00:00", None, "00:00:00:00:00:00"),
]


def local_text(fd):
    addr = Addr()
    r = lib.sfam_addr_local(addr, fd)
    return to_text(addr) if r == 0 else f"error {r}"


def open_bound(text, triple):
    fd = lib.sfam_open_text(text.encode(), len(text.encode()), BIND, None,
                            None)
    if fd < 0:
        raise OSError(-fd, f"{text}: {os.strerror(-fd)}")
    return socket.socket(*triple, fileno=fd)


def kernel():
    for text, triple, given, name, wanted in KERNEL:
        if text.startswith("unix:/") and os.path.exists(given):
            os.unlink(given)
        with socket.socket(*triple) as s:
            s.bind(given)
            check(f"{text}: python binds", local_text(s.fileno()),
                  name or text)
        if text.startswith("unix:/"):
            os.unlink(given)
        with open_bound(text, triple) as s:
            check(f"{text}: ours binds", s.getsockname(),
                  given if wanted is None else wanted)


def tipc():
    """A bound service is named by its socket, whatever was bound."""
    for text, given in (("tipc:4801:1", (A.TIPC_ADDR_NAME, 4801, 1, 0)),
                        ("tipc:4801:1-5@node",
                         (A.TIPC_ADDR_NAMESEQ, 4801, 1, 5, 3))):
        with socket.socket(*TIPC) as s, socket.socket(*TIPC) as client:
            s.bind(given)
            _, node, ref, _, _ = s.getsockname()
            check(f"{text}: python binds", local_text(s.fileno()),
                  f"tipc:socket:{node}:{ref},type=rdm")
            client.sendto(b"x", (A.TIPC_ADDR_NAME, 4801, 1, 0))
            check(f"{text}: and is found", s.recv(9), b"x")
        with open_bound(text + ",type=rdm", TIPC) as s, \
                socket.socket(*TIPC) as client:
            client.sendto(b"y", (A.TIPC_ADDR_NAME, 4801, 1, 0))
            check(f"{text}: ours binds", s.recv(9), b"y")


codec()
wraps()
if os.environ.get("SFAM_IN_VM"):
    kernel()
    tipc()
sys.exit(failed != 0)
