#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The host's side of the pair: it continues the guest and talks with it.

usage: pair.py STATE    in the host's machine; $SOCKFAM is the tool
The guest's services are in ./init: echo on port 1000, echo of messages on
1001, and on 1002 a relay to our port 2002; /tmp/file has 300000 bytes.
"""
import errno
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import guest

TOOL = os.environ["SOCKFAM"]
MEGABYTES = 16
PINGS = "200"


class Pair:
    def __init__(self, state):
        self.state = state
        self.folder = tempfile.mkdtemp()
        self.guest = None
        self.data = b""
        self.begun = time.monotonic()

    def seconds(self):
        return time.monotonic() - self.begun


def say(text):
    print(f"     {text}", flush=True)


def show(what, output):
    say(f"{what}:")
    for line in output.splitlines():
        say("    " + line)


def expect(value, wanted, what):
    if value != wanted:
        raise AssertionError(f"{what}: {value!r}, not {wanted!r}")


def wait_for(condition):
    """Without a limit: the case has one."""
    while not condition():
        time.sleep(0.1)


def digest(data):
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------- the programs --

def in_time(run):
    """The kernel gives up a connect after two seconds, and the guest may be
    slower: what does not try again by itself, as connect -w, is run again.
    """
    while True:
        status, output, errors = run()
        if status == 0 or "timed out" not in errors:
            expect(status, 0, errors)
            return output


def here(command, data=b""):
    """Of a program of the host's: its status, output and errors."""
    r = subprocess.run(command, input=data, capture_output=True)
    return r.returncode, r.stdout, r.stderr.decode()


def there_and_back(command, data):
    """All of it comes back; how many seconds that took."""
    start = time.monotonic()
    output = in_time(lambda: here(command, data))
    took = time.monotonic() - start
    expect(len(output), len(data), "bytes that came back")
    expect(digest(output), digest(data), "SHA-256")
    return took


def connect(address, wait=guest.LIMIT):
    return [TOOL, "vsock", "connect", "-w", str(wait), address]


def listening(port):
    r = subprocess.run(["ss", "-H", "-l", "--vsock"], capture_output=True,
                       check=True)
    return f":{port} " in r.stdout.decode()


