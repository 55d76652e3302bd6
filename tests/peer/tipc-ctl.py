# SPDX-License-Identifier: MIT
"""tipc-ctl.py SOCKFAM: what it lists of TIPC here, against tipc(8)."""
import json
import re
import subprocess
import sys


def run(*argv):
    return subprocess.run(argv, check=True, capture_output=True,
                          text=True).stdout


def ours(*words):
    return json.loads(run(sys.argv[1], "tipc", *words, "--json"))


def tipc(*words):
    return run("tipc", *words)


def tipc_json(*words):
    return json.loads(run("tipc", "-j", *words))


def bearer_args(name):
    media, _, rest = name.partition(":")
    return ["media", media, "name" if media == "udp" else "device", rest]


def bearers():
    """By name, and each property that tipc tells one by one."""
    mine = {b["name"]: b for b in ours("bearer")}
    # Of none at all tipc says so in a line of its own kind.
    names = [n for n in tipc("bearer", "list").split("\n") if ":" in n]
    assert sorted(mine) == sorted(names), (mine, names)
    for name, b in mine.items():
        args = bearer_args(name)
        for key, word in (("priority", "priority"),
                          ("tolerance_ms", "tolerance"),
                          ("window_packets", "window"),
                          ("mtu_bytes", "mtu")):
            if key in b:
                theirs = tipc("bearer", "get", word, *args).strip()
                assert theirs == str(b[key]), (name, word, theirs, b)
        if b["media"] != "udp":
            continue
        for key, words in (("local", ("localip", "localport")),
                           ("remote", ("remoteip", "remoteport"))):
            ip, port = [tipc("bearer", "get", "media", "udp", "name",
                             args[3], w).strip() for w in words]
            assert b[key] == f"inet:{ip}:{port}", (b, ip, port)


def counters(link):
    """Numbers in the order in which `tipc link stat` has them."""
    s = link["stats"]
    got = [link["rx_packets"], s["rx_fragments"], s["rx_fragmented"],
           s["rx_bundles"], s["rx_bundled"], link["tx_packets"],
           s["tx_fragments"], s["tx_fragmented"], s["tx_bundles"],
           s["tx_bundled"]]
    end = [s["rx_nacks"], s["rx_deferred"], s["duplicates"], s["tx_nacks"],
           s["tx_acks"], s["retransmitted"], s["link_congestions"],
           s["queue_max"], s["queue_average"]]
    return got, end


def flat(value):
    """Numbers of an object, those of objects in it included."""
    for v in value.values():
        if isinstance(v, dict):
            yield from flat(v)
        elif isinstance(v, int):
            yield v


def check_link(mine, theirs):
    for key, word in (("window_packets", "window"), ("mtu_bytes", "mtu"),
                      ("priority", "priority"), ("tolerance_ms", "tolerance")):
        assert mine.get(key) == theirs.get(word), (key, mine, theirs)
    if not mine["broadcast"]:
        state = "ACTIVE" if mine["active"] else \
            "STANDBY" if mine["up"] else "DEFUNCT"
        assert theirs["state"] == [state], (mine, theirs)
    front, back = counters(mine)
    rx = list(flat(theirs["rx packets"])) + list(flat(theirs["tx packets"]))
    assert rx == front, (rx, front)
    names = ("rx naks", "tx naks") if mine["broadcast"] else \
        ("rx states", "tx states")
    rx, tx = [dict(theirs[n]) for n in names]
    order = [rx.get("rx naks", rx.get("naks")), rx["defs"], rx["dups"],
             tx.get("tx naks", tx.get("naks")), tx["acks"], tx["retrans"],
             theirs["congestion link"], theirs["send queue max"],
             theirs["avg"]]
    assert order == back, (order, back)
    if mine["broadcast"]:
        return
    stats = mine["stats"]
    total = stats["profile_messages"]
    sizes = [64, 256, 1024, 4096, 16384, 32768, 66000]
    for size in sizes:
        key = "0-64" if size == 64 else f"-{size}"
        # tipc rounds to percent; what is small it tells as 0 or 1.
        percent = stats[f"messages_to_{size}_bytes"] * 100 / total
        assert abs(theirs[key] - percent) <= 1, (size, mine, theirs)
    # Those that go on counting are not smaller in what was asked later.
    for way, n in (("rx", rx), ("tx", tx)):
        assert n[f"{way} states"] <= stats[f"{way}_states"], (mine, theirs)
        assert n["probes"] <= stats[f"{way}_probes"], (mine, theirs)


