# SPDX-License-Identifier: MIT
"""The packets that decode.py compares: corpus() yields (name, link, bytes),
link as in a capture file. Checksums are right where the name does not say
otherwise; what is random comes of a fixed seed."""
import ipaddress
import struct

ETHER, RAW, SLL, CAN, SLL2 = 1, 101, 113, 227, 276
A, B = "10.0.0.1", "10.0.0.2"
A6, B6 = "fe80::1", "2001:db8::2"
MAC_A, MAC_B = "02:00:00:00:00:01", "02:00:00:00:00:02"
ICMP, IGMP, IPIP, TCP, UDP, IP6, GRE, ICMP6, SCTP = \
    1, 2, 4, 6, 17, 41, 47, 58, 132
HBH, ROUTING, FRAGMENT, ESP, AH, NONE, DSTOPT = 0, 43, 44, 50, 51, 59, 60


def ip_bytes(text):
    return ipaddress.ip_address(text).packed


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def put_checksum(data, at, pseudo=b""):
    """The field at that offset is 0; a sum of 0 is written as such."""
    return (data[:at] + struct.pack("!H", checksum(pseudo + data)) +
            data[at + 2:])


def pseudo(src, dst, proto, length):
    head = ip_bytes(src) + ip_bytes(dst)
    if len(head) == 8:
        return head + struct.pack("!BBH", 0, proto, length)
    return head + struct.pack("!II", length, proto)


# ------------------------------------------------------------- layers --

def ether(kind, payload, dst=MAC_B, src=MAC_A):
    return mac(dst) + mac(src) + struct.pack("!H", kind) + payload


def vlan(tci, kind, payload):
    return struct.pack("!HH", tci, kind) + payload


def ip4(proto, payload, src=A, dst=B, options=b"", tos=0, ttl=64, ident=1,
        frag=0, length=None, hlen=None):
    header = 20 + len(options)
    if length is None:
        length = header + len(payload)
    if hlen is None:
        hlen = header // 4
    head = struct.pack("!BBHHHBBH", 0x40 | hlen, tos, length, ident, frag, ttl,
                       proto, 0) + ip_bytes(src) + ip_bytes(dst) + options
    return put_checksum(head, 10) + payload


def ip6(proto, payload, src=A6, dst=B6, tclass=0, flow=0, hops=64,
        length=None):
    return struct.pack("!IHBB", 6 << 28 | tclass << 20 | flow,
                       len(payload) if length is None else length, proto,
                       hops) + ip_bytes(src) + ip_bytes(dst) + payload


def tcp(src, dst, flags=2, seq=100, ack=0, win=64240, urg=0, options=b"",
        payload=b"", sport=1234, dport=8099, offset=None):
    options += b"\0" * (-len(options) % 4)
    if offset is None:
        offset = 5 + len(options) // 4
    data = struct.pack("!HHIIHHHH", sport, dport, seq, ack,
                       offset << 12 | flags, win, 0, urg) + options + payload
    return put_checksum(data, 16, pseudo(src, dst, TCP, len(data)))


def udp(src, dst, payload=b"", sport=5000, dport=5001, length=None):
    length = 8 + len(payload) if length is None else length
    data = struct.pack("!HHHH", sport, dport, length, 0) + payload
    return put_checksum(data, 6, pseudo(src, dst, UDP, len(data)))


def icmp(kind, code, rest):
    return put_checksum(struct.pack("!BBH", kind, code, 0) + rest, 2)


def icmp6(kind, code, rest, src=A6, dst=B6):
    data = struct.pack("!BBH", kind, code, 0) + rest
    return put_checksum(data, 2, pseudo(src, dst, ICMP6, len(data)))


