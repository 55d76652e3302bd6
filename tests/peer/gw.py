# SPDX-License-Identifier: MIT
"""gw.py rules: rules in the words of cangw, one a line, every kind of each
thing. gw.py json OURS CANGW: our list as JSON against the
lines of `cangw -L`."""
import json
import random
import re
import sys

rng = random.Random(4711)


def hexes(n):
    return "".join("%02X" % rng.randrange(256) for _ in range(n))


def mod(op, what):
    return "-m %s:%s:%X.%X.%s" % (op, what, rng.randrange(1 << 32),
                                  rng.randrange(256), hexes(8))


def fd_mod(op, what):
    return "-M %s:%s:%X.%X.%X.%s" % (op, what, rng.randrange(1 << 32),
                                     rng.randrange(256), rng.randrange(256),
                                     hexes(64))


def index(fd):
    return rng.randrange(-64, 64) if fd else rng.randrange(-8, 8)


def xor(fd):
    return "-x %d:%d:%d:%02X" % (index(fd), index(fd), index(fd),
                                 rng.randrange(256))


def crc8(fd, profile):
    data = {0: "", 1: " -p 1:" + hexes(1), 2: " -p 2:" + hexes(16),
            3: " -p 3:"}[profile]
    return "-c %d:%d:%d:%02X:%02X:%s%s" % (index(fd), index(fd), index(fd),
                                           rng.randrange(256),
                                           rng.randrange(256), hexes(256),
                                           data)


FILTERS = ("1:7FF", "123:C00007FF", "12345678:DFFFFFFF", "0:1", "123~7FF",
           "92345678~FFFFFFFF", "0~0", "7FF~1FFFFFFF", "0:80000000")
OPS = ("AND", "OR", "XOR", "SET")


def rules():
    """Few, since each is some processes; so several things in each."""
    yield ""
    yield "-e -t -i -X -l 6"
    for n, what in enumerate(("I", "L", "D", "ILD")):
        yield " ".join(["-l %d" % n if n else "-e", "-f", FILTERS[n]] +
                       [mod(op, what) for op in OPS] +
                       [crc8(False, n), xor(False) if n & 1 else ""])
    for n, what in enumerate(("I", "F", "L", "D", "IFLD")):
        yield " ".join(["-X", "-t" if n & 1 else "-i", "-f", FILTERS[4 + n]] +
                       [fd_mod(op, what) for op in OPS] +
                       [crc8(True, n % 4), xor(True) if n & 2 else ""])
    yield "-X -u FFFFFFFF " + fd_mod("SET", "DF")
    yield "-u 1 %s %s" % (mod("SET", "I"), xor(False))


def expect(line):
    """What our JSON must say, from a line of cangw -L."""
    rule, counts = line.rstrip("\n").split(" # ")
    rule = re.sub("^cangw -A ", "", rule)
    words = rule.split(" ")
    fd = "-X" in words
    e = {"rule": rule, "fd": fd, "echo": "-e" in words,
         "keep_timestamp": "-t" in words, "to_incoming": "-i" in words,
         "modifications": {}}
    for letter, value in zip(words, words[1:]):
        parts = re.split("[:~.]", value)
        if letter == "-s":
            e["source"] = value
        elif letter == "-d":
            e["destination"] = value
        elif letter == "-l":
            e["hops"] = int(value)
        elif letter == "-u":
            e["uid"] = int(value, 16)
        elif letter == "-f":
            e["filter"] = {"id": int(parts[0], 16), "mask": int(parts[1], 16),
                           "inverse": "~" in value}
        elif letter in ("-m", "-M"):
            names = ["id", "flags", "len"] if fd else ["id", "len"]
            all_of = {n: int(v, 16) for n, v in zip(names, parts[2:])}
            all_of["data"] = parts[-1]
            keep = {"I": "id", "F": "flags", "L": "len", "D": "data"}
            e["modifications"][parts[0].lower()] = {
                keep[c]: all_of[keep[c]] for c in parts[1]}
        elif letter in ("-x", "-c"):
            sums = dict(zip(("from", "to", "result"), map(int, parts[:3])),
                        init=int(parts[3], 16))
            if letter == "-c":
                sums.update(final_xor=int(parts[4], 16), table=parts[5],
                            profile=0)
            e["xor" if letter == "-x" else "crc8"] = sums
        elif letter == "-p":
            e["crc8"]["profile"] = int(parts[0])
            if parts[1]:
                e["crc8"]["profile_data"] = parts[1]
    numbers = map(int, re.findall(r"\d+", counts))
    e.update(zip(("handled_frames", "dropped_frames", "deleted_frames"),
                 numbers))
    return e


if sys.argv[1] == "rules":
    for text in rules():
        print(("-s gwa -d gwb " + text).replace("  ", " ").strip())
    sys.exit(0)
ours = json.load(open(sys.argv[2]))
lines = open(sys.argv[3]).readlines()
wrong = [(a, b) for a, b in zip(ours, map(expect, lines)) if a != b]
print(len(ours), len(lines), wrong[:1])
sys.exit(bool(wrong) or len(ours) != len(lines) or not ours)
