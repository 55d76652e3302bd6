# SPDX-License-Identifier: MIT
"""can dump's log files: one after the other, full disks, who reads them."""

import os
import re
import signal
import struct
import subprocess
import time

import can

from can_dump import (EFF, FOLDER, classic, content, fd, ip, ours, raw,
                      remote, same, theirs, wait_for)


def numbered(n):
    return classic(n % 0x7ff, struct.pack(">I", n))


def numbers(log):
    """Of the frames in it; each line is whole."""
    found = []
    assert log.endswith(b"\n") or not log, log[-80:]
    for line in log.splitlines():
        m = re.fullmatch(rb"\(\d{10}\.\d{6}\) dv0 ([0-9A-F]{3})#"
                         rb"([0-9A-F]{8})", line)
        assert m and int(m[1], 16) == int(m[2], 16) % 0x7ff, line
        found.append(int(m[2], 16))
    return found


def run_ring(bus):
    sender = raw("dv0", False)
    j = ours("-f", "r.log.gz", "-C", "20p", "-W", "3", "-n", "130", "dv0,0:0")
    k = ours("-f", "big", "-C", "1", "-n", "130", "dv0,0:0")
    bus.start((j, k))
    for n in range(130):
        sender.send(numbered(n))
    assert (j.wait(), k.wait()) == (0, 0), j.err()
    bus.over((j, k))
    got = {name: numbers(log) for name, log in j.files().items()}
    assert got == {"r.log0.gz": list(range(120, 130)),
                   "r.log1.gz": list(range(80, 100)),
                   "r.log2.gz": list(range(100, 120))}, got
    assert list(k.files()) == ["big"]


def run_periods(bus):
    """Two of a second each; which frames are in which is the machine's."""
    sender = raw("dv0", False)
    j = ours("-r", "8388608", "-f", "t%s", "-G", "1", "-W", "2", "dv0,0:0")
    bus.start((j,))
    n = 0
    while j.process.poll() is None:
        sender.send(numbered(n))
        n += 1
        time.sleep(0.01)
    bus.over((j,))
    assert j.process.returncode == 0, j.err()
    assert len(j.files()) == 2, j.files().keys()
    got = [x for log in j.files().values() for x in numbers(log)]
    assert got == list(range(len(got))) and got, got


def run_hangups(bus):
    """Moved away, or not, in the middle of traffic, and without any."""
    sender = raw("dv0", False)
    j = ours("-r", "8388608", "-f", "h", "dv0,0:0")
    k = ours("-r", "8388608", "-l", "dv0,0:0")
    bus.start((j, k))
    for n in range(2000):
        sender.send(numbered(n))
        if n % 400 == 100:
            os.rename(j.path("h"), j.path("h%d" % n))
            for x in (j, k):
                x.process.send_signal(signal.SIGHUP)
            wait_for(lambda: os.path.exists(j.path("h")))
        elif n % 400 == 300:
            j.process.send_signal(signal.SIGHUP)
    for x in (j, k):
        wait_for(lambda: b"%08X\n" % 1999 in b"".join(x.files().values()))
        x.end()
        got = [n for log in x.files().values() for n in numbers(log)]
        assert sorted(got) == list(range(2000)), got
    bus.over((j, k))
    assert len(j.files()) == 6, j.files().keys()
    enabled = re.findall("Enabling Logfile '(.*)'\n", k.err())
    assert sorted(set(enabled)) == list(k.files()), k.err()


def run_full_disk(bus):
    sender = raw("dv0", False)
    disk = os.path.join(FOLDER, "disk")
    os.mkdir(disk)
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=16k", "none", disk),
                   check=True)
    j = ours("-r", "8388608", "-f", disk + "/log", "dv0,0:0")
    k = ours("-r", "8388608", "-f", "/dev/full", "dv0,0:0")
    bus.start((j, k))
    n = 0
    while j.process.poll() is None:
        sender.send(numbered(n))
        n += 1
    bus.over((j, k))
    log = content(disk + "/log")
    subprocess.run(("umount", disk), check=True)
    for x, name in ((j, disk + "/log"), (k, "/dev/full")):
        assert x.wait() == 1, x.err()
        assert re.fullmatch("sockfam: %s: No space left on device\n" % name,
                            x.err()), x.err()
    got = numbers(log)
    assert got == list(range(len(got))), got
    assert 16384 - 50 < len(log) <= 16384, len(log)


def run_down(bus):
    jobs = [theirs("-D", "-L", "-n", "3", "dv0,0:0"),
            ours("-D", "-L", "-n", "3", "dv0,0:0"),
            ours("-D", "-l", "-n", "3", "dv0,0:0")]
    bus.start(jobs)
    for words in (("down",), ("up",)):
        ip("link", "set", "dv0", *words)
        for j in jobs:
            wait_for(lambda: "down" in j.err())
    ip("link", "set", "dv0", "down")
    for j in jobs[1:]:
        wait_for(lambda: j.err().count("dv0: interface is down\n") == 2)
    ip("link", "set", "dv0", "up")
    sender = raw("dv0", False)
    for n in range(3):
        sender.send(numbered(n))
    for j in jobs:
        assert j.wait() == 0, j.err()
    bus.over(jobs)
    same(jobs[1].out(), jobs[0].out())
    same(next(iter(jobs[2].files().values())), jobs[0].out())


def run_readers(bus):
    """canplayer, log2asc and python-can read what -l and -x write."""
    sender = raw("dv0", False)
    frames = [numbered(1), classic(0x1fffffff | EFF, b""), remote(0x123, 0),
              fd(0x7ff, bytes(range(64)), 1), fd(EFF, b"", 2)]
    j = ours("-l", "-x", "-n", str(len(frames)), "dv0,0:0")
    bus.start((j,))
    seen = raw("dv1")
    for f in frames:
        sender.send(f)
    assert j.wait() == 0, j.err()
    bus.over((j,))
    sent = [seen.recv(2060) for _ in frames]
    log = j.path(next(iter(j.files())))
    subprocess.run(("canplayer", "-t", "-I", log), check=True)
    assert [seen.recv(2060) for _ in frames] == sent
    asc = subprocess.run(("log2asc", "-I", log, "dv0"), check=True,
                         capture_output=True).stdout
    for words in (b" 1  1 ", b" 1  1FFFFFFFx ", b" 1  123 ", b" 7FF "):
        assert words in asc, asc
    messages = list(can.CanutilsLogReader(log))
    got = [(m.arbitration_id, m.is_extended_id, m.is_remote_frame, m.is_fd,
            bytes(m.data), m.is_rx) for m in messages]
    want = [(1, False, False, False, b"\0\0\0\1", False),
            (0x1fffffff, True, False, False, b"", False),
            (0x123, False, True, False, b"", False),
            (0x7ff, False, False, True, bytes(range(64)), False),
            (0, True, False, True, b"", False)]
    assert got == want, got


RUNS = (run_ring, run_periods, run_hangups, run_full_disk, run_down,
        run_readers)
