# SPDX-License-Identifier: MIT
"""Cases of vsock.sh: vsock.py TOOL FOLDER runs them all. forward is in
vsock_forward.py."""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading

from fdtool import run_cases
from vsocktool import (DATA, PATIENCE, TYPES, client, ended, finish,
                       got, listener, new_port, run, start, start_program)
import vsock_forward

LONG = ("-W", str(PATIENCE))    # ping's own limit is ten seconds
MAGIC = 0x736f636b70657200
PLAN, READY = 1, 2


# ----------------------------------------------------------------- listen

def listen_socat():
    """Both ways at once."""
    port = new_port()
    with open("data") as data, open("got", "wb") as out:
        p = start("listen", f"any:{port}", stdin=data, stdout=out)
    with open("data") as data:
        back = subprocess.run(["socat", "-t", "300", "-",
                               f"VSOCK-CONNECT:1:{port}"], stdin=data,
                              stdout=subprocess.PIPE, timeout=PATIENCE)
    assert back.stdout == DATA
    finish(p)
    assert got() == DATA


def listen_ncat():
    """One way at a time: it ends as soon as its peer has half closed."""
    port = new_port()
    with open("got", "wb") as out:
        p = start("listen", f"local:{port}", stdin=subprocess.PIPE,
                  stdout=out)
    with open("data") as data:
        subprocess.run(["ncat", "--send-only", "--vsock", "1", str(port)],
                       stdin=data, timeout=PATIENCE, check=True)
    finish(p)
    assert got() == DATA
    with open("data") as data:
        p = start("listen", f"local:{port}", stdin=data)
    ncat = subprocess.run(["ncat", "--recv-only", "--vsock", "1", str(port)],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          timeout=PATIENCE, check=True)
    assert ncat.stdout == DATA
    finish(p)


def listen_python():
    for kind, name in TYPES:
        port = new_port()
        p = start("listen", f"vsock:any:{port},type={name}",
                  stdin=subprocess.PIPE)
        with client(port, kind) as s:
            s.sendall(b"one ")
            s.sendall(b"two")
            p.stdin.write(b"hello")
            p.stdin.flush()
            assert s.recv(100) == b"hello"
            p.stdin.close()
            p.stdin = None      # communicate() would flush it
            assert s.recv(100) == b""
            s.shutdown(socket.SHUT_WR)
            assert p.stdout.read() == b"one two"
            finish(p)


def listen_many():
    """One after another; a client that goes without a word counts too."""
    port = new_port()
    p = start("listen", "-n", "3", f"any:{port}")
    for text in (b"one ", b"", b"three"):
        with client(port) as s:
            s.sendall(text)
    assert finish(p)[0] == b"one three"
    p = start("listen", "-k", f"any:{port}")
    for text in (b"a", b"b"):
        with client(port) as s:
            s.sendall(text)
        assert p.stdout.read(1) == text
    p.terminate()
    finish(p, -signal.SIGTERM)


def listen_allowed():
    """Whoever may not come does not count."""
    port = new_port()
    p = start("listen", "-a", "5-9,host", f"any:{port}")
    with client(port) as s:
        assert ended(s)
    assert p.stderr.readline().startswith(b"sockfam: refused vsock:local:")
    assert p.poll() is None
    p.kill()
    p.communicate()
    p = start("listen", "-a", "3,local", f"any:{port}")
    with client(port) as s:
        s.sendall(b"hello")
    assert finish(p)[0] == b"hello"


# --------------------------------------------------------------- monitors

def listen_monitor():
    """What a guest's connection to port 1024 of its host becomes."""
    p = start("listen", f"{os.getcwd()}/m:1024")
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("m_1024")
        s.sendall(b"hello")
    assert finish(p)[0] == b"hello"
    os.unlink("m_1024")
    run("listen", "-a", "3", "./m:1024", status=1, words="have a CID")


def connect_monitor():
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.bind("m")
        monitor.listen()
        p = start("connect", "./m:52", says=False)
        with monitor.accept()[0] as s:
            line = b""
            while not line.endswith(b"\n"):
                line += s.recv(1)
            assert line == b"CONNECT 52\n", line
            s.sendall(b"OK 1073741824\nhel")
            s.sendall(b"lo")
        assert finish(p)[0] == b"hello"
        p = start("connect", "./m:52", says=False)
        with monitor.accept()[0] as s:
            s.recv(1)
        assert b"nothing listens on port 52" in finish(p, 1)[1]