def extension(proto, data):
    """A header of options, padded to 8 bytes with PadN."""
    pad = -(len(data) + 2) % 8
    if pad == 1:
        data += b"\0"
    elif pad:
        data += bytes([1, pad - 2]) + b"\0" * (pad - 2)
    return bytes([proto, (len(data) + 2) // 8 - 1]) + data


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xffffffff)


def sctp(*chunks, sport=2000, dport=2001, tag=0x11223344):
    head = struct.pack("!HHI", sport, dport, tag)
    body = b"".join(chunks)
    return head + crc32c(head + bytes(4) + body) + body


def chunk(kind, flags, data, length=None):
    if length is None:
        length = 4 + len(data)
    return (struct.pack("!BBH", kind, flags, length) + data +
            b"\0" * (-len(data) % 4))


def tlv(kind, data):
    """LLDP: 7 bits of type, 9 of length."""
    return struct.pack("!H", kind << 9 | len(data)) + data


def sll(kind, payload, pkttype=0, hatype=1):
    return struct.pack("!HHH", pkttype, hatype, 6) + mac(MAC_A) + \
        b"\0\0" + struct.pack("!H", kind) + payload


def sll2(kind, payload, pkttype=0, hatype=1, index=3):
    return struct.pack("!HHIHBB", kind, 0, index, hatype, pkttype, 6) + \
        mac(MAC_A) + b"\0\0" + payload


# ------------------------------------------------------------- groups --

def arp_packet(op, sha, spa, tha, tpa):
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + mac(sha) + \
        ip_bytes(spa) + mac(tha) + ip_bytes(tpa)


def arp():
    none = "00:00:00:00:00:00"
    everyone = "ff:ff:ff:ff:ff:ff"
    request = arp_packet(1, MAC_A, A, none, B)
    yield "request", ether(0x0806, request, everyone)
    yield "padded", ether(0x0806, request + b"\0" * 18, everyone)
    yield "unicast", ether(0x0806, arp_packet(1, MAC_A, A, MAC_B, B))
    yield "reply", ether(0x0806, arp_packet(2, MAC_B, B, MAC_A, A))
    yield "announce", ether(0x0806, arp_packet(1, MAC_A, A, none, A))
    yield "probe", ether(0x0806, arp_packet(1, MAC_A, "0.0.0.0", none, A))
    for op in (3, 4, 8, 9, 10, 11):
        yield "op%d" % op, ether(0x0806, arp_packet(op, MAC_A, A, MAC_B, B))
    yield "reverse", ether(0x8035, arp_packet(3, MAC_A, A, MAC_B, B))
    yield "infiniband", ether(0x0806, struct.pack("!HHBBH", 32, 0x0800, 20, 4,
                                                  1) + bytes(48))
    yield "protocol", ether(0x0806, struct.pack("!HHBBH", 1, 0x86dd, 6, 16,
                                                1) + bytes(44))


def icmp_quoting(proto, payload, frag=0):
    return ip4(proto, payload[:8], src=B, dst="10.9.9.9", frag=frag,
               length=20 + len(payload))


def icmp_messages():
    for kind, name in ((8, "request"), (0, "reply")):
        yield name, icmp(kind, 0, struct.pack("!HH", 3, 1) + bytes(56))
    quote_udp = icmp_quoting(UDP, udp(B, "10.9.9.9", bytes(20)))
    quote_tcp = icmp_quoting(TCP, tcp(B, "10.9.9.9"))
    for code in range(17):
        yield "unreach%d" % code, icmp(3, code, bytes(4) + quote_udp)
    yield "port-tcp", icmp(3, 3, bytes(4) + quote_tcp)
    yield "port-sctp", icmp(3, 3, bytes(4) + icmp_quoting(SCTP, bytes(20)))
    yield "port-other", icmp(3, 3, bytes(4) + icmp_quoting(99, bytes(20)))
    yield "port-icmp", icmp(3, 3, bytes(4) + icmp_quoting(ICMP, bytes(20)))
    yield "protocol-99", icmp(3, 2, bytes(4) + icmp_quoting(99, bytes(20)))
    yield "need-frag", icmp(3, 4, struct.pack("!HH", 0, 1400) + quote_udp)
    yield "quench", icmp(4, 0, bytes(4) + quote_udp)
    for code in range(5):
        yield "redirect%d" % code, icmp(5, code, ip_bytes("10.0.0.9") +
                                        quote_udp)
    for code in range(3):
        yield "exceeded%d" % code, icmp(11, code, bytes(4) + quote_udp)
    for code in range(2):
        yield "parameter%d" % code, icmp(12, code, b"\x09\0\0\0" + quote_udp)
    yield "router-solicit", icmp(10, 0, bytes(4))
    yield "router", icmp(9, 0, struct.pack("!BBH", 2, 2, 1800) +
                         ip_bytes(A) + struct.pack("!I", 5) +
                         ip_bytes(B) + struct.pack("!i", -7))
    yield "time", icmp(13, 0, struct.pack("!HHIII", 3, 1, 3723004, 0, 0))
    yield "time-reply", icmp(14, 0, struct.pack("!HHIII", 3, 1, 3723004, 5,
                                                86399999))
    yield "mask", icmp(17, 0, struct.pack("!HHI", 3, 1, 0))
    yield "mask-reply", icmp(18, 0, struct.pack("!HHI", 3, 1, 0xffffff00))
    yield "info", icmp(15, 0, struct.pack("!HH", 3, 1))
    yield "type99", icmp(99, 1, bytes(20))
    yield "checksum", icmp(8, 0, bytes(8))[:-1] + b"\1"


def igmp_messages():
    group = ip_bytes("224.1.2.3")
    for kind in (0x11, 0x12, 0x16, 0x17):
        yield "type%x" % kind, put_checksum(
            struct.pack("!BBH", kind, 100, 0) + group, 2)
    yield "general", put_checksum(struct.pack("!BBHI", 0x11, 100, 0, 0), 2)
    yield "quick", put_checksum(struct.pack("!BBH", 0x11, 5, 0) + group, 2)
    yield "first", put_checksum(struct.pack("!BBHI", 0x11, 0, 0, 0), 2)
    records = b"".join(struct.pack("!BBH", kind, 0, 1) + group + ip_bytes(A)
                       for kind in range(1, 7))
    yield "report3", put_checksum(struct.pack("!BBHHH", 0x22, 0, 0, 0, 6) +
                                  records, 2)
    yield "query3", put_checksum(struct.pack("!BBH", 0x11, 0x8f, 0) + group +
                                 struct.pack("!BBH", 2, 125, 1) +
                                 ip_bytes(A), 2)


def tcp_messages(src, dst):
    def make(**words):
        return tcp(src, dst, **words)
    for flags in (0, 1, 2, 4, 8, 0x10, 0x11, 0x12, 0x14, 0x18, 0x20, 0x30,
                  0x42, 0xc2, 0x80, 0xff, 0x100, 0x1ff):
        yield "flags%02x" % flags, make(flags=flags, ack=7, urg=3)
    yield "data", make(flags=0x18, seq=101, ack=201, payload=b"x" * 99)
    yield "wrap", make(flags=0x10, seq=0xffffffff, ack=0xffffffff,
                       payload=b"x" * 9)
    yield "options", make(options=bytes.fromhex(
        "020405b4" "0402" "080a0000000100000002" "01" "030307"))
    yield "sack", make(flags=0x10, options=bytes.fromhex(
        "0101" "0512" "00000001" "00000002" "00000003" "00000004"))
    yield "fastopen", make(options=bytes.fromhex("220a0102030405060708"))
    yield "fastopen-ask", make(options=bytes.fromhex("2202"))
    yield "mptcp", make(options=bytes.fromhex("1e04810000"))
    yield "md5", make(options=bytes.fromhex("1312") + bytes(16))
    yield "timeout", make(options=bytes.fromhex("1c048005"))
    yield "experiment", make(options=bytes.fromhex("fd06aabb0102"))
    yield "unknown", make(options=bytes.fromhex("6304aabb"))
    yield "bad-length", make(options=bytes.fromhex("02aa05b4"))
    yield "bad-mss", make(options=bytes.fromhex("020305b4"))
    yield "zero-length", make(options=bytes.fromhex("0800aabb"))
    yield "eol", make(options=bytes.fromhex("0101000102040000"))
    yield "short-offset", make(offset=4)
    yield "long-offset", make(offset=8)
    yield "checksum", make()[:-4] + b"\0\1\0\0"


def udp_messages(src, dst):
    yield "some", udp(src, dst, b"abc")
    yield "empty", udp(src, dst)
    yield "no-checksum", udp(src, dst, b"abc")[:6] + b"\0\0abc"
    yield "checksum", udp(src, dst, b"abc")[:-1] + b"d"
    # The sum is 0, which would mean that there is none.
    odd = udp(src, dst, b"\0\0")
    yield "sum-zero", odd[:6] + b"\xff\xff" + odd[6:8]
    yield "short-length", udp(src, dst, b"abc", length=7)
    yield "zero-length", udp(src, dst, b"abc", length=0)
    yield "long-length", udp(src, dst, b"abc", length=100)
    yield "padded", udp(src, dst, b"abc", length=9)


def sctp_messages():
    init = struct.pack("!IIHHI", 7, 65536, 10, 2048, 99)
    data = struct.pack("!IHHI", 5, 2, 3, 0)
    yield "init", sctp(chunk(1, 0, init))
    yield "init-parameters", sctp(chunk(1, 0, init + bytes.fromhex(
        "00050008" "0a000001" "000c0006" "00050000" "80000004" "c0000004")))
    yield "init-ack", sctp(chunk(2, 0, init + bytes.fromhex(
        "00070008" "01020304")))
    for flags in range(8):
        yield "data%d" % flags, sctp(chunk(0, flags, data + b"hello"))
    yield "data-ppid", sctp(chunk(0, 3, struct.pack("!IHHI", 5, 2, 3, 46) +
                                  b"hello"))
    yield "sack", sctp(chunk(3, 0, struct.pack("!IIHH", 5, 65536, 0, 0)))
    yield "sack-gaps", sctp(chunk(3, 0, struct.pack(
        "!IIHHHHHHI", 5, 65536, 2, 1, 2, 3, 5, 6, 4)))
    yield "heartbeat", sctp(chunk(4, 0, bytes.fromhex("0001000801020304")))
    yield "heartbeat-ack", sctp(chunk(5, 0,
                                      bytes.fromhex("0001000801020304")))
    yield "abort", sctp(chunk(6, 1, b""))
    yield "abort-cause", sctp(chunk(6, 0, bytes.fromhex("000c0008") +
                                    b"none"))
    yield "shutdown", sctp(chunk(7, 0, struct.pack("!I", 5)))
    yield "shutdown-ack", sctp(chunk(8, 0, b""))
    yield "error", sctp(chunk(9, 0, bytes.fromhex("0001000800020000")))
    yield "cookie", sctp(chunk(10, 0, bytes(16)))
    yield "cookie-data", sctp(chunk(10, 0, bytes(16)),
                              chunk(0, 3, data + b"hey"))
    yield "cookie-ack", sctp(chunk(11, 0, b""))
    yield "ecne", sctp(chunk(12, 0, struct.pack("!I", 5)))
    yield "cwr", sctp(chunk(13, 0, struct.pack("!I", 5)))
    yield "shutdown-complete", sctp(chunk(14, 0, b""))
    yield "unknown", sctp(chunk(99, 0, bytes(4)))
    yield "forward-tsn", sctp(chunk(192, 0, struct.pack("!I", 5)))
    yield "reconfig", sctp(chunk(130, 0, bytes(4)))
    yield "bad-length", sctp(chunk(0, 3, data, length=3))
    yield "long-length", sctp(chunk(0, 3, data, length=300))
    yield "none", sctp()


IP4_OPTIONS = (
    ("nop", "01010100"),
    ("record", "07070400000000" "00"),
    ("record-full", "070708" "0a000009" "00"),
    ("loose", "830704" "0a000009" "00"),
    ("strict", "890704" "0a000009" "00"),
    ("timestamp", "440c0500" "00000001" "00000002"),
    ("timestamp-address", "440c0d01" "0a000009" "00000002"),
    ("router-alert", "94040000"),
    ("security", "820b" + "00" * 9 + "00"),
    ("unknown", "99040102"),
    ("bad-length", "0701" "0000"),
    ("long", "07ff0400"),
)


def ip4_packets():
    some = udp(A, B, b"abc")
    yield "tos", ip4(UDP, some, tos=0xb9)
    yield "ttl0", ip4(UDP, some, ttl=0)
    yield "df", ip4(UDP, some, frag=0x4000)
    yield "evil", ip4(UDP, some, frag=0x8000)
    yield "checksum", ip4(UDP, some)[:11] + b"\0" + ip4(UDP, some)[12:]
    for name, hexes in IP4_OPTIONS:
        yield "option-" + name, ip4(UDP, some,
                                    options=bytes.fromhex(hexes))
    yield "options", ip4(UDP, some, options=bytes.fromhex(
        "94040000" "01" "070704" "00000000"))
    big = udp(A, B, bytes(72))
    yield "first", ip4(UDP, big[:48], frag=0x2000)
    yield "last", ip4(UDP, big[48:], frag=6)
    yield "middle", ip4(UDP, big[48:56], frag=0x2006)
    for proto in (ICMP, TCP, SCTP, 99):
        yield "last-%d" % proto, ip4(proto, bytes(40), frag=6)
    yield "first-tcp", ip4(TCP, tcp(A, B, payload=b"x" * 28)[:40],
                           frag=0x2000)
    yield "first-icmp", ip4(ICMP, icmp(8, 0, bytes(60))[:40], frag=0x2000)
    yield "broadcast", ip4(UDP, some, src="0.0.0.0", dst="255.255.255.255")
    for proto in (0, 50, 51, 58, 59, 88, 89, 99, 103, 112, 115, 136, 255):
        yield "protocol%d" % proto, ip4(proto, bytes(20))
    yield "bare", ip4(99, b"")
    yield "missing", ip4(UDP, some, length=120)
    yield "bad-length", ip4(UDP, some, length=10)
    yield "bad-hlen", ip4(UDP, some, hlen=3)
    yield "zero-length", ip4(UDP, some, length=0)
    yield "trailer", ip4(UDP, some) + bytes(20)
    yield "ip-in-ip", ip4(IPIP, ip4(UDP, some, src="10.8.0.1"))
    yield "ip6-in-ip", ip4(IP6, ip6(UDP, udp(A6, B6, b"abc")))
    yield "version5", b"\x55" + ip4(UDP, some)[1:]


def quote6():
    return ip6(UDP, udp(B6, "2001:db8::9", bytes(20)), src=B6,
               dst="2001:db8::9")


def nd_options():
    return (bytes.fromhex("0101020000000001"),
            bytes.fromhex("0501000000000578"),
            struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 2592000, 604800, 0) +
            ip_bytes("2001:db8:1::"),
            struct.pack("!BBHI", 25, 3, 0, 600) + ip_bytes("2001:db8::53"))


