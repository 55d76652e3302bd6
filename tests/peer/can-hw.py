# SPDX-License-Identifier: MIT
"""can-hw.py SOCKFAM WORK: ISO-TP, J1939, play, gen and dump on emulated
controllers; frames that a controller loses; interfaces that go.

The emulated CTU CAN FD gets no more frames at once than it has buffers (4):
with more, its queue was once seen to stay full for good, on 6.1. Neither
controller then has more to receive than it holds.

The kernel gives transfers a second for each step, which nobody can lengthen:
what goes wrong is tried again, TRIES times, and a fault of ours stays one.
"""
import json
import os
import subprocess

from can_hw import Running, WORK, can, hold
from cases import case, until

TRIES = 20
AT_ONCE = 4
FD = ["-L", "72:64:1"]


def pattern(n):
    return bytes(i % 255 + 1 for i in range(n))


def again(try_once, *args):
    why = "no try"
    for _ in range(TRIES):
        why = try_once(*args)
        if not why:
            break
    return why


# -------------------------------------------------------------- transfers --

def is_bound(name, protocol):
    with open("/proc/net/can/rcvlist_sff") as lines:
        return any(line.split()[:1] == [name] and
                   line.split()[-1] == protocol for line in lines)


def isotp(source, sink, size, args):
    receiver = Running("isotp", "recv", "-s", "321", "-d", "123", *args, sink)
    until(lambda: is_bound(sink, "isotp") or receiver.has_ended())
    sender = can("isotp", "send", "-s", "123", "-d", "321", *args, "-D",
                 str(size), source)
    if sender.returncode:
        receiver.stop()
        return sender.stderr
    receiver.end()
    want = " ".join("%02X" % b for b in pattern(size))
    if receiver.lines() != [want + " "]:
        return "%d bytes: %s" % (size, receiver.said() or "others came")
    return ""


def j1939(source, sink, size, _):
    with open(os.path.join(WORK, "message"), "wb") as f:
        f.write(pattern(size))
    receiver = Running("j1939", "recv", "-n", "1", sink + ":0x90").waits()
    with open(os.path.join(WORK, "message"), "rb") as f:
        sender = can("j1939", "send", source + ":0x80", ":0x90,0x12300",
                     stdin=f)
    if sender.returncode:
        receiver.stop()
        return sender.stderr
    receiver.end()
    if receiver.printed() != pattern(size):
        return "%d bytes: %s" % (size, receiver.said() or "others came")
    return ""


def transfers(name, once, pair, sizes, args=()):
    """There and back in turn."""
    whys = []
    for i, size in enumerate(sizes):
        source, sink = pair if i % 2 == 0 else pair[::-1]
        whys.append(again(once, source, sink, size, args))
    case("%s, %s" % (name, " ".join(pair)), "; ".join(filter(None, whys)))


# ------------------------------------------------------------ play and gen --

def frames_of(dump):
    return [line.split()[2] for line in dump.lines() if line[0] == "("]


def differ(want, got):
    for i, (a, b) in enumerate(zip(want, got)):
        if a != b:
            return "frame %d is %s, not %s" % (i, b, a)
    return "" if len(want) == len(got) else "%d frames, not %d" % (
        len(got), len(want))


def played(pair, frames, *engine):
    """A few at a time, the next when those have come: all come."""
    source, sink = pair
    dump = Running("dump", "-L", *engine, sink).waits()
    player = Running("play", "-t", stdin=subprocess.PIPE)
    for i in range(0, len(frames), AT_ONCE):
        for frame in frames[i:i + AT_ONCE]:
            player.process.stdin.write(b"(1.000000) %s %s\n" % (
                source.encode(), frame.encode()))
        player.process.stdin.flush()
        due = min(i + AT_ONCE, len(frames))
        if not until(lambda n=due: dump.printed().count(b"\n") >= n or
                     player.has_ended()):
            break
    player.process.stdin.close()
    status = player.end()
    dump.stop()
    return differ(frames, frames_of(dump)) or (
        player.said() if status or player.said() != "%d frames sent" %
        len(frames) else "")


def numbered(n):
    return ["%03X#%016X" % (i % 0x7ff, i) if i % 5 else
            "%08X#%02X" % (0x12340000 + i, i % 256) for i in range(n)]


def numbered_fd(n):
    return ["%03X##5%0128X" % (i % 0x7ff, i) if i % 3 else
            "%03X#%04X" % (i % 0x7ff, i) for i in range(n)]


def marked(source, dump, mark):
    """Sends it until it has come: then all before it has, or is lost."""
    def has_come():
        can("send", "-c", "300", source, mark)
        return mark in frames_of(dump)
    until(has_come)


