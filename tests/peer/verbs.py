#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The other side for verbs.sh: what Python's socket module makes of it.

verbs.py echo FAMILY TYPE ADDR      echo server for one client
verbs.py go FAMILY TYPE ADDR        a server that takes a little and goes
verbs.py send FAMILY TYPE ADDR      sends messages, wants them back whole
verbs.py lazy FAMILY TYPE ADDR      sends, does not read, until it is killed
verbs.py fdsend PATH FILE...        sends descriptors
verbs.py fdrecv PATH                receives them, prints names and contents
verbs.py packets                    JSON of a ping through sfv0 on stdin
FAMILY vsock: ADDR is CID:PORT; tipc: TYPE:INSTANCE.
"""
import json
import os
import socket
import sys
import threading

TYPES = {"stream": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET}


def address(family, text):
    a, b = (int(x) for x in text.split(":"))
    if family == "vsock":
        return socket.AF_VSOCK, (a, b)
    return socket.AF_TIPC, (socket.TIPC_ADDR_NAME, a, b, 0)


def listen_address(family, text):
    a, b = (int(x) for x in text.split(":"))
    if family == "vsock":
        return socket.AF_VSOCK, (a, b)
    return socket.AF_TIPC, (socket.TIPC_ADDR_NAMESEQ, a, b, b)


def connected(family, kind, text):
    af, where = address(family, text)
    s = socket.socket(af, TYPES[kind])
    if family == "tipc":
        # The kernel's own limit is eight seconds.
        s.setsockopt(socket.SOL_TIPC, socket.TIPC_CONN_TIMEOUT, 600000)
    s.connect(where)
    return s


def receive(s):
    """The end of a TIPC connection may be ECONNRESET."""
    try:
        return s.recv(1 << 20)
    except ConnectionResetError:
        return b""


def one_client(family, kind, text):
    af, where = listen_address(family, text)
    with socket.socket(af, TYPES[kind]) as listener:
        listener.bind(where)
        listener.listen()
        print("listening on", text, file=sys.stderr, flush=True)
        return listener.accept()[0]


def echo(family, kind, text):
    with one_client(family, kind, text) as client:
        data = receive(client)
        while data:
            client.sendall(data)
            data = receive(client)


def go(family, kind, text):
    with one_client(family, kind, text) as client:
        client.recv(1000)


def messages():
    for i in range(60):
        yield bytes([i]) * (1 + i * 1021)


def read_messages(s, kind):
    if kind == "stream":
        want = b"".join(messages())
        got = b""
        while len(got) < len(want):
            data = receive(s)
            if not data:
                break
            got += data
        return got == want
    return all(receive(s) == m for m in messages())


def send(family, kind, text):
    """Writes all from a thread, so that both directions fill up."""
    with connected(family, kind, text) as s:
        writer = threading.Thread(
            target=lambda: [s.sendall(m) for m in messages()])
        writer.start()
        # Let the echo run into a client that does not read.
        writer.join(1)
        good = read_messages(s, kind)
        writer.join()
        return 0 if good else 1


def lazy(family, kind, text):
    with connected(family, kind, text) as s:
        print("listening", file=sys.stderr, flush=True)
        while True:
            s.sendall(bytes(4000))


def fdsend(path, *files):
    fds = [os.open(f, os.O_RDONLY) for f in files]
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        socket.send_fds(s, ["\n".join(files).encode()], fds)


def fdrecv(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("listening on", path, file=sys.stderr, flush=True)
        client, _ = listener.accept()
        names, fds, flags, _ = socket.recv_fds(client, 65536, 253)
        print(names.decode(), len(fds), flags & socket.MSG_CTRUNC)
        for fd in fds:
            print(os.read(fd, 1000).decode(), end="")


def packets():
    """Request and reply, where and when; the rest need only be JSON."""
    objects = [json.loads(line) for line in sys.stdin]
    times = [o["time_ns"] for o in objects if o.get("icmp", {}).get("type") in
             (0, 8) and o["ip"]["version"] == 4]
    ways = {(o["direction"], o["ip"]["dst"]) for o in objects
            if o["text"].endswith("length 64") and "icmp" in o}
    assert {o["interface"] for o in objects} == {"sfv0"}, objects
    assert {("Out", "10.83.0.2"), ("In", "10.83.0.1")} <= ways, ways
    assert times and times == sorted(times) and times[0] > 1 << 60, times


if __name__ == "__main__":
    verb = {"echo": echo, "go": go, "send": send, "lazy": lazy,
            "fdsend": fdsend, "fdrecv": fdrecv, "packets": packets}[sys.argv[1]]
    sys.exit(verb(*sys.argv[2:]))