def icmp6_messages():
    target = ip_bytes("2001:db8::9")
    for kind, name in ((128, "request"), (129, "reply")):
        yield name, icmp6(kind, 0, struct.pack("!HH", 3, 1) + bytes(56))
    for code in range(8):
        yield "unreach%d" % code, icmp6(1, code, bytes(4) + quote6())
    quote = ip6(TCP, tcp(B6, A6), src=B6, dst=A6)
    yield "port-tcp", icmp6(1, 4, bytes(4) + quote)
    yield "port-sctp", icmp6(1, 4, bytes(4) + ip6(SCTP, bytes(20)))
    yield "port-hbh", icmp6(1, 4, bytes(4) + ip6(HBH, extension(
        UDP, b"") + udp(B6, A6)))
    yield "port-other", icmp6(1, 4, bytes(4) + ip6(99, bytes(20)))
    yield "too-big", icmp6(2, 0, struct.pack("!I", 1280) + quote6())
    for code in range(3):
        yield "exceeded%d" % code, icmp6(3, code, bytes(4) + quote6())
    for code in range(4):
        yield "parameter%d" % code, icmp6(4, code, struct.pack("!I", 6) +
                                          quote6())
    source, mtu, prefix, dns = nd_options()
    yield "rs", icmp6(133, 0, bytes(4))
    yield "rs-source", icmp6(133, 0, bytes(4) + source)
    for flags in (0, 0x80, 0x40, 0x08, 0xd8):
        yield "ra%02x" % flags, icmp6(134, 0, struct.pack(
            "!BBHII", 64, flags, 1800, 1000, 2000) + source + mtu + prefix +
            dns)
    yield "ns", icmp6(135, 0, bytes(4) + target)
    yield "ns-source", icmp6(135, 0, bytes(4) + target + source)
    for flags in (0, 0x20, 0x40, 0x60, 0x80, 0xe0):
        yield "na%02x" % flags, icmp6(136, 0, struct.pack("!I", flags << 24) +
                                      target + b"\2" + source[1:])
    yield "redirect", icmp6(137, 0, bytes(4) + target + ip_bytes(B6) + source)
    yield "option-zero", icmp6(135, 0, bytes(4) + target + bytes(8))
    yield "option-unknown", icmp6(135, 0, bytes(4) + target +
                                  bytes.fromhex("c801000000000000"))
    group = ip_bytes("ff02::fb")
    for kind in (130, 131, 132):
        yield "mld%d" % kind, icmp6(kind, 0, struct.pack("!HH", 1000, 0) +
                                    group)
    yield "mld-general", icmp6(130, 0, struct.pack("!HH", 1000, 0) +
                               bytes(16))
    yield "mld2-query", icmp6(130, 0, struct.pack("!HH", 1000, 0) + group +
                              struct.pack("!BBH", 2, 125, 1) + target)
    yield "mld2-general", icmp6(130, 0, struct.pack("!HH", 10000, 0) +
                                bytes(16) + struct.pack("!BBH", 2, 125, 0))
    records = b"".join(struct.pack("!BBH", kind, 0, 1) + group + target
                       for kind in range(1, 7))
    yield "mld2-report", icmp6(143, 0, struct.pack("!HH", 0, 6) + records)
    yield "mld2-one", icmp6(143, 0, struct.pack("!HHBBH", 0, 1, 4, 0, 0) +
                            group)
    yield "type99", icmp6(99, 4, bytes(40))
    yield "checksum", icmp6(128, 0, bytes(8))[:-1] + b"\1"


