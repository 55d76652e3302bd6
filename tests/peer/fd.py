# SPDX-License-Identifier: MIT
"""Cases of fd.sh: fd.py TOOL FOLDER runs them all; fd.py activated is the
program that fd exec starts."""
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import time

from fdtool import (NOBODY, as_nobody, command, limited, run, run_cases,
                    set_up, start)

MANY = 600
SEALS = 0x2 | 0x4 | 0x8         # shrink, grow, write


def activated():
    """Told nothing but by the variables; answers on each socket."""
    env = os.environ
    assert int(env["LISTEN_PID"]) == os.getpid()
    names = env["LISTEN_FDNAMES"].split(":")
    fds = range(3, 3 + int(env["LISTEN_FDS"]))
    assert len(names) == len(fds)
    sockets = [socket.socket(fileno=fd) for fd in fds]
    for fd in range(3 + len(fds), 64):
        try:
            os.fstat(fd)
            raise SystemExit("%d is open too" % fd)
        except OSError:
            pass
    print([s.getsockname() for s in sockets], flush=True)
    for name, s in zip(names, sockets):
        assert s.getblocking()
        if s.type == socket.SOCK_DGRAM:
            s.sendto(name.encode(), s.recvfrom(100)[1])
        else:
            s.accept()[0].sendall(name.encode())


if sys.argv[1] == "activated":
    activated()
    sys.exit(0)

set_up()


# ---------------------------------------------------------------- helpers

def finish(p, status=0):
    out, err = p.communicate(timeout=600)
    assert p.returncode == status, (p.returncode, err)
    return out, err


def connect(path, kind=socket.SOCK_STREAM):
    s = socket.socket(socket.AF_UNIX, kind)
    s.connect("\0" + path[1:] if path[0] == "@" else path)
    return s


def take(s):
    """As any program takes it: names, contents."""
    names, fds, flags, _ = socket.recv_fds(s, 65536, 253)
    assert not flags & socket.MSG_CTRUNC
    texts = []
    for fd in fds:
        texts.append(os.read(fd, 100).decode())
        os.close(fd)
    return names, texts


def give(s, names, *files):
    fds = [os.open(f, os.O_RDONLY) for f in files]
    socket.send_fds(s, [names], fds)
    for fd in fds:
        os.close(fd)


# ------------------------------------------------------------ send, recv

def python_takes():
    with socket.socket(socket.AF_UNIX) as s:
        s.bind("p")
        s.listen()
        run("send", "-n", "web:admin", "p", "one", "two")
        names, texts = take(s.accept()[0])
        assert names == b"web\nadmin", names
        assert texts == ["one\n", "two\n"], texts
        run("send", "-n", "", "p", "one")
        assert take(s.accept()[0]) == (b"\0", ["one\n"])


def python_gives():
    for text, kind in (("", socket.SOCK_STREAM),
                       (",type=seqpacket", socket.SOCK_SEQPACKET)):
        for names in (b"a:b\nc", b"\0", b"a\nb\nc\nd"):
            p = start("recv", "r" + text)
            give(connect("r", kind), names, "one", "two")
            assert finish(p)[0] == "one\ntwo\n"


def variables():
    show = 'echo $LISTEN_FDS $LISTEN_FDNAMES $$,$LISTEN_PID; cat <&4'
    p = start("recv", "r", "sh", "-c", show)
    give(connect("r"), b"a:b\nc\n\x1b", "one", "two", "one")
    out = finish(p)[0].replace(str(p.pid), "PID")
    assert out == "3 unknown:c:unknown PID,PID\ntwo\n", out
    p = start("recv", "r", "sh", "-c", show)
    run("send", "-n", "x:", "r", "one", "two")
    out = finish(p)[0].replace(str(p.pid), "PID")
    assert out == "2 x: PID,PID\ntwo\n", out


def paths():
    p = start("recv", "-p", "r", "head", "-n", "1", "-q")
    run("send", "r", "two", "one")
    assert finish(p)[0] == "two\none\n"


