# SPDX-License-Identifier: MIT
"""Cases of tests on buses, and what they wait for."""
import time

FAR_S = 300


def case(name, why):
    print("ok " + name if not why else "not ok %s - %s" % (name, why),
          flush=True)


def until(condition):
    """Waits for what must come; False after a limit that no load reaches."""
    end = time.monotonic() + FAR_S
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True