def ip6_packets():
    some = udp(A6, B6, b"abc")
    yield "class", ip6(UDP, some, tclass=0xb9, flow=0x12345)
    yield "hops", ip6(UDP, some, hops=1)
    yield "missing", ip6(UDP, some, length=120)
    yield "zero-length", ip6(UDP, some, length=0)
    yield "trailer", ip6(UDP, some) + bytes(20)
    yield "none", ip6(NONE, b"")
    yield "none-data", ip6(NONE, bytes(8))
    yield "hbh", ip6(HBH, extension(UDP, bytes.fromhex("05020000")) + some)
    yield "hbh-jumbo", ip6(HBH, extension(UDP, bytes.fromhex(
        "c204") + struct.pack("!I", len(some) + 8)) + some, length=0)
    yield "hbh-unknown", ip6(HBH, extension(UDP, bytes.fromhex(
        "1e040102030445020000")) + some)
    yield "dstopt", ip6(DSTOPT, extension(UDP, b"") + some)
    yield "dstopt-home", ip6(DSTOPT, extension(UDP, bytes.fromhex(
        "0102" "0000" "c910") + ip_bytes(B6)) + some)
    yield "hbh-dstopt", ip6(HBH, extension(DSTOPT, b"") +
                            extension(TCP, b"") + tcp(A6, B6))
    yield "many-headers", ip6(HBH, extension(HBH, b"") * 12)
    yield "routing0", ip6(ROUTING, struct.pack("!BBBBI", UDP, 2, 0, 1, 0) +
                          ip_bytes("2001:db8::9") + some)
    yield "routing2", ip6(ROUTING, struct.pack("!BBBBI", UDP, 2, 2, 1, 0) +
                          ip_bytes(B6) + some)
    yield "routing-two", ip6(ROUTING, struct.pack("!BBBBI", UDP, 4, 0, 2, 0) +
                             ip_bytes("2001:db8::9") + ip_bytes(B6) + some)
    yield "segments", ip6(ROUTING, struct.pack("!BBBBBBH", UDP, 2, 4, 0, 0, 0,
                                               7) + ip_bytes(B6) + some)
    yield "routing9", ip6(ROUTING, struct.pack("!BBBBI", UDP, 0, 9, 1, 0) +
                          some)
    big = udp(A6, B6, bytes(72))
    for name, proto, offset, data in (
            ("first", UDP, 1, big[:48]), ("middle", UDP, 49, big[48:56]),
            ("last", UDP, 48, big[48:]), ("atomic", UDP, 0, big),
            ("first-tcp", TCP, 1, tcp(A6, B6, payload=b"x" * 28)[:40]),
            ("first-icmp", ICMP6, 1, icmp6(128, 0, bytes(60))[:40]),
            ("last-icmp", ICMP6, 48, bytes(16))):
        yield "fragment-" + name, ip6(FRAGMENT, struct.pack(
            "!BBHI", proto, 0, offset, 0xabcd) + data)
    for proto in (ICMP, 46, 89, 99, 103, 112, 255):
        yield "protocol%d" % proto, ip6(proto, bytes(20))
    yield "esp", ip6(ESP, struct.pack("!II", 7, 1) + bytes(20))
    yield "ah", ip6(AH, struct.pack("!BBHII", UDP, 4, 0, 7, 1) + bytes(12) +
                    some)
    yield "ip-in-ip6", ip6(IPIP, ip4(UDP, udp(A, B, b"abc")))
    yield "ip6-in-ip6", ip6(IP6, ip6(UDP, some))
    yield "sctp", ip6(SCTP, sctp(chunk(11, 0, b"")))


