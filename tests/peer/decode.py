# SPDX-License-Identifier: MIT
"""Our text of packets against tcpdump's, field by field.

decode.py corpus PRINT        the packets of packets.py, in each mode
decode.py file PRINT PCAP     the packets of a capture, in each mode
decode.py json PRINT          JSON of the corpus, whole and cut
decode.py vectors PRINT       writes tests/data/packet-lines.txt
PRINT is the program of decode-print.c."""
import fnmatch
import json
import re
import struct
import subprocess
import sys
import tempfile

import packets

MODES = ((), ("-e",), ("-v",), ("-e", "-v"))
# Bytes below the text: of these packets, byte for byte.
DUMPS = ("-x", "-xx", "-X", "-XX", "-A", "-AA")
DUMPED = ("arp-padded", "icmp-request", "tcp-data", "udp-empty", "ip-trailer",
          "ip-last", "ip6-trailer", "mpls-two", "link-vlan", "link-qinq",
          "link-snap", "link113-0", "link101-ip")

# What may differ anywhere: a pattern in tcpdump's text, what it becomes
# before the comparison, and why. Nothing else is touched.
PERMITTED = (
    (r"(?m)^(\S+ )(?=(In|B|M|P|Out|\?) )", "%3 ",
     "SLL2 holds an index; tcpdump asks the machine it runs on for the name"),
    (r"missing!(?=\S)", "missing! ", "a blank is missing in tcpdump 4.99.3"),
    (r"(listener (query|report|done))max", r"\1 max", "and here"),
    (r"ethertype IPv4, IP ", "IP ",
     "in cooked captures tcpdump writes a tag's type without -e"),
    (r"(vlan \d+, p \d+, ethertype IPv4), ", r"\1 (0x0800), ",
     "and with -e without its number"),
    (r" ,", ",", "a blank too many, between two SCTP chunks"),
    (r"\) \(padn\)", ")(padn)", "and between IPv6 options"),
    (r" \^ \}", " ^}", "and in IPv4 timestamps"),
    (r"(\d+\.\d+\.\d+\.\d+),,EOL", r"\1,EOL",
     "an empty address in a record route that is full"),
    (r"md5 shared secret not supplied with -M, can't check - ", "md5 ",
     "there is no -M"),
)

# Packets that we say something else of, and why.
DIFFERENT = {
    "arp-protocol": "the operation, too",
    "icmp-port-sctp": "-v: the addresses of the packet that is quoted",
    "icmp6-unreach[567]": "the length, too",
    "icmp6-port-sctp": "protocol and port",
    "icmp6-port-other": "protocol and port",
    "icmp6-option-unknown": "-v: its bytes in the same line",
    "tcp*-mptcp": "bytes only",
    "tcp*-timeout": "the unit is the first bit (RFC 5482), not the last",
    "tcp*-bad-*": "and then the length",
    "tcp*-zero-length": "and then the length",
    "ip-zero-length": "longer than the field can say (BIG TCP)",
    "ip6-hbh-jumbo": "short jumbograms are read all the same",
    "ip*-protocol46": "RSVP is not decoded",
    "ip*-protocol88": "EIGRP is not decoded",
    "ip*-protocol89": "OSPF is not decoded",
    "ip*-protocol103": "PIM is not decoded",
    "ip*-protocol112": "VRRP is not decoded",
    "gre-unknown": "its bytes, too",
    "gre-version": "its bytes, too",
    "lldp-more": "-v: organizations' own TLVs are bytes",
    "link-vlan-unknown": "the tags, too",
    "link-vlan-deep": "more than four tags are not followed",
    "ip6-many-headers": "more than eight headers are not followed",
    "link-vlan-llc": "the header of 802.2 alone",
    "link-length-12": "the header of 802.2 alone",
    "link*-can": "tcpdump prints no CAN",
    "link-llc*": "the header of 802.2 alone",
    "link-short-length": "the header of 802.2 alone",
    "link-snap-length": "the header of 802.2 alone",
    "link-snap-unknown": "the header of 802.2 alone",
    "link-type0600": "the name of the type",
    "link-type6003": "DECnet is not decoded",
    "link-type88*": "not decoded",
    "link-type8902": "CFM is not decoded",
    "link-type9000": "not decoded",
    "link101-other": "its bytes, too",
}
NOT_DIFFERENT = ("link-type88cc",)