def connect_not_there():
    port = new_port()
    run("connect", f"local:{port}", status=1, words="nothing listens")
    run("connect", "-w", "0.1", "./m:52", status=1, words="no such socket")
    run("connect", f"any:{port}", status=1, words="any is no machine")


# ------------------------------------------------------------------- ping

def echo(s, change=bytes):
    c = s.accept()[0]
    with c:
        while True:
            try:
                data = c.recv(100000)
            except ConnectionResetError:
                return
            if not data:
                return
            c.sendall(change(data))


def background(function, *args):
    thread = threading.Thread(target=function, args=args, daemon=True)
    thread.start()
    return thread


def check_ping(port, name, *args):
    out = run("ping", "--json", *LONG, *args, f"local:{port},type={name}")[0]
    j = json.loads(out)
    assert j["sent"] == j["answered"] == int(args[1]), j
    times = [j[t + "_ns"] for t in ("min", "p50", "p90", "p99", "max")]
    assert times == sorted(times) and times[0] > 0, j


def ping():
    for kind, name in TYPES:
        port = new_port()
        with listener(port, kind) as s:
            background(echo, s)
            check_ping(port, name, "-n", "30", "-s", "1")
        p = start("echo", "-n", "2", f"any:{port},type={name}")
        check_ping(port, name, "-n", "5", "-s", "65536")
        out = run("ping", "-n", "2", "-i", "0.01", *LONG,
                  f"local:{port},type={name}")[0]
        assert b"2 sent, 2 answered; round trip ms: min " in out, out
        finish(p)


def ping_socat():
    port = new_port()
    p = start_program("socat", "-t", "300", f"VSOCK-LISTEN:{port}",
                      "EXEC:cat", port=port)
    check_ping(port, "stream", "-n", "20", "-s", "10000")
    assert p.wait(PATIENCE) == 0


def ping_fails():
    for kind, name in TYPES:
        port = new_port()
        at = f"local:{port},type={name}"
        run("ping", at, status=1, words="nobody listens")
        with listener(port, kind) as s:
            background(echo, s, lambda data: data[:-1] + b"!")
            run("ping", "-n", "3", *LONG, at, status=1,
                words="no echo server")
            background(lambda: s.accept()[0].close())
            run("ping", *LONG, at, status=1, words="the peer has ended")
            out, err = run("ping", "-W", "0.1", at, status=1)
            assert b"no answer" in err and b"1 sent, 0 answered" in out


def ping_stopped():
    port = new_port()
    with listener(port) as s:
        p = start("ping", "-i", "1000", *LONG, f"local:{port}", says=False)
        with s.accept()[0] as c:
            c.sendall(c.recv(100))
            p.send_signal(signal.SIGINT)
            assert b": 1 sent, " in finish(p)[0]


# ------------------------------------------------------------------- perf

def perf():
    """Both ends count the same, whichever sends."""
    for _, name in TYPES:
        port = new_port()
        at = f"local:{port},type={name}"
        p = start("perf", "-l", "-n", "4", "--json", f"any:{port},type={name}")
        for args, keys in (((), ["sent"]), (["-r"], ["received"]),
                           (["-d"], ["sent", "received"])):
            out = run("perf", "--json", "-b", "1000000", "-s", "1000", *args,
                      at)[0]
            ours, theirs = json.loads(out), json.loads(p.stdout.readline())
            other = {"sent": "received", "received": "sent"}
            assert [k for k in other if k in ours] == keys, ours
            for key in keys:
                for side in (ours[key], theirs[other[key]]):
                    assert side["bytes"] == 1000000, side
                    assert side["messages"] == 1000, side
                    assert side["ns"] > 0, side
        out = run("perf", "-t", "0.1", "-s", "10000", at)[0]
        assert b"0000 bytes in " in out and b" MB/s" in out, out
        finish(p)


def plan(*words):
    return struct.pack(">8Q", MAGIC + PLAN, *(words + (0,) * 7)[:7])