def many():
    for n in (253, 254, MANY):
        p = start("recv", "r")
        run("send", "r", *["one"] * n)
        out, err = finish(p)
        assert out == "one\n" * n
        assert "fd %d: regular file, 4 bytes, \"one\"\n" % (n + 2) in err
    p = start("recv", "r", "sh", "-c",
              "echo $LISTEN_FDS; cat /dev/fd/%d" % (n + 2))
    run("send", "r", *["one"] * (n - 1), "two")
    assert finish(p)[0] == "%d\ntwo\n" % n


def name_of_frame():
    with open("sfd1", "w") as f:
        f.write("x")
    p = start("recv", "r")
    run("send", "r", "sfd1", "one")
    out, err = finish(p)
    assert out == "xone\n" and '"sfd1"' in err


def too_many():
    p = start("recv", "-m", "2", "r")
    run("send", "r", "one", "two", "one")
    assert "more than 2 " in finish(p, 1)[1]
    p = start("recv", "-m", "253", "r")
    run("send", "r", *["one"] * 254)
    assert "more than 253 " in finish(p, 1)[1]
    p = start("recv", "-m", "2", "r")
    run("send", "r", "one", "two")
    finish(p)


def bad_frames():
    frames = (
        struct.pack("=4sIQ", b"sfd1", 100000, 0),       # more than may be
        struct.pack("=4sIQ", b"sfd1", 2, 3) + b"one",   # more than come
        struct.pack("=4sIQ", b"sfd1", 1, 1 << 60),      # a long name
        struct.pack("=4sIQ", b"sfd1", 1, 5) + b"one",   # cut
        b"sfd1",                                        # cut earlier
    )
    for frame in frames:
        p = start("recv", "r")
        with connect("r") as s:
            give(s, frame, "one")
        assert "no whole message" in finish(p, 1)[1]


def expectations():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("l")
    listener.listen()
    fd = listener.fileno()
    sent = ["/", "/dev/fd/%d" % fd, "one"]
    good = ["-e", "dir", "-e", "unix,listening,stream",
            "-e", "file,read-only"]
    p = start("recv", *good, "r", "true")
    run("send", "r", *sent, pass_fds=[fd])
    finish(p)
    for number, word in enumerate(("file", "inet", "sealed")):
        bad = list(good)
        bad[2 * number + 1] = word
        p = start("recv", *bad, "r", "true")
        run("send", "r", *sent, pass_fds=[fd])
        err = finish(p, 1)[1]
        assert "receive: fd %d: expected " % (3 + number) in err, err
        assert err.count("\n") == 1


def sealed():
    data = os.urandom(3000000)
    with open("big", "wb") as f:
        f.write(data)
    p = start("recv", "-e", "sealed", "r", "cmp", "/dev/fd/3", "big")
    with open("big") as f:
        run("send", "-s", "r", "-", stdin=f)
    finish(p)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind("p")
        s.listen()
        run("send", "-s", "p", "one")
        fd = socket.recv_fds(s.accept()[0], 100, 1)[1][0]
        assert fcntl.fcntl(fd, fcntl.F_GET_SEALS) & SEALS == SEALS
        assert os.read(fd, 100) == b"one\n"
        os.close(fd)


def sender_rule():
    p = start("recv", "-u", "root", "-g", 0, "r")
    run("send", "r", "one")
    assert finish(p)[0] == "one\n"
    for rule in (("-u", "0"), ("-g", "root"), ("-u", NOBODY, "-g", "0")):
        p = start("recv", *rule, "@fd-rule", "touch", "ran")
        as_nobody(lambda: give(connect("@fd-rule"), b"x", "/etc/passwd"))
        assert "not allowed" in finish(p, 1)[1]
        assert not os.path.exists("ran")
    p = start("recv", "-u", NOBODY, "@fd-rule", "true")
    as_nobody(lambda: give(connect("@fd-rule"), b"x", "/etc/passwd"))
    finish(p)


def limits():
    for n in (7, MANY):
        p = start("recv", "r", preexec_fn=limited(10))
        run("send", "r", *["one"] * n)
        assert "ulimit" in finish(p, 1)[1]
    run("send", "r", *["one"] * 9, status=1, words="Too many open files",
        preexec_fn=limited(10))
    run("exec", *["unix:@fd-%d" % i for i in range(6)], "--", "true",
        status=1, words="Too many open files", preexec_fn=limited(8))