def different(name):
    if name in NOT_DIFFERENT:
        return None
    for pattern, why in DIFFERENT.items():
        if fnmatch.fnmatchcase(name, pattern):
            return why
    return None


# ------------------------------------------------------------ printing --

def write_pcap(to, link, items):
    """A packet's number is its time, and so begins tcpdump's text of it."""
    to.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
    for number, data in enumerate(items):
        to.write(struct.pack("<IIII", number, 0, len(data), len(data)) + data)
    to.flush()


def tcpdump(link, items, mode):
    """The text of each packet; None where it has none."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as pcap:
        write_pcap(pcap, link, items)
        done = subprocess.run(
            ["tcpdump", "-n", "-S", "-tt", "-r", pcap.name, *mode],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    parts = re.split(r"(?m)^(\d+)\.000000 ", done.stdout.decode("latin-1"))
    texts = dict(zip(map(int, parts[1::2]), parts[2::2]))
    return [texts.get(n) for n in range(len(items))]


def ours(program, link, items, mode):
    lines = "".join("%d %d %s\n" % (link, len(data), data.hex())
                    for data in items)
    done = subprocess.run([program, *mode], input=lines.encode(),
                          stdout=subprocess.PIPE, check=True)
    return re.split(r"(?m)^#\n", done.stdout.decode("latin-1"))[:-1]


# ---------------------------------------------------------- comparison --

def squeeze(text, mode):
    """Blanks count as one, none at the ends of lines. Without -v a packet is
    one line here, so tcpdump's line breaks are blanks; with -v they count."""
    blanks = r"[ ]+" if "-v" in mode else r"[ \t\n]+"
    lines = re.sub(blanks, " ", text).split("\n")
    return "\n".join(line.strip(" ") for line in lines).strip()


def normal(text, mode):
    text = squeeze(text, mode)
    for pattern, becomes, _ in PERMITTED:
        text = re.sub(pattern, becomes, text)
    return squeeze(text, mode)


class Report:
    def __init__(self):
        self.failed = 0

    def case(self, name, why):
        if why:
            self.failed += 1
            print("not ok %s - %s" % (name, why))
        else:
            print("ok %s" % name)


def compare(program, link, named, mode):
    """Names of the packets that differ, with both texts."""
    items = [data for _, data in named]
    theirs = tcpdump(link, items, mode)
    mine = ours(program, link, items, mode)
    for (name, _), a, b in zip(named, theirs, mine, strict=True):
        if a is None or normal(a, mode) != squeeze(b, mode):
            yield name, a, b


def by_link(triples):
    links = {}
    for name, link, data in triples:
        links.setdefault(link, []).append((name, data))
    return links


def show(a, b):
    return "tcpdump:\n%s\nours:\n%s" % (a, b)


def corpus(program):
    report = Report()
    differ = set()
    for link, named in by_link(packets.corpus()).items():
        if link == packets.CAN:
            check_can(program, named, report)
            continue
        for mode in MODES:
            found = {name: show(a, b)
                     for name, a, b in compare(program, link, named, mode)}
            differ |= set(found)
            for name, _ in named:
                why = None if different(name) else found.get(name)
                report.case(" ".join((name,) + mode), why)
    check_declared(differ, report)
    check_dumps(program, report)
    return report.failed


def check_declared(differ, report):
    """What is declared to differ does, or the declaration goes."""
    names = {name for name, _, _ in packets.corpus()}
    for name in sorted(filter(different, names)):
        report.case("differs: " + name,
                    None if name in differ else "not at all")
    for pattern in DIFFERENT:
        report.case("declared: " + pattern,
                    None if fnmatch.filter(names, pattern) else "no packet")


