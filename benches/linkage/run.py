#!/usr/bin/env python3
"""Links labelled sets with donor-registry and with its peers, one after the other on the same machine, and prints one table.

usage: run.py --data FOLDER [--peer-python PYTHON] [--binary DONOR_REGISTRY] [--peers splink,recordlinkage] [SET ...]

FOLDER holds the labelled sets (febrl, RLdata, splink_datasets, cn_20k.csv, chinese). PYTHON is the interpreter of a virtual environment with the
peers (`pip install "splink<5" recordlinkage duckdb pyarrow pandas`); without it only donor-registry runs. A SET is a name of sets.py or the
path of a CSV of generated Chinese people; all named sets where none is given. Scoring needs nothing but this interpreter.

Both sides read the same CSV. Pairs and clusters are scored by the code below from the files each tool wrote: pairs one by one at the tool's own
cut (donor-registry's is its own estimate; for a peer probability 0.5 and, as a bound, the best cut, which needs the truth). Every pair of one
person counts in the denominator, found by a key or not. Wall time and peak memory are those of the whole process, reading and writing included.
"""
import argparse
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile
import time

import sets

HERE = os.path.dirname(os.path.abspath(__file__))


def pairs_within(sizes):
    return sum(n * (n - 1) // 2 for n in sizes)


def f1(called, right, true):
    precision, recall = (right / called if called else 1.0), (right / true if true else 1.0)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score_pairs(scored, who, true, cut):
    """F1 at a cut, and the best F1 with its cut. `scored`: (left, right, weight)."""
    called = right = 0
    best, at = 0.0, None
    here = f1(0, 0, true)
    scored = sorted(scored, key=lambda p: -p[2])
    for n, (left, other, weight) in enumerate(scored):
        called += 1
        right += who[left] == who[other]
        if n + 1 == len(scored) or scored[n + 1][2] < weight:
            now = f1(called, right, true)
            if now > best:
                best, at = now, weight
            if weight >= cut:
                here = now
    return here, best, at


def score_clusters(path, who, true):
    cluster = {}
    with open(path, encoding="utf-8", newline="") as source:
        reader = csv.reader(source)
        next(reader)
        cluster = dict(reader)
    called = pairs_within(collections.Counter(cluster.values()).values())
    right = pairs_within(collections.Counter((c, who[i]) for i, c in cluster.items()).values())
    return f1(called, right, true)


def read_pairs(path, columns):
    with open(path, encoding="utf-8", newline="") as source:
        return [(row[columns[0]], row[columns[1]], float(row[columns[2]])) for row in csv.DictReader(source)]


def timed(command):
    """Output, wall seconds, peak memory in MB of one child."""
    begun = time.time()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{os.path.basename(command[0])} ended with status {child.returncode}")
    return said, time.time() - begun, usage.ru_maxrss / 1024


def ours(binary, table, schema, who, true, folder):
    pairs, clusters = os.path.join(folder, "ours-pairs.csv"), os.path.join(folder, "ours-clusters.csv")
    said, wall, memory = timed([binary, "link", "dedupe", table, "--schema", schema, "--pairs", pairs, "--clusters", clusters, "--json"])
    told = json.loads(said)
    here, best, _ = score_pairs(read_pairs(pairs, ("unique_id_l", "unique_id_r", "match_weight")), who, true, told["cut"]["weight"])
    return [("donor-registry, own cut", here, score_clusters(clusters, who, true), wall, memory,
             f"best cut {best:.4f}; expects {told['expected_matches']:.0f} of {true}, precision {told['expected_precision']:.4f}")]


def peer(python, script, name, table, key, data, who, true, folder):
    out = os.path.join(folder, script)
    os.makedirs(out, exist_ok=True)
    said, wall, memory = timed([python, os.path.join(HERE, script + ".py"), name, table, key, data, out])
    told = json.loads(said.strip().splitlines()[-1])
    here, best, at = score_pairs(read_pairs(os.path.join(out, "pairs.csv"), ("l", "r", "weight")), who, true, 0.0)
    cuts = {float(f[len("clusters-"):-len(".csv")]): score_clusters(os.path.join(out, f), who, true)
            for f in os.listdir(out) if f.startswith("clusters-")}
    memory = min(memory, told["memory_mb"])
    rows = [(told["tool"] + ", p 0.5", here, cuts.get(0.5), told["wall"], memory, f"{told['without_imports']:.1f} s without imports")]
    rows.append((told["tool"] + ", best cut", best, max(cuts.values(), default=None), told["wall"], memory, "needs the truth"))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with the labelled sets")
    parser.add_argument("--peer-python", default=os.environ.get("LINKAGE_PEER_PYTHON"), help="the peers' interpreter")
    parser.add_argument("--binary", default=os.path.join(HERE, "../../target/release/donor-registry"))
    parser.add_argument("--peers", default="splink", help="splink, recordlinkage or both, by commas")
    parser.add_argument("sets", nargs="*", default=[])
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    form = "{:<14} {:<28} {:>9} {:>9} {:>8} {:>8}  {}"
    print(form.format("set", "tool", "F1 pairs", "clusters", "wall s", "MB", ""))
    for name in given.sets or list(sets.SETS):
        with tempfile.TemporaryDirectory() as folder:
            table, schema, key, who = sets.prepare(name, given.data, folder)
            true = pairs_within(collections.Counter(who.values()).values())
            rows = ours(given.binary, table, schema, who, true, folder)
            for script in given.peers.split(",") if given.peer_python else []:
                if script == "recordlinkage" and not name.startswith("febrl"):
                    continue
                try:
                    rows += peer(given.peer_python, "peer_" + script, name, table, key, given.data, who, true, folder)
                except RuntimeError as error:
                    print(f"{name}: {script}: {error}", file=sys.stderr)
        label = os.path.splitext(os.path.basename(name))[0]
        for tool, pairs, clusters, wall, memory, more in rows:
            shown = "-" if clusters is None else f"{clusters:.4f}"
            print(form.format(label, tool, f"{pairs:.4f}", shown, f"{wall:.2f}", f"{memory:.0f}", more), flush=True)


main()
