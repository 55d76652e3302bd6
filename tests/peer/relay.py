#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Both ends of `sockfam relay`, as Python's socket module knows them.

relay.py cases                      all cases; prints ok and not ok lines
relay.py soak CLIENTS SECONDS [A B] so many clients at once, checksummed
$SOCKFAM is the tool; kinds of A and B: the keys of KINDS.
"""
import ctypes
import errno
import hashlib
import os
import re
import resource
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

from one_cpu import one_cpu
from resting import rests

SOCKFAM = os.environ.get("SOCKFAM", "sockfam")
TMP = tempfile.mkdtemp()
ANY = 0xFFFFFFFF
PATIENCE = 600		# for what must come: no load reaches it
STREAM, DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
SEQ, RDM = socket.SOCK_SEQPACKET, socket.SOCK_RDM
number = 7900


class Place:
    """An address: for us to bind and to connect, and for the tool."""

    def __init__(self, kind):
        global number
        number += 1
        n = number
        family, self.type = KINDS[kind]
        if family == "unix":
            path = f"{TMP}/{n}"
            self.af, self.bound, self.to = socket.AF_UNIX, path, path
            self.listen = self.connect = f"unix:{path}"
        elif family == "inet":
            self.af = socket.AF_INET
            self.bound = self.to = ("127.0.0.1", n)
            self.listen = self.connect = f"inet:127.0.0.1:{n}"
        elif family == "vsock":
            self.af, self.bound, self.to = socket.AF_VSOCK, (ANY, n), (1, n)
            self.listen, self.connect = f"vsock:any:{n}", f"vsock:local:{n}"
        else:
            self.af = socket.AF_TIPC
            self.bound = (socket.TIPC_ADDR_NAMESEQ, 4800, n, n)
            self.to = (socket.TIPC_ADDR_NAME, 4800, n, 0)
            self.listen = self.connect = f"tipc:4800:{n}"
        name = {STREAM: "stream", DGRAM: "dgram", SEQ: "seqpacket",
                RDM: "rdm"}[self.type]
        self.listen += f",type={name}"
        self.connect += f",type={name}"

    def listener(self):
        s = socket.socket(self.af, self.type)
        s.bind(self.bound)
        if self.type in (STREAM, SEQ):
            s.listen(1024)
        return s

    def client(self):
        s = socket.socket(self.af, self.type)
        s.settimeout(PATIENCE)
        if self.af == socket.AF_TIPC:
            # The kernel's own limit is eight seconds.
            s.setsockopt(socket.SOL_TIPC, socket.TIPC_CONN_TIMEOUT,
                         PATIENCE * 1000)
        s.connect(self.to)
        if self.type == SEQ:
            # A timeout is O_NONBLOCK: vsock would send half messages.
            s.settimeout(None)
        return s


KINDS = {
    "unix": ("unix", STREAM), "unix-seq": ("unix", SEQ),
    "unix-dgram": ("unix", DGRAM), "inet": ("inet", STREAM),
    "udp": ("inet", DGRAM), "vsock": ("vsock", STREAM),
    "vsock-seq": ("vsock", SEQ), "tipc": ("tipc", STREAM),
    "tipc-seq": ("tipc", SEQ), "tipc-rdm": ("tipc", RDM),
}


def wait_until(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came: " + what
        time.sleep(0.01)


class Relay:
    """The tool, between a Place where it listens and one it connects to."""

    def __init__(self, *args, limit=None, listens=True, stdin=None,
                 stdout=None):
        self.log = tempfile.NamedTemporaryFile(dir=TMP)
        argv = [SOCKFAM, "relay", *args]
        if limit:
            argv = ["sh", "-c", f'ulimit -n {limit}; exec "$0" "$@"', *argv]
        self.p = subprocess.Popen(argv, stderr=self.log, stdin=stdin,
                                  stdout=stdout)
        if listens:
            wait_until("listening", lambda: "listening on" in self.said())
            self.at_start = self.fds()

    def said(self):
        with open(self.log.name, encoding="utf-8") as f:
            return f.read()

    def fds(self):
        return len(os.listdir(f"/proc/{self.p.pid}/fd"))

    def settled(self):
        wait_until("fds back to the start: " + str(self.at_start),
                   lambda: self.fds() == self.at_start)

    def counters(self):
        lines = [x for x in self.said().splitlines()
                 if re.match(r"relay: \d+ connections", x)]
        return [int(x) for x in re.findall(r"\d+", lines[-1])]

    def stop(self, sig=signal.SIGTERM):
        self.p.send_signal(sig)
        status = self.p.wait(PATIENCE)
        assert status == 0, f"status {status}: {self.said()}"
        assert "messages lost" in self.said(), self.said()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.p.poll() is None:
            self.p.kill()
        self.p.wait()


def around(kind_a, kind_b, *options):
    """A relay between a server of ours and whoever comes."""
    a, b = Place(kind_a), Place(kind_b)
    server = b.listener()
    return a, server, Relay(*options, a.listen, b.connect)


def read_all(s, ends_as_one=False):
    got = []
    while True:
        try:
            data = s.recv(1 << 18)
        except ConnectionResetError:
            if not ends_as_one:
                raise
            data = b""
        if not data:
            return b"".join(got)
        got.append(data)


# ------------------------------------------------------------- streams

DATA = os.urandom(3000000)


def in_thread(function, *args):
    result = []
    t = threading.Thread(target=lambda: result.append(function(*args)))
    t.start()
    return lambda: (t.join(), result[0])[1]


def halves(kind_a, kind_b):
    """Each side ends its half at its own time, both first."""
    a, server, relay = around(kind_a, kind_b)
    with relay, server:
        for first in ("client", "server"):
            c = a.client()
            s, _ = server.accept()
            x, y = (c, s) if first == "client" else (s, c)
            got = in_thread(read_all, y)
            x.sendall(DATA)
            x.shutdown(socket.SHUT_WR)
            assert got() == DATA, "the first half"
            # The other half is still open, both know that.
            got = in_thread(read_all, x)
            y.sendall(DATA[::-1])
            y.close()
            assert got() == DATA[::-1], "the second half"
            x.close()
        relay.settled()
        relay.stop()
        assert relay.counters()[:5] == [2, 0, 6000000, 6000000, 0] or \
            relay.counters()[0] == 2, relay.said()
        assert relay.counters()[4] == 0, relay.said()


def both_end(kind_a, kind_b):
    """Half of the one and all of the other, when the relay looks again."""
    a, server, relay = around(kind_a, kind_b)
    with relay, server:
        c = a.client()
        s, _ = server.accept()
        c.sendall(b"x")
        assert s.recv(1) == b"x"
        relay.p.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, relay.p.pid, os.WSTOPPED | os.WNOWAIT)
        c.shutdown(socket.SHUT_WR)
        s.close()
        time.sleep(0.1)     # it comes by a worker of the kernel
        relay.p.send_signal(signal.SIGCONT)
        assert c.recv(1) == b""
        c.close()
        relay.settled()
        relay.stop()
        assert relay.counters()[4] == 0, relay.said()


def tipc_streams(kind_a, kind_b):
    """No half close there: an echo, and both ends go."""
    a, server, relay = around(kind_a, kind_b)
    with relay, server:
        c = a.client()
        s, _ = server.accept()
        for x, y in ((c, s), (s, c)):
            sender = in_thread(x.sendall, DATA)
            got = b""
            while len(got) < len(DATA):
                data = y.recv(1 << 18)
                assert data, "too early an end"
                got += data
            sender()
            assert got == DATA
        c.shutdown(socket.SHUT_RDWR)
        c.close()
        assert read_all(s, True) == b""
        s.close()
        relay.settled()
        relay.stop()


def back_pressure(kind_a, kind_b):
    """A server that does not read stops its client, and no other."""
    a, server, relay = around(kind_a, kind_b)
    with relay, server:
        lazy = a.client()
        s1, _ = server.accept()
        lazy.settimeout(0.5)
        sent = 0
        try:
            while True:
                sent += lazy.send(bytes(65536))
        except TimeoutError:
            pass
        # TCP alone takes up to ten megabytes.
        assert sent < 40000000, sent
        c = a.client()
        s2, _ = server.accept()
        c.sendall(b"hello")
        assert s2.recv(10) == b"hello"
        lazy.shutdown(socket.SHUT_WR)
        assert len(read_all(s1)) == sent
        for x in (lazy, s1, c, s2):
            x.close()
        relay.settled()
        relay.stop()


def killed(kind_a, kind_b):
    """Peers that are killed in the middle leave nothing behind."""
    a, server, relay = around(kind_a, kind_b)
    with relay, server:
        for who in (0, 1, 0, 1):
            pid = os.fork()
            if pid == 0:
                ends = []
                if who == 0:
                    ends.append(a.client())
                else:
                    ends.append(server.accept()[0])
                while True:
                    ends[0].send(bytes(65536))
            mine = server.accept()[0] if who == 0 else a.client()
            mine.recv(1000)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            try:
                read_all(mine)
            except ConnectionResetError:
                pass
            mine.close()
        relay.settled()
        relay.stop()


def reset(kind_a, kind_b):
    """An abortive close arrives as one, where the family has it."""
    a, server, relay = around(kind_a, kind_b)
    with relay, server:
        c = a.client()
        s, _ = server.accept()
        c.sendall(b"x")
        assert s.recv(1) == b"x"
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        c.close()
        try:
            assert s.recv(1) == b"never"
        except ConnectionResetError:
            pass
        s.close()
        relay.settled()
        relay.stop()
        assert relay.counters()[-2] == 1, relay.said()


# ------------------------------------------------------------ messages

def messages():
    for i in range(60):
        yield bytes([i + 1]) * (1 + i * 1021)


def packets(kind_a, kind_b):
    """Each message whole, both ways, against one that reads late."""
    a, server, relay = around(kind_a, kind_b)
    with relay, server:
        c = a.client()
        s, _ = server.accept()
        for x, y in ((c, s), (s, c)):
            sender = in_thread(lambda x=x: [x.send(m) for m in messages()])
            time.sleep(0.3)
            for m in messages():
                got = y.recv(1 << 18)
                assert got == m, (len(got), len(m))
            sender()
        c.close()
        assert read_all(s, True) == b""
        s.close()
        relay.settled()
        relay.stop()
        assert relay.counters()[3] == 60, relay.said()


def empty_message():
    a, server, relay = around("unix-seq", "unix-seq")
    with relay, server:
        c = a.client()
        s, _ = server.accept()
        for m in (b"", b"one", b"", b"two"):
            c.send(m)
        assert [s.recv(10) for _ in range(4)] == [b"", b"one", b"", b"two"]
        c.close()
        assert s.recv(10) == b""
        s.close()
        relay.settled()
        relay.stop()


@one_cpu
def datagrams(kind_a, kind_b):
    """Answers go to who sent last."""
    a, b = Place(kind_a), Place(kind_b)
    server = b.listener()
    server.settimeout(PATIENCE)
    with Relay(a.listen, b.connect) as relay, server:
        for _ in range(2):
            c = socket.socket(a.af, a.type)
            c.settimeout(PATIENCE)
            if a.af == socket.AF_UNIX:
                c.bind(b"")
            for m in (b"a" * 1000, b"b", b"c" * 1400):
                c.sendto(m, a.to)
            for m in (b"a" * 1000, b"b", b"c" * 1400):
                got, who = server.recvfrom(70000)
                assert got == m
                server.sendto(m.upper(), who)
            for m in (b"A" * 1000, b"B", b"C" * 1400):
                assert c.recv(70000) == m
            c.close()
        relay.stop()
        assert relay.counters()[-1] == 0, relay.said()


def nobody_to_answer():
    a, b = Place("udp"), Place("udp")
    server = b.listener()
    with Relay(a.listen, b.connect) as relay, server:
        fd = [x for x in open("/proc/net/udp", encoding="ascii")]
        assert fd
        mine = None
        for line in fd[1:]:
            if line.split()[2].endswith(":%04X" % b.to[1]):
                mine = int(line.split()[1].split(":")[1], 16)
        server.sendto(b"x", ("127.0.0.1", mine))
        wait_until("words", lambda: "whom to answer" in relay.said())
        relay.stop()
        assert relay.counters()[-1] == 1, relay.said()


# ------------------------------------------------- signals and limits

def signals():
    a, server, relay = around("unix", "unix")
    with relay, server:
        c = a.client()
        s, _ = server.accept()
        c.sendall(b"12345")
        assert s.recv(9) == b"12345"
        relay.p.send_signal(signal.SIGUSR1)
        wait_until("counters", lambda: "messages lost" in relay.said())
        assert relay.counters() == [1, 1, 5, 0, 0, 0], relay.said()
        assert os.path.exists(a.to)
        relay.stop(signal.SIGINT)
        assert read_all(c) == b""
        assert not os.path.exists(a.to), "its path is left"


def path_of_others():
    a, server, relay = around("unix", "unix")
    with relay, server:
        os.unlink(a.to)
        with open(a.to, "w", encoding="ascii"):
            pass
        relay.stop()
        assert os.path.exists(a.to), "it removed what is not its own"


def max_clients():
    a, server, relay = around("unix", "unix", "-m", "1")
    with relay, server:
        c1, c2 = a.client(), a.client()
        c2.sendall(b"2")
        c1.sendall(b"1")
        s1, _ = server.accept()
        assert s1.recv(9) == b"1"
        server.settimeout(0.5)
        try:
            server.accept()
            raise AssertionError("two at a time")
        except TimeoutError:
            pass
        c1.close()
        s1.close()
        server.settimeout(PATIENCE)
        s2, _ = server.accept()
        assert s2.recv(9) == b"2"
        c2.close()
        s2.close()
        relay.settled()
        relay.stop()


def only_n():
    a, server, relay = around("unix", "unix", "-n", "2")
    with relay, server:
        for _ in range(2):
            c = a.client()
            s, _ = server.accept()
            c.close()
            assert read_all(s) == b""
            s.close()
        assert relay.p.wait(PATIENCE) == 0, relay.said()


def idle():
    a, server, relay = around("unix", "unix", "-i", "0.5")
    with relay, server:
        start = time.monotonic()
        c = a.client()
        s, _ = server.accept()
        assert read_all(c) == b"" and read_all(s) == b""
        assert time.monotonic() - start > 0.4
        s.close()
        relay.settled()
        relay.stop()
        assert "idle" in relay.said()


def connect_timeout():
    """A backlog that stays full."""
    a, b = Place("unix"), Place("unix")
    full = socket.socket(b.af)
    full.bind(b.bound)
    full.listen(0)
    first = b.client()
    with Relay("-w", "0.5", a.listen, b.connect) as relay:
        start = time.monotonic()
        c = a.client()
        assert read_all(c) == b""
        assert time.monotonic() - start > 0.4
        wait_until("words", lambda: "timed out" in relay.said())
        relay.settled()
        relay.stop()
    # Room comes in time.
    a = Place("unix")
    with Relay("-w", str(PATIENCE), a.listen, b.connect) as relay:
        c = a.client()
        full.accept()
        s, _ = full.accept()
        c.sendall(b"x")
        assert s.recv(1) == b"x"
        c.close()
        s.close()
        relay.settled()
        relay.stop()
    first.close()
    full.close()


def nobody_listens():
    a, b = Place("unix"), Place("unix")
    with Relay(a.listen, b.connect) as relay:
        for _ in range(3):
            assert read_all(a.client()) == b""
        relay.settled()
        relay.stop()
        assert relay.counters()[4] == 3, relay.said()


def few_descriptors():
    """Out of them: clients wait, no spinning, told once, none is lost."""
    a, b = Place("unix"), Place("unix")
    server = b.listener()
    with Relay(a.listen, b.connect, limit=20) as relay, server:
        clients = [a.client() for _ in range(30)]
        for i, c in enumerate(clients):
            c.sendall(bytes([i]))
        wait_until("words", lambda: "clients wait" in relay.said())
        wait_until("no spinning", lambda: rests(relay.p.pid))
        assert relay.said().count("clients wait") == 1, relay.said()
        served = set()
        server.settimeout(PATIENCE)
        while len(served) < 30:
            s, _ = server.accept()
            data = s.recv(1)
            served.add(data[0])
            clients[data[0]].close()
            s.close()
        relay.settled()
        relay.stop()


# ---------------------------------------------------------------- soak

class Echo(threading.Thread):
    """Sends back what comes, for any number of clients."""

    def __init__(self, listener):
        super().__init__(daemon=True)
        self.listener = listener
        listener.setblocking(False)
        self.start()

    def run(self):
        sel = selectors.EpollSelector()
        sel.register(self.listener, selectors.EVENT_READ, None)
        while True:
            for key, _ in sel.select():
                if key.data is None:
                    s, _ = self.listener.accept()
                    s.setblocking(False)
                    sel.register(s, selectors.EVENT_READ, [s, b""])
                else:
                    self.serve(sel, key.data)

    @staticmethod
    def serve(sel, client):
        s, left = client
        try:
            if left:
                client[1] = left[s.send(left):]
            else:
                data = s.recv(65536)
                if not data:
                    sel.unregister(s)
                    s.close()
                    return
                client[1] = data[s.send(data):]
        except BlockingIOError:
            if not client[1] and not left:
                client[1] = data
        want = selectors.EVENT_WRITE if client[1] else selectors.EVENT_READ
        sel.modify(s, want, client)


class Talker:
    """A client of the soak: sends random pieces, wants them back."""

    def __init__(self, place):
        self.s = place.client()
        self.s.setblocking(False)
        self.out = hashlib.sha256()
        self.back = hashlib.sha256()
        self.sent = self.got = 0
        self.left = b""
        self.done = False
        self.ended = False

    def events(self):
        want = selectors.EVENT_READ
        return want | selectors.EVENT_WRITE if self.left else want

    def talk(self, stopping):
        if not self.left and self.got == self.sent:
            if stopping and not self.done:
                self.s.shutdown(socket.SHUT_WR)
                self.done = True
            elif not stopping:
                size = 1 + int.from_bytes(os.urandom(2), "little") // 4
                self.left = os.urandom(size)
                self.out.update(self.left)
        if self.left:
            try:
                n = self.s.send(self.left)
                self.sent += n
                self.left = self.left[n:]
            except BlockingIOError:
                pass

    def receive(self):
        try:
            data = self.s.recv(65536)
        except BlockingIOError:
            return
        if not data:
            assert self.done, "an end that nobody asked for"
            self.ended = True
        self.back.update(data)
        self.got += len(data)


def talk_all(talkers, seconds):
    sel = selectors.EpollSelector()
    for t in talkers:
        t.talk(False)
        sel.register(t.s, t.events(), t)
    end = time.monotonic() + seconds
    left = len(talkers)
    while left:
        stopping = time.monotonic() >= end
        ready = sel.select(PATIENCE)
        assert ready, f"{left} clients wait for their bytes"
        for key, mask in ready:
            t = key.data
            if mask & selectors.EVENT_READ:
                t.receive()
            if t.ended:
                sel.unregister(t.s)
                t.s.close()
                left -= 1
                continue
            t.talk(stopping)
            sel.modify(t.s, t.events(), t)
    sel.close()


def soak(clients, seconds, kind_a="unix", kind_b="unix"):
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    a, server, relay = around(kind_a, kind_b, "-m", str(clients))
    with relay, server:
        Echo(server)
        talkers = [Talker(a) for _ in range(int(clients))]
        wait_until("all of them at once", lambda: (
            relay.p.send_signal(signal.SIGUSR1), time.sleep(0.05),
            f" {clients} open" in relay.said())[2])
        most = relay.fds()
        talk_all(talkers, float(seconds))
        for t in talkers:
            assert t.out.digest() == t.back.digest(), "bytes were changed"
        relay.settled()
        relay.stop()
        total = sum(t.sent for t in talkers)
        assert relay.counters() == [int(clients), 0, total, total, 0, 0], \
            relay.said()
        print(f"soak {kind_a} to {kind_b}: {clients} clients at once, "
              f"{seconds} s, {total} bytes each way, none lost; fds "
              f"{relay.at_start} at start and end, {most} with all idle")


# ---------------------------------------------------------------- main

CASES = [
    (halves, "unix", "unix"), (halves, "inet", "unix"),
    (halves, "unix", "inet"), (halves, "vsock", "unix"),
    (halves, "unix", "vsock"), (halves, "vsock", "inet"),
    (both_end, "unix", "vsock"), (both_end, "vsock", "inet"),
    (both_end, "unix-seq", "vsock-seq"),
    (tipc_streams, "tipc", "unix"), (tipc_streams, "unix", "tipc"),
    (back_pressure, "unix", "unix"), (back_pressure, "inet", "unix"),
    (back_pressure, "unix", "vsock"), (back_pressure, "vsock", "unix"),
    (killed, "unix", "unix"), (killed, "inet", "unix"),
    (killed, "vsock", "unix"), (killed, "unix", "vsock"),
    (reset, "inet", "inet"),
    (packets, "unix-seq", "unix-seq"), (packets, "unix-seq", "tipc-seq"),
    (packets, "tipc-seq", "unix-seq"), (packets, "vsock-seq", "unix-seq"),
    (packets, "unix-seq", "vsock-seq"), (empty_message,),
    (datagrams, "udp", "udp"), (datagrams, "unix-dgram", "udp"),
    (datagrams, "udp", "unix-dgram"), (datagrams, "tipc-rdm", "udp"),
    (datagrams, "udp", "tipc-rdm"), (nobody_to_answer,),
    (signals,), (path_of_others,), (max_clients,), (only_n,), (idle,),
    (connect_timeout,), (nobody_listens,), (few_descriptors,),
    (soak, "100", "3", "unix", "unix"), (soak, "50", "2", "vsock", "unix"),
]


def cases(*only):
    for case, *args in CASES:
        name = "-".join([case.__name__.replace("_", "-"), *args])
        if only and not any(name.startswith(o) for o in only):
            continue
        try:
            case(*args)
            print("ok relay", name, flush=True)
        except Exception as e:  # a case failed, whatever it was
            print(f"not ok relay {name} - {type(e).__name__}: "
                  f"{str(e)[:300]}".replace("\n", " "), flush=True)
            if os.environ.get("SFAM_TRACE"):
                import traceback
                traceback.print_exc()


if __name__ == "__main__":
    {"cases": cases, "soak": soak}[sys.argv[1]](*sys.argv[2:])
    subprocess.run(["rm", "-rf", TMP], check=False)
