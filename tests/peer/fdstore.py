# SPDX-License-Identifier: MIT
"""Cases of fdstore.sh: fdstore.py TOOL FOLDER runs them all; fdstore.py
service is a program that the tool starts with what was in the store."""
import ctypes
import errno
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys

import fdtool
from fdtool import NOBODY, as_nobody, command, set_up, start, started

systemd = ctypes.CDLL("libsystemd.so.0")


def service():
    """By systemd's own library; answers who waits on the one called web."""
    names = ctypes.POINTER(ctypes.c_char_p)()
    n = systemd.sd_listen_fds_with_names(1, ctypes.byref(names))
    for i in range(n):
        if names[i] == b"web":
            s = socket.socket(fileno=3 + i).accept()[0]
            s.sendall(b"%d of %d" % (i, n))


if sys.argv[1] == "service":
    service()
    sys.exit(0)

source = os.path.abspath(__file__)
set_up()


def stop(p):
    p.send_signal(signal.SIGTERM)
    err = p.communicate(timeout=600)[1]
    assert p.returncode == 0, (p.returncode, err)
    return err


def run(*args, **how):
    return fdtool.run(*args, **how)[0]


# --------------------------------------------------------- the wire, by hand

def connect(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect("\0" + path[1:] if path[0] == "@" else path)
    return s


def ask(s, verb, names=None, fds=(), after=0):
    text = b":".join(names or [])
    head = struct.pack("=4sIQ4sIQQ", b"sfd1", len(fds), 24 + len(text),
                       verb, 0, after, len(names or []))
    socket.send_fds(s, [head + text], list(fds))
    data, got, flags, _ = socket.recv_fds(s, 65536, 253)
    assert not flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC)
    magic, n_fds, size, echo, error, after, n = struct.unpack(
        "=4sIQ4sIQQ", data[:40])
    assert magic == b"sfd1" and n_fds == len(got) and echo == verb
    assert size == len(data) - 16
    text = data[40:]
    return error, after, text.split(b":") if n else [], got


def python_client():
    start("store", "-p", 3, "s")
    s = connect("s")
    one, two = (os.open(f, os.O_RDONLY) for f in ("one", "two"))
    assert ask(s, b"list") == (0, 0, [], [])
    assert ask(s, b"put ", [b"a", b"b"], [one, two]) == (0, 0, [], [])
    assert ask(s, b"list")[2] == [b"a", b"b"]
    assert run("list", "s") == "a\nb\n"
    error, after, names, fds = ask(s, b"get ", [b"b"])
    assert (error, after, names) == (0, 0, [b"b"])
    assert os.read(fds[0], 100) == b"two\n"
    os.close(fds[0])
    run("put", "-n", "a", "s", "two")
    assert ask(s, b"list")[2] == [b"a", b"b", b"a"]
    files = [os.open("one", os.O_RDONLY) for _ in range(2)]
    assert ask(s, b"put ", [b"a"] * 2, files)[0] == errno.EDQUOT
    assert ask(s, b"drop", [b"a"])[:2] == (0, 2)
    assert ask(s, b"what")[0] == errno.EOPNOTSUPP
    for fd in files + [one, two]:
        os.close(fd)


# ----------------------------------------------------------------- the tool

def tool_only():
    server = start("store", "@fd-store")
    at = "@fd-store"
    assert run("list", at) == ""
    run("get", at, status=1, words="the store is empty")
    run("put", "-n", "a:b", at, "one", "two")
    run("put", at, "one")
    run("put", "-s", "-n", "sealed", at, "one")
    assert run("list", at) == "a\nb\nstored\nsealed\n"
    assert run("list", "-n", "b", at) == "b\n"
    assert run("get", "-n", "b", at) == "two\n"
    run("get", "-n", "c", at, status=1, words="none of that name")
    show = "echo $LISTEN_FDS $LISTEN_FDNAMES; ls /proc/$$/fd"
    out = run("get", at, "sh", "-c", show)
    assert out == "4 a:b:stored:sealed\n0\n1\n2\n3\n4\n5\n6\n", out
    out = run("get", "-p", "-n", "sealed", at, "cat")
    assert out == "one\n", out
    assert run("drop", "-n", "b", at) == "1\n"
    assert run("drop", "-a", at) == "3\n"
    assert stop(server) == ""
    run("list", at, status=1, words="refused")


