# SPDX-License-Identifier: MIT
"""Cases of vsock.py: sockfam vsock forward."""
import os
import signal
import socket
import subprocess
import threading

from vsocktool import (DATA, PATIENCE, SEQ, STREAM, client, ended, finish,
                       got, listener, new_port, receive_all, run, start,
                       start_program)


def rules(*lines):
    with open("r", "w") as f:
        f.write("".join(line + "\n" for line in lines))


def forward(*lines, args=()):
    """Returns once all rules listen."""
    rules(*lines)
    p = start("forward", *args, "r", says=False)
    for line in lines:
        if line.strip() and not line.startswith("#"):
            said = p.stderr.readline()
            assert said.startswith(b"listening on "), said
    return p


def stop(p, errors=0):
    """Its last line has the counts; the paths that it made are gone."""
    p.send_signal(signal.SIGTERM)
    err = finish(p)[1].splitlines()
    assert len(err) == errors + 1, err
    assert b" 0 messages lost" in err[-1], err
    assert b", %d errors" % errors in err[-1], err
    return err


def descriptors(p):
    return len(os.listdir(f"/proc/{p.pid}/fd"))


def threads(p):
    return len(os.listdir(f"/proc/{p.pid}/task"))


def unix(path, kind=STREAM):
    s = socket.socket(socket.AF_UNIX, kind)
    s.settimeout(PATIENCE)
    s.connect(path)
    return s


def unix_listener(path, kind=STREAM):
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind(path)
    s.listen(100)
    return s


def echo(c):
    with c:
        while True:
            data = c.recv(262144)
            if not data:
                return
            c.sendall(data)


