#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The programs of examples/ against Python's counterparts, for examples.sh.

examples.py FOLDER: all cases, or those with $SFAM_ONLY in their name; FOLDER
has the programs.
"""
import contextlib
import errno
import hashlib
import json
import os
import re
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from one_cpu import one_cpu
from resting import rests

PATIENCE = 600		# for what must come; nothing waits so long
cases = []


def case(function):
    cases.append(function)
    return function


# ------------------------------------------------------------- programs

class Program:
    """One of the examples: stdout is kept, stderr is read line by line."""

    def __init__(self, name, *args, **more):
        self.process = subprocess.Popen(
            [os.path.join(FOLDER, name), *args], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, **more)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def listening(self):
        """The address after "listening on", if that is what it says."""
        line = self.process.stderr.readline()
        assert "listening" in line, "says " + repr(line)
        return line.split()[-1]

    def port(self):
        return int(self.listening().rsplit(":", 1)[1])

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self.pid))

    def end(self):
        """Status, stdout, stderr."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


def run(name, *args, **more):
    with Program(name, *args, **more) as program:
        return program.end()


def fails(words, name, *args, status=1, **more):
    got, _, err = run(name, *args, **more)
    assert got == status and words in err, (name, args, got, err)


def until(true, what):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "never: " + what
        time.sleep(0.05)


def inet(port):
    return "inet:127.0.0.1:%d" % port


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


@contextlib.contextmanager
def served(handle, listener=None):
    """A Python server: handle(connection) in a thread for each client."""
    listener = listener or socket.create_server(("127.0.0.1", 0))

    def one(connection):
        with connection, contextlib.suppress(OSError):
            handle(connection)

    def loop():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(PATIENCE)
                threading.Thread(target=one, args=[connection],
                                 daemon=True).start()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()


def exactly(s, size):
    data = b""
    while len(data) < size:
        more = s.recv(size - len(data))
        assert more, "ends after %d of %d bytes" % (len(data), size)
        data += more
    return data


def to_end(s):
    return b"".join(iter(lambda: s.recv(65536), b""))


def reset(s):
    """Closes as a process that was killed with unread data does."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                 struct.pack("ii", 1, 0))
    s.close()


@contextlib.contextmanager
def may_be_reset():
    """Of a peer that closes before it has read all: a reset comes at any time,
    and who talks is told of it in one of three ways."""
    try:
        yield
    except OSError as e:
        if e.errno not in (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN):
            raise


def echo_checked(s, size):
    """Writes and reads at once; what comes back is what went."""
    data = os.urandom(size)
    writer = threading.Thread(target=s.sendall, args=[data])
    writer.start()
    back = hashlib.sha256()
    left = size
    while left:
        got = s.recv(left)
        assert got, "ends %d bytes before" % left
        back.update(got)
        left -= len(got)
    writer.join()
    assert back.digest() == hashlib.sha256(data).digest(), "other bytes"


# ----------------------------------------------------------------- echo

def documented_echo(connection):
    while True:
        data = connection.recv(1024)
        if not data:
            break
        connection.sendall(data)


@case
def echo_server_python_client():
    with Program("echo-server", "inet:127.0.0.1:0") as server:
        port = server.port()
        fds = server.fds()
        with connect(port) as s:
            s.sendall(b"Hello, world")
            assert exactly(s, 12) == b"Hello, world"
        with connect(port) as s:
            echo_checked(s, 500000)
            s.shutdown(socket.SHUT_WR)
            assert to_end(s) == b""
        s = connect(port)
        s.sendall(b"x")
        exactly(s, 1)
        reset(s)
        with connect(port) as s:
            echo_checked(s, 10)
        until(lambda: server.fds() == fds, "its descriptors are closed")
        os.kill(server.pid, signal.SIGTERM)
        err = server.end()[2]
        assert err.count("connected by inet:127.0.0.1:") == 4, err
        assert err.count("client: Connection reset by peer") == 1, err


@case
def echo_client_python_server():
    with served(documented_echo) as (_, port):
        assert run("echo-client", inet(port)) == (0, "Hello, world\n", "")
        text = "0123456789abcdef" * 4096
        assert run("echo-client", inet(port), text) == (0, text + "\n", "")
        assert run("echo-client", inet(port), "") == (0, "\n", "")
        fails("too long", "echo-client", inet(port), text + "x")


@case
def echo_client_dying_server():
    def dies(connection):
        exactly(connection, 12)
        connection.sendall(b"Hello")

    with served(dies) as (_, port):
        fails("5 of 12 bytes came back: the server has ended",
              "echo-client", inet(port))
    fails("Connection refused", "echo-client", inet(port))
    with served(reset) as (_, port):
        fails("", "echo-client", inet(port))


# Only where it is the kernel's own loopback.
VSOCK = [("vsock:local:50007", None)] if "SFAM_IN_VM" in os.environ else []


@case
def echo_other_families():
    path = os.path.join(WORK, "echo")
    for text, where in (("inet6:[::1]:0", None), ("unix:" + path, path),
                        ("unix:@echo", "\0echo"), *VSOCK):
        with Program("echo-server", text) as server:
            real = server.listening()
            assert run("echo-client", real) == (0, "Hello, world\n", ""), text
            if where:
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(where)
                    echo_checked(s, 300000)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0python")
        listener.listen()
        with served(documented_echo, listener):
            assert run("echo-client", "unix:@python")[0] == 0


def one_server(host, **more):
    """A listener on a free port of host, and the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    s = socket.create_server((host, 0), family=family, **more)
    return s, s.getsockname()[1]