def many():
    """More than one request, and one answer, can hold."""
    server = start("store", "s")
    names = [("n%d" % i).ljust(200, "x") for i in range(600)]
    run("put", "-n", ":".join(names), "s", *["one"] * 600)
    assert run("list", "s").split() == names
    out = run("get", "s", "sh", "-c", "echo $LISTEN_FDS; cat /dev/fd/602")
    assert out == "600\none\n", out
    stop(server)


def restarts():
    """A service by systemd's library, started again and again; clients that
    come while it does not run are served by the next."""
    start("store", "-N", "n", "s")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind("\0fd-web")
        s.listen()
        # As a service does: FDSTORE=1, and wait until it has been read
        os.environ["NOTIFY_SOCKET"] = os.path.abspath("n")
        fds = (ctypes.c_int * 1)(s.fileno())
        r = systemd.sd_pid_notify_with_fds(
            0, 0, b"FDSTORE=1\nFDNAME=web\nSTATUS=x", fds, 1)
        assert r > 0, r
        assert systemd.sd_notify_barrier(0, ctypes.c_uint64(600000000)) > 0
        r = systemd.sd_pid_notify_with_fds(0, 0, b"FDSTORE=1", fds, 1)
        assert r > 0, r
        assert systemd.sd_notify_barrier(0, ctypes.c_uint64(600000000)) > 0
    assert run("list", "s") == "web\nstored\n"
    for _ in range(2):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect("\0fd-web")
            run("get", "s", sys.executable, source,
                "service")
            assert s.recv(100) == b"0 of 2"
    assert systemd.sd_notify(0, b"FDSTOREREMOVE=1\nFDNAME=web") > 0
    assert systemd.sd_notify_barrier(0, ctypes.c_uint64(600000000)) > 0
    assert run("list", "s") == "stored\n"
    del os.environ["NOTIFY_SOCKET"]


def moves():
    """A store of its own is started again, with what the old one had."""
    old = start("store", "s")
    run("put", "-n", "a:b", "s", "one", "two")
    new = subprocess.Popen(command(["get", "s", sys.argv[1], "fd", "store",
                                    "@fd-new"]), stderr=subprocess.PIPE,
                           text=True)
    started.append(new)
    for line in new.stderr:
        if line.startswith("listening"):
            break
    stop(old)
    assert run("list", "@fd-new") == "a\nb\n"
    assert run("get", "-n", "b", "@fd-new") == "two\n"


def dead():
    for keep in (False, True):
        server = start("store", *["-k"] * keep, "s")
        r, w = os.pipe()
        a, b = socket.socketpair()
        run("put", "-n", "pipe:pair:file", "s", "/dev/fd/%d" % r,
            "/dev/fd/%d" % a.fileno(), "one", pass_fds=[r, a.fileno()])
        assert run("list", "s") == "pipe\npair\nfile\n"
        os.close(w)
        assert run("list", "s") == ("pipe\n" * keep + "pair\nfile\n")
        b.close()
        assert run("list", "s") == ("pipe\npair\n" * keep + "file\n")
        os.close(r)
        a.close()
        stop(server)


def limits():
    server = start("store", "-m", 3, "-p", 2, "s")
    run("put", "-n", "a:a:a", "s", "one", "one", "one", status=1,
        words="no more of that name")
    run("put", "-n", "a:a:b", "s", "one", "one", "one")
    run("put", "-n", "c", "s", "one", status=1, words="full")
    assert run("list", "s") == "a\na\nb\n"
    stop(server)
    few = (700, 700)
    run("store", "s", status=1, words="-m for fewer",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few))


def rule():
    server = start("store", "-u", "root", "-N", "@fd-notify", "@fd-rule")

    def refused():
        s = connect("@fd-rule")
        try:
            assert s.recv(100) == b""
        except ConnectionResetError:
            pass
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.connect("\0fd-notify")
            socket.send_fds(s, [b"FDSTORE=1\nFDNAME=evil"], [0])

    as_nobody(refused)
    run("put", "-n", "good", "@fd-rule", "one")
    assert run("list", "@fd-rule") == "good\n"
    err = stop(server)
    assert "uid %d, pid " % NOBODY in err and "not allowed" in err
    assert "@fd-notify" in err, err


