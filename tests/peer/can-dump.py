#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""can-dump.py TOOL FOLDER: sockfam can dump against candump.

All listeners of the matrix, two for each set of options, see the same frames
at once: on one end of a vxcan pair, on the other, and on both. What Debian's
candump (2020.11) has not, -8, -N, -f and CAN XL, is compared with text that
is written here by candump's grammar.
"""

import itertools
import json
import re
import signal
import struct
import time

import can_dump_files
from can_dump import (ALL, EFF, ERR, RTR, Bus, case, classic, content, fd, ip,
                      is_idle, ours, raw, remote, same, theirs, wait_for,
                      wait_for_stamps, xl)


def all_kinds():
    """Standard frames first: the first extended one moves the others."""
    text = b"az \x1f~\x7f'`"
    frames = [classic(0x100 + n, text[:n]) for n in range(9)]
    frames += [classic(0x7ff, bytes(range(0xf8, 0x100)), n)
               for n in range(9, 16)]
    frames += [remote(0x123, n) for n in range(9)] + [remote(0, 8, 15)]
    frames += [fd(0x200 + n, bytes(range(64 - n, 64)), n & 3)
               for n in list(range(9)) + [12, 16, 20, 24, 32, 48, 64]]
    frames += [classic(0x1fffffff | EFF, text[:n]) for n in range(9)]
    frames += [fd(0x12345678 | EFF, text, n) for n in range(4)]
    frames += [classic(0x123, text), fd(0x7ff, text * 2), remote(0x55, 3)]
    frames += [remote(0x1f334455 | EFF, n) for n in (0, 8)]
    # Of errors no transceiver's bits: candump has no words for them.
    for ident in (1, 2, 4, 8, 0x20, 0x40, 0x80, 0x100, 0x1ff):
        frames.append(classic(ident | ERR, bytes((5, 1, 0xc0, 8, 0, 0, 0x7f,
                                                  0))))
    frames += [classic(4 | ERR, b"\0\4"), classic(0x40 | ERR)]
    return frames


# ---------------------------------------------------------------- matrix

LOOKS = (("-a",), ("-i",), ("-x",), ("-S",), ("-e",), ("-H", "-D", "-d"),
         ("-c", "-cc", "-ccc"), ("-ta", "-tA", "-td", "-tz"))
# -t z in a log is since the first frame here and in newer can-utils, and
# absolute in 2020.11; looks in a log are refused by both.
OF_LOGS = (("-x",), ("-H",), ("-D", "-d", "-c"), ("-ta", "-tA", "-td"))


def all_pairs(options):
    """Few sets in which each option is with and without each other one."""
    options = [("",) + o for o in options]
    left = {((i, a), (j, b)) for (i, x), (j, y) in
            itertools.combinations(enumerate(options), 2)
            for a in x for b in y}
    sets = []
    while left:
        row = []
        for i, choices in enumerate(options):
            row.append(max(choices, key=lambda c: sum(
                ((j, r), (i, c)) in left for j, r in enumerate(row))
                + any((i, c) in pair for pair in left) / 2))
        new = left & set(itertools.combinations(enumerate(row), 2))
        if not new:             # begin with one that is left
            pair = min(left)
            for i, c in pair:
                row[i] = c
            new = left & set(itertools.combinations(enumerate(row), 2))
        left -= new
        sets.append(tuple(o for o in row if o))
    return sets


def matrix():
    """Sets of options, and which interfaces each listens to."""
    sets = [()] + all_pairs(LOOKS)
    for to, logged in zip(itertools.cycle(("-L", "-l")), all_pairs(OF_LOGS)):
        sets.append((to,) + logged)
    sets += [("-l", "-s0", "-x", "-a", "-ta"), ("-l", "-L", "-s0"),
             ("-l", "-L"), ("-l", "-s1"), ("-L", "-s1"), ("-L", "-s0"),
             ("-L", "-s2"), ("-s1", "-ta"), ("-s2", "-c"), ("-s0",),
             ("-cccc", "-ta")]
    where = itertools.cycle(("any", "dv0", "dv1"))
    return list(zip(sets, where))


def run_matrix(bus):
    frames = all_kinds()
    sender = raw("dv0", False)
    jobs = []
    for options, where in matrix():
        count = len(frames) * (2 if where == "any" else 1)
        words = options + ("-n", str(count), where + ALL)
        jobs.append((theirs(*words), ours(*words), options, where))
    both = [j for pair in jobs for j in pair[:2]]
    bus.start(both)
    for f in frames:
        sender.send(f)
    for j in both:
        j.wait()
    bus.over(both)
    for a, b, options, where in jobs:
        case(" ".join(options + (where,)), lambda: compare(a, b))


def without_dlc(log):
    """2020.11 logs no raw DLC."""
    return re.sub(rb"_[9A-F]\b", b"", log)


def compare(a, b):
    same(without_dlc(b.out()), a.out())
    logs = [list(j.files().values()) for j in (a, b)]
    assert len(logs[0]) == len(logs[1]) <= 1, (a.files(), b.files())
    if logs[0]:
        same(without_dlc(logs[1][0]), logs[0][0])
        for name in b.files():
            assert re.fullmatch(r"candump-\d{4}-\d\d-\d\d_\d{6}\.log", name)
    assert b.process.returncode == 0, b.err()


# ----------------------------------------------------------------- drops

def state(pid):
    return content("/proc/%d/stat" % pid).rsplit(b")", 1)[1].split()[0]


def lines(job, name="out"):
    return content(job.path(name)).splitlines()


def flood(bus):
    """They stand still while more comes than their sockets hold."""
    sender = raw("dv0", False)
    room = ("-r", "100000")
    jobs = [theirs("-L", "-d", *room, "dv0,0:0"),
            ours("-L", "-d", *room, "dv0,0:0"),
            ours("-f", "log", "-d", *room, "dv0,0:0"),
            ours("--json", *room, "dv0,0:0")]
    names = ["out", "out", "log", "out"]
    bus.start(jobs)
    # One that will not see the last frame.
    blind = ours("-L", "-d", *room, "dv0,7FF~7FF")
    wait_for(lambda: b" 7ff " in content("/proc/net/can/rcvlist_inv"))
    for j in jobs + [blind]:
        wait_for(lambda: is_idle(j.pid))
        j.process.send_signal(signal.SIGSTOP)
        wait_for(lambda: state(j.pid) == b"T")
    for i in range(3000):
        sender.send(classic(i & 0x3ff, struct.pack("=I", i)))
    blind.process.send_signal(signal.SIGCONT)
    for j, name in zip(jobs, names):
        j.process.send_signal(signal.SIGCONT)
        wait_for(lambda: len(lines(j, name)) > 9)
    # There is room again: this one comes, and with it the count.
    sender.send(classic(0x7ff))
    for j, name in zip(jobs, names):
        wait_for(lambda: b"7FF#" in content(j.path(name)))
        j.end()
    bus.over(jobs)
    # It has read all that its socket held, as the others, and told the loss.
    wait_for(lambda: len(lines(blind)) == len(lines(jobs[0])) - 1)
    blind.end()
    return jobs, names, blind


def check_flood(jobs, names):
    want, got, log = (content(j.path(n)) for j, n in zip(jobs[:3], names))
    told = re.search(rb"DROPCOUNT: dropped (\d+) .*total drops \1", want)
    assert told and int(told[1]) > 1000, want[-200:]
    same(got, want)
    same(log, want)


def check_flood_end(job, other):
    """Nothing came after the loss, and it is told all the same."""
    want = lines(other)
    assert lines(job) == want[:-1], (lines(job)[-2:], want[-2:])
    assert "frames lost" in job.err(), job.err()


def check_flood_json(job):
    events = [json.loads(line) for line in lines(job)]
    drops = [e for e in events if e["event"] == "drops"]
    assert len(drops) == 1 and drops[0]["total"] == drops[0]["drops"], drops
    assert drops[0]["interface"] == "dv0" and events[-2] == drops[0], drops
    assert len(events) - 1 + drops[0]["drops"] == 3001, len(events)


# ------------------------------------------------- what 2020.11 has not

LATER = [classic(0x123, bytes(range(0x41, 0x49)), 14), remote(0x123, 8, 9),
         remote(0x7ff, 3), fd(0x123, b"\1\2", 3), classic(0x456, b"\xff"),
         xl(0x123, b"\1\2\3", 0x45, 0x81, 0x10, 0x12345678),
         classic(0x12345678 | EFF, b"a"), classic(0x1 | ERR, bytes(8)),
         xl(0x7ff, bytes(range(1, 71)), flags=0x82)]
LONG = "".join(" %02X" % i for i in range(1, 65)) + " ..."
LATER_LINES = {
    ("-8",): """\
  dx  123   {E}  41 42 43 44 45 46 47 48
  dx  123   {9}  remote request
  dx  7FF   {3}  remote request
  dx  123  [02]  01 02
  dx  456   {1}  FF
  dx  123 [0003] (45|81:10:12345678) 01 02 03
  dx  12345678   {1}  61
  dx  20000001   {8}  00 00 00 00 00 00 00 00   ERRORFRAME
  dx       7FF [0070] (00|82:00:00000000)""" + LONG + """
