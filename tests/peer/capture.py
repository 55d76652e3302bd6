# SPDX-License-Identifier: MIT
"""Cases of capture.sh: capture.py TOOL FOLDER."""
import collections
import os
import re
import socket
import struct
import subprocess
import sys
import time

TOOL, FOLDER = sys.argv[1:]
os.chdir(FOLDER)
FORMATS = ("pcap", "pcap-ns", "pcapng")
BASE = 1700000000 * 10**9

Packet = collections.namedtuple(
    "Packet", "interface link ns data orig flags drops comment",
    defaults=(0, 0, "-"))


def run(*words, data=None, status=0):
    p = subprocess.run(words, input=data, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    assert p.returncode == status, (words, p.returncode, p.stderr)
    return p.stdout


def lines(*words, **more):
    return run(*words, **more).decode().splitlines()


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)
    return name


def read(name):
    with open(name, "rb") as f:
        return f.read()


def same(got, expected):
    for g, e in zip(got, expected):
        assert g == e, "%r instead of %r" % (g, e)
    assert len(got) == len(expected), (len(got), len(expected))


# ---------------------------------------------------------------- corpus

def ether(kind, payload, dst=b"\xff" * 6):
    return dst + b"\2\0\0\0\0\1" + struct.pack(">H", kind) + payload


def ipv4(proto, payload):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64,
                       proto, 0, bytes([192, 0, 2, 1]),
                       bytes([192, 0, 2, 2])) + payload


def udp(n):
    return ipv4(17, struct.pack(">HHHH", 4000, 4001, 8 + n, 0) + b"u" * n)


ARP = struct.pack(">HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, b"\2\0\0\0\0\1",
                  b"\xc0\0\2\1", b"", b"\xc0\0\2\2")
FRAMES = [ether(0x806, ARP)] + [ether(0x800, udp(n)) for n in range(20)] + [
    ether(0x8100, b"\0\7\x08\0" + udp(5)),
    ether(0x86dd, struct.pack(">IHBB", 6 << 28, 8, 17, 9) + b"\0" * 15 + b"\1"
          + b"\0" * 15 + b"\1" + b"\x0f\xa0\x0f\xa1\0\x08\0\0"),
    ether(0x800, ipv4(6, struct.pack(">HHIIBBHHH", 80, 4000, 1, 2, 0x50, 0x18,
                                     100, 0, 0) + b"hello")),
    ether(0x88b5, bytes(range(256)) * 5),
]
# Some were cut; nanoseconds that differ in each digit.
PACKETS = [Packet(0, 1, BASE + i * 1234567891, f[:60 + i], len(f))
           for i, f in enumerate(FRAMES)]
