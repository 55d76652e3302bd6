# SPDX-License-Identifier: MIT
"""What fd.py and fdstore.py share: sockfam fd as a program, and their cases.
The arguments are the tool and a folder to work in."""
import os
import resource
import subprocess
import sys

NOBODY = 65534
started = []


def set_up():
    os.chdir(sys.argv[2])
    for content in ("one", "two"):
        with open(content, "w") as f:
            f.write(content + "\n")


def command(args):
    return [sys.argv[1], "fd"] + [str(a) for a in args]


def start(*args, **how):
    """In the background; returns once it listens, if it will."""
    p = subprocess.Popen(command(args), stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, **how)
    started.append(p)
    if args[:2] != ("recv", "-c"):
        line = p.stderr.readline()
        assert line.startswith("listening on "), line
    return p


def run(*args, status=0, words="", **how):
    how.setdefault("stdin", subprocess.DEVNULL)
    p = subprocess.run(command(args), capture_output=True, timeout=600,
                       text=True, **how)
    assert p.returncode == status, (args, p.returncode, p.stderr)
    assert words in p.stderr, (args, p.stderr)
    return p.stdout, p.stderr


def limited(n):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))


def as_nobody(function):
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        function()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def clean_up(paths):
    """What a case that failed has left would make others fail."""
    for p in started:
        if p.poll() is None:
            p.kill()
            p.communicate()
    started.clear()
    for path in paths:
        if os.path.exists(path):
            os.unlink(path)


def run_cases(cases, paths):
    """All, or SFAM_ONLY; paths: sockets of one letter that cases make."""
    for case in cases:
        only = os.environ.get("SFAM_ONLY", case.__name__)
        if only != case.__name__:
            continue
        try:
            case()
            print("ok", case.__name__, flush=True)
        except Exception as error:
            line = error.__traceback__.tb_next.tb_lineno
            why = repr(error)[:300]
            print("not ok %s - line %d: %s" % (case.__name__, line, why),
                  flush=True)
        clean_up(paths)