def gre(flags, kind, payload, more=b""):
    return struct.pack("!HH", flags, kind) + more + payload


def tunnels():
    inner = ip4(UDP, udp(A, B, b"abc"))
    frame = ether(0x0800, inner)
    yield "gre", ip4(GRE, gre(0, 0x0800, inner))
    yield "gre-key", ip4(GRE, gre(0x2000, 0x0800, inner,
                                  struct.pack("!I", 42)))
    yield "gre-all", ip4(GRE, gre(0xb000, 0x0800, inner, struct.pack(
        "!HHII", 0x1234, 0, 42, 7)))
    yield "gre-ether", ip4(GRE, gre(0, 0x6558, frame))
    yield "gre-ip6", ip4(GRE, gre(0, 0x86dd, ip6(UDP, udp(A6, B6))))
    yield "gre-unknown", ip4(GRE, gre(0, 0x88b5, bytes(8)))
    yield "gre-version", ip4(GRE, gre(5, 0x0800, inner))
    yield "gre-over-ip6", ip6(GRE, gre(0, 0x0800, inner))
    vxlan = bytes.fromhex("08000000" "00002a00")
    yield "vxlan", ip4(UDP, udp(A, B, vxlan + frame, sport=50000,
                                dport=4789))
    yield "vxlan-bad", ip4(UDP, udp(A, B, bytes(8) + frame, sport=50000,
                                    dport=4789))


