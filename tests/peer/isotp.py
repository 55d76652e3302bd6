# SPDX-License-Identifier: MIT
"""isotp.py SOCKFAM IF WORK: PDUs between our verbs and others', both ways.

The kernel gives a second for each step of a PDU, which nobody can lengthen:
what goes wrong is tried again, TRIES times, and a fault of ours stays one.
"""
import os
import re
import select
import socket
import subprocess
import sys
import time

from cases import FAR_S, case, until

SOCKFAM, IF, WORK = sys.argv[1:]
TRIES = 20
# isotprecv has room for 4999 bytes (BUFSIZE), and prints an empty line else.
SIZES = (1, 7, 8, 62, 63, 4095, 4096)
FD = ["-L", "72:64:1"]


def pattern(n):
    return bytes(i % 255 + 1 for i in range(n))


def spaced(data):
    return "".join("%02X " % b for b in data) + "\n"


def bound(can_id):
    """How many ISO-TP sockets hear this identifier."""
    # The kernel shows an extended one with its flag (CAN_EFF_FLAG).
    is_ext = len(can_id) == 8
    if is_ext:
        can_id = "%08x" % (int(can_id, 16) | 1 << 31)
    with open("/proc/net/can/rcvlist_" + ("eff" if is_ext else "sff")) as f:
        return sum(1 for line in f if line.split()[:2] == [IF, can_id] and
                   line.split()[-1] == "isotp")


def ours(verb, *args):
    return [SOCKFAM, "can", "isotp", verb, *args, IF]


def theirs(verb, *args):
    return ["isotp" + verb, *args, IF]


def exchange(send, recv, data, tx="123", rx="321", send_args=(),
             recv_args=()):
    """One PDU. What is wrong, or ''."""
    heard = bound(tx)
    receiver = subprocess.Popen(recv("recv", "-s", rx, "-d", tx, *recv_args),
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
    if not until(lambda: bound(tx) > heard or receiver.poll() is not None):
        return "it does not listen"
    sender = subprocess.run(send("send", "-s", tx, "-d", rx, *send_args),
                            input=spaced(data), capture_output=True,
                            text=True)
    # It ends in any case: by the PDU, or as that broke off.
    got = receiver.communicate()[0]
    if sender.returncode or receiver.returncode:
        return sender.stderr.strip() + got.strip()
    return "" if got == spaced(data) else "received " + got[:200]


def again(try_once, *args, **kwargs):
    why = "no try"
    for _ in range(TRIES):
        why = try_once(*args, **kwargs)
        if not why:
            break
    return why


def both_ways(name, sizes, **kwargs):
    for send, recv, way in ((ours, theirs, "to isotprecv"),
                            (theirs, ours, "from isotpsend")):
        whys = [again(exchange, send, recv, pattern(n), **kwargs)
                for n in sizes]
        case("%s, %s" % (name, way), "; ".join(filter(None, whys)))


def transfers():
    both_ways("sizes", SIZES)
    both_ways("FD", (8, 62, 63, 4095), send_args=FD, recv_args=FD)
    both_ways("addresses", (6, 100),
              send_args=["-x", "5A:A5"], recv_args=["-x", "A5:5A"])
    both_ways("extended identifiers", (100,), tx="12345678", rx="00000321")
    both_ways("padding", (100,),
              send_args=["-p", "AA:BB", "-P", "a"],
              recv_args=["-p", "BB:AA", "-P", "a"])
    both_ways("blocks and times", (100,), send_args=["-t", "1000"],
              recv_args=["-b", "3", "-m", "F2", "-w", "2"])
    both_ways("forced time", (100,), send_args=["-f", "1000"],
              recv_args=["-m", "7F"])
    # Bytes of a pattern instead of stdin: the same here and there.
    both_ways("pattern", (300,), send_args=["-D", "300"])


# --------------------------------------------------------------- python --


def python_socket(rx, tx):
    sock = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP)
    sock.bind((IF, rx, tx))
    return sock


