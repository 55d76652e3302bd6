# SPDX-License-Identifier: MIT
"""j1939-talk.py SOCKFAM WORK: J1939 beside j1939spy, testj1939 and j1939acd:
what is heard, lines and stamps of it; addresses that are claimed, lost and
kept; what is refused.

250 ms after a claim the kernel takes the address for the NAME's
(j1939_ecu_timer_handler(), net/can/j1939/bus.c). It does so too if the last
J1939 socket of the interface was closed meanwhile (__j1939_rx_release(),
main.c), and then never gives the interface back: its deletion stands still.
So before sockets are closed here, a claim has been taken, or taken back."""
import os
import subprocess

from can_hw import Running, SOCKFAM, WORK
from cases import FAR_S, case, until

IF = "vtalk"
THEIRS, HIGH = "1122334455667788", "9122334455667788"
LOW, LOWEST = "0022334455667788", "0000000000000007"


def run(*program):
    return subprocess.run(program, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=FAR_S)


def frame(text):
    return run("cansend", IF, text)


def send(*args):
    """Again where the kernel gave up, for the machine stood still, or where
    it does not know the NAME's address yet."""
    return until(lambda: run(SOCKFAM, "can", "j1939", "send",
                             *args).returncode == 0)


def ours(*args):
    return Running("j1939", *args).waits()


def theirs(*program):
    return Running(program=["stdbuf", "-oL", *program]).waits()


def has(verb, words):
    return any(words in line for line in verb.lines())


def same(name, *verbs):
    """Both printed the same lines."""
    mine, other = (verb.lines() for verb in verbs)
    case(name, "" if mine and mine == other else
         "%s, theirs: %s" % (mine, other))


def check(name, is_so, *verbs):
    case(name, "" if is_so else
         str([verb.said() or verb.lines() for verb in verbs]))


# -------------------------------------------------------------- lines --

def spies_lines():
    """All priorities, to one and to all, from and to addresses and NAMEs."""
    spies = (ours("spy", IF),
             theirs("j1939spy", "-P", "-b", "200000", IF + ":"))

    def have(words):
        return until(lambda: all(has(spy, words) for spy in spies))

    def taken():
        frame("18FECA55#")
        return all(has(spy, THEIRS + ",0feca") for spy in spies)

    are_sent = [send("-p", str(prio), "%s:0x8%d" % (IF, prio), ":0x90,0xef00",
                     "01020304%02d" % prio) for prio in range(8)]
    run("testj1939", "-s8", IF + ":0x81", ":0x91,0x12300")
    run("testj1939", "-B", "-s3", IF + ":0x82", ":,0xfecb")
    are_sent.append(send(IF + ":0x80", ":0xff,0xea00", "00EE00"))
    are_sent += [have("81,12300 91"), have("82,0fecb -")]
    frame("18EFFF55#0102030405060708")
    frame("18EEFF55#8877665544332211")
    are_sent.append(until(taken))
    frame("18EF5590#0102030405060708")
    frame("18FFFF55#77")
    are_sent.append(have(THEIRS + ",0ffff"))
    case("a spy hears all", "" if all(are_sent) else str(are_sent))
    for spy in spies:
        spy.stop()
    same("a spy's lines", *spies)


def spies_stamps():
    """The kernel begins to give stamps some time after one has asked."""
    peer = os.path.join(os.path.dirname(__file__), "can-peer.py")
    stamper = Running(program=["python3", peer, "stamp", IF])
    until(lambda: has(stamper, "stamped"))
    os.environ["TZ"] = "UTC-5"
    pairs = {stamp: (ours("spy", "-x", "-t", stamp, "-n", "3", IF + ":55"),
                     theirs("j1939spy", "-P", "-t" + stamp, "-b", "100000",
                            IF + ":55"))
             for stamp in "aAdz"}
    for text in "18FECA55#01", "18FECA56#04", "18FECA55#02", "18FECA55#03":
        frame(text)
    for stamp, (mine, other) in pairs.items():
        check("a spy ends after -n, -t " + stamp, mine.end() == 0, mine)
        until(lambda: has(other, " 03"))
        other.stop()
        same("a spy's lines, -t " + stamp, mine, other)
    stamper.stop()


def received_lines():
    both = (ours("recv", "-l", IF + ":0x90"),
            theirs("testj1939", "-r", IF + ":0x90"))
    for data in "01", "0102030405060708", "1122":
        send(IF + ":0x80", ":0x90,0x12300", data)
    until(lambda: all(has(verb, " 11 22") for verb in both))
    for verb in both:
        verb.stop()
    same("lines of what came", *both)


# ------------------------------------------------------------- claims --

def claim(name, addr):
    """Words of a spy's line."""
    return ":%s.%s,0ee00" % (name, addr)


def claimed(spy, name, addr):
    """j1939acd loses an alarm that comes when it is about to wait. A request
    that is for nobody makes it look."""
    def is_so():
        frame("18EAFFF9#EBFE00")
        return has(spy, claim(name, addr))
    return until(is_so)


def given_back(spy, name, verb):
    """Told to end, it does, and the spy sees it give its address back.
    j1939acd loses a signal that comes when it is about to wait."""
    until(lambda: verb.waits().has_ended() or verb.process.terminate())
    return verb.end() == 0 and until(lambda: has(spy, claim(name, "fe")))