@case
def dual_stack_server():
    for name in "echo-server", "multi-server", "message-server":
        port = fixed_port()
        with Program(name, "tcp::%d" % port) as server:
            assert "listening" in server.process.stderr.readline()
            for host in "127.0.0.1", "::1":
                with socket.create_connection((host, port), PATIENCE) as s:
                    if name == "message-server":
                        s.sendall(pack_message(search("can")))
                        assert "car" in read_message(s)[1]["result"]
                    else:
                        echo_checked(s, 1000)


@case
def dual_stack_client():
    for host, more in (("::", {"dualstack_ipv6": True}), ("::1", {}),
                       ("127.0.0.1", {})):
        listener, port = one_server(host, **more)
        with served(documented_echo, listener):
            assert run("echo-client", "tcp::%d" % port) == \
                (0, "Hello, world\n", ""), host
    fails("Connection refused", "echo-client", "tcp::%d" % fixed_port())
    status, _, err = run("echo-client", "tcp:no.such.invalid:1")
    assert status == 1 and "Unknown error" not in err, err


@case
def echo_server_restarts_at_once():
    """Python's reconnecting client, and SO_REUSEADDR on our side."""
    port = 0
    waves = 0
    s = None
    for _ in range(3):
        with Program("echo-server", inet(port)) as server:
            port = server.port()
            while waves % 2 == 0:
                try:
                    s = s or connect(port)
                    s.sendall(b"Client wave")
                    exactly(s, 11)
                    waves += 1
                except (OSError, AssertionError):
                    s.close()
                    s = None
            waves += 1
            fails("Address already in use", "echo-server", inet(port))
    s.close()
    assert waves == 6


@case
def bad_arguments():
    for name in ("echo-server", "echo-client", "can-echo", "packet-sniff",
                 "multi-server", "message-server", "message-client",
                 "recv-fds"):
        fails("expected" if name[0] != "m" or name[-1] == "t" else "Invalid",
              name, "nonsense")
        fails("can:none0" if "multi" not in name else "", name, "can:none0")
    fails("given up", "reconnect-client", "nonsense")
    fails("how many", "reconnect-client", "inet:127.0.0.1:1", "x")
    fails("usage", "send-fds", status=2)
    fails("usage", "send-fds", "unix:@x", status=2)
    for name in ("echo-server", "multi-server", "message-server"):
        fails("not supported", name, "can:vcan0")


# ------------------------------------------------------------------ can

def can_socket():
    s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    s.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES, 1)
    s.bind(("vcan0",))
    s.settimeout(PATIENCE)
    return s


def can_frame(identifier, data):
    return struct.pack("=IB3x8s", identifier, len(data), data)


