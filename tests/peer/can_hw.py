# SPDX-License-Identifier: MIT
"""What the tests on emulated controllers share: programs that are waited
for, what they print, and controllers that are held."""
import os
import subprocess
import sys

from cases import until

SOCKFAM, WORK = sys.argv[1:]

# poll, select, epoll_wait, recvmmsg and such: waiting() in lib.sh.
WAITS = {"7", "23", "45", "47", "232", "270", "271", "281", "299"}


def can(*args, **kwargs):
    return subprocess.run([SOCKFAM, "can", *args], capture_output=True,
                          text=True, **kwargs)


class Running:
    """A verb, or another program, whose output goes to files."""
    count = 0

    def __init__(self, *args, program=None, **kwargs):
        Running.count += 1
        path = os.path.join(WORK, "run%d" % Running.count)
        self.out, self.err = (open(path + end, "w+b") for end in
                              ("out", "err"))
        self.process = subprocess.Popen(program or [SOCKFAM, "can", *args],
                                        stdout=self.out, stderr=self.err,
                                        **kwargs)

    def waits(self):
        """It waits for input, or has ended."""
        def is_so():
            try:
                with open("/proc/%d/syscall" % self.process.pid) as f:
                    return f.read().split()[0] in WAITS
            except OSError:
                return True
        until(lambda: is_so() or self.has_ended())
        return self

    def has_ended(self):
        return self.process.poll() is not None

    def printed(self):
        size = os.fstat(self.out.fileno()).st_size
        return os.pread(self.out.fileno(), size, 0)

    def said(self):
        return os.pread(self.err.fileno(), 100000, 0).decode().strip()

    def lines(self):
        return self.printed().decode().split("\n")[:-1]

    def end(self):
        """Status, when it has ended; it is told to if it does not."""
        if not until(self.has_ended):
            self.process.kill()
            return "it does not end"
        return self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.end()


# ------------------------------------------------------------ controllers --

def set_link(name, *words):
    subprocess.run(["ip", "link", "set", name, *words], check=True)


def count(name, what):
    with open("/sys/class/net/%s/statistics/%s" % (name, what)) as f:
        return int(f.read())


def sent(name):
    return count(name, "tx_packets")


def received(name):
    return count(name, "rx_packets")


def hold(is_held):
    """The driver of can1 does not see what is received: none of its
    interrupts are enabled (SJA1000_IER), or those that it enables."""
    fd = os.open("/sys/class/net/can1/device/resource1", os.O_RDWR)
    os.pwrite(fd, b"\0" if is_held else b"\x7f", 4)
    os.close(fd)