class Service:
    """A program here that listens on a port, until the block ends."""

    def __init__(self, port, *command):
        self.port, self.command = port, command

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        wait_for(lambda: listening(self.port))
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def fds(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def echo_service(port, kind=""):
    return Service(port, TOOL, "vsock", "echo", f"any:{port}{kind}")


def guest_runs(pair, command):
    """Its output."""
    def there():
        status, output = pair.guest.run(command)
        return status, output, f"{command} in the guest: {output}"
    return in_time(there)


def guest_connect(address):
    return f"sockfam vsock connect -w {guest.LIMIT} {address}"


def guest_echo(pair, address):
    """The guest's client of ours sends a file and gets it back."""
    guest_runs(pair, f"{guest_connect(address)} </tmp/file >/tmp/back &&"
               " cmp /tmp/file /tmp/back")


def connected(kind, port):
    while True:
        s = socket.socket(socket.AF_VSOCK, kind)
        try:
            s.connect((guest.CID, port))
            return s
        except OSError as e:
            s.close()
            if e.errno != errno.ETIMEDOUT:
                raise


def bound(kind, port):
    s = socket.socket(socket.AF_VSOCK, kind)
    s.bind((socket.VMADDR_CID_ANY, port))
    s.listen()
    return s


# -------------------------------------------------------------- the cases --

def reach(pair):
    """A client that is there before the guest meets it."""
    client = subprocess.Popen(connect(f"{guest.CID}:1000"),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    start = time.monotonic()
    pair.guest = guest.restore(pair.folder, pair.state)
    running = time.monotonic() - start
    out, words = client.communicate(b"hello")
    expect((client.returncode, out), (0, b"hello"), words.decode())
    say(f"the guest runs after {running:.1f} s, its service answers after "
        f"{time.monotonic() - start:.1f} s")


def starts(pair):
    """The guest starts, and a client meets its service"""
    reach(pair)
    expect(guest_runs(pair, "sockfam vsock cid"), str(guest.CID), "CID")


def guest_to_host(pair):
    """The guest's client reaches us, and comes from its CID"""
    with bound(socket.SOCK_STREAM, 2003) as listener:
        pair.guest.start("echo hello | " + guest_connect("host:2003"))
        client, (cid, _) = listener.accept()
        with client:
            expect(cid, guest.CID, "the CID of our client")
            expect(client.recv(100), b"hello\n", "received")
            client.sendall(b"welcome\n")
        expect(pair.guest.finish(), (0, "welcome"), "the guest's client")


def large(pair):
    """16 MB there and back: our connection, and through the guest's own"""
    pair.data = os.urandom(MEGABYTES << 20)
    took = there_and_back(connect(f"{guest.CID}:1000"), pair.data)
    say(f"host to guest and back: {MEGABYTES} MiB in {took:.1f} s, "
        f"{MEGABYTES / took:.2f} MiB/s each way, "
        f"SHA-256 {digest(pair.data)[:16]}...")
    with echo_service(2002):
        took = there_and_back(connect(f"{guest.CID}:1002"), pair.data)
    say(f"through the guest's connection to the host and back: {MEGABYTES} "
        f"MiB in {took:.1f} s, {2 * MEGABYTES / took:.2f} MiB/s each way")


def messages(pair):
    """SEQPACKET: messages of 1 byte to 64 KiB come back one by one"""
    sizes = [1, 2, 63, 4095, 4096, 4097, 30000, 65535, 65536] * 4
    with connected(socket.SOCK_SEQPACKET, 1001) as s:
        for i, size in enumerate(sizes):
            message = pair.data[i:i + size]
            expect(s.send(message), size, "sent")
            expect(s.recv(1 << 20), message, f"message {i}")
        for i in range(50):
            s.send(b"%d" % i * (i + 1))
        for i in range(50):
            expect(s.recv(1 << 20), b"%d" % i * (i + 1), f"message {i}")
    say(f"{len(sizes)} one at a time, {sum(sizes)} bytes; 50 at once")
    there_and_back(connect(f"{guest.CID}:1001,type=seqpacket"),
                   pair.data[:300000])
    with echo_service(2004, ",type=seqpacket"):
        guest_echo(pair, "host:2004,type=seqpacket")


def ping(pair):
    """Round trips of 64 bytes, from both sides"""
    options = ["-n", PINGS, "-W", str(guest.LIMIT)]
    show("from the host", in_time(lambda: here(
        [TOOL, "vsock", "ping", *options, f"{guest.CID}:1000"])).decode())
    with echo_service(2010):
        show("from the guest, by its own clock", guest_runs(
            pair, f"sockfam vsock ping {' '.join(options)} host:2010"))


def socat(pair):
    """socat with our service in the guest, and with our client there"""
    there_and_back(["socat", "-t", "600", "-",
                    f"VSOCK-CONNECT:{guest.CID}:1000"], pair.data[:300000])
    with Service(2005, "socat", "-t", "600", "VSOCK-LISTEN:2005,fork",
                 "EXEC:cat"):
        guest_echo(pair, "host:2005")


def ncat(pair):
    """ncat with our service in the guest, one way with our client there"""
    there_and_back(["ncat", "--vsock", str(guest.CID), "1000"],
                   pair.data[:300000])
    # It ends as soon as its peer has half closed.
    with Service(2006, "ncat", "--vsock", "-l", "2006",
                 "--recv-only") as service:
        pair.guest.start(f"{guest_connect('host:2006')} </tmp/file &&"
                         " sha256sum </tmp/file")
        data = service.process.stdout.read()
        status, output = pair.guest.finish()
    expect((status, output[:64]), (0, digest(data)), "SHA-256")


def host_restarts(pair):
    """The host's service is killed and comes back: so does the client"""
    with echo_service(2007):
        # Endless: whenever the service ends, that is in the middle.
        pair.guest.start(f"{{ {guest_connect('host:2007')} </dev/zero;"
                         " echo client $? >&2; } 2>/tmp/err |"
                         " { head -c 1000000 | wc -c; cat >/dev/null; };"
                         " cat /tmp/err")
        expect(pair.guest.line(), "1000000", "bytes before the end")
    status, output = pair.guest.finish()
    expect(status, 0, "commands of the guest")
    expect(output.splitlines()[-1], "client 1", "the client's end")
    say(f"the guest's client: {output.splitlines()[0]}")
    pair.guest.start(f"until {guest_connect('host:2007')} </tmp/file"
                     " >/tmp/back 2>/tmp/err; do cat /tmp/err; done;"
                     " cmp /tmp/file /tmp/back")
    say(f"then: {pair.guest.line()}")
    with echo_service(2007):
        status, output = pair.guest.finish()
    expect(status, 0, output)
    say(f"refused {len(output.splitlines()) + 1} times, then served again")


def killed(pair):
    """The guest is killed in the middle: both ends here know, none leaks"""
    with echo_service(2008) as service:
        pair.guest.start(f"{guest_connect('host:2008')} </dev/zero |"
                         " { head -c 100000 | wc -c; cat >/dev/null; }")
        expect(pair.guest.line(), "100000", "bytes of the guest's client")
        with_client = service.fds()
        status, words = kill_in_transfer(pair)
        expect(status, 1, "the status of our client")
        for line in words.splitlines() or [""]:
            expect(line[:9], "sockfam: ", "what our client says")
            say(f"our client: {line}")
        wait_for(lambda: service.fds() == with_client - 1)
        expect(service.process.poll(), None, "our service")
    status, _, words = here(connect(f"{guest.CID}:1000", wait=1))
    expect(status, 1, "the status of a client without a guest")
    say(f"then: {words.strip()}")


def kill_in_transfer(pair):
    """Status and words of our client, whose guest was killed."""
    with open("/dev/zero", "rb") as zeros:
        client = subprocess.Popen(connect(f"{guest.CID}:1000"), stdin=zeros,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
    expect(len(client.stdout.read(1000000)), 1000000, "bytes before the end")
    pair.guest.kill()
    words = client.communicate()[1].decode().strip()
    return client.returncode, words


def comes_back(pair):
    """The killed guest starts again: a client that waited meets it"""
    reach(pair)
    with echo_service(2009):
        guest_echo(pair, "host:2009")
    there_and_back(connect(f"{guest.CID}:1000"), pair.data[:300000])


CASES = [starts, guest_to_host, large, messages, ping, socat, ncat,
         host_restarts, killed, comes_back]


def run(pair, case):
    """Whether it passed."""
    name = "pair-" + case.__name__.replace("_", "-")
    start = time.monotonic()
    signal.alarm(guest.LIMIT)
    try:
        case(pair)
    except (AssertionError, OSError, ValueError) as e:
        print(f"not ok {name} - {e}", flush=True)
        if pair.guest:
            pair.guest.show_log()
        return False
    finally:
        signal.alarm(0)
    print(f"ok {name}: {case.__doc__} ({time.monotonic() - start:.1f} s)",
          flush=True)
    return True


def main():
    signal.signal(signal.SIGALRM, guest.late)
    pair = Pair(os.path.abspath(sys.argv[1]))
    passed = 0
    for case in CASES:
        if not run(pair, case):
            break
        passed += 1
    if pair.guest:
        pair.guest.kill()
    failed = int(passed < len(CASES))
    say(f"in all {pair.seconds():.1f} s of the host's machine")
    print(f"pair: {passed} passed, {failed} failed, 0 skipped")
    return failed


if __name__ == "__main__":
    sys.exit(main())