def can_sockets():
    with open("/proc/net/can/rcvlist_all", encoding="ascii") as f:
        return f.read().count("vcan0 ") - 1


OWN_FRAME = can_frame(1, b"\x01\x02\x03")


@case
@one_cpu
def can_echo_python_peer():
    frames = [can_frame(0x123, b"\xde\xad\xbe\xef"),
              can_frame(0x1abcdef0 | socket.CAN_EFF_FLAG, b"12345678"),
              can_frame(0x7ff | socket.CAN_RTR_FLAG, b""),
              struct.pack("=IBBxx64s", 0x42, 12, 5, b"twelve bytes")]
    before = can_sockets()
    with Program("can-echo") as program, can_socket() as s:
        until(lambda: can_sockets() == before + 2, "both listen")
        for frame in frames:
            s.send(frame)
            assert s.recvfrom(72)[0] == frame
            assert s.recvfrom(72)[0] == OWN_FRAME
        lines = [program.process.stdout.readline()[:-1] for _ in frames]
    assert lines == ["123#DEADBEEF", "1ABCDEF0#3132333435363738", "7FF#R",
                     "042##5" + b"twelve bytes".hex().upper()], lines


@case
@one_cpu
def can_sniff_python_echo():
    before = can_sockets()
    with Program("can-sniff", "can:vcan0") as sniff, can_socket() as s, \
            can_socket() as sender:
        until(lambda: can_sockets() == before + 3, "all listen")
        sender.send(can_frame(0x321, b"ab"))
        frame = s.recvfrom(16)[0]
        s.send(frame)
        s.send(OWN_FRAME)
        lines = [sniff.process.stdout.readline().split()[0] for _ in "123"]
    assert lines == ["321#6162", "321#6162", "001#010203"], lines


@case
def can_echo_interface_goes():
    ip("link", "add", "vcan1", "type", "vcan")
    ip("link", "set", "vcan1", "up")
    with Program("can-echo", "can:vcan1") as program:
        until(lambda: "vcan1" in open("/proc/net/can/rcvlist_all").read(),
              "it listens")
        ip("link", "set", "vcan1", "down")
        status, _, err = program.end()
    assert status == 1 and "Network is down" in err, err
    ip("link", "del", "vcan1")


# --------------------------------------------------------------- packet

def ip(*words):
    return subprocess.run(["ip", *words], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def promiscuity():
    return json.loads(ip("-j", "-d", "link", "show", "sfx0"))[0]["promiscuity"]


def sniffed_line(data, where):
    """What packet-sniff prints for what recvfrom() has given here."""
    name, proto, pkttype, hatype, addr = where
    kinds = ["", ",pkttype=broadcast", ",pkttype=multicast",
             ",pkttype=otherhost", ",pkttype=outgoing"]
    protos = {0x800: "ip", 0x806: "arp", 0x86dd: "ipv6"}
    return "%d packet:%s,proto=%s%s,hatype=%d,addr=%s" % (
        len(data), name, protos.get(proto, "0x%04x" % proto),
        kinds[pkttype], hatype, addr.hex(":"))


@case
@one_cpu
def packet_sniff_python_sniffer():
    own = bytes.fromhex("020000000001")
    packets = [b"\xff" * 6 + own + b"\x08\x06" + bytes(46),
               b"\x01\x00\x5e\x00\x00\x01" + own + b"\x08\x00" + bytes(100),
               b"\x02\x99\x99\x99\x99\x99" + own + b"\x88\xb5" + bytes(1486),
               b"\x02\x99\x99\x99\x99\x99" + own + b"\x88\xb6end"]
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    raw.bind(("sfx0", 3))
    raw.settimeout(PATIENCE)
    with raw, Program("packet-sniff", "packet:sfx0") as sniff, socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW) as out:
        sniff.listening()
        assert promiscuity() == 1
        out.bind(("sfx1", 0))
        for packet in packets:
            out.send(packet)
        theirs = [""]
        while "proto=0x88b6" not in theirs[-1]:
            theirs.append(sniffed_line(*raw.recvfrom(65536)))
        ours = [""]
        while "proto=0x88b6" not in ours[-1]:
            ours.append(sniff.process.stdout.readline()[:-1])
    # One of them may have been first to hear.
    mine = [x for x in ours if own.hex(":") in x]
    assert mine == [x for x in theirs if own.hex(":") in x], (ours, theirs)
    assert len(mine) == 4 and "otherhost" in mine[2], mine
    until(lambda: promiscuity() == 0, "no longer promiscuous")