MICROS = [p._replace(ns=p.ns // 1000 * 1000) for p in PACKETS]


def make_pcap(order, part, packets, link=1):
    magic = 0xa1b2c3d4 if part == 1000 else 0xa1b23c4d
    out = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 262144, link)
    for p in packets:
        out += struct.pack(order + "IIII", p.ns // 10**9,
                           p.ns % 10**9 // part, len(p.data), p.orig) + p.data
    return out


def read_pcap(data):
    order = "<" if data[0] in (0xd4, 0x4d) else ">"
    magic, _, _, _, _, _, link = struct.unpack_from(order + "IHHIIII", data)
    part = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}[magic]
    packets, at = [], 24
    while at < len(data):
        s, ns, cap, orig = struct.unpack_from(order + "IIII", data, at)
        at += 16 + cap
        packets.append(Packet(0, link, s * 10**9 + ns * part,
                              data[at - cap:at], orig))
    return packets


def pad(data):
    return data + b"\0" * (-len(data) % 4)


def block(order, kind, body):
    n = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + n + body + n


def option(order, code, value):
    if isinstance(value, str):
        value = value.encode()
    return struct.pack(order + "HH", code, len(value)) + pad(value)


def options_of(order, data):
    found, at = [], 0
    while at < len(data):
        code, n = struct.unpack_from(order + "HH", data, at)
        if code == 0:
            break
        found.append((code, data[at + 4:at + 4 + n]))
        at += 4 + n + -n % 4
    return found


def half_swapped(order, data, at=0):
    high, low = struct.unpack_from(order + "II", data, at)
    return high << 32 | low


def read_pcapng(data):
    """Packets, and the other blocks: (type, fixed part, options)."""
    packets, others, at, order, links, units = [], [], 0, "<", [], []
    while at < len(data):
        if data[at:at + 4] == b"\n\r\r\n":
            order = "<" if data[at + 8] == 0x4d else ">"
        kind, n = struct.unpack_from(order + "II", data, at)
        assert struct.unpack_from(order + "I", data, at + n - 4)[0] == n
        assert n % 4 == 0
        body = data[at + 8:at + n - 4]
        at += n
        if kind != 6:
            fixed = {0x0a0d0d0a: 16, 1: 8, 5: 12}[kind]
            others.append((kind, body[:fixed],
                           options_of(order, body[fixed:])))
            if kind == 1:
                links.append(struct.unpack_from(order + "H", body)[0])
                n = dict(others[-1][2])[9][0]
                units.append(2**(n - 128) if n > 128 else 10**n)
            continue
        i, _, _, cap, orig = struct.unpack_from(order + "IIIII", body)
        more = dict(options_of(order, body[20 + cap + -cap % 4:]))
        packets.append(Packet(
            i, links[i], half_swapped(order, body, 4) * 10**9 // units[i],
            body[20:20 + cap], orig,
            struct.unpack(order + "I", more.get(2, b"\0" * 4))[0],
            struct.unpack(order + "Q", more.get(4, b"\0" * 8))[0],
            more[1].decode() if 1 in more else "-"))
    return packets, others


def dump(name, data=None, status=0):
    """The tool's lines, packets as such."""
    packets, others = [], []
    for line in lines(TOOL, "dump", name, data=data, status=status):
        f = line.split("\t")
        if f[0] != "packet":
            others.append(f)
            continue
        n = [int(x) for x in f[1:8]]
        assert n[3] == len(f[9]) // 2
        packets.append(Packet(n[0], n[1], n[2], bytes.fromhex(f[9]), n[4],
                              n[5], n[6], f[8]))
    return packets, others


def expected_in(form):
    return MICROS if form == "pcap" else PACKETS


# ----------------------------------------------------------------- cases

def reads_both_orders_and_precisions():
    for order in "<>":
        for part, expected in ((1000, MICROS), (1, PACKETS)):
            data = make_pcap(order, part, PACKETS)
            for got, others in (dump(write("x.pcap", data)),
                                dump("-", data=data)):
                same(got, expected)
                same(others, [["interface", "1", "262144"] + ["-"] * 5])


def python_reads_ours():
    write("ns.pcap", make_pcap(">", 1, PACKETS))
    for form in FORMATS:
        run(TOOL, "copy", form, "ns.pcap", "our." + form)
        data = read("our." + form)
        same(read_pcapng(data)[0] if form == "pcapng" else read_pcap(data),
             expected_in(form))
        piped = run(TOOL, "copy", form, "-", "-", data=read("ns.pcap"))
        assert piped == data


def tcpdump_of(name):
    return lines("tcpdump", "-r", name, "-tt", "--nano", "-nn", "-e", "-v",
                 "-xx")


def tcpdump_reads_ours():
    for form in FORMATS:
        part = 1000 if form == "pcap" else 1
        write("model.pcap", make_pcap("<", part, PACKETS))
        model = tcpdump_of("model.pcap")
        assert len(model) > 3 * len(PACKETS)
        same(tcpdump_of("our." + form), model)


def fields(name, *names):
    """tshark's; it takes long to start in the VM."""
    words = ["tshark", "-r", name, "-n", "-T", "fields"]
    for n in names:
        words += ["-e", n]
    return [line.split("\t") for line in lines(*words)]


def seconds(ns):
    return "%d.%09d" % divmod(ns, 10**9)


def wireshark_reads_ours():
    """editcap reads by the same library as tshark."""
    for form in FORMATS:
        run("editcap", "-F", "nsecpcap", "our." + form, "ws.pcap")
        same(read_pcap(read("ws.pcap")), expected_in(form))


def reads_tcpdumps_files():
    for word, expected in (("micro", MICROS), ("nano", PACKETS)):
        run("tcpdump", "-r", "ns.pcap", "--time-stamp-precision=" + word,
            "-w", "td.pcap", "-Z", "root")
        same(read_pcap(read("td.pcap")), expected)
        same(dump("td.pcap")[0], expected)


def captured_live(interface, word, link):
    """tcpdump's capture of four packets on lo, in namespaces of our own."""
    p = subprocess.Popen(["tcpdump", "-i", interface, "-w", "live.pcap", "-U",
                          "--immediate-mode", "--time-stamp-precision=" + word,
                          "-Z", "root", "-c", "4", "udp"], stderr=subprocess.PIPE)
    while b"listening on" not in p.stderr.readline():
        assert p.poll() is None
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while p.poll() is None:
        s.sendto(b"live", ("127.0.0.1", 9))
        time.sleep(0.05)
    s.close()
    p.stderr.close()
    assert p.returncode == 0
    got, others = dump("live.pcap")
    assert len(got) == 4 and int(others[0][1]) == link, others
    assert all(g.data.endswith(b"live") for g in got)
    same(got, read_pcap(read("live.pcap")))


def reads_live_captures():
    for interface, word, link in (("lo", "micro", 1), ("lo", "nano", 1),
                                  ("any", "nano", 276)):
        captured_live(interface, word, link)


def rich(order):
    """A section of pcapng with most of what there is; its items."""
    def o(code, value):
        return option(order, code, value)

    end = o(0, b"")
    out = block(order, 0x0a0d0d0a, struct.pack(
        order + "IHHq", 0x1a2b3c4d, 1, 0, -1) + o(2, "hw") + o(3, "an OS")
                + o(4, "app") + o(1, "of it all") + end)
    out += block(order, 1, struct.pack(order + "HHI", 1, 0, 500)
                 + o(2, "eth0") + o(3, "first") + o(11, b"\0ip")
                 + o(12, "Linux") + o(9, b"\x09") + o(6, b"\2\0\0\0\0\1")
                 + o(8, struct.pack(order + "Q", 10**9)) + end)
    out += block(order, 1, struct.pack(order + "HHI", 101, 0, 0)
                 + o(2, "tun0") + o(9, b"\x8a")
                 + o(14, struct.pack(order + "q", 1000)) + end)
    out += block(order, 0x80000001, b"of no interest to us")
    for i in range(3):
        out += block(order, 6, struct.pack(
            order + "IIIII", 0, BASE + i >> 32, BASE + i & 0xffffffff,
            len(FRAMES[i]), 1000) + pad(FRAMES[i])
            + o(1, "number %d" % i) + o(2, struct.pack(order + "I", i + 1))
            + o(4, struct.pack(order + "Q", i)) + o(3, b"\2hash") + end)
    out += block(order, 6, struct.pack(
        order + "IIIII", 1, 0, 1024 + 256, 28, 28) + udp(0))
    out += block(order, 0x40000bad, struct.pack(order + "I", 32473) + b"abcd")
    out += block(order, 5, struct.pack(
        order + "III", 0, BASE + 9 >> 32, BASE + 9 & 0xffffffff)
        + o(4, struct.pack(order + "Q", 100))
        + o(7, struct.pack(order + "Q", 42)) + end)
    packets = [Packet(0, 1, BASE + i, FRAMES[i], 1000, i + 1, i,
                      "number %d" % i) for i in range(3)]
    packets.append(Packet(1, 101, 1001250000000, udp(0), 28))
    items = [["section", "app", "an OS", "hw", "of it all"],
             ["interface", "1", "500", "eth0", "first", "ip", "Linux", "-"],
             ["interface", "101", "0", "tun0", "-", "-", "-", "-"],
             ["stats", "0", str(BASE + 9), "0", "0", "100", "-1", "-1", "42",
              "-1", "-"]]
    return out, packets, items


def reads_rich_pcapng():
    data, packets, items = b"", [], []
    for i, order in enumerate("><><"):
        d, p, others = rich(order)
        data += d
        packets += [x._replace(interface=x.interface + 2 * i) for x in p]
        for item in others:
            if item[0] == "stats":
                item[1] = str(2 * i)
            items.append(item)
    got, others = dump(write("rich.pcapng", data))
    same(got, packets)
    same(others, items)
    # And editcap reads it as we do.
    run("editcap", "-F", "pcapng", "rich.pcapng", "ed")
    same([p._replace(interface=0) for p in read_pcapng(read("ed"))[0]],
         [p._replace(interface=0) for p in packets])


def writes_rich_pcapng():
    data, packets, items = rich(">")
    write("rich.pcapng", data)
    run(TOOL, "copy", "pcapng", "rich.pcapng", "our.pcapng")
    got, others = read_pcapng(read("our.pcapng"))
    same(got, packets)
    texts = [dict(o[2]) for o in others]
    assert texts[0][4] == b"capture-tool" and texts[0][1] == b"from the tests"
    assert texts[1] == {2: b"eth0", 3: b"first", 11: b"\0ip", 12: b"Linux",
                        9: b"\x09"}, texts[1]
    assert texts[2] == {2: b"tun0", 9: b"\x09"}
    numbers = {k: struct.unpack("=Q", v)[0] for k, v in texts[3].items()}
    assert numbers == {4: 100, 7: 42}, numbers
    got, others = dump("our.pcapng")
    same(got, packets)
    same(others[1:], items[1:])
    shown = fields("our.pcapng", "frame.time_epoch", "frame.cap_len",
                   "frame.len", "frame.interface_name", "frame.comment",
                   "frame.packet_flags_direction")
    same(shown, [[seconds(p.ns), str(len(p.data)), str(p.orig),
                  ("eth0", "tun0")[p.interface], p.comment.strip("-"),
                  "0x%08x" % (p.flags & 3) if p.flags else ""]
                 for p in packets])
    info = run("capinfos", "our.pcapng").decode()
    for words in ("Capture application: capture-tool", "Name = eth0",
                  "Name = tun0", "Filter string = ip", "Description = first",
                  "Operating system = Linux", "Capture length = 500",
                  "Time precision = nanoseconds (9)",
                  "Number of stat entries = 1", "a machine"):
        assert words in info, (words, info)


def reads_editcaps_files():
    for form, expected in (("pcap", MICROS), ("nsecpcap", PACKETS),
                           ("modpcap", MICROS), ("pcapng", PACKETS)):
        run("editcap", "-F", form, "-a", "2:second", "ns.pcap", "ed")
        got = dump("ed")[0]
        if form == "pcapng":
            assert got[1].comment == "second"
        same([g._replace(comment="-") for g in got], expected)


def reads_mergecaps_files():
    links = (1, 101, 227)
    everything = []
    for i, link in enumerate(links):
        packets = [Packet(i, link, BASE + i + 10 * n, udp(n), 28 + n)
                   for n in range(5)]
        everything += packets
        write("m%d" % i, make_pcap("<>"[i % 2], 1, packets, link))
    run("mergecap", "-F", "pcapng", "-w", "merged", "m0", "m1", "m2")
    got, others = dump("merged")
    same(got, sorted(everything, key=lambda p: p.ns))
    assert [o[1] for o in others if o[0] == "interface"] == \
        [str(link) for link in links]


def link_types():
    names = {1: "EN10MB", 101: "RAW", 227: "CAN_SOCKETCAN",
             276: "LINUX_SLL2"}
    for link, name in names.items():
        for form in FORMATS:
            run(TOOL, "make", form, str(link), "made." + form)
            p = subprocess.run(["tcpdump", "-nr", "made." + form],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            assert b"link-type %s " % name.encode() in p.stderr, p.stderr
            if link != 227:
                assert b"192.0.2.1.5000 > 192.0.2.2.7: UDP, length 4" in \
                    p.stdout, p.stdout


CAN = [["291", "3", "0", ""], ["305419896", "0", "1", ""],
       ["2047", "12", "", "1"]]


def can_frames():
    """Their identifiers, alone and in cooked packets behind ARP and UDP."""
    run(TOOL, "make", "pcap-ns", "227", "can")
    run(TOOL, "make", "pcapng", "276", "cooked")
    run("mergecap", "-a", "-F", "pcapng", "-w", "both", "can", "cooked")
    got = fields("both", "can.id", "can.len", "can.flags.rtr",
                 "canfd.flags.brs", "arp.dst.proto_ipv4", "udp.dstport")
    same([g[:4] for g in got], CAN + [[""] * 4] * 2 + CAN)
    assert got[3][4] == "192.0.2.2" and got[4][5] == "7", got


def damaged_files():
    """What stands before the cut, as tcpdump has it, and where the cut is."""
    whole = make_pcap("<", 1, PACKETS)
    ends = [24]
    for p in PACKETS:
        ends.append(ends[-1] + 16 + len(p.data))
    for at in (24, 25, 39, 40, 41, 300, 1000, len(whole) - 1, len(whole)):
        n = sum(e <= at for e in ends) - 1
        cut = at not in ends
        got, others = dump(write("cut", whole[:at]), status=int(cut))
        same(got, PACKETS[:n])
        p = subprocess.run(["tcpdump", "-nr", "cut", "-tt"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert p.stdout.count(b"\n17") + p.stdout.startswith(b"17") == n
        assert (p.returncode != 0) == cut
        if cut:
            assert others[-1][:3] == ["error", "61", str(ends[n])], others
            assert others[-1][3].startswith("at %d: expected " % at)
            assert others[-1][3].endswith("found the end")
    for data, words in ((b"", "found the end"), (b"GIF89a", '"47494638"')):
        others = dump(write("none", data), status=1)[1]
        assert others[-1][2] == "0" and words in others[-1][3], others
    assert subprocess.run([TOOL, "copy", "pcapng", "ns.pcap", "/dev/full"],
                          stderr=subprocess.PIPE).returncode == 1


def rotates_like_tcpdump():
    """-C counts millions of bytes."""
    big = [Packet(0, 1, BASE + i, bytes([i % 256]) * 1400, 1400)
           for i in range(3500)]
    write("big.pcap", make_pcap("<", 1000, big))
    for ring in (0, 1, 3, 11):
        files = []
        for who in ("td", "our"):
            os.mkdir(who)
            if who == "td":
                words = ["tcpdump", "-r", "big.pcap", "-w", "td/x", "-C", "1",
                         "-Z", "root"]
                run(*words, *(["-W", str(ring)] if ring else []))
            else:
                run(TOOL, "rotate", "1000000", str(ring), "big.pcap", "our/x")
            files.append({n: read(who + "/" + n) for n in os.listdir(who)})
            for n in os.listdir(who):
                os.unlink(who + "/" + n)
            os.rmdir(who)
        assert sorted(files[0]) == sorted(files[1]), [sorted(f) for f in files]
        for n in files[0]:
            assert files[0][n] == files[1][n], (ring, n)


CASES = (reads_both_orders_and_precisions, python_reads_ours,
         tcpdump_reads_ours, wireshark_reads_ours, reads_tcpdumps_files,
         reads_live_captures, reads_rich_pcapng, writes_rich_pcapng,
         reads_editcaps_files, reads_mergecaps_files, link_types, can_frames,
         damaged_files, rotates_like_tcpdump)


def main():
    failed = 0
    for case in CASES:
        try:
            case()
            print("ok", case.__name__, flush=True)
        except Exception as e:
            failed += 1
            print("not ok %s - %s: %s" % (case.__name__, type(e).__name__,
                                          re.sub(r"\s+", " ", str(e))[:600]),
                  flush=True)
    return failed != 0


if not os.environ.get("SFAM_CAPTURE_INSIDE"):
    # lo is this test's own.
    os.environ["SFAM_CAPTURE_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable] + sys.argv)
run("ip", "link", "set", "lo", "up")
sys.exit(main())
