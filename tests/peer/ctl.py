# SPDX-License-Identifier: MIT
"""ctl.py SHOW IP [TEXT STATE]: what our tool and ip(8) tell of interfaces,
field by field. SHOW: `sockfam link show --json`. IP: ip(8)'s JSON of the
same. TEXT, STATE: `sockfam can state` of a controller, without and with
--json; then all that ip tells of it must be there, too."""
import json
import re
import sys

# ARPHRD_...; the VM has links of other types, too.
TYPES = {"can": 280, "ether": 1, "loopback": 772}

FIELDS = {
    "rate": r"^  rate (\d+) bit/s, sample point ([\d.]+) %: tq (\d+) ns, "
            r"prop (\d+), seg1 (\d+), seg2 (\d+), sjw (\d+), brp (\d+)$",
    "data rate": r"^  data rate (\d+) bit/s, sample point ([\d.]+) %: "
                 r"tq (\d+) ns, prop (\d+), seg1 (\d+), seg2 (\d+), "
                 r"sjw (\d+), brp (\d+)$",
    "head": r"^can\d: can, (up|down), MTU (\d+), (\S+), "
            r"errors tx (\d+) rx (\d+)$",
    "modes": r"^  modes (.*)$",
    "can do": r"^  can do (.*)$",
    "clock": r"^  clock (\d+) Hz, restart after bus-off (?:in )?(\S+)",
    "limits": r"^  limits (\S+): tseg1 (\d+)\.\.(\d+), tseg2 (\d+)\.\.(\d+), "
              r"sjw to (\d+), brp (\d+)\.\.(\d+) by (\d+)$",
    "data limits": r"^  data limits (\S+): tseg1 (\d+)\.\.(\d+), "
                   r"tseg2 (\d+)\.\.(\d+), sjw to (\d+), "
                   r"brp (\d+)\.\.(\d+) by (\d+)$",
    "device": r"^  bus errors (\d+), to warning (\d+), to passive (\d+), to "
              r"bus-off (\d+), arbitration lost (\d+), restarts (\d+)$",
    "rx": r"^  received (\d+) frames \((\d+) bytes\), errors (\d+), "
          r"dropped (\d+), overruns (\d+)$",
    "tx": r"^  sent (\d+) frames \((\d+) bytes\), errors (\d+), "
          r"dropped (\d+)$",
}


def words(output):
    got = {}
    for name, pattern in FIELDS.items():
        match = re.search(pattern, output, re.M)
        got[name] = list(match.groups()) if match else None
    for name in ("modes", "can do"):
        words = got[name][0].split() if got[name] else []
        got[name] = sorted(words) if words != ["none"] else []
    return got


def strings(*values):
    return [str(v) for v in values]


def timing_text(t):
    if not t:
        return None
    return strings(t["bitrate"], "%.1f" % (float(t["sample_point"]) * 100),
                   t["tq"], t["prop_seg"], t["phase_seg1"], t["phase_seg2"],
                   t["sjw"], t["brp"])


def limits_text(c):
    if not c:
        return None
    return strings(c["name"], c["tseg1"]["min"], c["tseg1"]["max"],
                   c["tseg2"]["min"], c["tseg2"]["max"], c["sjw"]["max"],
                   c["brp"]["min"], c["brp"]["max"], c["brp_inc"])


def text(link):
    d = link["linkinfo"]["info_data"]
    x = link["linkinfo"].get("info_xstats", {})
    s = link["stats64"]
    rx, tx = s["rx"], s["tx"]
    return {
        "rate": timing_text(d.get("bittiming")),
        "data rate": timing_text(d.get("data_bittiming")),
        "head": strings("up" if "UP" in link["flags"] else "down",
                        link["mtu"], d["state"], d["berr_counter"]["tx"],
                        d["berr_counter"]["rx"]),
        "modes": sorted(d.get("ctrlmode", [])),
        "can do": sorted(d.get("ctrlmode_supported", [])),
        "clock": strings(d["clock"], d["restart_ms"] or "never"),
        "limits": limits_text(d["bittiming_const"]),
        "data limits": limits_text(d.get("data_bittiming_const")),
        "device": strings(x["bus_error"], x["error_warning"],
                          x["error_passive"], x["bus_off"],
                          x["arbitration_lost"], x["restarts"]),
        "rx": strings(rx["packets"], rx["bytes"], rx["errors"], rx["dropped"],
                      rx["over_errors"]),
        "tx": strings(tx["packets"], tx["bytes"], tx["errors"],
                      tx["dropped"]),
    }


def timing(t):
    if not t:
        return None
    t = dict(t)
    t["bitrate_bps"] = t.pop("bitrate")
    t["sample_point_permille"] = round(float(t.pop("sample_point")) * 1000)
    t["tq_ns"] = t.pop("tq")
    return t


