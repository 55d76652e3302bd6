# SPDX-License-Identifier: MIT
"""sockets.py SOCKFAM FOLDER: prints "ok CASE" or "N CASE", with the words
in FOLDER/why.N."""
import ctypes
import fcntl
import json
import os
import re
import resource
import socket
import struct
import subprocess
import sys
import termios
import time

tool, folder = sys.argv[1], sys.argv[2]
kept = []
failures = 0
SOL_PACKET = 263


def case(name, differ):
    global failures
    if not differ:
        print("ok", name)
        return
    failures += 1
    with open("%s/why.%d" % (folder, failures), "w") as f:
        f.write("; ".join(str(d) for d in differ[:5]))
    print(failures, name)


def keep(s):
    kept.append(s)
    return s


def sock(*triple):
    return keep(socket.socket(*triple))


def run(*command):
    r = subprocess.run(command, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    return r.stdout.decode("utf-8", "surrogateescape"), \
        r.stderr.decode("utf-8", "surrogateescape")


def ours(*options, user=()):
    program = folder + "/sockfam" if user else tool
    out, err = run(*user, program, "sockets", "--json", *options)
    try:
        return json.loads(out), err
    except ValueError:
        return [], err


def ss(*options):
    return run("ss", "-H", "-a", "-n", "-e", "-p", "-m", "-O", *options)[0]


def body(text):
    """(bytes, keys) of an address text."""
    text = text.split(":", 1)[1]
    raw, i = [], 0
    while i < len(text) and text[i] != ",":
        if text[i] == "\\" and text[i + 1] == "x":
            raw.append(int(text[i + 2:i + 4], 16))
            i += 4
        else:
            i += text[i] == "\\"
            raw.append(ord(text[i]))
            i += 1
    keys = dict(k.split("=", 1) for k in text[i + 1:].split(",") if k)
    return bytes(raw), keys


# ---------------------------------------------------------------- making --

def make_unix():
    stream = sock(socket.AF_UNIX)
    stream.bind(folder + "/plain")
    stream.listen(5)
    client = sock(socket.AF_UNIX)
    client.connect(folder + "/plain")
    keep(stream.accept()[0])
    client.send(b"abcd")
    sock(socket.AF_UNIX).connect(folder + "/plain")    # waits to be accepted
    odd = sock(socket.AF_UNIX, socket.SOCK_DGRAM)
    odd.bind(b"\0ab\0c\nd\xff,e\\")
    sock(socket.AF_UNIX, socket.SOCK_DGRAM).connect(b"\0ab\0c\nd\xff,e\\")
    kept[-1].send(b"x" * 100)
    line = sock(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.bind(folder + "/new\nline")
    line.listen(7)
    at = sock(socket.AF_UNIX, socket.SOCK_DGRAM)
    at.bind(folder + "/@," + "x" * (107 - len(folder) - 3))
    sock(socket.AF_UNIX)                               # bound to nothing
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    keep(a)
    keep(b).shutdown(socket.SHUT_WR)


def make_packet():
    p = sock(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
    p.bind(("lo", 0x800))
    p.setsockopt(SOL_PACKET, 10, 2)                    # TPACKET_V3
    p.setsockopt(SOL_PACKET, 5, struct.pack("7I", 8192, 4, 2048, 16, 77, 8,
                                            0))
    p.setsockopt(SOL_PACKET, 1, struct.pack("iHH8s", 1, 1, 0, b""))
    p = sock(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
    p.setsockopt(SOL_PACKET, 13, struct.pack("4I", 4096, 2, 1024, 8))
    p = sock(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    code = ctypes.create_string_buffer(struct.pack(
        "HBBIHBBI", 0x28, 0, 0, 12, 6, 0, 0, 99))
    p.setsockopt(1, 26, struct.pack("HxxxxxxQ", 2, ctypes.addressof(code)))
    p.setsockopt(SOL_PACKET, 18, 7 | 1 << 16)          # fanout 7, lb
    sock(socket.AF_PACKET, socket.SOCK_RAW, 0)         # hears nothing


def make_vsock():
    v = sock(socket.AF_VSOCK)
    v.bind((socket.VMADDR_CID_ANY, 4567))
    v.listen()
    sock(socket.AF_VSOCK).connect((1, 4567))
    keep(v.accept()[0])
    sock(socket.AF_VSOCK).connect((1, 4567))           # waits
    v = sock(socket.AF_VSOCK, socket.SOCK_SEQPACKET)
    v.bind((1, 4568))
    v.listen()
    sock(socket.AF_VSOCK, socket.SOCK_SEQPACKET).connect((1, 4568))
    kept[-1].shutdown(socket.SHUT_WR)
    sock(socket.AF_VSOCK).bind((1, 4569))


def outgoing(s):
    return struct.unpack("i", fcntl.ioctl(s, termios.TIOCOUTQ, bytes(4)))[0]


def make_inet():
    for af, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        t = sock(af)
        t.bind((host, 0))
        t.listen(9)
        c = sock(af)
        c.connect(t.getsockname()[:2])
        keep(t.accept()[0]).send(b"12345")
        while outgoing(kept[-1]):      # until it is acknowledged
            time.sleep(0.01)
        sock(af, socket.SOCK_DGRAM).bind((host, 0))
        sock(af, socket.SOCK_DGRAM).connect((host, 9))
        sock(af, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        sock(af, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE).bind((host, 0))


# -------------------------------------------------------------- comparing --

def processes(o):
    return sorted((p["name"], p["pid"], p["fd"]) for p in o["processes"])


def users(text):
    return sorted((n, int(p), int(f)) for n, p, f in re.findall(
        r'\("(.*?)",pid=(\d+),fd=(\d+)\)', text or ""))


MEMORY = r"skmem:\(r\d+,rb(\d+),t\d+,tb(\d+),f\d+,w\d+,o\d+,bl\d+,d(\d+)\)"
UNIX = re.compile(r"^u_(str|dgr|seq) +(\S+) +(\d+) +(\d+) +(.*?) (\d+) "
                  r"\* (\d+) *(users:\(.*?\)\))? *" + MEMORY, re.M | re.S)
TYPES = {"str": "stream", "dgr": "dgram", "seq": "seqpacket", "raw": "raw"}


def ss_name(o):
    name = body(o["local"])[0]
    return name.replace(b"\0", b"@").decode("utf-8", "surrogateescape") or "*"


def unix_row(o):
    return (o["type"], o["state"], o["recv_queue"], o["send_queue"],
            ss_name(o), o["inode"], o.get("peer_inode", 0), processes(o),
            o["recv_buffer_bytes"], o["send_buffer_bytes"], o["drops"])


def unix_theirs(m):
    kind, state, rq, sq, name, inode, peer_inode, who = m.groups()[:8]
    rb, tb, d = (int(v) for v in m.groups()[8:])
    return (TYPES[kind], state, int(rq), int(sq), name, int(inode),
            int(peer_inode), users(who), rb, tb, d)


PACKET = re.compile(r"^p_(raw|dgr) +(\S+) +(\d+) +(\d+) +(\S+):(\S+) +\* +"
                    r"(users:\(.*?\)\))? *ino:(\d+) sk:\S+ ver:(\d+) "
                    r"cpy_thresh:\d+ flags\(( running)?.*?\)(.*?)" + MEMORY,
                    re.M)


def ss_ring(text, which):
    m = re.search(which + r"\(blk_size:(\d+),blk_nr:(\d+),frm_size:(\d+),"
                  r"frm_nr:(\d+),tmo:(\d+),features:0x(\w+)\)", text)
    return tuple(int(v) for v in m.groups()[:5]) if m else None


def packet_theirs(m):
    kind, state, rq, sq, proto, link, who, inode, ver, running, rest = \
        m.groups()[:11]
    fanout = re.search(r"fanout\(id:(\d+),type:(\w+)\)", rest)
    code = re.search(r"bpf filter \((\d+)\): (.*),", rest)
    return (TYPES[kind], state, int(rq), proto.strip("[]"), link, users(who),
            int(inode), int(ver), bool(running), ss_ring(rest, "ring_rx"),
            ss_ring(rest, "ring_tx"),
            (int(fanout[1]), fanout[2]) if fanout else None,
            [[int(v, 0) for v in c.split()] for c in code[2].split(",")]
            if code else None, int(m.groups()[11]), int(m.groups()[13]))


def our_ring(r):
    return r and (r["block_bytes"], r["blocks"], r["frame_bytes"],
                  r["frames"], r["retire_ms"])


def packet_row(o):
    link, keys = body(o["local"])
    proto = keys.get("proto", "*")
    proto = {"ip": "2048", "*": "*"}.get(proto) or str(int(proto, 0))
    fanout = o.get("fanout")
    return (o["type"], o["state"], o["recv_queue"], proto,
            link.decode() or "*", processes(o), o["inode"],
            o["packet_version"], bool(o["packet_flags"] & 1),
            our_ring(o.get("rx_ring")), our_ring(o.get("tx_ring")),
            fanout and (fanout["group"], fanout["mode"]), o.get("filter"),
            o["recv_buffer_bytes"], o["drops"])


VSOCK = re.compile(r"^(v_str|\?\?\?) +(\S+) +(\d+) +(\d+) +(\S+) +"
                   r"(\S+) *(users:\(.*?\)\))?", re.M)


def cid_port(text):
    words = re.match(r"vsock:(\w+):(\w+)", text).groups()
    numbers = {"any": "*", "hypervisor": "0", "local": "1", "host": "2"}
    return ":".join(numbers.get(w, w) for w in words)


def vsock_row(o):
    return (o["state"], cid_port(o["local"]),
            cid_port(o["peer"]) if "peer" in o else "*:*", processes(o))


def inet_row(o):
    def end(text):
        return re.match(r"inet6?:(.*?)(,|$)", text)[1]
    any_end = "[::]:*" if o["family"] == "inet6" else "0.0.0.0:*"
    return (o["state"], o["recv_queue"], o["send_queue"], end(o["local"]),
            end(o["peer"]) if "peer" in o else any_end, processes(o))


def inet_theirs(line):
    w = line.split()
    peer = "0.0.0.0:*" if w[4] == "*:*" else w[4]
    return (w[0], int(w[1]), int(w[2]), w[3], peer, users(line))


def same(a, b):
    a, b = sorted(a, key=str), sorted(b, key=str)
    return [("only ours", x) for x in a if x not in b] + \
        [("only ss", x) for x in b if x not in a] + \
        ([] if a and len(a) == len(b) else [(len(a), len(b))])


def against_ss():
    case("unix", same([unix_row(o) for o in ours("-p", "unix")[0]],
                      [unix_theirs(m) for m in UNIX.finditer(ss("-x"))]))
    case("packet", same([packet_row(o) for o in ours("-p", "packet")[0]],
                        [packet_theirs(m) for m in
                         PACKET.finditer(ss("-0", "-b"))]))
    case("vsock", same([vsock_row(o) for o in ours("-p", "vsock")[0]],
                       [(m[2], m[5], m[6], users(m[7]))
                        for m in VSOCK.finditer(ss("--vsock"))]))
    for af, flag in (("inet", "-4"), ("inet6", "-6")):
        got = ours("-p", af)[0]
        for kind, proto in (("-t", 6), ("-u", 17)):
            case("%s %d" % (af, proto), same(
                [inet_row(o) for o in got if o["protocol"] == proto],
                [inet_theirs(l) for l in ss(flag, kind).splitlines()]))


def listening():
    for family, option in (("unix", "-x"), ("vsock", "--vsock")):
        out = run("ss", "-H", "-n", "-l", "-O", option)[0]
        theirs = len(re.findall(r"^\S+ +LISTEN", out, re.M))
        got = [o for o in ours("-l", family)[0] if o["state"] == "LISTEN"]
        case("listening " + family, [] if len(got) == theirs and got else
             [(len(got), theirs)])
    got = {body(o["local"])[1].get("proto") for o in ours("-l", "packet")[0]}
    case("listening packet", [] if got == {"ip", "0x88b5", None} else got)


# --------------------------------------------- what sockets say themselves --

def unix_name(text, get):
    try:
        name = get()
    except OSError:
        name = None
    if isinstance(name, bytes) and name:
        name = b"@" + name[1:]
    if (text is None) != (name is None):
        # The one that waits: its peer has no inode to be found by.
        return [] if name == folder + "/plain" else [(text, name)]
    got = body(text)[0] if text else None
    return [] if not text or got == os.fsencode(name) else [(got, name)]


def own_words(s, by_inode):
    o = by_inode.get(os.fstat(s.fileno()).st_ino)
    if not o:
        return ["%s is not listed" % s]
    if s.family == socket.AF_VSOCK:
        cookie = s.getsockopt(socket.SOL_SOCKET, 57)
    else:
        cookie = struct.unpack("Q", s.getsockopt(socket.SOL_SOCKET, 57, 8))[0]
    kind = s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
    want = {
        "cookie": cookie,
        "type": {1: "stream", 2: "dgram", 3: "raw", 5: "seqpacket"}[kind],
    }
    if s.family not in (socket.AF_UNIX, socket.AF_PACKET, socket.AF_VSOCK):
        want["protocol"] = s.getsockopt(socket.SOL_SOCKET,
                                        socket.SO_PROTOCOL)
    wrong = []
    if s.family == socket.AF_UNIX:
        wrong += unix_name(o.get("local"), s.getsockname)
        wrong += unix_name(o.get("peer"), s.getpeername)
    return wrong + [(k, o[k], v) for k, v in want.items() if o[k] != v]


def said_by_sockets():
    by_inode = {o["inode"]: o for o in ours("-p")[0] if o["inode"]}
    case("python's sockets",
         [d for s in kept for d in own_words(s, by_inode)])
    me = [(p["fd"], p["name"]) for o in by_inode.values()
          for p in o["processes"] if p["pid"] == os.getpid()]
    comm = open("/proc/self/comm").read()[:-1]
    case("their descriptors", [] if sorted(me) == sorted(
        (s.fileno(), comm) for s in kept) else [me])
    for text in (b"\n a\\(b\xff\"", b"x" * 15):
        open("/proc/self/comm", "wb").write(text)
        got = {os.fsencode(p["name"]) for o in ours("-p", "unix")[0]
               for p in o["processes"] if p["pid"] == os.getpid()}
        case("name of %d bytes" % len(text), [] if got == {text} else got)
    open("/proc/self/comm", "w").write(comm)


# ------------------------------------------------------------------ others --

def as_nobody():
    user = ("env", "LD_LIBRARY_PATH=" + folder, "setpriv", "--reuid",
            "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all", "--inh-caps", "-all")
    for family in ("unix", "packet", "vsock", "inet"):
        full, err = ours("-p", family)
        some, words = ours("-p", family, user=user)
        for o in full:
            o["processes"] = []
            o.pop("filter", None)
        case("nobody sees " + family, [] if some == full and not err and
             "do not show what they hold; try: as root" in words else
             [words, some])
    words = run(tool, "sockets", "can")[1]
    case("can", [] if "no list of sockets" in words else [words])


def a_thousand():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    many = []
    for i in range(1000):
        many.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        many[-1].bind("%s/%d" % (folder, i))
    got = [body(o["local"])[0] for o in ours("unix")[0]]
    want = [os.fsencode("%s/%d" % (folder, i)) for i in range(1000)]
    case("a thousand", [w for w in want if got.count(w) != 1])
    for s in many:
        s.close()
    got = [body(o["local"])[0] for o in ours("unix")[0]]
    case("and gone", [w for w in want if w in got])


make_unix()
make_packet()
make_vsock()
make_inet()
against_ss()
listening()
said_by_sockets()
as_nobody()
a_thousand()
