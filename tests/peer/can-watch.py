# SPDX-License-Identifier: MIT
"""can-watch.py SOCKFAM IF: `can watch` on a terminal, and what is left of it.

Nothing here looks at how long anything takes.
"""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time

sockfam, interface = sys.argv[1:3]
ENTER, LEAVE = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"


class Watch:
    def __init__(self, *arguments):
        self.master, self.slave = pty.openpty()
        self.resize(10, 60)
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""
        self.run = subprocess.Popen(
            [sockfam, "can", "watch", *arguments], stdin=self.slave,
            stdout=self.slave, stderr=subprocess.PIPE, start_new_session=True)
        threading.Thread(target=self.read, daemon=True).start()
        self.until(lambda: ENTER in self.seen and self.screen())

    def read(self):
        while True:
            try:
                self.seen += os.read(self.master, 65536)
            except OSError:
                return

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, true):
        for _ in range(6000):
            if true():
                return
            time.sleep(0.05)
        raise AssertionError("never: %r" % self.seen[-2000:])

    def screens(self):
        """Those that were drawn to their end."""
        whole = self.seen.split(b"\x1b[H")
        return [s.split(b"\x1b[J")[0].decode() for s in whole[1:]
                if b"\x1b[J" in s]

    def screen(self):
        return (self.screens() or [""])[-1]

    def shows(self, *texts):
        self.until(lambda: all(t in self.screen() for t in texts))

    def key(self, key):
        os.write(self.master, key)

    def echoes(self):
        return termios.tcgetattr(self.slave)[3] & termios.ECHO

    def restored(self):
        """Settings are at once; what was written comes through a thread."""
        assert termios.tcgetattr(self.slave) == self.before
        self.until(lambda: self.seen.endswith(LEAVE))

    def end(self, status):
        assert self.run.wait() == status, self.run.returncode
        self.restored()
        words = self.run.stderr.read()
        self.run.stderr.close()
        os.close(self.slave)
        return words


def send(*frames):
    subprocess.run([sockfam, "can", "send", interface, *frames], check=True)


def state(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(")", 1)[1].split()[0]


def columns(screen):
    lines = re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", screen).split("\r\n")
    return max(map(len, lines)), len(lines)


def view():
    w = Watch(interface)
    assert not w.echoes()
    send("123#1122", "12345678##0AABB", "7FF#R")
    w.shows("123    [   2] 11 22", "12345678 FD [   2] AA BB",
            "7FF    [   0] remote", "3 rows")
    send("123#1133")
    # For a second; this may look later than that.
    w.until(lambda: any("[   2] 11 \x1b[7m33\x1b[27m" in s
                        for s in w.screens()))
    # Notched: the same bits change back, and are not marked at first either.
    w.key(b"n")
    w.shows("[   2] 11 33\x1b")
    send("123#1122")
    w.shows("5 frames", "[   2] 11 22\x1b")
    assert not any("5 frames" in s and "\x1b[7m" in s for s in w.screens())
    w.key(b"b")
    w.shows("[   2] 00010001 00100010")
    w.key(b"j")
    w.shows("rows from 1")
    assert "00010001" not in w.screen()
    w.key(b"k")
    w.shows("rows from 0")
    w.resize(3, 30)
    w.run.send_signal(signal.SIGWINCH)
    w.until(lambda: columns(w.screen()) == (30, 3))
    for _ in range(2):
        w.run.send_signal(signal.SIGTSTP)
        w.until(lambda: state(w.run.pid) == "T")
        w.restored()
        w.run.send_signal(signal.SIGCONT)
        w.until(lambda: ENTER in w.seen.rsplit(LEAVE, 1)[1] and
                not w.echoes())
    w.key(b"q")
    assert w.end(0) == b""


def filtered():
    w = Watch(interface + ",100-1FF")
    send("200#11", "123#11")
    w.shows("123    [   1] 11", "1 rows")
    w.key(b"q")
    w.end(0)
    w = Watch(interface + ",#FFFFFFFF")
    send("200#11")
    w.shows("200    [   1] 11")
    w.key(b"q")
    w.end(0)


def ended():
    for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                  signal.SIGQUIT):
        w = Watch(interface)
        w.run.send_signal(signo)
        assert w.end(0) == b""


def down():
    w = Watch(interface)
    subprocess.run(["ip", "link", "set", interface, "down"], check=True)
    assert b"%s: interface is down" % interface.encode() in w.end(1)
    subprocess.run(["ip", "link", "set", interface, "up"], check=True)


view()
filtered()
ended()
down()
print("all well")