def killed():
    # A sender within a frame; a receiver that waits for its sender
    p = start("recv", "r")
    with connect("r") as s:
        s.sendall(struct.pack("=4sIQ", b"sfd1", 1, 100))
    finish(p, 1)
    p = start("recv", "r")
    with connect("r") as s:
        while os.path.exists("r"):      # until it has accepted
            time.sleep(0.01)
        p.send_signal(signal.SIGTERM)
        finish(p, -signal.SIGTERM)
    p = start("recv", "r")
    p.send_signal(signal.SIGINT)
    assert "ended by a signal" in finish(p, 1)[1]
    assert not os.path.exists("r")
    run("send", "r", "one", status=1, words="No such file")
    p = start("recv", "r")
    p.kill()
    finish(p, -signal.SIGKILL)
    run("send", "r", "one", status=1, words="nobody listens")


# ----------------------------------------------------------------- serve

def serve_clients():
    a, b = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with open("gone", "w") as f:
        f.write("gone\n")
    server = start("serve", "s", "one", "gone", "/dev/fd/%d" % b.fileno(),
                   pass_fds=[b.fileno()])
    os.unlink("gone")
    script = "cat <&3; cat <&4; echo $LISTEN_FDNAMES >&5"
    clients = [start("recv", "-c", "s", "sh", "-c", script)
               for _ in range(4)]
    for c in clients:
        out, err = finish(c)
        assert out == "one\ngone\n", (out, err)
        assert a.recv(100) == b"one:gone:/dev/fd/%d\n" % b.fileno()
    with connect("s"):
        pass                            # it goes without taking them
    names, fds, _, _ = socket.recv_fds(connect("s"), 100, 253)
    assert names.startswith(b"one\ngone\n") and len(fds) == 3
    assert os.read(fds[1], 100) == b"gone\n"
    for fd in fds:
        os.close(fd)
    silent = connect("s")
    p = start("recv", "-c", "-u", "root", "-e", "file,read-only", "-m", 3,
              "-e", "file", "-e", "socket", "s", "true")
    finish(p)
    silent.close()
    server.send_signal(signal.SIGTERM)
    err = finish(server)[1]
    assert err.count(": sent 3\n") >= 7, err
    assert not os.path.exists("s")
    run("recv", "-c", "s", status=1, words="No such file")


def serve_many():
    server = start("serve", "-s", "-n", ":".join("n" * MANY), "s",
                   *["one"] * MANY)
    for _ in range(2):
        out, err = finish(start("recv", "-c", "-e", "sealed", "s"))
        assert out == "one\n" * MANY and err.count(', "n"\n') == MANY
    server.terminate()
    finish(server)


def serve_rule():
    server = start("serve", "-u", "root", "@fd-serve", "/etc/passwd")

    def refused():
        s = connect("@fd-serve")
        assert socket.recv_fds(s, 100, 253)[:2] == (b"", [])

    as_nobody(refused)
    finish(start("recv", "-c", "@fd-serve", "true"))
    run("recv", "-c", "-u", NOBODY, "@fd-serve", status=1,
        words="not allowed")
    server.terminate()
    err = finish(server)[1]
    assert "uid %d, pid " % NOBODY in err and "not allowed" in err
    assert err.count(": sent 1\n") == 2, err


def serve_limit():
    """It cannot open the files once more for a client: says so, goes on."""
    server = start("serve", "s", *["one"] * 4, preexec_fn=limited(12))
    run("recv", "-c", "s", status=1, words="sent nothing")
    run("recv", "-c", "s", status=1, words="sent nothing")
    server.terminate()
    assert finish(server)[1].count("Too many open files") == 2


# ------------------------------------------------------------------ exec