""",
    ("-8", "-a", "-i", "-S", "-x"): """\
  dx  TX - -  123   {E}  """ + "`".join(
        format(c, "08b") for c in b"HGFEDCBA") + """   `HGFEDCBA`
  dx  TX - -  123   {9}  remote request
  dx  TX - -  7FF   {3}  remote request
  dx  TX B E  123  [02]  00000010`00000001""" + " " * 57 + """`..`
  dx  TX - -  456   {1}  11111111""" + " " * 66 + """`.`
  dx  TX S -  123 [0003] (45|81:10:12345678) 01 02 03
  dx  TX - -  12345678   {1}  01100001""" + " " * 66 + """`a`
  dx  TX - -  20000001   {8}  """ + "`".join(["0" * 8] * 8) + """   ERRORFRAME
  dx  TX - R       7FF [0070] (00|82:00:00000000)""" + LONG + """
""",
    ("-s1",): "|\b/\b-\b\\\b|\b/\b-\b\\\b|\b",
}
LATER_LOG = ("123#4142434445464748_E", "123#R8_9", "7FF#R3", "123##70102",
             "456#FF", "45123#81:10:12345678#010203", "12345678#61",
             "20000001#0000000000000000",
             "007FF#82:00:00000000#" + LONG[:-4].replace(" ", "")
             + "414243444546")
STAMPED = (("-ta",), ("-N", "-ta"), ("-N", "-tA"), ("-N", "-td"),
           ("-N", "-tz"), ("-L", "-tz"), ("-L", "-N", "-tz"), ("-L", "-N"),
           ("-L",), ("-f", "-"), ("-f", "log"), ("-f", "log", "-x", "-s0"),
           ("--json",))


def run_later(bus):
    sender = raw("dx", False)
    jobs = {options: ours(*options, "-n", str(len(LATER)), "dx" + ALL)
            for options in list(LATER_LINES) + list(STAMPED)}
    bus.start(jobs.values())
    for f in LATER:
        sender.send(f)
    for j in jobs.values():
        j.wait()
    bus.over(jobs)
    for options, want in LATER_LINES.items():
        case(" ".join(options), lambda: same(jobs[options].out(),
                                             want.encode()))
    case("nanoseconds", lambda: check_stamps(jobs))
    case("logs", lambda: check_logs(jobs))
    case("json", lambda: check_json(jobs[("--json",)], jobs[("-L", "-N")]))


def stamps(job):
    """All of one output, in nanoseconds."""
    found = re.findall(rb"^ ?\((?:.* )?([0-9:]+)\.(\d{6,9})\) ", job.out(),
                       re.M)
    assert len(found) == len(LATER), job.out()
    return [(a.decode(), int(b.ljust(9, b"0")), len(b)) for a, b in found]


def check_stamps(jobs):
    absolute = stamps(jobs["-N", "-ta"])
    ns = [int(s) * 10 ** 9 + n for s, n, digits in absolute if digits == 9]
    assert len(set(ns)) > 1 and ns == sorted(ns), ns
    us = [int(s) * 10 ** 9 + n for s, n, digits in stamps(jobs[("-ta",)])]
    assert us == [n - n % 1000 for n in ns], (us, ns)
    assert stamps(jobs["-L", "-N"]) == absolute
    dates = [time.strftime("%T", time.localtime(n // 10 ** 9)) for n in ns]
    assert stamps(jobs["-N", "-tA"]) == [(d, n % 10 ** 9, 9)
                                         for d, n in zip(dates, ns)]
    for options, base, digits in ((("-N", "-tz"), [ns[0]] * len(ns), 9),
                                  (("-L", "-N", "-tz"), [ns[0]] * len(ns), 9),
                                  (("-N", "-td"), [ns[0]] + ns, 9),
                                  (("-L", "-tz"), [us[0]] * len(ns), 6)):
        want = [("%03d" % ((n - b) // 10 ** 9), (n - b) % 10 ** 9, digits)
                for n, b in zip(ns if digits == 9 else us, base)]
        assert stamps(jobs[options]) == want, (options, want)


def check_logs(jobs):
    want = jobs[("-L",)].out()
    assert [line.split()[2].decode() for line in want.splitlines()] == \
        list(LATER_LOG), want
    same(jobs["-f", "-"].out(), want)
    assert jobs["-f", "-"].files() == {}
    assert jobs["-f", "log"].out() == b"" == jobs["-f", "log"].err().encode()
    same(jobs["-f", "log"].files()["log"], want)
    both = jobs["-f", "log", "-x", "-s0"]
    same(both.files()["log"], want.replace(b"\n", b" T\n"))
    assert b"  dx  TX B E  123  [02]  01 02\n" in both.out(), both.out()


def check_json(job, log):
    got = [json.loads(line) for line in job.out().splitlines()]
    log = log.out().decode().split("\n")
    assert len(got) == len(LATER)
    for e, frame, text, line in zip(got, LATER, LATER_LOG, log):
        ident, = struct.unpack("=I", frame[:4])
        is_xl, is_fd = frame[4] & 0x80, len(frame) == 72
        length = frame[6] | frame[7] << 8 if is_xl else frame[4]
        data = frame[12 if is_xl else 8:][:length]
        want = {"event": "frame", "interface": "dx", "direction": "tx",
                "hw_time_ns": None, "frame": text,
                "id": ident & (0x7ff if is_xl else 0x1fffffff),
                "extended": not is_xl and bool(ident & EFF),
                "remote": not is_xl and bool(ident & RTR),
                "error": not is_xl and bool(ident & ERR), "fd": is_fd,
                "xl": bool(is_xl), "length": length,
                "data": "" if ident & RTR else data.hex()}
        if is_xl:
            af, = struct.unpack("=I", frame[8:12])
            want.update(sec=bool(frame[4] & 1), rrs=bool(frame[4] & 2),
                        vcid=ident >> 16, sdt=frame[5], af=af)
        elif is_fd:
            want.update(brs=bool(frame[5] & 1), esi=bool(frame[5] & 2))
        else:
            want.update(dlc=frame[7] or length)
        if e["error"]:
            assert e["errors"].pop("classes") == 1
            assert e["errors"].pop("words") == ["tx-timeout"]
            assert len(e["errors"]) == 7 and not any(e.pop("errors").values())
        ns = e.pop("time_ns")
        assert line.startswith("(%d.%09d)" % divmod(ns, 10 ** 9)), (e, line)
        assert e == want, (e, want)


# ------------------------------------------------------------------ main

def main():
    ip("link", "add", "dv0", "mtu", "72", "type", "vxcan", "peer", "name",
       "dv1", "mtu", "72")
    ip("link", "add", "dx", "mtu", "2060", "type", "vcan")
    for name in ("dv0", "dv1", "dx"):
        ip("link", "set", name, "up")
    kept = wait_for_stamps("dv0")
    bus = Bus()
    run_matrix(bus)
    jobs, names, blind = flood(bus)
    case("lost frames", lambda: check_flood(jobs, names))
    case("lost frames at the end", lambda: check_flood_end(blind, jobs[0]))
    case("lost frames, json", lambda: check_flood_json(jobs[3]))
    run_later(bus)
    for run in can_dump_files.RUNS:
        case(run.__name__[4:].replace("_", " "), lambda: run(bus))
    for k in kept:
        k.close()


main()
