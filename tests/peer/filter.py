# SPDX-License-Identifier: MIT
# filter.py LIBSOCKFAM FILTERS: for each line of FILTERS (a link, a filter)
# that line, our program and libpcap's, which is tcpdump's, as -ddd prints
# them. Says "not ok" of what one of them refuses.
import ctypes
import sys


class Insn(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8),
                ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_uint), ("insns", ctypes.POINTER(Insn))]


# Ours (enum sfam_packet_link), and libpcap's DLT_...
LINKS = {"EN10MB": (0, 1), "RAW": (1, 12), "LINUX_SLL": (2, 113)}
KEEP = 262144
ROOM = 4096

sockfam = ctypes.CDLL(sys.argv[1])
sockfam.sfam_packet_filter_compile.restype = ctypes.c_ssize_t
pcap = ctypes.CDLL("libpcap.so.0.8")
pcap.pcap_open_dead.restype = ctypes.c_void_p
pcap.pcap_compile.argtypes = [ctypes.c_void_p, ctypes.POINTER(Program),
                              ctypes.c_char_p, ctypes.c_int, ctypes.c_uint]


def ours(link, text):
    insns = (Insn * ROOM)()
    n = sockfam.sfam_packet_filter_compile(
        insns, ctypes.c_size_t(ROOM), link, ctypes.c_uint32(KEEP), text,
        ctypes.c_size_t(len(text)), None)
    return insns[:n] if n > 0 else None


def theirs(link, text):
    handle = pcap.pcap_open_dead(link, KEEP)
    program = Program()
    if pcap.pcap_compile(handle, program, text, 1, 0xffffffff) < 0:
        return None
    return program.insns[:program.len]


for line in open(sys.argv[2]):
    if line.startswith("#"):
        continue
    link, text = line.rstrip("\n").split(" ", 1)
    programs = [ours(LINKS[link][0], text.encode()),
                theirs(LINKS[link][1], text.encode())]
    if None in programs:
        print(f"not ok {link}: {text} - refused", file=sys.stderr)
        continue
    print(link, text)
    for insns in programs:
        print(len(insns))
        for i in insns:
            print(i.code, i.jt, i.jf, i.k)