@case
def packet_sniff_refused():
    drop = ["setpriv", "--inh-caps=-net_raw", "--bounding-set=-net_raw"]
    done = subprocess.run([*drop, os.path.join(FOLDER, "packet-sniff"),
                           "packet:lo"], capture_output=True, text=True)
    assert done.returncode == 1, done
    assert "packet:lo: Operation not permitted" in done.stderr, done


# ------------------------------------------------------------------ fds

def two_files():
    paths = []
    for name, size in (("small", 10), ("large", 100000)):
        paths.append(os.path.join(WORK, name))
        with open(paths[-1], "w", encoding="ascii") as f:
            f.write((name + "\n") * size)
    return paths, "".join(open(p, encoding="ascii").read() for p in paths)


def documented_recv_fds(s, size, most):
    """With the room that the documentation gives."""
    message, control, _, _ = s.recvmsg(size, socket.CMSG_LEN(most * 4))
    fds = [struct.unpack("%di" % (len(data) // 4), data[:len(data) // 4 * 4])
           for level, kind, data in control
           if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)]
    return message, [fd for some in fds for fd in some]


@case
def send_fds_python_receiver():
    paths, both = two_files()
    for receive in (socket.recv_fds, documented_recv_fds):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("\0fds")
            listener.listen()
            with Program("send-fds", "unix:@fds", *paths) as sender:
                s, _ = listener.accept()
                message, fds = receive(s, 100, 8)[:2]
                assert message == b"2 files" and len(fds) == 2
                assert "".join(open(fd).read() for fd in fds) == both
                assert sender.end() == (0, "", "")
                assert s.recv(1) == b""
                s.close()
            fails("No such file", "send-fds", "unix:@fds", paths[0], "/none")
    fails("Connection refused", "send-fds", "unix:@fds", *paths)


def send_to_recv_fds(text, send):
    """What recv-fds makes of it: status, stdout, stderr."""
    with Program("recv-fds", text) as receiver, \
            socket.socket(socket.AF_UNIX) as s:
        receiver.listening()
        s.connect(text[5:].replace("@", "\0"))
        send(s)
        s.close()
        return receiver.end()


@case
def recv_fds_python_sender():
    paths, both = two_files()
    path = os.path.join(WORK, "sock")

    def files(names):
        def send(s):
            fds = [os.open(name, os.O_RDONLY) for name in names]
            socket.send_fds(s, [b"from ", b"Python"], fds)
            for fd in fds:
                os.close(fd)
        return send

    for text in ("unix:@fds", "unix:" + path):
        got = send_to_recv_fds(text, files(paths))
        assert got == (0, "from Python\n" + both, ""), got[2]
        assert not os.path.exists(path)
    status, _, err = send_to_recv_fds("unix:@fds", files(paths[:1] * 17))
    assert status == 1 and "Argument list too long" in err, err
    status, _, err = send_to_recv_fds("unix:@fds", lambda s: s.send(b"x"))
    assert status == 1 and "No data available" in err, err
    status, _, err = send_to_recv_fds("unix:@fds", lambda s: None)
    assert status == 1 and "No data available" in err, err
    status, _, err = send_to_recv_fds("unix:@fds", files(["/", paths[0]]))
    assert status == 1 and "Is a directory" in err, err


@case
def fds_ours_to_ours():
    paths, both = two_files()
    with Program("recv-fds") as receiver:
        receiver.listening()
        assert run("send-fds", "unix:@sockfam-fds", *paths)[0] == 0
        assert receiver.end() == (0, "2 files\n" + both, "")


# ------------------------------------------------------ many connections

def many(port, n, size):
    """All are connected before the first sends; each checks its bytes."""
    barrier = threading.Barrier(n)
    faults = []

    def one():
        try:
            with connect(port) as s:
                barrier.wait(PATIENCE)
                echo_checked(s, size)
        except Exception as e:
            faults.append(repr(e))

    threads = [threading.Thread(target=one) for _ in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not faults, faults[:3]


def fixed_port():
    """One that is free: multi-server and message-server say what was given."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


@case
def multi_server_python_clients():
    port = fixed_port()
    with Program("multi-server", inet(port)) as server:
        server.process.stderr.readline()
        fds = server.fds()
        lazy = connect(port)	# never reads, and is no burden to others
        lazy.setblocking(False)
        sent = bytearray()
        with contextlib.suppress(BlockingIOError):
            while True:
                block = os.urandom(65536)
                sent += block[:lazy.send(block)]
        many(port, 60, 20000)
        killed = [connect(port) for _ in range(20)]
        for s in killed:
            s.sendall(b"x" * 1000)
        for s in killed:
            reset(s)
        many(port, 5, 1000)
        lazy.settimeout(PATIENCE)
        assert exactly(lazy, len(sent)) == sent, "other bytes"
        lazy.close()
        until(lambda: server.fds() == fds, "its descriptors are closed")


@case
def multi_server_short_of_descriptors():
    port = fixed_port()
    with Program("multi-server", inet(port), preexec_fn=lambda:
                 resource_limit(20)) as server:
        server.process.stderr.readline()
        fds = server.fds()
        clients = [connect(port) for _ in range(60)]
        until(lambda: server.fds() == 20, "it has what it may have")
        until(lambda: rests(server.pid), "it does not spin")
        for s in clients:
            s.sendall(b"hello")
            assert exactly(s, 5) == b"hello"
            s.close()
        until(lambda: server.fds() == fds, "its descriptors are closed")


def resource_limit(n):
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))


class SelectorServer(threading.Thread):
    """Python's server for many connections: selectors, a buffer for each."""

    def __init__(self):
        super().__init__(daemon=True)
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.served = 0

    def run(self):
        while True:
            for key, mask in self.selector.select():
                if key.data is None:
                    connection, _ = self.listener.accept()
                    connection.setblocking(False)
                    self.selector.register(connection, selectors.EVENT_READ,
                                           bytearray())
                else:
                    self.service(key.fileobj, key.data, mask)

    def service(self, connection, buffer, mask):
        if mask & selectors.EVENT_READ:
            data = connection.recv(1024)
            if not data:
                self.selector.unregister(connection)
                connection.close()
                self.served += 1
                return
            buffer += data
        if mask & selectors.EVENT_WRITE:
            del buffer[:connection.send(buffer)]
        self.selector.modify(
            connection, selectors.EVENT_READ |
            (selectors.EVENT_WRITE if buffer else 0), buffer)


@case
def echo_clients_python_selectors():
    server = SelectorServer()
    server.start()
    port = server.listener.getsockname()[1]
    texts = ["%d " % i * 5000 for i in range(50)]
    programs = [Program("echo-client", inet(port), text) for text in texts]
    for program, text in zip(programs, texts):
        assert program.end() == (0, text + "\n", "")
    until(lambda: server.served == 50, "all have ended")


# ------------------------------------------------------------- messages

def pack_message(content, kind="text/json", encoding="utf-8", **dumps):
    if kind == "text/json":
        content = json.dumps(content, ensure_ascii=False).encode(encoding)
    header = json.dumps({"byteorder": sys.byteorder, "content-type": kind,
                         "content-encoding": encoding,
                         "content-length": len(content)}, **dumps).encode()
    return struct.pack(">H", len(header)) + header + content


def read_message(s):
    """Header and content; EOFError where no message begins."""
    first = s.recv(1)
    if not first:
        raise EOFError
    length, = struct.unpack(">H", first + exactly(s, 1))
    header = json.loads(exactly(s, length).decode("utf-8"))
    assert header["byteorder"] == sys.byteorder
    content = exactly(s, header["content-length"])
    if header["content-type"] == "text/json":
        content = json.loads(content.decode(header["content-encoding"]))
    return header, content


def search(word):
    return {"action": "search", "value": word}


@contextlib.contextmanager
def message_server():
    port = fixed_port()
    with Program("message-server", inet(port)) as server:
        server.process.stderr.readline()
        fds = server.fds()
        yield port
        with connect(port) as s:	# its turn comes after all others'
            s.sendall(pack_message(search("can")))
            read_message(s)
        children = "/proc/%d/task/%d/children" % (server.pid, server.pid)
        until(lambda: open(children).read() == "", "no process is left")
        until(lambda: server.fds() == fds, "its descriptors are closed")
        os.kill(server.pid, signal.SIGTERM)
        server.words = server.end()[2]
        message_server.words = server.words


@case
def message_server_python_client():
    with message_server() as port, connect(port) as s:
        for word, answer in (("can", "a bus in cars"),
                             ("tipc", "names, not places \U0001f4e1"),
                             ("no\"such\\", "no such word"),
                             ("", "no such word")):
            s.sendall(pack_message(search(word)))
            header, content = read_message(s)
            assert content == {"result": answer}, content
            assert header["content-encoding"] == "utf-8"
        s.sendall(pack_message({"action": "dance", "value": "can"}))
        assert read_message(s)[1] == {"result": "no such action"}
        for n in (0, 3, 10, 65536):
            data = os.urandom(n)
            s.sendall(pack_message(data, "binary/own", "binary"))
            header, content = read_message(s)
            assert content == data[:10]
            assert header["content-type"] == "binary/first-bytes"
        # Two in a segment, other white space, and one byte at a time.
        two = pack_message(search("can"), separators=(",", ":"))
        two += pack_message(search("vsock"), indent=2, sort_keys=True)
        s.sendall(two)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in two:
            s.sendall(bytes([byte]))
        for word in ("car", "host", "car", "host"):
            assert word in read_message(s)[1]["result"]
        s.shutdown(socket.SHUT_WR)
        assert to_end(s) == b""
    assert message_server.words == "", message_server.words


@case
def message_server_bad_clients():
    bad = [b"\0", b"\0\5{}", b"\0\2{}", b"\xff\xff" + b"{" * 65535,
           pack_message(b"", "text/x").replace(b"length", b"lengtX"),
           pack_message(b"", "text/x").replace(b": 0}", b":-1}"),
           pack_message(b"", "text/x").replace(b": 0}", b": 65537}"
                                               ).replace(b"\0i", b"\0m"),
           pack_message(bytes(65537), "text/x"),
           pack_message(search("can"))[:-1]]
    with message_server() as port, connect(port) as good:
        for data in bad:
            with connect(port) as s:
                with may_be_reset():
                    s.sendall(data)
                    s.shutdown(socket.SHUT_WR)
                    assert to_end(s) == b"", data[:40]
        killed = [connect(port) for _ in range(10)]
        for s in killed:
            s.sendall(pack_message(search("can"))[:20])
            reset(s)
        good.sendall(pack_message(search("can")))
        assert "car" in read_message(good)[1]["result"]
    words = message_server.words
    assert words.count("client: Bad message") == len(bad), words
    assert words.count("Connection reset") == 10, words


@case
def message_client_python_server():
    seen = []

    def serve(s):
        with contextlib.suppress(EOFError):
            while True:
                seen.append(read_message(s)[1])
                s.sendall(pack_message({"result": seen[-1]["value"] + "!"},
                                       separators=(",", ":")))

    words = ["can", "Wort \u20ac \U0001f436", "a\"b\\c\td\n\1"]
    with served(serve) as (_, port):
        for word in words:
            status, out, err = run("message-client", inet(port), word)
            assert (status, err) == (0, ""), err
            assert json.loads(out) == {"result": word + "!"}, out
        fails("Message too long", "message-client", inet(port), "x" * 65536)
    assert seen == [search(word) for word in words], seen
    with message_server() as port:
        got = run("message-client", inet(port), "vsock")
        assert got == (0, '{"result": "from a machine to its host"}\n', "")


@case
def message_bytes():
    """A search for morpheus: a header of 0x67 bytes, big-endian 0x64, and
    content of 41; the answer's, of 43, has 0x67."""
    assert len(json.dumps(search("morpheus"))) == 41
    size = {"little": 0x67, "big": 0x64}[sys.byteorder]
    got = []

    def serve(s):
        got.append(exactly(s, 2 + size + 41))

    with served(serve) as (_, port):
        fails("answer: No data", "message-client", inet(port), "morpheus")
    assert got == [pack_message(search("morpheus"))], got
    assert got[0][:2] == bytes([0, size])
    with message_server() as port, connect(port) as s:
        other = pack_message(search("can")).replace(b"little", b"big")
        s.sendall(b"\0\x64" + other[2:])
        assert read_message(s)[1] == {"result": "a bus in cars"}


# ------------------------------------------------------------ reconnect

def waves(listener, orders):
    """The server of the reconnecting client: a wave for each byte there."""
    while True:
        s, _ = listener.accept()
        with s, contextlib.suppress(OSError, AssertionError):
            while os.read(orders, 1):
                s.sendall(b"Server wave")
                assert exactly(s, 11) == b"Client wave"


def wave_server(port, orders):
    """It is a process, to be killed; its id."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        pid = os.fork()
        if pid == 0:
            try:
                waves(listener, orders)
            finally:
                os._exit(1)
    return pid


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


PAUSES = [100, 200, 400, 800, 1000, 1000, 1000]


def pauses(err):
    return [int(x) for x in re.findall(r"again in (\d+) ms", err)]


@case
def reconnect_client_python_server():
    port = fixed_port()
    orders, order = os.pipe()
    server = wave_server(port, orders)
    err = ""
    with Program("reconnect-client", inet(port), "9") as client:
        for left in range(8, -1, -1):
            os.write(order, b"!")
            line = client.process.stdout.readline()
            assert line == "Server wave, %d to go\n" % left, (line, err)
            if left in (6, 3):
                kill(server)
                words = ""
                while "refused" not in words:
                    words = client.process.stderr.readline()
                    assert words, "it has ended"
                    err += words
                server = wave_server(port, orders)
        status, _, rest = client.end()
    kill(server)
    os.close(orders)
    os.close(order)
    assert status == 0, rest
    # The pauses began anew with the second loss.
    assert pauses(err + rest).count(100) == 2, err + rest


@case
def reconnect_client_gives_up():
    """Nobody there; and one who lets in and leaves, which is no success."""
    start = time.monotonic()
    with served(lambda s: None) as (_, port), \
            Program("reconnect-client", inet(fixed_port())) as refused, \
            Program("reconnect-client", inet(port)) as left:
        for program in refused, left:
            status, out, err = program.end()
            assert (status, out) == (1, ""), err
            assert pauses(err) == PAUSES, err
            assert err.count("\n") == 8 and err.endswith("given up\n"), err
    assert time.monotonic() - start >= sum(PAUSES) / 1000


# ---------------------------------------------------------- watch-links

@case
def links_watched():
    with Program("watch-links") as watch:
        def until(want):
            for line in watch.process.stdout:
                if line.rstrip("\n") == want:
                    return
            assert False, "never: " + want
        until("sfx1 present")
        ip("link", "add", "sfy0", "type", "veth", "peer", "name", "sfy1")
        until("sfy0 added")
        ip("link", "set", "sfy0", "up")
        until("sfy0 up")
        # Linux 6.1 renames before it takes down, which it refuses.
        ip("link", "set", "sfy0", "down")
        ip("link", "set", "sfy0", "name", "sfz0")
        until("sfz0 renamed from sfy0")
        ip("link", "del", "sfz0")
        until("sfz0 gone")


# ----------------------------------------------------------------- main

def one_case(function):
    try:
        function()
    except Exception:
        lines = traceback.format_exc().strip().splitlines()
        print("not ok", function.__name__, "-", lines[-1][:500])
        print("\n".join(lines), flush=True)
        return False
    print("ok", function.__name__, flush=True)
    return True


def main():
    only = os.environ.get("SFAM_ONLY", "")
    results = [one_case(f) for f in cases if only in f.__name__]
    print("peer-examples: %d passed, %d failed, 0 skipped" %
          (sum(results), len(results) - sum(results)))
    return 0 if all(results) else 1


FOLDER = sys.argv[1]
with tempfile.TemporaryDirectory() as WORK:
    sys.exit(main())
