#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Names and servers against Python's socket module, both ways: names.sh.

names.py LIBRARY TOOL prints "ok NAME" or "not ok NAME - why" per case.
"""
import contextlib
import ctypes
import errno
import os
import socket
import subprocess
import sys

CONNECT, LISTEN = 2, 3			# enum sfam_open_how

lib = ctypes.CDLL(sys.argv[1])
tool = sys.argv[2]


def sfam_open(text, how):
    raw = text.encode()
    return lib.sfam_open_text(raw, ctypes.c_size_t(len(raw)), how, None, None)


def ours(text, how):
    """Our descriptor as a Python socket."""
    fd = sfam_open(text, how)
    if fd < 0:
        raise OSError(-fd, os.strerror(-fd) if fd > -4096 else "resolver")
    return socket.socket(fileno=fd)


def talk(listener, client):
    """What goes in comes out, both ways."""
    with contextlib.closing(client), listener.accept()[0] as child:
        client.sendall(b"ping")
        assert child.recv(4, socket.MSG_WAITALL) == b"ping"
        child.sendall(b"pong")
        assert client.recv(4, socket.MSG_WAITALL) == b"pong"


def our_listener():
    with ours("tcp::0", LISTEN) as listener:
        port = listener.getsockname()[1]
        for host in "localhost", "127.0.0.1", "::1":
            talk(listener, socket.create_connection((host, port)))


def our_listener_other_protocols():
    for scheme, protocol in ("mptcp", 262), ("sctp", socket.IPPROTO_SCTP):
        with ours(scheme + "::0", LISTEN) as listener, socket.socket(
                socket.AF_INET, socket.SOCK_STREAM, protocol) as client:
            client.connect(("127.0.0.1", listener.getsockname()[1]))
            talk(listener, client)


def their_server():
    with socket.create_server(("", 0), family=socket.AF_INET6,
                              dualstack_ipv6=True) as server:
        port = server.getsockname()[1]
        for host in "localhost", "127.0.0.1", "[::1]", "", "*":
            talk(server, ours(f"tcp:{host}:{port}", CONNECT))


def same_options():
    with socket.create_server(("", 0), family=socket.AF_INET6,
                              dualstack_ipv6=True) as a, \
            ours("tcp::0", LISTEN) as b:
        for level, name in ((socket.SOL_SOCKET, socket.SO_REUSEADDR),
                            (socket.SOL_SOCKET, socket.SO_REUSEPORT),
                            (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)):
            assert a.getsockopt(level, name) == b.getsockopt(level, name)
        assert a.get_inheritable() == b.get_inheritable()


def same_dualstack():
    assert lib.sfam_has_dualstack() == int(socket.has_dualstack_ipv6())


def listen_all():
    with ours("tcp::0", LISTEN) as s:
        port = s.getsockname()[1]
    text = f"tcp:*:{port}".encode()
    fds = (ctypes.c_int * 4)()
    n = ctypes.c_size_t()
    assert lib.sfam_listen_all(text, ctypes.c_size_t(len(text)), None, fds,
                               ctypes.c_size_t(4), ctypes.byref(n), None) == 0
    assert n.value == 2
    for fd in fds[:2]:
        with socket.socket(fileno=fd) as listener:
            host = "::1" if listener.family == socket.AF_INET6 \
                else "127.0.0.1"
            talk(listener, socket.create_connection((host, port)))


def theirs_as_text(found):
    for family, kind, _, _, where in found:
        host = f"inet6:[{where[0]}]" if family == socket.AF_INET6 \
            else f"inet:{where[0]}"
        end = ",type=dgram" if kind == socket.SOCK_DGRAM else ""
        yield f"{host}:{where[1]}{end}"


def same_addresses():
    """Same addresses, in the same order."""
    kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
    for options, flags, hosts in (([], 0, ("localhost", "", "127.1")),
                                  (["-l"], socket.AI_PASSIVE, ("",))):
        pairs = [(scheme, host) for scheme in kinds for host in hosts]
        texts = [f"{scheme}:{host}:4711" for scheme, host in pairs]
        shown = subprocess.run([tool, "addr", *options, *texts], check=True,
                               stdout=subprocess.PIPE, text=True).stdout
        want = []
        for scheme, host in pairs:
            found = socket.getaddrinfo(host or None, 4711,
                                       type=kinds[scheme], flags=flags)
            want += dict.fromkeys(theirs_as_text(found))
        lines = [line.split()[0] for line in shown.splitlines()
                 if line[0] != " "]
        assert lines == want, f"{lines}, not {want}"


def same_errors():
    for host, port in (("nosuch.invalid", 80), ("256.1.1.1", 80),
                       ("localhost", "nosuchservice")):
        try:
            socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            raise AssertionError(host)
        except socket.gaierror as e:
            r = sfam_open(f"tcp:{host}:{port}", CONNECT)
            assert lib.sfam_error_eai(r) == e.errno, f"{host}: {r}, {e}"
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))		# bound, but not listening
        port = s.getsockname()[1]
        for refused in (lambda: socket.create_connection(("localhost", port)),
                        lambda: ours(f"tcp:localhost:{port}", CONNECT)):
            try:
                refused()
                raise AssertionError("not refused")
            except OSError as e:
                assert e.errno == errno.ECONNREFUSED, e


def case(test):
    try:
        test()
        print("ok", test.__name__)
    except Exception as e:			# the next case goes on
        print("not ok", test.__name__, "-", type(e).__name__, e)


for t in (our_listener, our_listener_other_protocols, their_server,
          same_options, same_dualstack, listen_all, same_addresses,
          same_errors):
    case(t)
