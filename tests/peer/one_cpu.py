# SPDX-License-Identifier: MIT
"""For cases in which order counts: what one socket sends after another comes
in that order. Each processor has a queue of its own for what it sends to
itself (enqueue_to_backlog(), net/core/dev.c), and those are not emptied in
turn."""
import functools
import os


def one_cpu(case):
    """The case, and what it starts, on one processor."""
    @functools.wraps(case)
    def pinned(*args):
        cpus = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cpus)})
        try:
            case(*args)
        finally:
            os.sched_setaffinity(0, cpus)
    return pinned