def check_dumps(program, report):
    for link, named in by_link(triple for triple in packets.corpus()
                               if triple[0] in DUMPED).items():
        items = [data for _, data in named]
        for mode in DUMPS:
            for (name, _), a, b in zip(named, tcpdump(link, items, (mode,)),
                                       ours(program, link, items, (mode,)),
                                       strict=True):
                report.case("%s %s" % (name, mode),
                            None if a == b else show(a, b))


def check_can(program, named, report):
    """tcpdump prints no CAN: the names are what candump -L writes."""
    texts = ours(program, packets.CAN, [data for _, data in named], ())
    for (name, _), text in zip(named, texts, strict=True):
        report.case(name, None if text == "CAN %s\n" % name[4:] else text)


# ------------------------------------------------------------- captures --

def read_pcap(path):
    """Of tcpdump -w: in our byte order, microseconds."""
    with open(path, "rb") as pcap:
        data = pcap.read()
    magic, link = struct.unpack("<I16xI", data[:24])
    assert magic == 0xa1b2c3d4, hex(magic)
    at = 24
    while at < len(data):
        cap, orig = struct.unpack("<8xII", data[at:at + 16])
        assert cap == orig, "it was cut"
        yield link, data[at + 16:at + 16 + cap]
        at += 16 + cap


def file(program, path):
    """Every packet of a capture, and one of each of these at least: what
    tests/peer/decode.sh has waited for."""
    report = Report()
    wanted = {"ARP, Req", "ARP, Reply", "ICMP echo req", "ICMP echo reply",
              "ip-proto-1$", "ICMP6, echo", "neighbor sol", "neighbor adv",
              r"frag \(\d+\|",
              r"Flags \[S\]", r"Flags \[S.\]", r"Flags \[F.\]", "UDP, len",
              "udp port 9 unreach", "unreachable port, ", "sctp .*INIT",
              "sctp .*DATA", "sctp .*SHUTDOWN", "GREv0", "VXLAN", "MPLS",
              "time exceeded"}
    for link, named in by_link(
            ("%d" % n, link, data)
            for n, (link, data) in enumerate(read_pcap(path))).items():
        for mode in MODES:
            found = [show(a, b)
                     for _, a, b in compare(program, link, named, mode)]
            report.case("%d packets of the kernel %s" % (len(named),
                                                         " ".join(mode)),
                        "\n".join(found))
        text = "".join(ours(program, link, [data for _, data in named], ()))
        wanted = {words for words in wanted
                  if not re.search(words, text, re.MULTILINE)}
    report.case("all kinds of packets", ", ".join(sorted(wanted)))
    return report.failed


# ----------------------------------------------------------------- JSON --

def json_of(program, triples):
    lines = "".join("%d %d %s\n" % (link, orig, data.hex())
                    for link, orig, data in triples)
    done = subprocess.run([program, "--json"], input=lines.encode(),
                          stdout=subprocess.PIPE, check=True)
    return [json.loads(text)
            for text in re.split(r"(?m)^#\n", done.stdout.decode())[:-1]]