def activation():
    program = [sys.executable, os.path.abspath(__file__), "activated"]
    extra = fcntl.fcntl(0, fcntl.F_DUPFD, 50)
    how = {"pass_fds": [extra], "stdout": subprocess.PIPE, "text": True,
           "env": dict(os.environ, LISTEN_FDS="9", LISTEN_PID="1")}
    p = subprocess.Popen(command(
        ["exec", "-n", "web:api:log", "inet:127.0.0.1:0", "unix:u",
         "unix:d,type=dgram", "--"] + program), **how)
    names = p.stdout.readline()
    port = int(names.split(",")[1].rstrip(")"))
    with socket.create_connection(("127.0.0.1", port)) as s:
        assert s.recv(100) == b"web"
    assert connect("u").recv(100) == b"api"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind("\0fd-client")
        s.sendto(b"?", "d")
        assert s.recv(100) == b"log"
    assert p.wait(600) == 0
    p = subprocess.Popen(command(["exec", "inet6:[::1]:0", "--"] + program),
                         **how)
    port = int(p.stdout.readline().split(",")[1])
    with socket.create_connection(("::1", port)) as s:
        assert s.recv(100) == b"unknown"
    assert p.wait(600) == 0
    os.close(extra)
    run("exec", "unix:new", "unix:u", "--", "true", status=1,
        words="try: rm it")
    run("exec", "unix:new", "--", "./none", status=1, words="No such file")
    assert not os.path.exists("new")


def activated_server():
    """A listening socket of exec's goes on to others by serve."""
    program = [sys.argv[1], "fd", "serve", "s", "/dev/fd/3"]
    server = start("exec", "unix:@fd-handed", "--", *program)
    p = start("recv", "-c", "-e", "unix,listening", "s", sys.executable,
              "-c", "import socket; s = socket.socket(fileno=3); "
              "s.accept()[0].send(b'served')")
    assert connect("@fd-handed").recv(100) == b"served"
    finish(p)
    server.terminate()
    finish(server)


# ------------------------------------------------------------- arguments

def arguments():
    for status, words, *args in (
            (2, "-n: not 1 name", "send", "-n", "a:b", "@x", "one"),
            (2, "-n: not 2 names", "send", "-n", "a", "@x", "one", "two"),
            (2, "-n: not 1 name", "send", "-n", "a\nb", "@x", "one"),
            (2, "-n: not 1 name", "serve", "-n", "a:b", "@x", "one"),
            (2, "-n: not 1 name", "exec", "-n", "a:b", "unix:@x", "--", "a"),
            (2, "which files?", "send", "@x"),
            (2, "which files?", "serve", "@x"),
            (2, "which address?", "serve"),
            (2, "which address?", "exec"),
            (2, "which command?", "exec", "--", "true"),
            (2, "which command?", "exec", "unix:@x"),
            (2, "which command?", "exec", "unix:@x", "--"),
            (2, "-p is for a command", "recv", "-p", "@x"),
            (2, "-e: no such word: nosuch", "recv", "-e", "file,nosuch",
             "@x"),
            (2, "-e: no such word: ", "recv", "-e", "", "@x"),
            (2, "-m: not a number", "recv", "-m", "0", "@x"),
            (2, "-m: not a number", "recv", "-m", "65536", "@x"),
            (2, "-u: no such user: n0body", "recv", "-u", "n0body", "@x"),
            (2, "-g: no such group: ", "serve", "-g", "4294967295", "@x"),
            (2, "no such option: -u", "send", "-u", "0", "@x", "one"),
            (2, "-n wants a value", "exec", "-n"),
            (1, "Bad file descriptor", "send", "@x", "/dev/fd/77"),
            (1, "No such file", "send", "@x", "/dev/fd/x"),
            (1, "No such file", "serve", "@x", "none"),
            (1, "Is a directory", "send", "-s", "@x", "/"),
            (1, "nobody listens", "send", "@x", "one"),
            (1, "nobody listens", "recv", "-c", "@x"),
            (1, "it is no socket", "serve", "one", "two"),
            (1, "expected", "exec", "nosuch:1", "--", "true"),
            (1, "No such file", "exec", "unix:@x", "--", "./none"),
            (1, "Cannot assign", "exec", "inet:192.0.2.1:1", "--", "true"),
    ):
        err = run(*args, status=status, words=words)[1]
        assert err.count("\n") == status, (args, err)


cases = (python_takes, python_gives, variables, paths, many, name_of_frame,
         too_many, bad_frames, expectations, sealed, sender_rule, limits,
         killed, serve_clients, serve_many, serve_rule, serve_limit,
         activation, activated_server, arguments)
run_cases(cases, "dlprsu")