def limits(c):
    if not c:
        return None
    c = dict(c)
    for name in "tseg1", "tseg2", "sjw", "brp":
        for end, value in c.pop(name).items():
            c[name + "_" + end] = value
    assert c.pop("sjw_min") == 1	# ip's own: the kernel has none
    return c


def device(x):
    return x and {
        "bus_errors": x["bus_error"], "error_warnings": x["error_warning"],
        "error_passives": x["error_passive"], "bus_offs": x["bus_off"],
        "arbitrations_lost": x["arbitration_lost"], "restarts": x["restarts"],
    }


def counts(link):
    rx, tx = link["stats64"]["rx"], link["stats64"]["tx"]
    names = "packets", "bytes", "errors", "dropped"
    return {
        "rx": dict({n: rx[n] for n in names}, overruns=rx["over_errors"]),
        "tx": {n: tx[n] for n in names},
    }


def controller(ip):
    d = dict(ip["linkinfo"]["info_data"])
    berr = d.pop("berr_counter")
    want = {
        "state": d.pop("state"), "clock_hz": d.pop("clock"),
        "restart_ms": d.pop("restart_ms"), "tx_errors": berr["tx"],
        "rx_errors": berr["rx"], "modes": sorted(d.pop("ctrlmode", [])),
        "modes_supported": sorted(d.pop("ctrlmode_supported", [])),
        "timing": timing(d.pop("bittiming", None)),
        "limits": limits(d.pop("bittiming_const", None)),
        "data_timing": timing(d.pop("data_bittiming", None)),
        "data_limits": limits(d.pop("data_bittiming_const", None)),
        "device": device(ip["linkinfo"].get("info_xstats")),
    }
    assert not d, "not compared: %s" % d
    for name in ("bitrates_bps", "data_bitrates_bps", "bitrate_max_bps",
                 "tdc", "tdc_min", "tdc_max", "termination_ohm",
                 "terminations_ohm"):
        want[name] = None
    return want


def state(ip):
    return dict(controller(ip), **counts(ip), name=ip["ifname"],
                index=ip["ifindex"], kind=ip["linkinfo"]["info_kind"],
                up="UP" in ip["flags"], mtu_bytes=ip["mtu"])


def peer(ip):
    """ip has a name for one that is here, an index for one elsewhere."""
    if "link" not in ip:
        return ip.get("link_index")
    with open("/sys/class/net/%s/ifindex" % ip["link"]) as f:
        return int(f.read())


def show(ip):
    info = ip.get("linkinfo", {})
    # RUNNING is told by ip only where it is missing, and as NO-CARRIER.
    flags = sorted(set(ip["flags"]) - {"NO-CARRIER"})
    running = "LOWER_UP" in flags and ip["operstate"] in ("UP", "UNKNOWN")
    return dict(counts(ip), name=ip["ifname"], index=ip["ifindex"],
                kind=info.get("info_kind"), flags=flags,
                type=TYPES[ip["link_type"]],
                up="UP" in flags, running=running and "UP" in flags,
                operstate=ip["operstate"],
                can_state=info.get("info_data", {}).get("state"),
                mtu_bytes=ip["mtu"], tx_queue_packets=ip["txqlen"],
                address=ip.get("address"), peer_index=peer(ip),
                peer_netns_id=ip.get("link_netnsid"))


def compare(what, ours, theirs):
    for name in ours:
        if name in ("modes", "modes_supported"):
            ours[name] = sorted(ours[name] or [])
        elif name == "flags":
            ours[name] = sorted(set(ours[name]) - {"RUNNING"})
    return ["%s %s: %s, ip has %s" % (what, n, ours.get(n, "none"),
                                      theirs.get(n, "none"))
            for n in sorted(set(ours) | set(theirs))
            if ours.get(n, "none") != theirs.get(n, "none")]


def load(path):
    with open(path) as f:
        return json.load(f)


def main(show_path, ip_path, text_path=None, state_path=None):
    ips = {link["ifname"]: link for link in load(ip_path)}
    shown = {link["name"]: link for link in load(show_path)}
    assert ips and shown.keys() == ips.keys(), (shown.keys(), ips.keys())
    differ = []
    known = [n for n in ips if ips[n]["link_type"] in TYPES]
    assert known
    for name in known:
        differ += compare(name, shown[name], show(ips[name]))
    if text_path:
        (ip,), (status,) = ips.values(), load(state_path)
        differ += compare("state", status, state(ip))
        with open(text_path) as f:
            differ += compare("text", words(f.read()), text(ip))
    print("; ".join(differ))
    return 1 if differ else 0


sys.exit(main(*sys.argv[1:]))