def saved(path):
    """The lines of a cache file without its comments."""
    with open(path) as f:
        return [line.strip() for line in f
                if line.strip() and not line.startswith("#")]


def check_saved(name, path, addr):
    case(name, "" if saved(path) == [addr] else str(saved(path)))


def higher_name(spy, mine):
    """It takes what is free, though 0x82 is its first."""
    check("a higher NAME gives way",
          until(lambda: "claimed 0x80" in mine.lines()), mine, spy)
    is_sent = send("-x", IF + ":" + HIGH, "90,0ef00", "0102")
    line = " %s:%s,0ef00 90 !6 [2] 0102" % (IF, HIGH)
    check("sent by NAME", is_sent and until(lambda: line in spy.lines()), spy)


def lower_name(spy, daemon, cache):
    """It takes the address away from j1939acd, which finds another."""
    low = ours("claim", "-r", "0x82", LOW, IF)
    is_so = until(lambda: low.lines() == ["claimed 0x82"])
    check("a lower NAME is given way",
          claimed(spy, THEIRS, "81") and is_so, low, spy)
    # When it has read its own claim, it saves that address.
    daemon.waits()
    check("j1939acd ends", given_back(spy, THEIRS, daemon), daemon, spy)
    check_saved("j1939acd's address is saved", cache, "0x81")
    return low


def lose(spy, mine, cache):
    """j1939acd takes ours, by a lower NAME; ours is the next that is free."""
    daemon = Running(program=["j1939acd", "-r", "0x80", LOWEST, IF])
    is_so = claimed(spy, LOWEST, "80")
    check("an address is lost", is_so and until(
        lambda: mine.lines()[-2:] == ["lost 0x80", "claimed 0x83"]), mine, spy)
    check("an address is given back", given_back(spy, HIGH, mine), mine, spy)
    check_saved("the last address is saved", cache, "0x83")
    return daemon


def begin_with_saved(cache):
    """Both programs do, though another is free."""
    spy = ours("spy", IF)
    mine = ours("claim", "-c", cache, "-r", "0x81,0x83", HIGH, IF)
    check("the saved address is the first",
          until(lambda: mine.lines() == ["claimed 0x83"]), mine, spy)
    given_back(spy, HIGH, mine)
    spy.stop()
    spy = ours("spy", IF)
    daemon = Running(program=["j1939acd", "-c", cache, "-r", "0x80-0x83", HIGH,
                              IF])
    check("the saved address is j1939acd's first", claimed(spy, HIGH, "83"),
          daemon, spy)
    given_back(spy, HIGH, daemon)
    spy.stop()


def claims():
    cache, other_cache = (os.path.join(WORK, name) for name in "ab")
    with open(cache, "w") as f:
        f.write("0x82\n")
    spy = ours("spy", IF)
    daemon = Running(program=["j1939acd", "-r", "0x80-0x83", "-c", cache,
                              THEIRS, IF])
    check("j1939acd claims", claimed(spy, THEIRS, "82"), daemon, spy)
    mine = ours("claim", "-r", "0x80,0x83,0x81", "-a", "0x82",
                "-c", other_cache, HIGH, IF)
    higher_name(spy, mine)
    low = lower_name(spy, daemon, cache)
    daemon = lose(spy, mine, other_cache)
    begin_with_saved(other_cache)
    refuses("no address left", "no address left",
            "claim", "-r", "0x80,0x82", HIGH, IF)
    check("all end", given_back(spy, LOWEST, daemon) and
          given_back(spy, LOW, low), daemon, low, spy)
    spy.stop()


# ------------------------------------------------------------- errors --

def refuses(name, words, *args):
    result = run(SOCKFAM, "can", "j1939", *args)
    said = result.stderr.splitlines()
    is_so = result.returncode == 1 and len(said) == 1 and words in said[0]
    case(name, "" if is_so else "status %d: %s" % (result.returncode, said))


def refusals():
    source, to = IF + ":0x80", ":0x90,0x12300"
    refuses("nobody there", "no answer in time", "send", source, to,
            "112233445566778899")
    refuses("empty message", "empty message", "send", source, to)
    refuses("no source", "which address", "send", IF, to, "01")
    refuses("no PGN", "which PGN?", "send", source, ":0x90", "01")
    refuses("unknown NAME", "no address", "send", source, ":,0x12300,0x55",
            "01")
    refuses("its PGN", "transport", "send", source, ":0x90,0xec00", "01")
    refuses("unclean PGN", "ends in 00", "send", source, ":0x90,0x12345",
            "01")
    refuses("long to all", "1785 bytes", "send", source, ":,0xfeca",
            "00" * 1786)
    run("ip", "link", "set", IF, "down")
    refuses("down", "is down", "spy", IF)


run(SOCKFAM, "link", "add", "-m", "72", IF, "vcan")
spies_lines()
spies_stamps()
received_lines()
claims()
refusals()
status = Running(program=[SOCKFAM, "link", "del", IF]).end()
case("nothing holds the interface", "" if status == 0 else str(status))
