# SPDX-License-Identifier: MIT
"""Cases of fdpass.sh: the library through ctypes, python's own calls at the
other end, and clients that never stop while a server is replaced."""
import ctypes
import os
import socket
import subprocess
import sys
import threading
import time

lib = ctypes.CDLL(os.environ["LIBRARY"])
for name in ("sfam_fdpass_send", "sfam_fdpass_recv", "sfam_listen_fds"):
    getattr(lib, name).restype = ctypes.c_ssize_t
FOREVER = ctypes.c_int64(-1)
TYPES = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)


def open_fds():
    return len(os.listdir("/proc/self/fd"))


def same(fds, want):
    inode = os.fstat(want).st_ino
    assert all(os.fstat(fd).st_ino == inode for fd in fds)
    for fd in fds:
        os.close(fd)


def to_python():
    for kind in TYPES:
        a, b = socket.socketpair(socket.AF_UNIX, kind)
        for n in (1, 2, 3, 252, 253):
            fds = (ctypes.c_int * n)(*[a.fileno()] * n)
            before = open_fds()
            r = lib.sfam_fdpass_send(a.fileno(), fds, ctypes.c_size_t(n),
                                     b"payload", ctypes.c_size_t(7), FOREVER)
            assert r == 7, r
            data, got, flags, _ = socket.recv_fds(b, 100, 253)
            assert data == b"payload" and len(got) == n, (data, len(got))
            assert not flags & socket.MSG_CTRUNC
            same(got, a.fileno())
            assert open_fds() == before


def from_python():
    for kind in TYPES:
        a, b = socket.socketpair(socket.AF_UNIX, kind)
        for n in (1, 2, 3, 252, 253):
            before = open_fds()
            assert socket.send_fds(a, [b"pay", b"load"],
                                   [a.fileno()] * n) == 7
            fds = (ctypes.c_int * 253)()
            came = ctypes.c_size_t(999)
            buf = ctypes.create_string_buffer(100)
            r = lib.sfam_fdpass_recv(b.fileno(), fds, ctypes.c_size_t(253),
                                     ctypes.byref(came), buf,
                                     ctypes.c_size_t(100), FOREVER)
            assert r == 7 and buf.value == b"payload", r
            assert came.value == n
            same(fds[:n], a.fileno())
            assert open_fds() == before


def inherited():
    """In a program that was started with descriptors: says which."""
    names = ctypes.create_string_buffer(100)
    n = lib.sfam_listen_fds(ctypes.c_uint32(1), names, ctypes.c_size_t(100))
    print(n, names.value.decode())
    for fd in range(3, 3 + max(n, 0)):
        inheritable = os.get_inheritable(fd)
        print(socket.socket(fileno=fd).getsockname(), inheritable)


def activate():
    """As a service manager does: sockets from 3 on, variables, exec."""
    server = socket.create_server(("127.0.0.1", 0))
    name = str(server.getsockname())
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(into, 1)
        os.dup2(server.detach(), 50)
        for fd in (3, 4):
            os.dup2(50, fd)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2",
                          LISTEN_FDNAMES="web:")
        os.execv(sys.executable, [sys.executable, __file__, "inherited"])
    os.close(into)
    text = os.fdopen(out).read()
    assert os.waitpid(pid, 0)[1] == 0
    assert text == "2 web:\n" + 2 * (name + " False\n"), text


