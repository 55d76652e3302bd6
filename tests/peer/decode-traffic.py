# SPDX-License-Identifier: MIT
"""decode-traffic.py PID: sockets here talk to sockets in the network
namespace of that process, so that the kernel sends a bit of everything."""
import ctypes
import os
import socket
import sys

V4, V6 = "10.83.0.2", "2001:db8::2"
SCTP = 132
IP_RECVERR = 11			# linux/in.h


def enter(path):
    """setns(2); python has os.setns since 3.12."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path, "rb") as ns:
        if libc.setns(ns.fileno(), 0) < 0:
            raise OSError(ctypes.get_errno(), "setns")


def over_there(pid, make):
    """What make() returns, made in the other namespace."""
    here = "/proc/%d/ns/net" % os.getpid()
    with open(here, "rb") as home:
        enter("/proc/%s/ns/net" % pid)
        try:
            return make()
        finally:
            enter("/proc/self/fd/%d" % home.fileno())


def listener(family, address, protocol):
    server = socket.socket(family, socket.SOCK_STREAM, protocol)
    server.bind((address, 5000))
    server.listen(1)
    return server


def stream(pid, family, address, protocol):
    """A connection with data both ways, closed by both ends."""
    server = over_there(pid, lambda: listener(family, address, protocol))
    client = socket.socket(family, socket.SOCK_STREAM, protocol)
    client.connect((address, 5000))
    child, _ = server.accept()
    client.sendall(b"question")
    assert child.recv(100) == b"question"
    child.sendall(b"answer" * 1000)
    got = b""
    while len(got) < 6000:
        got += client.recv(6000)
    client.close()
    assert child.recv(1) == b""
    child.close()
    server.close()


def refused(family, address, ttl=None):
    """Until the socket is told of an ICMP error."""
    sender = socket.socket(family, socket.SOCK_DGRAM)
    sender.settimeout(300)
    sender.connect((address, 9))
    if ttl:
        sender.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
    sender.send(b"anybody?")
    try:
        sender.recv(1)
    except OSError:
        pass
    sender.close()


def datagrams(pid, family, address):
    receiver = over_there(pid, lambda: bound(family, address))
    sender = socket.socket(family, socket.SOCK_DGRAM)
    for size in (0, 1, 100, 5000):
        sender.sendto(b"u" * size, (address, 5001))
        assert len(receiver.recv(6000)) == size
    receiver.close()
    sender.close()


def bound(family, address):
    receiver = socket.socket(family, socket.SOCK_DGRAM)
    receiver.bind((address, 5001))
    return receiver


def join_groups():
    """IGMP and MLD reports."""
    member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                      socket.inet_aton("224.1.2.3") +
                      socket.inet_aton("10.83.0.1"))
    member6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    member6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                       socket.inet_pton(socket.AF_INET6, "ff02::1234") +
                       socket.if_nametoindex("dv1").to_bytes(
                           4, sys.byteorder))
    return member, member6


def main(pid):
    members = join_groups()
    for family, address in ((socket.AF_INET, V4), (socket.AF_INET6, V6)):
        stream(pid, family, address, 0)
        stream(pid, family, address, SCTP)
        datagrams(pid, family, address)
        refused(family, address)
    refused(socket.AF_INET, "10.87.0.1", 1)
    labelled = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    labelled.sendto(b"with labels", ("10.86.0.1", 7))
    for member in members:
        member.close()
    last = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    last.sendto(b"the last one", (V4, 5002))


main(sys.argv[1])