def at_once(name, want, *args):
    """As fast as it goes: what does not come is told."""
    dump = Running("dump", "-d", "-L", "can1").waits()
    sender = can(*args)
    marked("can0", dump, "7FF#77")
    dump.stop()
    got = [f for f in frames_of(dump) if f != "7FF#77"]
    losses = [line for line in dump.lines() if line[0] != "("]
    rest = iter(want)
    if sender.returncode:
        why = sender.stderr
    elif not all(frame in rest for frame in got):
        why = "others came, or in another order"
    elif len(got) < len(want) and not losses:
        why = "%d of %d came, and nothing is told" % (len(got), len(want))
    else:
        why = ""
    case(name, why)


def plays():
    case("play, SJA1000", played(("can0", "can1"), numbered(1000),
                                 "--engine", "raw"))
    case("play, CTU CAN FD", played(("can2", "can3"), numbered_fd(1000)))
    log = os.path.join(WORK, "log")
    with open(log, "w") as f:
        f.writelines("(1.000000) can0 %s\n" % t for t in numbered(1000))
    at_once("play, at once", numbered(1000), "play", "-t", "-I", log)
    gen = ["%03X#%016X" % (i, 0x0102030405060708) for i in range(300)]
    at_once("gen, at once", gen, "gen", "-g", "0", "-n", "300", "-I", "i",
            "-L", "8", "-D", "0102030405060708", "can0")
    dump = Running("dump", "-L", "can3").waits()
    want = []
    for i in range(10):
        can("gen", "-g", "0", "-b", "-n", str(AT_ONCE), "-I", "%X" % i, "-L",
            "64", "-D", "11" * 64, "can2")
        want += ["%03X##5%s" % (i, "11" * 64)] * AT_ONCE
        until(lambda: len(frames_of(dump)) >= len(want))
    dump.stop()
    case("gen, CTU CAN FD", differ(want, frames_of(dump)))


# --------------------------------------------------------------- overruns --

def overrun():
    """More comes than can1 holds, which tells so when its driver looks at it
    again: behind what it held. (A CTU CAN FD cannot be held: its registers
    are its driver's alone.)"""
    sink = "can1"
    dumps = [Running("dump", "-d", "-L", sink).waits(),
             Running("dump", "-d", "-L", "--engine", "raw", sink).waits(),
             Running("dump", "-d", "-L", sink + ",#4,[0]=11,700-7FF").waits(),
             Running("dump", "--json", sink + ",[0]=11,700-7FF").waits(),
             Running(program=["stdbuf", "-oL", "candump", "-d", "-L",
                              sink]).waits()]
    texts = ["%03X#1122334455667788" % i for i in range(0x100, 0x140)]
    hold(True)
    can("send", "-c", "300", "can0", *texts)
    hold(False)
    # The next interrupt shows what was held, and it is not held itself.
    can("send", "-c", "300", "can0", "700#77")
    can("send", "-c", "300", "can0", "701#77")
    until(lambda: all(b"701" in d.printed() for d in dumps))
    for dump in dumps:
        dump.stop()
    ring, raw, shown, objects, theirs = dumps
    got = frames_of(ring)
    events = [json.loads(x) for x in objects.lines()]
    case("overrun, frames", differ(texts[:len(got) - 2] + ["700#77", "701#77"],
                                   got) or differ(got, frames_of(theirs)))
    told = [x for x in ring.lines() if x[0] != "("]
    case("overrun, told once", "" if 2 < len(got) < len(texts) and told ==
         ["OVERRUN: the controller of 'can1' lost CAN frames (total overruns "
          "1)"] else "%d frames, told: %s" % (len(got), told))
    case("overrun, both engines", differ(ring.lines(), raw.lines()))
    case("overrun, at the end", "" if ring.said() == raw.said() ==
         "sockfam: can1: the controller lost frames 1 time: its own buffer "
         "was full" else ring.said())
    # Who asked for error frames is told by that alone, as by candump.
    errors = [f for f in frames_of(shown) if f[:2] == "20"]
    case("overrun, error frame", "" if
         errors == ["20000204#0001000000000000"] and
         all(x[0] == "(" for x in shown.lines()) else str(shown.lines()))
    lost = [e for e in events if e["event"] != "frame"]
    case("overrun, JSON", "" if len(events) == len(got) + 1 and
         [(e["event"], e["interface"], e["total"]) for e in lost] ==
         [("overrun", "can1", 1)] and lost[0]["time_ns"] else str(events))


# ------------------------------------------------------------------- main --

SJA, CTU = ("can0", "can1"), ("can2", "can3")
transfers("isotp", isotp, SJA, (1, 7, 8, 62, 63, 4095, 8200))
transfers("isotp, FD", isotp, CTU, (1, 7, 8, 62, 63, 4095, 8200), FD)
transfers("j1939", j1939, SJA, (8, 9, 1785, 4095))
transfers("j1939", j1939, CTU, (8, 9, 28))
plays()
overrun()
