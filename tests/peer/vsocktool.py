# SPDX-License-Identifier: MIT
"""What vsock.py and vsock_forward.py share: sockfam vsock as a program, and
sockets to it. The arguments are the tool and a folder to work in."""
import os
import random
import socket
import subprocess
import sys

from fdtool import started

ANY = 0xffffffff
PATIENCE = 600          # for what must come: no load reaches it
STREAM, SEQ = socket.SOCK_STREAM, socket.SOCK_SEQPACKET
TYPES = ((STREAM, "stream"), (SEQ, "seqpacket"))
DATA = random.Random(1).randbytes(1000000)
TOOL = sys.argv[1]
ports = iter(range(7750, 7950))

os.chdir(sys.argv[2])


def new_port():
    return next(ports)


def start(*args, says=True, program=False, stdin=subprocess.DEVNULL,
          stdout=subprocess.PIPE):
    """In the background; says: until it says that it listens."""
    p = subprocess.Popen(args if program else (TOOL, "vsock") + args,
                         stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
    started.append(p)
    if says and not program:
        line = p.stderr.readline()
        assert line.startswith(b"listening on "), line
    return p


def start_program(*args, port, **how):
    """Until it listens at that port of vsock."""
    p = start(*args, program=True, **how)
    while f":{port} " not in subprocess.run(
            ("ss", "-H", "-l", "-n", "--vsock"), capture_output=True,
            text=True, check=True).stdout:
        assert p.poll() is None
    return p


def finish(p, status=0):
    out, err = p.communicate(timeout=PATIENCE)
    assert p.returncode == status, (p.returncode, err)
    return out, err


def run(*args, status=0, words=""):
    p = subprocess.run((TOOL, "vsock") + args, stdin=subprocess.DEVNULL,
                       capture_output=True, timeout=PATIENCE)
    assert p.returncode == status, (args, p.returncode, p.stderr)
    assert words.encode() in p.stderr, (args, p.stderr)
    return p.stdout, p.stderr


def got():
    """What went to the file got."""
    with open("got", "rb") as f:
        return f.read()


def listener(port, kind=STREAM):
    s = socket.socket(socket.AF_VSOCK, kind)
    s.bind((ANY, port))
    s.listen(100)
    return s


def client(port, kind=STREAM):
    s = socket.socket(socket.AF_VSOCK, kind)
    s.settimeout(PATIENCE)
    s.connect((1, port))
    return s


def receive_all(s):
    parts = []
    while True:
        part = s.recv(262144)
        if not part:
            return b"".join(parts)
        parts.append(part)


def ended(s):
    """The peer has, in one way or another, and has said nothing."""
    s.settimeout(PATIENCE)
    try:
        return s.recv(1) == b""
    except ConnectionResetError:
        return True
