# SPDX-License-Identifier: MIT
"""ctl.py OURS IP: `sockfam can state` against ip(8)'s JSON."""
import json
import re
import sys

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


def ours(text):
    got = {}
    for name, pattern in FIELDS.items():
        match = re.search(pattern, text, re.M)
        got[name] = list(match.groups()) if match else None
    for name in ("modes", "can do"):
        words = got[name][0].split() if got[name] else []
        got[name] = sorted(words) if words != ["none"] else []
    return got


def strings(*values):
    return [str(v) for v in values]


def timing(t):
    if not t:
        return None
    return strings(t["bitrate"], "%.1f" % (float(t["sample_point"]) * 100),
                   t["tq"], t["prop_seg"], t["phase_seg1"], t["phase_seg2"],
                   t["sjw"], t["brp"])


def limits(c):
    if not c:
        return None
    return strings(c["name"], c["tseg1"]["min"], c["tseg1"]["max"],
                   c["tseg2"]["min"], c["tseg2"]["max"], c["sjw"]["max"],
                   c["brp"]["min"], c["brp"]["max"], c["brp_inc"])


def theirs(link):
    d = link["linkinfo"]["info_data"]
    x = link["linkinfo"].get("info_xstats", {})
    s = link["stats64"]
    rx, tx = s["rx"], s["tx"]
    return {
        "rate": timing(d.get("bittiming")),
        "data rate": timing(d.get("data_bittiming")),
        "head": strings("up" if "UP" in link["flags"] else "down",
                        link["mtu"], d["state"], d["berr_counter"]["tx"],
                        d["berr_counter"]["rx"]),
        "modes": sorted(d.get("ctrlmode", [])),
        "can do": sorted(d.get("ctrlmode_supported", [])),
        "clock": strings(d["clock"], d["restart_ms"] or "never"),
        "limits": limits(d["bittiming_const"]),
        "data limits": limits(d.get("data_bittiming_const")),
        "device": strings(x["bus_error"], x["error_warning"],
                          x["error_passive"], x["bus_off"],
                          x["arbitration_lost"], x["restarts"]),
        "rx": strings(rx["packets"], rx["bytes"], rx["errors"], rx["dropped"],
                      rx["over_errors"]),
        "tx": strings(tx["packets"], tx["bytes"], tx["errors"],
                      tx["dropped"]),
    }


a = ours(open(sys.argv[1]).read())
b = theirs(json.load(open(sys.argv[2]))[0])
differ = ["%s: %s, ip has %s" % (k, a[k], b[k]) for k in b if a[k] != b[k]]
print("; ".join(differ))
sys.exit(1 if differ else 0)
