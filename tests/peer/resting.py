# SPDX-License-Identifier: MIT
"""Whether a process has nothing to do, or turns round at full speed."""
import time


def state_and_ticks(pid):
    """Of proc(5): one letter, and user and system time."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return fields[0], int(fields[11]) + int(fields[12])


def rests(pid):
    """It sleeps, and does little for a second, and sleeps. It may look busy
    for once: time in which the machine stood still is counted for who ran
    then."""
    state, before = state_and_ticks(pid)
    if state != "S":
        return False
    time.sleep(1)
    state, after = state_and_ticks(pid)
    return state == "S" and after - before < 50