def silent_clients():
    """More than the store takes at once: those go that were silent."""
    server = start("store", "s")
    asked = connect("s")
    assert ask(asked, b"list")[0] == 0
    silent = [connect("s") for _ in range(300)]
    assert run("list", "s") == ""
    gone = select.select(silent, [], [], 0)[0]
    assert len(gone) >= 300 - 256, len(gone)
    assert all(s.recv(1) == b"" for s in gone)
    assert ask(silent[-1], b"list")[0] == 0
    assert len(os.listdir("/proc/%d/fd" % server.pid)) < 270
    for s in silent:
        s.close()
    stop(server)


def hostile_clients():
    server = start("store", "s")
    run("put", "-n", "a", "s", "one")
    probe = connect("s")
    for _ in range(2):                  # put's connection is gone by then
        assert ask(probe, b"list")[0] == 0
    here = len(os.listdir("/proc/%d/fd" % server.pid))
    frames = (
        b"", b"x", b"sfd1", bytes(100000),
        struct.pack("=4sIQ", b"sfd1", 1, 0),
        struct.pack("=4sIQ", b"sfd1", 65535, 0),
        struct.pack("=4sIQ4sIQQ", b"sfd1", 2, 24, b"put ", 0, 0, 2),
        struct.pack("=4sIQ4sIQQ", b"sfd1", 1, 25, b"put ", 0, 0, 9) + b"a",
        struct.pack("=4sIQ4sIQQ", b"sfd1", 1, 24, b"get ", 0, 0, 0),
    )
    for frame in frames:
        s = connect("s")
        socket.send_fds(s, [frame], [s.fileno()])
        s.settimeout(600)
        try:
            while socket.recv_fds(s, 100, 253)[0]:
                s.shutdown(socket.SHUT_WR)
        except ConnectionResetError:
            pass
        s.close()
    # One that asks and asks, and reads nothing
    s = connect("s")
    get = struct.pack("=4sIQ4sIQQ", b"sfd1", 0, 24, b"get ", 0, 0, 0)
    try:
        for _ in range(1000):
            s.send(get)
    except OSError as e:
        assert e.errno in (errno.EPIPE, errno.ECONNRESET), e
    s.close()
    for _ in range(2):
        assert ask(probe, b"list")[2] == [b"a"]
    assert len(os.listdir("/proc/%d/fd" % server.pid)) == here
    stop(server)


def arguments():
    for status, words, *args in (
            (2, "only one address", "store", "@x", "@y"),
            (2, "-m: not a number", "store", "-m", "0", "@x"),
            (2, "-n: not 1 name ", "get", "-n", "a:b", "@x"),
            (2, "-p is for a command", "get", "-p", "@x"),
            (2, "which: -n or -a?", "drop", "@x"),
            (2, "which: -n or -a?", "drop", "-a", "-n", "x", "@x"),
            (2, "only one address", "drop", "-a", "@x", "y"),
            (1, "it is no socket", "store", "one"),
            (1, "it is no socket", "store", "-N", "one", "s"),
            (1, "refused", "put", "@x", "one"),
    ):
        p = subprocess.run(command(args), capture_output=True, text=True,
                           timeout=600)
        assert p.returncode == status, (args, p.returncode, p.stderr)
        assert words in p.stderr, (args, p.stderr)
    assert not os.path.exists("s")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
        s.bind("s")
        s.listen()
        p = subprocess.Popen(command(["list", "s"]), text=True,
                             stderr=subprocess.PIPE)
        c = s.accept()[0]
        c.recv(1000)
        c.send(b"hello")
        assert "no store is there" in p.communicate(timeout=600)[1]
        p = subprocess.Popen(command(["list", "s"]), text=True,
                             stderr=subprocess.PIPE)
        s.accept()[0].close()
        assert "has ended, or refuses us" in p.communicate(timeout=600)[1]


cases = (python_client, tool_only, many, restarts, moves, dead, limits, rule,
         silent_clients, hostile_clients, arguments)
fdtool.run_cases(cases, "sn")