def mpls_label(label, exp, bottom, ttl):
    return struct.pack("!I", label << 12 | exp << 9 | bottom << 8 | ttl)


def mpls():
    inner = ip4(UDP, udp(A, B, b"abc"))
    inner6 = ip6(UDP, udp(A6, B6, b"abc"))
    yield "one", 0x8847, mpls_label(100, 0, 1, 64) + inner
    yield "two", 0x8847, mpls_label(100, 5, 0, 64) + \
        mpls_label(200, 0, 1, 63) + inner
    yield "ip6", 0x8847, mpls_label(100, 0, 1, 64) + inner6
    yield "null", 0x8847, mpls_label(0, 0, 1, 64) + inner
    yield "null6", 0x8847, mpls_label(2, 0, 1, 64) + inner6
    yield "alert", 0x8847, mpls_label(1, 0, 0, 64) + \
        mpls_label(3, 0, 1, 64) + inner
    yield "entropy", 0x8847, mpls_label(7, 0, 0, 64) + \
        mpls_label(14, 0, 1, 64) + inner
    yield "other", 0x8847, mpls_label(100, 0, 1, 64) + b"\x01" + bytes(19)
    yield "empty", 0x8847, mpls_label(100, 0, 1, 64)
    yield "multicast", 0x8848, mpls_label(100, 0, 1, 64) + inner


