# SPDX-License-Identifier: MIT
"""The guest of the pair: a small machine in qemu, saved and continued.

usage: guest.py KERNEL INITRD STATE    boot it, save it to the file STATE

It is always emulated, and counts instructions: one is 16 ns. So its timers
keep the pace of its processor however slow that is; with a clock of its own
the ticks alone can take all of its time where one emulation runs in another.
"""
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time

CID = 3
# For each step, in seconds, by SIGALRM: more than any load needs.
LIMIT = 900
# It ends with its parent, whatever ends that.
MACHINE = [
    "setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-nodefaults",
    "-no-user-config", "-no-reboot", "-display", "none", "-M", "pc,hpet=off",
    "-cpu", "qemu64", "-smp", "1", "-m", "128", "-accel",
    "tcg,thread=single", "-icount", "shift=4,sleep=on",
]


class TooLate(OSError):
    pass


def late(_signal, _frame):
    raise TooLate(f"took more than {LIMIT} s")


class Guest:
    """One process of qemu. Commands are lines on the second serial port."""

    def __init__(self, folder, *options):
        self.log = os.path.join(folder, "console")
        qmp = os.path.join(folder, "qmp")
        if os.path.exists(qmp):
            os.unlink(qmp)
        self.qemu = subprocess.Popen(
            [*MACHINE, "-serial", "file:" + self.log, "-serial", "stdio",
             "-qmp", f"unix:{qmp},server=on,wait=off", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.monitor = self.connect(qmp)
        json.loads(self.monitor.readline())
        self.ask("qmp_capabilities")

    def connect(self, path):
        """qemu makes the socket, then listens on it."""
        with socket.socket(socket.AF_UNIX) as s:
            while s.connect_ex(path) != 0:
                if self.qemu.poll() is not None:
                    raise OSError("qemu does not answer")
                time.sleep(0.05)
            return s.makefile("rw")

    def ask(self, command, **arguments):
        """The monitor's answer to a command; events are dropped."""
        request = {"execute": command, "arguments": arguments}
        self.monitor.write(json.dumps(request) + "\n")
        self.monitor.flush()
        for line in self.monitor:
            answer = json.loads(line)
            if "error" in answer:
                raise OSError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
        raise OSError(f"qemu ended at {command}")

    def wait_status(self, command, *wanted):
        status = None
        while status not in wanted:
            if status == "failed":
                raise OSError(f"{command}: {status}")
            time.sleep(0.05)
            status = self.ask(command).get("status")

    def line(self):
        line = self.qemu.stdout.readline()
        if not line:
            raise OSError("the guest ended")
        return line.decode(errors="replace").rstrip("\r\n")

    def start(self, command):
        """Run it there; finish() waits for it."""
        self.qemu.stdin.write(command.encode() + b"\n")
        self.qemu.stdin.flush()

    def finish(self):
        """Status and output of the command."""
        output = []
        while True:
            line = self.line()
            if line.startswith("status "):
                return int(line[7:]), "\n".join(output)
            output.append(line)

    def run(self, command):
        self.start(command)
        return self.finish()

    def save(self, path):
        self.ask("migrate", uri="exec:cat >" + shlex.quote(path))
        self.wait_status("query-migrate", "completed")

    def plug(self):
        """The device of its CID; it finds it as one that was plugged in."""
        self.ask("device_add", driver="vhost-vsock-pci",
                 **{"guest-cid": CID})

    def show_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            print("".join(log.readlines()[-40:]), flush=True)

    def kill(self):
        self.qemu.kill()
        self.qemu.wait()
        self.monitor.close()
        self.qemu.stdin.close()
        self.qemu.stdout.close()


def restore(folder, state):
    """Continued where it was saved, but with a vsock device."""
    guest = Guest(folder, "-incoming", "exec:cat " + shlex.quote(state))
    guest.wait_status("query-status", "running")
    guest.plug()
    return guest


def boot(folder, kernel, initrd):
    guest = Guest(folder, "-kernel", kernel, "-initrd", initrd, "-append",
                  "console=ttyS0 panic=-1 nokaslr tsc=reliable"
                  " no_timer_check cryptomgr.notests=1")
    try:
        while guest.line() != "ready":
            pass
    except OSError:
        guest.show_log()
        raise
    return guest


def main():
    kernel, initrd, state = sys.argv[1:]
    signal.signal(signal.SIGALRM, late)
    signal.alarm(LIMIT)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        guest = boot(folder, kernel, initrd)
        guest.save(state)
        guest.kill()
    print(f"the guest booted and was saved in {time.monotonic() - start:.1f}"
          f" s, {os.stat(state).st_size >> 20} MiB", flush=True)


if __name__ == "__main__":
    main()
