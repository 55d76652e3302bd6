# SPDX-License-Identifier: MIT
"""can-gone.py SOCKFAM WORK: each verb ends with an error that says why, and
does not wait for what can never come. A link that is deleted is first taken
down (dev_close_many(), net/core/dev.c), so either may be what it sees."""
import os
import subprocess

from can_hw import Running, WORK, can, received, sent, set_link
from cases import case, until

WORDS = ("is down", "is gone", "Network is down", "No such device")
# The kernel's: it does not tell a transfer what became of the interface.
GIVEN_UP = WORDS + ("a frame could not be sent", "no answer in time",
                    "a PDU broke off")

LOG = os.path.join(WORK, "log")
NAME = "1122334455667788"
TRIES = 20
MESSAGE = os.path.join(WORK, "message")
ISOTP = ["-s", "123", "-d", "321"]


class Vcan:
    name, other = "vgone", "vgone"

    def __init__(self):
        subprocess.run(["ip", "link", "add", self.name, "mtu", "72", "up",
                        "type", "vcan"], check=True)

    def down(self):
        set_link(self.name, "down")

    def gone(self):
        """A J1939 socket holds the interface until it is closed, and the
        deletion waits for that."""
        self.deletion = Running(program=["ip", "link", "del", self.name])

    def restore(self, how):
        if how == "down":
            self.gone()
        self.deletion.end()


class Sja1000:
    """Taken from its driver, too. tests/vm/run gives each board an interrupt
    of its own, since qemu's SJA1000 goes on asserting what was not handled
    before SJA1000_IER was cleared (can_sja_mem_write(), hw/net/can/
    can_sja1000.c). Nobody listens then, until sja1000_start() clears it; but
    to a driver that had the same line that would be interrupts without end,
    of which the kernel complains (note_interrupt(), kernel/irq/spurious.c)."""
    name, other = "can0", "can1"
    links = (name,)
    settings = ("bitrate", "500000")

    def __init__(self):
        device = os.path.realpath("/sys/class/net/%s/device" % self.name)
        self.driver = os.path.realpath(device + "/driver")
        self.device = os.path.basename(device)

    def tell(self, what):
        return Running(program=["sh", "-c", 'echo "$1" >"$2"', "tell",
                                self.device, self.driver + "/" + what])

    def down(self):
        set_link(self.name, "down")

    def gone(self):
        self.deletion = self.tell("unbind")

    def restore(self, how):
        if how == "down":
            set_link(self.name, "up")
            return
        self.deletion.end()
        self.tell("bind").end()
        for name in self.links:
            set_link(name, "type", "can", *self.settings)
            set_link(name, "up")


class Ctucan(Sja1000):
    """One board: both go at once. Never after many frames: the driver ends
    a poll that finds as many as it may (64) twice (ctucan_rx_poll()), and if
    the link goes down then, Linux 6.12 warns (napi_complete_done())."""
    name, other = "can2", "can3"
    links = (name, other)
    settings = ("bitrate", "500000", "dbitrate", "4000000", "fd", "on")


def sends(link, *args, **kwargs):
    """In the middle: some frames went, and it has not ended."""
    before = sent(link.name)
    verb = Running(*args, **kwargs)
    until(lambda: sent(link.name) >= before + 5 or verb.has_ended())
    return verb


def hears(link, *args):
    """In the middle: it waits, and frames came, each when the last was
    received: cores on one line lose interrupts (ctucan_update_irq(),
    hw/net/can/ctucan_core.c of qemu)."""
    verb = Running(*args).waits()
    for frame in "123#11", "18EF8081#0102":
        before = received(link.name)
        can("send", "-c", "300", link.other, frame)
        until(lambda n=before: received(link.name) > n)
    return verb


def claims(link, *args):
    """The address is the NAME's. 250 ms after a claim the kernel takes it
    for that, and if the interface went down meanwhile it keeps it for good:
    j1939_ecu_timer_handler(), net/can/j1939/bus.c."""
    verb = Running(*args)
    until(lambda: verb.has_ended() or can(
        "j1939", "send", "-x", link.name + ":" + NAME, "90,0ef00",
        "01").returncode == 0)
    return verb


def listeners(name):
    return {
        "dump, ring": ["dump", "-L", name],
        "dump, raw": ["dump", "-L", "--engine", "raw", name],
        "dump, two": ["dump", name, "any"],
        "isotp recv": ["isotp", "recv", "-l", "-s", "321", "-d", "123", name],
        "isotp dump": ["isotp", "dump", *ISOTP, name],
        "j1939 recv": ["j1939", "recv", name + ":0x80"],
        "j1939 spy": ["j1939", "spy", name],
    }


def senders(name):
    return {
        "play": ["play", "-t", "-g", "1", "-l", "i", "-I", LOG,
                 name + "=log"],
        "gen": ["gen", "-g", "1", name],
    }


def ended(verb, words):
    status = verb.end()
    said = verb.said()
    if status != 1:
        return "status %s: %s" % (status, said)
    return "" if any(w in said for w in words) else "says: " + said


def check(link, name, start, args, how):
    verb = start(link, *args)
    why = "it ended before: " + verb.said() if verb.has_ended() else ""
    getattr(link, how)()
    case("%s, %s %s" % (name, link.name, how), why or ended(verb, WORDS))
    link.restore(how)


def transfer(link, receive, send, how):
    """One end on the link, the other too, or on its peer."""
    receiver = Running(*receive).waits()
    with open(MESSAGE, "rb") as message:
        verb = sends(link, *send, stdin=message)
    why = "it ended before: " + verb.said() if verb.has_ended() else ""
    getattr(link, how)()
    why = why or ended(verb, GIVEN_UP)
    # On its peer, the receiver finds only that no more comes.
    if link.name == link.other and not why:
        why = ended(receiver, GIVEN_UP)
    receiver.stop()
    link.restore(how)
    return why


def check_transfer(make, name, receive, send, how):
    """The kernel ends transfers for its own reasons, too."""
    why = "no try"
    for _ in range(TRIES):
        if not why:
            break
        why = transfer(make(), receive, send, how)
    case("%s, %s %s" % (name, make.name, how), why)


def transfers(make, how):
    check_transfer(make, "isotp send",
                   ["isotp", "recv", "-s", "321", "-d", "123", make.other],
                   ["isotp", "send", *ISOTP, "-D", "8000", "-f", "20000000",
                    make.name], how)
    check_transfer(make, "j1939 send",
                   ["j1939", "recv", make.other + ":0x90"],
                   ["j1939", "send", make.name + ":0x80", ":0x90,0x12300"],
                   how)


with open(LOG, "w") as f:
    f.write("(1.000000) log 123#1122334455667788\n" * 100)
with open(MESSAGE, "wb") as f:
    f.write(bytes(500000))
for how in "down", "gone":
    for name, args in listeners("vgone").items():
        check(Vcan(), name, hears, args, how)
    check(Vcan(), "j1939 claim", claims,
          ["j1939", "claim", "-r", "0x80-0x83", NAME, "vgone"], how)
    for make in Vcan, Sja1000:
        for name, args in senders(make.name).items():
            check(make(), name, sends, args, how)
        transfers(make, how)
    for name in "dump, ring", "dump, raw", "isotp recv", "j1939 recv":
        check(Sja1000(), name, hears, listeners("can0")[name], how)
    for name in "dump, ring", "j1939 recv":
        check(Ctucan(), name, hears, listeners("can2")[name], how)