def lldp():
    first = tlv(1, b"\4" + mac(MAC_A)) + tlv(2, b"\5eth0") + \
        tlv(3, struct.pack("!H", 120))
    yield "least", first + tlv(0, b"")
    yield "named", first + tlv(5, b"router") + tlv(0, b"")
    yield "more", first + tlv(4, b"uplink") + tlv(5, b"router") + \
        tlv(6, b"Some \x01 system") + tlv(7, struct.pack("!HH", 0x14, 4)) + \
        tlv(8, b"\5\1" + ip_bytes(A) + struct.pack("!BIB", 2, 1, 0)) + \
        tlv(127, b"\0\x80\xc2\1\0\7") + tlv(0, b"")
    yield "kinds", tlv(1, b"\5\1" + ip_bytes(A)) + tlv(2, b"\3" +
                                                       mac(MAC_B)) + \
        tlv(3, struct.pack("!H", 1)) + tlv(0, b"")
    yield "endless", first


def link_packets():
    inner = ip4(UDP, udp(A, B, b"abc"))
    request = arp_packet(1, MAC_A, A, MAC_B, B)
    yield "vlan", ether(0x8100, vlan(7, 0x0806, request))
    yield "vlan-priority", ether(0x8100, vlan(0xb007, 0x0800, inner))
    yield "qinq", ether(0x88a8, vlan(7, 0x8100, vlan(8, 0x0800, inner)))
    yield "qinq-old", ether(0x9100, vlan(7, 0x8100, vlan(8, 0x0800, inner)))
    yield "qinq-old2", ether(0x9200, vlan(7, 0x8100, vlan(8, 0x0800, inner)))
    yield "vlan-deep", ether(0x8100, vlan(7, 0x8100, b"") * 4 +
                             vlan(7, 0x0800, inner))
    yield "vlan-unknown", ether(0x8100, vlan(7, 0x88b5, bytes(20)))
    yield "vlan-llc", ether(0x8100, vlan(7, 38, bytes.fromhex("424203") +
                                         bytes(35)))
    yield "unknown", ether(0x88b5, bytes(range(46)))
    yield "unknown-odd", ether(0x88b5, b"Hello, world! \x7f\x80\xff")
    yield "unknown-empty", ether(0x88b5, b"")
    for kind in (0x0600, 0x6003, 0x8863, 0x8864, 0x888e, 0x88cc, 0x88e5,
                 0x88f7, 0x8902, 0x9000, 0xffff, 0x05ff, 0x05dd):
        yield "type%04x" % kind, ether(kind, bytes(30))
    yield "length-12", ether(12, bytes.fromhex("0c0c03") + bytes(9))
    yield "llc", ether(38, bytes.fromhex("0c0c03") + bytes(35))
    yield "llc-info", ether(38, bytes.fromhex("0c0d0204") + bytes(34))
    yield "llc-supervisory", ether(38, bytes.fromhex("0c0d0104") + bytes(34))
    yield "llc-xid", ether(38, bytes.fromhex("000caf") + bytes(35))
    yield "llc-test", ether(38, bytes.fromhex("0c0ce3") + bytes(35))
    yield "snap", ether(8 + len(inner), bytes.fromhex("aaaa03000000") +
                        b"\x08\0" + inner)
    yield "snap-unknown", ether(20, bytes.fromhex("aaaa03123456") +
                                b"\x08\x99" + bytes(12))
    yield "snap-length", ether(20, bytes.fromhex("aaaa03000000") +
                               b"\x00\x99" + bytes(12))
    yield "short-length", ether(100, bytes.fromhex("0c0c03") + bytes(35))
    yield "ip-misfit", ether(0x0800, ip6(UDP, udp(A6, B6)))
    yield "ip6-misfit", ether(0x86dd, inner + bytes(20))