def links():
    listed = tipc_json("link", "list")
    states = listed[0] if listed else {}
    theirs = tipc_json("link", "statistics", "show")
    mine = ours("links")
    assert {m["name"]: "up" if m["up"] else "down" for m in mine} == states, \
        (mine, states)
    assert [m["name"] for m in mine] == [t["link"] for t in theirs]
    for m, t in zip(mine, theirs):
        check_link(m, t)


def names():
    """tipc tells a node by its identity."""
    node = ours("node")
    ids = {p["address"]: p["identity"] for p in ours("peers")}
    ids[node["address"]] = node["identity"]
    mine = [(n["type"], n["lower"], n["upper"], n["scope"], n["ref"],
             ids[n["node"]]) for n in ours("names")]
    theirs = [(n["type"], n["lower"], n["upper"], n["scope"], n["port"],
               n["node"]) for n in tipc_json("nametable", "show")]
    assert mine == theirs, (mine, theirs)


def nodes():
    mine = [[p["identity"], f"{p['address']:x}", "up" if p["up"] else "down"]
            for p in ours("peers")]
    theirs = [line.split() for line in
              tipc("node", "list").splitlines()[1:]]
    assert mine == theirs, (mine, theirs)
    node = ours("node")
    assert f"{node['address']:x}" == tipc("node", "get", "address").strip()
    assert str(node["cluster"]) == tipc("node", "get", "clusterid").strip()
    theirs = tipc("node", "get", "identity").splitlines()[1].split()
    assert theirs[0] == node["identity"], (theirs, node)


def dotted(address):
    return f"{address >> 24}.{address >> 12 & 4095}.{address & 4095}"


def monitors():
    mine = ours("monitor")
    theirs = tipc_json("link", "monitor", "summary")
    assert [(m["bearer"], m["nodes"], m["generation"],
             "overlapping-ring" if m["active"] else "full-mesh")
            for m in mine] == \
        [(t["bearer"], t["cluster_size"], t["table_generation"],
          t["algorithm"]) for t in theirs], (mine, theirs)
    if not mine:
        return
    for m, t in zip(mine, tipc_json("link", "monitor", "list")):
        nodes_of = t[m["bearer"]]
        for a, b in zip(m["monitored"], nodes_of):
            direct = "direct" if a["head"] or a["local"] else "indirect"
            assert (dotted(a["address"]), "up" if a["up"] else "down",
                    direct, a["generation"]) == \
                (b["node"], b["status"], b["monitored"], b["generation"]), \
                (a, b)
            applied = ["U" if n["up"] else "D"
                       for n in a["members"][:a["applied"]]]
            assert applied == b.get("applied_node_status", []), (a, b)
        assert len(m["monitored"]) == len(nodes_of), (m, t)


def sockets():
    mine = {}
    for s in ours("sockets"):
        mine[s["ref"]] = sorted((n["type"], n["lower"], n["upper"])
                                for n in s["names"])
    theirs = {}
    for line in tipc("socket", "list").splitlines():
        match = re.match(r"socket (\d+)", line)
        if match:
            ref = int(match[1])
            theirs[ref] = []
        match = re.search(r"bound to \{(\d+),(\d+),(\d+)\}", line)
        if match:
            theirs[ref].append(tuple(int(n) for n in match.groups()))
    theirs = {ref: sorted(bound) for ref, bound in theirs.items()}
    # The one that tipc asks with, and ours, come and go.
    steady = set(mine) & set(theirs)
    assert [mine[r] for r in steady] == [theirs[r] for r in steady]
    assert not any(mine[r] for r in set(mine) - steady), (mine, theirs)
    assert not any(theirs[r] for r in set(theirs) - steady), (mine, theirs)


def media():
    mine = ours("bearer", "media")
    assert [m["name"] for m in mine] == tipc("media", "list").split()
    for m in mine:
        for key, word in (("priority", "priority"),
                          ("tolerance_ms", "tolerance"),
                          ("window_packets", "window")):
            theirs = tipc("media", "get", word, "media", m["name"]).strip()
            assert theirs == str(m[key]), (m, word, theirs)


for check in (bearers, links, names, nodes, monitors, sockets, media):
    try:
        check()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{check.__name__}: {error}: {error.stderr}")
    except AssertionError as error:
        sys.exit(f"{check.__name__}: {error}")