def perf_strangers():
    """Whoever comes to the server, it goes on."""
    bad = (b"x" * 64, b"GET / HTTP/1.1\r\n\r\n" * 10, plan(0, 1000, 1, 1),
           plan(4, 1000, 1, 1), plan(1, 0, 1, 1), plan(1, 1048577, 1, 1),
           plan(1, 1000))
    for kind, name in TYPES:
        port = new_port()
        p = start("perf", "-l", f"any:{port},type={name}")
        for text in bad:
            with client(port, kind) as s:
                s.sendall(text)
                assert ended(s)
            line = p.stderr.readline()
            assert line.endswith(b"the peer is no sockfam perf\n"), line
        for sent in (plan(1, 1000, 5000), plan(3, 1000, 0, 10**12)):
            with client(port, kind) as s:
                s.sendall(sent)
                assert s.recv(64)[7] == READY
                s.sendall(b"\0" * 1000)
            line = p.stderr.readline()
            assert b"the peer has ended" in line, line
        run("perf", "-b", "10000", f"local:{port},type={name}")
        p.kill()
        p.communicate()


def perf_killed():
    """A client that is killed, then a server."""
    port = new_port()
    p = start("perf", "-l", f"any:{port}")
    for args in ((), ("-r",), ("-d",)):
        c = start("perf", "-t", "1000", *args, f"local:{port}", says=False)
        wait_for_connection(c)
        c.kill()
        c.communicate()
        line = p.stderr.readline()
        assert b"the peer has ended" in line, line
    c = start("perf", "-d", "-t", "1000", f"local:{port}", says=False)
    wait_for_connection(c)
    p.kill()
    p.communicate()
    assert b"the peer has ended" in finish(c, 1)[1]


def wait_for_connection(p):
    """Its own one: those of who was killed go in the kernel's time."""
    while f",pid={p.pid}," not in subprocess.run(
            ["ss", "-H", "-n", "-p", "--vsock", "state", "established"],
            capture_output=True, text=True, check=True).stdout:
        assert p.poll() is None


def perf_fails():
    port = new_port()
    run("perf", f"local:{port}", status=1, words="nobody listens")
    for kind, name in TYPES:
        with listener(port, kind) as s:
            background(echo, s)
            run("perf", "-r", f"local:{port},type={name}", status=1,
                words="no sockfam perf")
            background(lambda: s.accept()[0].close())
            run("perf", f"local:{port},type={name}", status=1,
                words="the peer has ended")


# -------------------------------------------------------------- arguments

def arguments():
    for args in (
            (2, "which address", "ping"),
            (2, "-s takes 1 to 65536", "ping", "-s", "65537", "1:1"),
            (2, "-n takes a number", "ping", "-n", "0", "1:1"),
            (2, "-i takes seconds", "ping", "-i", "-1", "1:1"),
            (2, "which address", "perf", "-l"),
            (2, "are the client's", "perf", "-l", "-b", "1", "1:1"),
            (2, "-n goes with -l", "perf", "-n", "1", "1:1"),
            (2, "above 0", "perf", "-t", "0", "1:1"),
            (2, "-s takes 1 to 1048576", "perf", "-s", "0", "1:1"),
            (2, "not a number of clients", "listen", "-n", "0", "1:1"),
            (2, "one address only", "listen", "1:1", "1:2"),
            (1, "one client only", "listen", "-k", "any:7,type=seqpacket"),
            (1, "expected a CID", "listen", "-a", "3,,4", "any:7"),
            (1, "expected", "listen", "-a", "9-3", "any:7"),
            (1, "Cannot assign", "listen", "77:7"),
            (2, "-w takes seconds", "connect", "-w", "x", "1:1"),
            (1, "expected", "connect", "1:1:1"),
            (2, "which file", "forward"),
    ):
        err = run(*args[2:], status=args[0], words=args[1])[1]
        assert err.count(b"\n") == args[0], (args, err)


cases = (listen_socat, listen_ncat, listen_python, listen_many,
         listen_allowed, listen_monitor, connect_monitor, connect_not_there,
         ping, ping_socat, ping_fails, ping_stopped, perf, perf_strangers,
         perf_killed, perf_fails, arguments) + vsock_forward.cases
with open("data", "wb") as f:
    f.write(DATA)
run_cases(cases, "abgmqr")