def echoes(s):
    """In the background, to each of its clients, until it is closed."""
    def serve():
        while True:
            try:
                c = s.accept()[0]
            except OSError:
                return
            threading.Thread(target=echo, args=(c,), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    return s


def roundtrip(s, data=DATA):
    """Both ways at once, with a half close in between."""
    def send():
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
    with s:
        s.settimeout(PATIENCE)
        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        assert receive_all(s) == data
        sender.join()


# ------------------------------------------------------------------ rules

def many_rules():
    """One process, each family on each side."""
    ports = [new_port() for _ in range(4)]
    tcp = ports[3]
    with echoes(unix_listener("b")), echoes(listener(ports[0])):
        p = forward("# all of them", "",
                    f"vsock:any:{ports[1]}   unix:./b # to a service",
                    f"unix:./a\tvsock:local:{ports[0]}\r",
                    f"  inet:127.0.0.1:{tcp} vsock:local:{ports[0]} #",
                    f"vsock:any:{ports[2]} inet:127.0.0.1:{tcp} allow=local")
        for s in (client(ports[1]), unix("a"), client(ports[2]),
                  socket.create_connection(("127.0.0.1", tcp))):
            roundtrip(s)
        last = stop(p)[-1]
        # One of them goes through two rules.
        n = 5 * len(DATA)
        assert b"5 connections, 0 open, A to B %d bytes, B to A %d bytes" % (
            n, n) in last, last
        assert not os.path.exists("a")


def messages():
    """Whole ones, of their own length."""
    port, to = new_port(), new_port()
    q = unix_listener("q", SEQ)
    with q, listener(to, SEQ) as back:
        p = forward(f"vsock:any:{port},type=seqpacket "
                    "unix:./q,type=seqpacket",
                    f"unix:./m,type=seqpacket vsock:local:{to},"
                    "type=seqpacket")
        before = descriptors(p)
        for s, other in ((client(port, SEQ), q), (unix("m", SEQ), back)):
            with s, other.accept()[0] as c:
                for end, peer in ((s, c), (c, s)):
                    for size in (1, 1000, 65536, 2):
                        end.sendall(DATA[:size])
                    for size in (1, 1000, 65536, 2):
                        assert peer.recv(100000) == DATA[:size]
                s.shutdown(socket.SHUT_WR)
                assert c.recv(1) == b""
        # Nobody is there: no thread and no descriptor of it stays.
        while descriptors(p) != before or threads(p) != 1:
            pass
        back.close()
        with unix("m", SEQ) as s:
            assert ended(s)
        while descriptors(p) != before or threads(p) != 1:
            pass
        assert b"nothing listens" in stop(p, 1)[0]


def peers():
    """socat on both sides, ncat one way."""
    port, to = new_port(), new_port()
    p = forward(f"vsock:any:{port} vsock:local:{to}")
    server = start_program("socat", "-t", "300", f"VSOCK-LISTEN:{to}",
                           "EXEC:cat", port=to)
    with open("data") as data:
        back = subprocess.run(["socat", "-t", "300", "-",
                               f"VSOCK-CONNECT:1:{port}"], stdin=data,
                              stdout=subprocess.PIPE, timeout=PATIENCE)
    assert back.stdout == DATA
    finish(server)
    with open("got", "wb") as out:
        server = start_program("ncat", "--vsock", "-l", str(to),
                               "--recv-only", port=to, stdout=out)
    with open("data") as data:
        subprocess.run(["ncat", "--send-only", "--vsock", "1", str(port)],
                       stdin=data, timeout=PATIENCE, check=True)
    finish(server)
    assert got() == DATA
    stop(p)


def limits():
    """-m and -n are of each rule."""
    port = new_port()
    with unix_listener("b") as b:
        p = forward("unix:./a unix:./b", f"vsock:any:{port} unix:./b",
                    args=("-m", "1", "-n", "2"))
        first, second, other = unix("a"), unix("a"), client(port)
        for s, text in ((first, b"1"), (second, b"2"), (other, b"3")):
            s.sendall(text)
        ends = {}
        for _ in range(2):
            c = b.accept()[0]
            ends[c.recv(1)] = c
        # The second one of the first rule waits until the first has gone.
        assert sorted(ends) == [b"1", b"3"], ends
        first.close()
        assert ends[b"1"].recv(1) == b""
        ends[b"1"].close()
        with b.accept()[0] as c:
            assert c.recv(1) == b"2"
        second.close()
        other.close()
        ends[b"3"].close()
        client(port).close()
        b.accept()[0].close()
        assert b"4 connections, 0 open" in finish(p)[1]


def allowed():
    port = new_port()
    with echoes(unix_listener("b")):
        p = forward(f"vsock:any:{port} unix:./b allow=3-9,host",
                    "unix:./a unix:./b")
        with client(port) as s:
            assert ended(s)
        roundtrip(unix("a"), b"others come")
        err = stop(p, 1)
        assert err[0].startswith(b"sockfam: r:1: refused vsock:local:"), err


# --------------------------------------------------------------- monitors

def monitor_server():
    """We are the monitor of a machine that this kernel reaches."""
    port, nobody = new_port(), new_port()
    with echoes(listener(port)):
        p = forward("unix:./m vsock:local:any",
                    f"unix:./a vsock:./m:{port}")
        with unix("m") as s:
            # In pieces, and the peer's bytes right behind.
            s.sendall(b"CONN")
            s.sendall(b"ECT %d\nabc" % port)
            s.shutdown(socket.SHUT_WR)
            line, _, rest = receive_all(s).partition(b"\n")
            assert line == b"OK %d" % port, line
            assert rest == b"abc", rest
        # Our own monitor, asked by our own client of one
        roundtrip(unix("a"))
        bad = (b"GET / HTTP/1.1\r\n", b"CONNECT\n", b"CONNECT x\n",
               b"CONNECT 4294967295\n", b"CONNECT 1 2\n", b"\n", b"",
               b"CONNECT 000000000000000000000000000000001",
               b"CONNECT %d\n" % nobody)
        for text in bad:
            with unix("m") as s:
                s.sendall(text)
                s.shutdown(socket.SHUT_WR)
                assert ended(s), text
        err = stop(p, len(bad))
        assert all(b"r:1: " in line for line in err[:-1]), err
        assert b"nothing listens on port %d" % nobody in err[-2], err
        assert sum(b"did not say CONNECT PORT" in e for e in err) == 8, err
        assert not os.path.exists("m")


def monitor_client():
    """A monitor that answers late, in pieces, wrongly or not at all."""
    with unix_listener("m") as m:
        p = forward("unix:./a vsock:./m:4294967294")
        for answer, want in (((b"O", b"K 1\nhel", b"lo"), b"hello"),
                             ((b"OK 1\n", b""), b""),
                             ((b"NO 1\n",), None), ((b"OK\n",), None),
                             ((b"OK 1234567890123456789012345678901",), None),
                             ((), None)):
            with unix("a") as s:
                with m.accept()[0] as c:
                    assert c.recv(100) == b"CONNECT 4294967294\n"
                    for part in answer:
                        c.sendall(part)
                assert receive_all(s) == (want or b"")
        err = stop(p, 4)
        assert b"nothing listens on port 4294967294" in err[3], err
        assert all(b"not the socket of a" in e for e in err[:3]), err


def monitor_guest():
    """What its guest connects to on the host."""
    with echoes(unix_listener("b")):
        p = forward("vsock:./g:1024 unix:./b")
        roundtrip(unix("g_1024"))
        stop(p)
        assert not os.path.exists("g_1024")


def comes_later():
    """A machine that starts after its first client."""
    p = forward("unix:./a vsock:./m:5", args=("-w", "1000"))
    with unix("a") as s:
        s.sendall(b"hello")
        with unix_listener("m") as m, m.accept()[0] as c:
            line = b""
            while not line.endswith(b"\n"):
                line += c.recv(1)
            c.sendall(b"OK 1\n")
            assert c.recv(5) == b"hello"
    stop(p)
    p = forward("unix:./a vsock:./q:5", args=("-w", "0.3"))
    with unix("a") as s:
        assert ended(s)
    assert b"connect, B: there is no such socket" in stop(p, 1)[0]


# ------------------------------------------------------------ killed peers

def killed():
    """Neither end takes the others with it."""
    port, to = new_port(), new_port()
    with unix_listener("b") as b:
        p = forward(f"vsock:any:{port} unix:./b",
                    f"unix:./a vsock:local:{to}")
        before = descriptors(p)
        with client(port) as calm, b.accept()[0] as calm_end:
            c = start("sh", "-c", f"socat -u OPEN:/dev/zero "
                      f"VSOCK-CONNECT:1:{port} & echo $!; wait",
                      program=True)
            pid = int(c.stdout.readline())
            with b.accept()[0] as s:
                assert len(s.recv(100000)) > 0
                os.kill(pid, signal.SIGKILL)
                while s.recv(100000):
                    pass
            server = start_program("socat", "-u", f"VSOCK-LISTEN:{to}",
                                   "OPEN:/dev/null", port=to)
            with unix("a") as s:
                s.sendall(DATA)
                server.kill()
                assert ended(s)
            calm.sendall(b"still here")
            assert calm_end.recv(100) == b"still here"
        while descriptors(p) != before:
            pass
        p.send_signal(signal.SIGTERM)
        finish(p)


# -------------------------------------------------------------- bad files

def bad_rules():
    for line, words in (
            ("unix:./a", "r:2:1: expected two addresses"),
            ("unix:./a unix:./b allow=3 x", "r:2:27: expected the end"),
            ("unix:./a unix:./b deny=3", "r:2:19: expected allow=CIDS"),
            ("  foo:x unix:./b", 'r:2:3: expected SCHEME: of a family'),
            ("unix:./a vsock:3:99999999999", "r:2:18: expected a port"),
            ("unix:./a\tvsock:mars:1", "r:2:16: expected a CID"),
            ("unix:./a can:nosuch", "r:2:14: expected the name of an"),
            ("unix:./a,type=dgram unix:./b,type=dgram",
             "r:2:1: A must be what listens"),
            ("- unix:./b", "r:2:1: A must be what listens"),
            ("unix:./a -", "r:2:10: '-' is not for rules"),
            ("unix:./a,type=seqpacket unix:./b",
             "r:2:1: one side is a stream"),
            ("unix:./a,type=seqpacket vsock:3:any,type=seqpacket",
             "r:2:1: B has any port"),
            ("vsock:any:1 unix:./b allow=3,x", "r:2:30: expected a CID"),
            ("vsock:any:1 unix:./b allow=", "r:2:28: expected"),
            ("unix:./a unix:./b allow=3", "r:2:19: allow= goes with"),
            ("vsock:./g:1 unix:./b allow=3", "r:2:22: allow= goes with"),
            ("unix:./\0 unix:./b", "r:2:8: a byte of 0"),
            ("unix:./" + "a" * 200 + " unix:./b", "r:2:"),
            ("unix:./" + "a" * 70000, "Message too long"),
            ("#", "r: no rules in it"),
            ("udp:127.0.0.1:9 unix:./b,type=dgram", "r:2: udp:127.0.0.1:9: "),
            ("unix:./none/a unix:./b", "unix:./none/a: No such file")):
        rules("# first", line)
        err = run("forward", "r", status=1, words=words)[1]
        assert err.count(b"\n") == 1, err
    # Nothing has begun of what stands before.
    rules("unix:./a unix:./b", "unix:./q")
    err = run("forward", "r", status=1, words="r:2:1: ")[1]
    assert not os.path.exists("a")
    run("forward", "./none", status=1, words="./none: No such file")
    run("forward", ".", status=1, words="Is a directory")


cases = (many_rules, messages, peers, limits, allowed, monitor_server,
         monitor_client, monitor_guest, comes_later, killed, bad_rules)