def inherit():
    """The library prepares, in a child; python reads the variables."""
    script = ("import os,socket; e=os.environ; "
              "assert int(e['LISTEN_PID'])==os.getpid(); "
              "print(e['LISTEN_FDS'],e['LISTEN_FDNAMES'],e['KEPT'],"
              "socket.socket(fileno=3).getsockname(),"
              "socket.socket(fileno=4).getsockname())")
    argv = (ctypes.c_char_p * 4)(sys.executable.encode(), b"-c",
                                 script.encode(), None)
    old = (ctypes.c_char_p * 3)(b"KEPT=yes", b"LISTEN_FDS=9", None)
    env = (ctypes.c_char_p * 8)()
    text = ctypes.create_string_buffer(200)
    a = socket.create_server(("127.0.0.1", 0))
    b = socket.create_server(("127.0.0.1", 0))
    r = lib.sfam_listen_env(old, b"a:b", ctypes.c_size_t(2), env,
                            ctypes.c_size_t(8), text, ctypes.c_size_t(200))
    assert r == 0, r
    fds = (ctypes.c_int * 2)(b.fileno(), a.fileno())
    want = "2 a:b yes %s %s\n" % (b.getsockname(), a.getsockname())
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(into, 1)
        if lib.sfam_listen_place(env, fds, ctypes.c_size_t(2)) == 0:
            ctypes.CDLL(None).execve(argv[0], argv, env)
        os._exit(9)
    os.close(into)
    text = os.fdopen(out).read()
    assert os.waitpid(pid, 0)[1] == 0
    assert text == want, (text, want)


def systemd(path):
    started = subprocess.Popen(
        ["systemd-socket-activate", "-l", path, "-E", "LIBRARY",
         "--fdname=web", sys.executable, __file__, "inherited"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    client = socket.socket(socket.AF_UNIX)
    while client.connect_ex(path):
        assert started.poll() is None
        time.sleep(0.1)
    text = started.communicate()[0].decode()
    client.close()
    assert text == "1 web\n%s False\n" % path, text


class Load(threading.Thread):
    """Connects, asks, reads the answer, over and over. Without the short
    nap a machine that is emulated would do nothing else."""

    def __init__(self, port):
        super().__init__()
        self.port, self.served, self.error, self.end = port, 0, None, False
        self.pid = 0

    def ask(self):
        with socket.create_connection(("127.0.0.1", self.port), 300) as s:
            s.sendall(b"?")
            text = b""
            while not text.endswith(b"\n"):
                part = s.recv(100)
                if not part:
                    raise OSError("lost after %r" % text)
                text += part
        return int(text)

    def run(self):
        try:
            while not self.end:
                self.pid = self.ask()
                self.served += 1
                time.sleep(0.005)
        except Exception as error:      # refused, reset, lost
            self.error = error


def wait_served(clients, server):
    """All, by this one."""
    while not all(c.pid == server.pid or c.error for c in clients):
        assert server.poll() is None
        time.sleep(0.01)


def handover(program, work):
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    command = [program, work + "/control", "inet:127.0.0.1:%d" % port]
    server = subprocess.Popen(command)
    while not os.path.exists(work + "/control"):
        assert server.poll() is None
        time.sleep(0.05)
    clients = [Load(port) for _ in range(3)]
    for c in clients:
        c.start()
    # It serves, so its control socket does listen.
    wait_served(clients, server)
    for _ in range(20):
        new = subprocess.Popen(command)
        while server.poll() is None:
            assert new.poll() is None
            time.sleep(0.01)
        assert server.returncode == 0
        server = new
        # The new one serves everybody before the next comes.
        wait_served(clients, server)
    for c in clients:
        c.end = True
    for c in clients:
        c.join()
    server.kill()
    server.wait()
    errors = [c.error for c in clients if c.error]
    assert not errors, errors


def main():
    build, work = sys.argv[1:]
    cases = [
        ("python-receives", to_python, ()),
        ("python-sends", from_python, ()),
        ("python-activates", activate, ()),
        ("listen-env-to-python", inherit, ()),
        ("handover-under-load", handover,
         (build + "/examples/handover", work)),
        ("systemd-activates", systemd, (work + "/socket",)),
    ]
    for name, run, arguments in cases:
        try:
            run(*arguments)
            print("ok", name, flush=True)
        except Exception as error:
            print("not ok", name, "-", repr(error), flush=True)


if sys.argv[1:] == ["inherited"]:
    inherited()
else:
    main()