def cooked():
    inner = ip4(UDP, udp(A, B, b"abc"))
    for make, link in ((sll, SLL), (sll2, SLL2)):
        for pkttype in range(6):
            yield link, "%d" % pkttype, make(0x0800, inner, pkttype)
        yield link, "vlan", make(0x8100, vlan(7, 0x0800, inner))
        yield link, "unknown", make(0x88b5, bytes(20))
        yield link, "arp", make(0x0806, arp_packet(1, MAC_A, A, MAC_B, B))
        yield link, "can", make(0x000c, can(0x123, b"\xde\xad"), hatype=280)
        yield link, "hatype", make(0x86dd, ip6(UDP, udp(A6, B6)),
                                   hatype=65534)
    yield RAW, "ip", inner
    yield RAW, "ip6", ip6(UDP, udp(A6, B6))
    yield RAW, "other", b"\x10" + bytes(20)


def can(word, data, fd=None):
    """As LINKTYPE_CAN_SOCKETCAN has it: what the kernel has, but for the
    identifier's byte order."""
    size = 16 if fd is None else 72
    flags = 0 if fd is None else fd | 4
    return (struct.pack("!IBBBB", word, len(data), flags, 0, 0) +
            data).ljust(size, b"\0")


def can_xl(vcid, priority, data):
    return struct.pack("!I", vcid << 16 | priority) + \
        struct.pack("<BBHI", 0x80, 3, len(data), 0x12345678) + data


def can_frames():
    """By the text of candump -L."""
    yield "123#DEADBEEF", can(0x123, b"\xde\xad\xbe\xef")
    yield "000#", can(0, b"")
    yield "7FF#1122334455667788", can(0x7ff, bytes.fromhex(
        "1122334455667788"))
    yield "12345678#11", can(0x92345678, b"\x11")
    yield "123#R", can(0x40000123, b"")
    yield "20000004#0011000000000000", can(0x20000004, bytes.fromhex(
        "0011000000000000"))
    yield "12345678##511", can(0x92345678, b"\x11", 1)
    yield "123##4" + "55" * 64, can(0x123, b"\x55" * 64, 0)
    yield "123#55", can(0x123, b"\x55")[:9]
    yield "05123#80:03:12345678#" + "AB" * 100, can_xl(5, 0x123, b"\xab" * 100)
    yield "05123#80:03:12345678#" + "CD" * 300, can_xl(5, 0x123, b"\xcd" * 300)


# ------------------------------------------------------------- corpus --

def over_ip():
    for name, data in icmp_messages():
        yield "icmp-" + name, ip4(ICMP, data)
    for name, data in igmp_messages():
        yield "igmp-" + name, ip4(IGMP, data, dst="224.0.0.22", ttl=1,
                                  options=bytes.fromhex("94040000"))
    for name, data in tcp_messages(A, B):
        yield "tcp-" + name, ip4(TCP, data)
    for name, data in udp_messages(A, B):
        yield "udp-" + name, ip4(UDP, data)
    for name, data in sctp_messages():
        yield "sctp-" + name, ip4(SCTP, data)
    for name, data in ip4_packets():
        yield "ip-" + name, data
    yield from tunnels()


def over_ip6():
    for name, data in icmp6_messages():
        yield "icmp6-" + name, ip6(ICMP6, data, hops=255)
    for name, data in tcp_messages(A6, B6):
        if not name.startswith("flags"):
            yield "tcp6-" + name, ip6(TCP, data)
    for name, data in udp_messages(A6, B6):
        yield "udp6-" + name, ip6(UDP, data)
    for name, data in ip6_packets():
        yield "ip6-" + name, data


def corpus():
    for name, data in arp():
        yield "arp-" + name, ETHER, data
    for name, data in over_ip():
        kind = 0x86dd if data[0] >> 4 == 6 else 0x0800
        yield name, ETHER, ether(kind, data)
    for name, data in over_ip6():
        yield name, ETHER, ether(0x86dd, data)
    for name, kind, data in mpls():
        yield "mpls-" + name, ETHER, ether(kind, data)
    for name, data in lldp():
        yield "lldp-" + name, ETHER, ether(0x88cc, data, "01:80:c2:00:00:0e")
    for name, data in link_packets():
        yield "link-" + name, ETHER, data
    for link, name, data in cooked():
        yield "link%d-%s" % (link, name), link, data
    for name, data in can_frames():
        yield "can-" + name, CAN, data
