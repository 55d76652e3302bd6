# SPDX-License-Identifier: MIT
"""The cases of tipc.sh. Each waits for what must come, and for nothing else:
what must not come is behind something that does."""
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import termios
import time

SOCKFAM = os.environ["SOCKFAM"]
LONG = "300"		# seconds of safety, for what does come
RDM, DGRAM = socket.SOCK_RDM, socket.SOCK_DGRAM
STREAM, SEQ = socket.SOCK_STREAM, socket.SOCK_SEQPACKET
RANGE, SERVICE, ID = 1, 2, 3
# Of linux/tipc.h; not all of them are in Python.
SOL_TIPC, DEST_DROPPABLE, GROUP_JOIN = 271, 129, 135
MEMBER_EVENTS = 2


class Tool:
    """sockfam tipc ARGS; in a network namespace if that is named."""

    def __init__(self, *args, netns=None, ready=None):
        command = [SOCKFAM, "tipc", *args]
        if netns:
            command = ["ip", "netns", "exec", netns, *command]
        self.p = subprocess.Popen(command, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        if ready:
            line = self.p.stderr.readline().decode()
            equal(line, f"listening on {ready}\n")

    def line(self):
        return self.p.stdout.readline().decode().rstrip("\n")

    def object(self):
        return json.loads(self.p.stdout.readline())

    def say(self, text):
        self.p.stdin.write(text.encode() + b"\n")
        self.p.stdin.flush()

    def end(self, status=0, words=""):
        """Waits for its end; what else it has written to stdout."""
        out, err = self.p.communicate()
        if self.p.returncode != status or words not in err.decode():
            raise AssertionError(f"status {self.p.returncode}, {err}")
        return out

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        return self.end()


def equal(got, want):
    if got != want:
        raise AssertionError(f"{str(got)[:200]}, not {str(want)[:200]}")


def run(*args, data=b"", status=0, words=""):
    tool = Tool(*args)
    tool.p.stdin.write(data)
    return tool.end(status, words)


def made(kind, *names):
    s = socket.socket(socket.AF_TIPC, kind)
    s.settimeout(int(LONG))
    for name in names:
        s.bind(name)
    return s


def own(s):
    name = s.getsockname()
    return f"socket:{name[1]}:{name[2]}"


def tipc(*args):
    return subprocess.run(["tipc", *args], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


# ------------------------------------------------------------- messages --

def python_to_us():
    tool = Tool("recv", "--json", "-n", "3", "5100:1-9", "5101:7",
                ready="5100:1-9")
    s = made(RDM)
    s.sendto(b"any\n\\\xff", (SERVICE, 5100, 5, 0))
    s.sendto(b"all", (RANGE, 5100, 0, 99))
    s.sendto(b"other", (SERVICE, 5101, 7, 0))
    for data, name in ((b"any\n\\\xff", (5100, 5, 5)),
                       (b"all", (5100, 0, 99)), (b"other", (5101, 7, 7))):
        got = tool.object()
        equal(os.fsencode(got["data"]), data)
        equal((got["name_type"], got["name_lower"], got["name_upper"]), name)
        equal((got["event"], got["from"]), ("message", own(s)))
    tool.end()


def python_to_lines():
    tool = Tool("recv", "5102:1-2,type=dgram", ready="5102:1-2,type=dgram")
    s = made(DGRAM)
    s.sendto(b"a\n\\b", (SERVICE, 5102, 1, 0))
    equal(tool.line(), f"message {own(s)} 5102:1: a\\x0a\\x5cb")
    s.sendto(b"all", (RANGE, 5102, 0, 9))
    equal(tool.line(), f"message {own(s)} 5102:0-9: all")
    equal(tool.stop(), b"")


def largest_to_us():
    data = os.urandom(66000)
    tool = Tool("recv", "-r", "-n", "1", "5103:1", ready="5103:1")
    made(RDM).sendto(data, (SERVICE, 5103, 1, 0))
    equal(tool.end(), data)


def us_to_python():
    data = os.urandom(66000)
    for kind, word in ((RDM, "rdm"), (DGRAM, "dgram")):
        a = made(kind, (RANGE, 5110, 1, 5))
        b = made(kind, (RANGE, 5110, 6, 9))
        run("send", f"5110:2,type={word}", "one", "two")
        equal((a.recv(9), a.recv(9)), (b"one", b"two"))
        run("send", f"5110:7,type={word}", data=data)
        equal(b.recv(70000), data)
        run("send", f"5110:0-99,type={word}", "all")
        equal((a.recv(9), b.recv(9)), (b"all", b"all"))
        run("send", own(a), "you")
        equal(a.recv(9), b"you")


def answers():
    a = made(RDM, (RANGE, 5111, 1, 1))
    b = made(RDM, (RANGE, 5111, 2, 2))
    tool = Tool("send", "-w", LONG, "tipc:5111:1", "ping")
    data, peer = a.recvfrom(99)
    equal(data, b"ping")
    a.sendto(b"pong", peer[:4])
    equal(tool.end().decode(), f"message {own(a)} -: pong\n")
    # Of all it is not known how many will answer.
    tool = Tool("send", "--json", "-w", LONG, "tipc:5111:1-2", "ping")
    for s in (a, b):
        data, peer = s.recvfrom(99)
        s.sendto(b"pong", peer[:4])
        equal(tool.object()["from"], own(s))
    tool.p.kill()
    tool.end(-signal.SIGKILL)


def rejected():
    s = made(RDM)
    name = own(s)
    s.close()
    run("send", name, "gone")		# vanishes without a word
    out = run("send", "-w", LONG, name, "gone", "too", status=1)
    equal(out.decode(), "".join(f"rejected {name} - (that socket is gone): "
                                f"{text}\n" for text in ("gone", "too")))
    out = run("send", "--json", "-w", LONG, name, data=b"x" * 3000, status=1)
    got = json.loads(out)
    equal((got["event"], got["from"], got["cause"]), ("rejected", name, 2))
    equal(got["data"], "x" * 1024)	# the kernel returns no more
    # What was not read when the socket went.
    s = made(RDM, (RANGE, 5112, 1, 1))
    name = own(s)
    tool = Tool("send", "-w", LONG, "5112:1", "unread")
    s.recv(9, socket.MSG_PEEK)
    s.close()
    equal(tool.end(1).decode(),
          f"rejected {name} 5112:1 (that socket is gone): unread\n")


def importance():
    """A full queue takes what is more important, until eight times that."""
    s = made(RDM, (RANGE, 5113, 1, 1))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    filler = made(RDM)
    filler.setblocking(False)
    filler.setsockopt(SOL_TIPC, DEST_DROPPABLE, 0)
    n = 0
    while True:
        filler.sendto(b"f" * 1000, (SERVICE, 5113, 1, 0))
        try:
            filler.recvmsg(9, 4096)
            break
        except BlockingIOError:
            n += 1
    out = run("send", "-w", LONG, "5113:1", "low" * 300, status=1)
    equal(out.decode(), f"rejected {own(s)} 5113:1 (its queue is full): "
          f"{'low' * 300}\n")
    run("send", "-i", "critical", "5113:1", "critical")
    for _ in range(n):
        equal(s.recv(2000), b"f" * 1000)
    equal(s.recv(99), b"critical")


def names_as_tipc_has_them():
    tool = Tool("recv", "-e", "5120:3-8@node", ready="5120:3-8@node")
    rows = [row.split() for row in tipc("nametable", "show").splitlines()]
    equal([row[1:4] for row in rows if row and row[0] == "5120"],
          [["3", "8", "node"]])
    run("recv", "-e", "5120:8-9", status=1, words="another has it already")
    both = Tool("recv", "5120:8@node", ready="5120:8@node")
    both.stop()
    tool.stop()
    equal("5120" in tipc("nametable", "show").split(), False)


# ------------------------------------------------------------- topology --

def watch_services():
    there = made(RDM, (RANGE, 5200, 9, 30))
    tool = Tool("watch", "-n", "5", "5200:1-10", "5201:1")
    equal(tool.line(), f"up 5200:9-30 {own(there)}")
    s = made(SEQ, (RANGE, 5200, 4, 4))
    equal(tool.line(), f"up 5200:4 {own(s)}")
    s.bind((RANGE, 5200, 11, 12))	# not in the range
    s.bind((RANGE, 5201, 1, 1))
    equal(tool.line(), f"up 5201:1 {own(s)}")
    name = own(s)
    s.close()
    downs = {tool.line(), tool.line()}
    equal(downs, {f"down 5200:4 {name}", f"down 5201:1 {name}"})
    tool.end()
    tool = Tool("watch", "--json", "5200:1-10")
    got = tool.object()
    equal((got["event"], got["lower"], got["upper"]), ("up", 9, 30))
    equal(f"socket:{got['node']}:{got['ref']}", own(there))
    equal(tool.stop(), b"")


def wait_for_service():
    tool = Tool("watch", "-w", LONG, "5202:5-9")
    s = made(RDM, (RANGE, 5202, 9, 9))
    tool.end()
    run("watch", "-w", LONG, "5202:9")
    s.close()
    run("watch", "-w", "0.1", "5202:9", status=1,
        words="nobody has had that name in time")


def ip(*args):
    subprocess.run(["ip", *args], check=True)


def nodes_and_links():
    """Two nodes; b comes, has a service, and goes."""
    ip("netns", "add", "tw-a")
    ip("netns", "add", "tw-b")
    ip("-n", "tw-a", "link", "add", "va", "type", "veth", "peer", "name",
       "vb", "netns", "tw-b")
    for netns, dev in (("tw-a", "va"), ("tw-b", "vb")):
        ip("-n", netns, "link", "set", "lo", "up")
        ip("-n", netns, "link", "set", dev, "up")
        # A link that no slowness ends: 30 s of silence are the most.
        for args in (["node", "set", "identity", netns],
                     ["bearer", "enable", f"eth:{dev}", "tolerance",
                      "30000"]):
            Tool(*args, netns=netns).end()
    watch = Tool("watch", netns="tw-a")
    json_watch = Tool("watch", "--json", netns="tw-a")
    # Both nodes, one's own as well, and the link, in any order.
    lines = {watch.line() for _ in range(3)}
    node = [line.split()[3].rstrip(",") for line in lines
            if line.startswith("up link to ")][0]
    assert {f"up node {node}", f"up link to {node}, bearer 0 to 0"} < lines
    objects = [json_watch.object() for _ in range(3)]
    equal([o["event"] for o in objects], ["up"] * 3)
    equal([o["link_to"] for o in objects if "link_to" in o], [int(node, 16)])
    assert int(node, 16) in [o.get("node") for o in objects], objects
    recv = Tool("recv", "5210:1", netns="tw-b", ready="5210:1")
    Tool("watch", "-w", LONG, "5210:1", netns="tw-a").end()
    service = Tool("watch", "5210:1", netns="tw-a")
    up = service.line()
    Tool("send", f"5210:1,domain={node}", "to b", netns="tw-a").end()
    equal(recv.line().split(": ")[1], "to b")
    Tool("send", "5210:1,domain=0x1", "x", netns="tw-a").end(
        1, "nobody has that name")
    ip("-n", "tw-a", "link", "del", "va")
    equal({watch.line(), watch.line()},
          {f"down node {node}", f"down link to {node}, bearer 0 to 0"})
    equal(service.line(), up.replace("up", "down"))
    for tool in (watch, json_watch, service, recv):
        tool.stop()
    ip("netns", "del", "tw-a")
    ip("netns", "del", "tw-b")


# --------------------------------------------------------------- groups --

def member(group, instance, others):
    s = made(RDM)
    s.setsockopt(SOL_TIPC, GROUP_JOIN,
                 struct.pack("IIII", group, instance, 2, MEMBER_EVENTS))
    for _ in range(others):
        flags = s.recvmsg(99)[2]
        assert flags & socket.MSG_OOB, flags
    return s


def group_talk():
    a = Tool("group", "-n", "0", "6100:1")
    b = Tool("group", "6100:2")
    equal(b.line().split()[::2], ["joined", "6100:1"])
    c = member(6100, 2, 2)
    joined = [a.line().split(), a.line().split()]
    equal(sorted(line[0] for line in joined), ["joined"] * 2)
    refs = {line[1] for line in joined}
    assert own(c) in refs, refs
    name_b = (refs - {own(c)}).pop()
    equal(b.line(), f"joined {own(c)} 6100:2")
    for text in ("* all", "2 one", "2-2 both", f"{name_b} b alone",
                 f"{own(c)} c alone", "* end"):
        a.say(text)
    heard_c = []
    while heard_c[-1:] != [b"end"]:
        heard_c.append(c.recv(99))
    heard_b = []
    while heard_b[-1:] != ["end"]:
        word, _, who, text = b.line().split(" ", 3)
        equal((word, who), ("message", "6100:1:"))
        heard_b.append(text)
    ones = heard_b.count("one") + heard_c.count(b"one")
    equal(ones, 1)
    equal([t for t in heard_b if t != "one"], ["all", "both", "b alone", "end"])
    equal([t for t in heard_c if t != b"one"],
          [b"all", b"both", b"c alone", b"end"])
    c.send(b"from\nc")
    equal(a.line(), f"message {own(c)} 6100:2: from\\x0ac")
    b.say("* bye")			# and then it leaves
    b.p.stdin.close()
    b.p.stdin = None
    equal(a.line(), f"message {name_b} 6100:2: bye")
    equal(a.line(), f"left {name_b} 6100:2")
    b.end()
    a.say("3 x")
    a.say("nonsense")
    equal(a.p.stderr.readline(), b"sockfam: 3: no such member\n")
    equal(a.p.stderr.readline(), b"sockfam: stdin: a line is TO MESSAGE\n")
    a.p.send_signal(signal.SIGTERM)
    a.end(1)


def stands(tool):
    """It has a full pipe to read from, and sleeps in poll(2)."""
    full = fcntl.ioctl(tool.p.stdin, termios.FIONREAD, b"1234")
    with open(f"/proc/{tool.p.pid}/syscall", encoding="ascii") as f:
        return (int.from_bytes(full, sys.byteorder) > 60000 and
                f.read().startswith("7 "))


def group_flow():
    """Who sends waits for who does not read yet, and loses nothing."""
    n = 2000
    c = member(6101, 3, 0)
    a = Tool("group", "--json", "-n", "1", "6101:1")
    equal(a.object()["event"], "joined")
    assert c.recvmsg(99)[2] & socket.MSG_OOB
    child = os.fork()
    if child == 0:
        for i in range(n):
            a.say(f"* {i:06} {'x' * 1000}")
        os._exit(0)
    while not stands(a):
        time.sleep(0.01)
    a.p.stdin.close()
    a.p.stdin = None
    for i in range(n):
        equal(c.recv(2000)[:7], b"%06d " % i)
    os.waitpid(child, 0)
    c.send(b"over")
    got = a.object()
    equal((got["data"], got["member_instance"]), ("over", 3))
    a.end()


# ---------------------------------------------------------- connections --

def listen():
    for kind, word in ((SEQ, ""), (STREAM, ",type=stream")):
        tool = Tool("listen", "-n", "2", f"tipc:5300:1{word}",
                    ready=f"tipc:5300:1{word}")
        for _ in range(2):
            s = made(kind)
            s.connect((SERVICE, 5300, 1, 0))
            s.send(b"hello")
            equal(tool.p.stdout.read(5), b"hello")
            tool.say("back")
            equal(s.recv(99), b"back\n")
            s.close()
        equal(tool.end(), b"")


def ping_and_perf():
    echo = Tool("echo", "-n", "1", "5301:1", ready="tipc:5301:1")
    got = json.loads(run("ping", "-n", "20", "-W", LONG, "--json", "5301:1"))
    equal((got["sent"], got["answered"]), (20, 20))
    echo.end()
    perf = Tool("perf", "-l", "-n", "1", "5302:1,type=stream",
                ready="tipc:5302:1,type=stream")
    got = json.loads(run("perf", "--json", "-b", "2000000", "-s", "10000",
                         "5302:1,type=stream"))
    equal(got["sent"]["bytes"], 2000000)
    perf.end()


def refusals():
    for status, words, *args in (
            (2, "to which address?", "send"),
            (2, "-i urgent: not low", "send", "-i", "urgent", "1:1", "x"),
            (1, "a stream has no messages", "send", "5400:1,type=stream", "x"),
            (1, "an empty message cannot be sent", "send", "5400:1", ""),
            (1, "nobody has that name", "send", "5400:1", "x"),
            (1, "no domain, but for", "send", "5400:1-2,domain=1", "x"),
            (1, "below 64 are the kernel's own", "recv", "1:1"),
            (1, "not a name", "recv", "5400:1", "socket:1:1"),
            (2, "not a number of messages", "recv", "-n", "0", "5400:1"),
            (2, "-w waits for one name", "watch", "-w", "1"),
            (1, "not a service or a range", "watch", "socket:1:1"),
            (1, "not a service or a range", "watch", "-w", "1", "socket:1:1"),
            (1, "not GROUP:INSTANCE", "group", "5400:1-2"),
            (1, "below 64 are the kernel's own", "group", "63:1")):
        run(*args, status=status, words=words)
    made(RDM, (RANGE, 5401, 1, 1))
    s = made(RDM, (RANGE, 5402, 1, 1))
    run("send", "5402:1", data=b"x" * 66001, status=1,
        words="at most 66000 bytes")
    s.setblocking(False)
    try:
        raise AssertionError(s.recv(99))
    except BlockingIOError:
        pass


def main():
    for case in (python_to_us, python_to_lines, largest_to_us, us_to_python,
                 answers, rejected, importance, names_as_tipc_has_them,
                 watch_services, wait_for_service, nodes_and_links,
                 group_talk, group_flow, listen, ping_and_perf, refusals):
        start = time.monotonic()
        try:
            case()
            print("ok", case.__name__, f"({time.monotonic() - start:.1f} s)",
                  flush=True)
        except Exception as e:
            print("not ok", case.__name__, "-", type(e).__name__,
                  str(e).replace("\n", " "), flush=True)
            if os.environ.get("SFAM_TRACE"):
                raise


sys.exit(main())