def to_python(data):
    with python_socket(0x123, 0x321) as sock:
        sender = subprocess.run(ours("send", "-s", "123", "-d", "321", "-t",
                                     "ZERO"), input=spaced(data),
                                capture_output=True, text=True)
        if sender.returncode:
            return sender.stderr
        try:
            return "" if sock.recv(70000) == data else "other bytes"
        except OSError as error:
            return str(error)


def from_python(data):
    heard = bound("321")
    receiver = subprocess.Popen(ours("recv", "-s", "123", "-d", "321"),
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
    if not until(lambda: bound("321") > heard):
        return "it does not listen"
    with python_socket(0x123, 0x321) as sock:
        sock.send(data)
    got = receiver.communicate()[0]
    return "" if got == spaced(data) else "received " + got[:200]


def python():
    for name, once in (("to python", to_python),
                       ("from python", from_python)):
        whys = [again(once, pattern(n)) for n in (1, 7, 8, 4095, 8200)]
        case(name, "; ".join(filter(None, whys)))


# ----------------------------------------------------------------- dump --


def start_dump(command, name, stdin):
    out = open(os.path.join(WORK, name), "w+")
    return subprocess.Popen(["stdbuf", "-oL", *command], stdout=out,
                            stdin=stdin), out


def raw_bound(can_id):
    with open("/proc/net/can/rcvlist_sff") as lines:
        return sum(1 for line in lines if line.split()[:2] == [IF, can_id])


def texts(commands, traffic, mark):
    """What each prints, up to the line that has mark."""
    keep_open, other_end = os.pipe()
    before = raw_bound("123")
    # isotpsniffer ends with its stdin.
    running = [start_dump(c, str(i), keep_open)
               for i, c in enumerate(commands)]
    got = []
    until(lambda: raw_bound("123") >= before + len(commands))
    traffic()

    def lines(out):
        out.seek(0)
        return out.read()

    for process, out in running:
        until(lambda o=out: mark in lines(o))
        process.terminate()
        process.wait()
        got.append(lines(out))
        out.close()
    os.close(keep_open)
    os.close(other_end)
    return got


def compare(name, commands, traffic, mark, change=lambda text: text):
    theirs_text, ours_text = map(change, texts(commands, traffic, mark))
    if theirs_text != ours_text:
        return "theirs:\n%s\nours:\n%s" % (theirs_text, ours_text)
    return ""


def frames(*texts_):
    def send():
        for text in texts_:
            subprocess.run(["cansend", IF, text], check=True)
    return send


ALL_KINDS = ("123#03112233", "123#10140102030405AA", "321#300000",
             "321#310A7F", "321#3203F5", "321#3700FA", "123#21010203",
             "123#2F", "123#40", "123#1000000010000102", "123#0012",
             "123##0000A0102030405060708090A0000", "123##10211FF",
             "123##110204142434445464748494A4B4C4D4E4F5051525354555657",
             "123#", "321#", "123#5503414243", "123#5630000A", "123#0101EE",
             "123#01EEEE")


def without_stamp(text):
    return re.sub(r"\(\d+\.\d{6}\)", "(stamp)",
                  re.sub(r"\(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\)",
                         "(date)", text))


def dumps():
    ids = ["-s", "123", "-d", "321"]
    # An empty frame: isotpdump shows bytes of the one before it.
    kinds = [f for f in ALL_KINDS if not f.endswith("#")]
    for options in (["-a", "-c"], ["-x", "any", "-X", "any"],
                    ["-x", "55"], ["-a", "-t", "a"], ["-t", "A"]):
        args = ids + options
        mark = "EE EE" if "-x" not in options else "{55}"
        if options == ["-x", "any", "-X", "any"]:
            mark = "{01}"
        case("dump " + " ".join(options),
             compare("dump", [theirs("dump", *args), ours("dump", *args)],
                     frames(*kinds), mark, without_stamp))


# Ends of each range of services, names of both sides, refusals.
UDS = (["123#03%02X0102" % i for i in (0x0f, 0x10, 0x3e, 0x3f, 0x4f, 0x7e,
                                       0x82, 0x83, 0x88, 0x89, 0xba, 0xbf)] +
       ["321#03%02X01" % i for i in (0x50, 0x62, 0x7e, 0x80, 0xc3, 0xc8,
                                     0xc9, 0xfe)] +
       ["321#037F10%02X" % i for i in (0x00, 0x15, 0x38, 0x4f, 0x50, 0x78,
                                       0x94, 0xf0, 0xfd, 0xfe)] +
       ["123#1014220102030405", "123#21100102", "123#1000000000641001",
        "123#300000", "123##1000A10010203040506070809",
        "123##11014" + "2233" * 9, "123#0722010203EEEEEE"])


def dump_uds():
    for options in (["-u"], ["-u", "-a"], ["-u", "-x", "any"]):
        args = ["-s", "123", "-d", "321"] + options
        case("dump " + " ".join(options),
             compare("dump", [theirs("dump", *args), ours("dump", *args)],
                     frames(*UDS), "EE EE"))


def dump_log():
    log = os.path.join(WORK, "log")
    with open(log, "w") as out:
        for i, text in enumerate(ALL_KINDS):
            out.write("(1700000000.%06d) %s %s\n" % (i, IF, text))
    args = ["-s", "123", "-d", "321", "-a"]
    live = texts([ours("dump", *args)], frames(*ALL_KINDS), "EE EE")[0]
    command = ours("dump", *args, "-I", log)[:-1]
    again_ = subprocess.run(command, capture_output=True, text=True)
    case("dump of a log", "" if again_.stdout == live and
         again_.returncode == 0 else again_.stdout + again_.stderr)


def sniffs():
    def send():
        for n in (1, 7, 8, 63, 300):
            subprocess.run(ours("send", "-s", "123", "-d", "321", "-t",
                                "ZERO", "-D", str(n)), check=False)
        subprocess.run(["cansend", IF, "123#02EEEF"], check=True)

    heard = subprocess.Popen(ours("recv", "-s", "321", "-d", "123", "-l"),
                             stdout=subprocess.DEVNULL)
    until(lambda: bound("123") > 0)
    args = ["-s", "123", "-d", "321"]
    case("dump -r", again(compare, "sniff",
                          [theirs("sniffer", *args),
                           ours("dump", "-r", *args)], send, "EE EF"))
    heard.terminate()
    heard.wait()


# ---------------------------------------------------------------- serve --


def connect(port):
    end = time.monotonic() + FAR_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def pass_on(a, b, data):
    """A PDU as text, from one client to the other."""
    text = b"<" + data.hex().upper().encode() + b">"
    got = b""
    for _ in range(TRIES):
        a.sendall(text)
        while select.select([b], [], [], 15)[0]:
            part = b.recv(65536)
            if not part:
                return "it ended"
            got += part
            if text + b"\n" in got or got.endswith(text):
                return ""
    return "received %r" % got[:200]


def serves():
    # isotpserver ends as soon as a client does, and it tells of each.
    peer = subprocess.Popen(theirs("server", "-l", "7701", "-s", "123", "-d",
                                   "321"), stderr=subprocess.DEVNULL)
    mine = subprocess.Popen(ours("serve", "-l", "7702", "-s", "321", "-d",
                                 "123"))
    a, b = connect(7701), connect(7702)
    until(lambda: bound("123") > 0 and bound("321") > 0)
    for name, one, two in (("serve, from isotpserver", a, b),
                           ("serve, to isotpserver", b, a)):
        whys = [pass_on(one, two, pattern(n)) for n in (1, 7, 8, 63, 4095)]
        case(name, "; ".join(filter(None, whys)))
    # What is no PDU is left out, and the next one is not.
    b.sendall(b"x<>junk<1><0g><12 34>\n<")
    case("serve, bad text", pass_on_rest(b, a))
    a.close()
    b.close()
    until(lambda: bound("123") == 0 and bound("321") == 0)
    for process in (peer, mine):
        process.terminate()
        process.wait()


def pass_on_rest(b, a):
    b.sendall(b"a1B2>")
    got = b""
    while b">" not in got:
        part = a.recv(65536)
        if not part:
            return "it ended"
        got += part
    return "" if got.strip() == b"<A1B2>" else "received %r" % got


transfers()
python()
dumps()
dump_uds()
dump_log()
sniffs()
serves()