# Of some packets, what must be in their objects.
FIELDS = {
    "arp-reply": {"arp": {"op": 2, "sender_mac": packets.MAC_B,
                          "sender_ip": packets.B, "target_mac": packets.MAC_A,
                          "target_ip": packets.A}},
    "tcp-data": {"tcp": {"src_port": 1234, "dst_port": 8099, "seq": 101,
                         "ack": 201, "flags": "P.", "window": 64240,
                         "length": 99},
                 "ip": {"version": 4, "src": packets.A, "dst": packets.B,
                        "protocol": 6, "ttl": 64, "length": 119},
                 "ethernet": {"src": packets.MAC_A, "dst": packets.MAC_B,
                              "type": 0x800}},
    "udp-some": {"udp": {"src_port": 5000, "dst_port": 5001, "length": 3}},
    "sctp-init": {"sctp": {"src_port": 2000, "dst_port": 2001,
                           "tag": 0x11223344}},
    "icmp-unreach3": {"icmp": {"type": 3, "code": 3}},
    "icmp6-ns": {"icmp": {"type": 135, "code": 0},
                 "ip": {"version": 6, "src": packets.A6, "dst": packets.B6,
                        "protocol": 58, "ttl": 255, "length": 24}},
    "ip-middle": {"ip": {"version": 4, "src": packets.A, "dst": packets.B,
                         "protocol": 17, "ttl": 64, "length": 8,
                         "fragment": {"id": 1, "offset": 48, "more": True}}},
    "ip6-fragment-last": {
        "ip": {"version": 6, "src": packets.A6, "dst": packets.B6,
               "protocol": 17, "ttl": 64, "length": 40,
               "fragment": {"id": 0xabcd, "offset": 48, "more": False}}},
    "ip6-hbh-dstopt": {"tcp": {"src_port": 1234, "dst_port": 8099,
                               "seq": 100, "ack": 0, "flags": "S",
                               "window": 64240, "length": 0}},
    "link-vlan-priority": {"vlan": [{"id": 7, "priority": 5, "dei": True}]},
    "link-qinq": {"vlan": [{"id": 7, "priority": 0, "dei": False},
                           {"id": 8, "priority": 0, "dei": False}],
                  "udp": {"src_port": 5000, "dst_port": 5001, "length": 3}},
    "link276-vlan": {"vlan": [{"id": 7, "priority": 0, "dei": False}]},
    "can-123#DEADBEEF": {"can": {"id": 0x123, "extended": False,
                                 "remote": False, "error": False, "fd": False,
                                 "xl": False, "data": "deadbeef"}},
    "can-12345678##511": {"can": {"id": 0x12345678, "extended": True,
                                  "remote": False, "error": False,
                                  "fd": True, "xl": False, "data": "11"}},
}


def check_json(program):
    report = Report()
    triples = list(packets.corpus())
    objects = json_of(program, [(link, len(data), data)
                                for _, link, data in triples])
    plain = {}
    for link, named in by_link(triples).items():
        texts = ours(program, link, [data for _, data in named], ())
        plain.update(zip((name for name, _ in named), texts))
    for (name, _, data), found in zip(triples, objects, strict=True):
        want = {"length": len(data), "captured": len(data),
                "text": plain[name].split("\n")[0]} | FIELDS.pop(name, {})
        wrong = {key: found.get(key) for key in want
                 if found.get(key) != want[key]}
        report.case("JSON " + name, wrong and "%s, not %s" % (wrong, want))
    report.case("JSON fields", ", ".join(FIELDS))
    cut = [(link, len(data), data[:n]) for _, link, data in triples
           for n in range(len(data))]
    report.case("JSON of %d cut packets" % len(cut),
                None if len(json_of(program, cut)) == len(cut) else "fewer")
    return report.failed


# -------------------------------------------------------------- vectors --

VECTORS = """# SPDX-License-Identifier: MIT
# Written by tests/peer/decode.py. Packets and their text: # NAME, then LINK
# HEX, then the text without options, with -e, and with -v; newlines are \\n,
# tabs \\t. Behind "=" is what tcpdump -n -S writes of it too, but for blanks
# and what decode.py permits; behind "~" our own wording.
"""


def vectors(program):
    print(VECTORS, end="")
    for link, named in by_link(packets.corpus()).items():
        items = [data for _, data in named]
        columns = []
        for mode in MODES[:3]:
            unlike = {name for name, _ in named} if link == packets.CAN else {
                name for name, _, _ in compare(program, link, named, mode)}
            columns.append([
                ("~ " if name in unlike else "= ") + text_alone(text)
                for (name, _), text in zip(named, ours(program, link, items,
                                                       mode), strict=True)])
        for number, (name, data) in enumerate(named):
            print("# %s\n%d %s" % (name, link, data.hex()))
            for column in columns:
                print(column[number])
    return 0


def text_alone(text):
    """Without the dump below it, in one line."""
    text = re.sub(r"(?m)^\t0x[0-9a-f]{4}:  .*\n", "", text)
    return text[:-1].replace("\n", "\\n").replace("\t", "\\t")


if __name__ == "__main__":
    verb = {"corpus": corpus, "file": file, "json": check_json,
            "vectors": vectors}[sys.argv[1]]
    sys.exit(1 if verb(*sys.argv[2:]) else 0)
