#!/usr/bin/env python3
"""Computes tests/vectors/*.json anew with another implementation (Python, `pip install cryptography`), following docs only.

Run: python3 tests/vectors/check.py          Exit status 0: every value as pinned.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import struct
import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

HERE = pathlib.Path(__file__).parent
checked = 0


def load(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def same(what, computed, stored):
    global checked
    checked += 1
    computed = computed.hex() if isinstance(computed, bytes) else computed
    if computed != stored:
        raise SystemExit(f"{what}: computed {computed}, pinned {stored}")


def lp(part):
    part = part.encode() if isinstance(part, str) else part
    return struct.pack(">I", len(part)) + part


def mac(key, *parts):
    return hmac.new(key, b"".join(parts), "sha256").digest()


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def expand(prk, info):
    return HKDFExpand(SHA256(), 32, info).derive(prk)


def uid(text):
    return uuid.UUID(text).bytes


def stream(seed):
    block = 0
    while True:
        yield from sha(seed.encode(), struct.pack(">Q", block))
        block += 1


def take(source, n):
    return bytes(next(source) for _ in range(n))


def unwrap(key, aad, wrapped):
    wrapped = bytes.fromhex(wrapped)
    assert wrapped[0] == 1 and len(wrapped) == 61
    return AESGCM(key).decrypt(wrapped[1:13], wrapped[13:], aad)


def keyring():
    ring = load("keyring.json")
    deployment = uid(ring["deployment"])
    prk = mac(b"dv1/root", bytes.fromhex(ring["root"]))
    drawn = stream("vault")
    keys = {}
    for row, opened in zip(ring["rows"], ring["keys"]):
        wrapping = expand(prk, lp("dv1/root/wrap") + lp(deployment) + struct.pack(">H", row["purpose"]))
        aad = lp("dv1/wrap") + lp(deployment) + struct.pack(">HIHq", row["purpose"], row["key_id"], row["status"], row["created_at"])
        key = unwrap(wrapping, aad, row["wrapped"])
        same(f"key {row['key_id']}", key, opened["key"])
        same("drawn key", take(drawn, 32), opened["key"])
        same("drawn nonce", take(drawn, 12), row["wrapped"][2:26])
        keys[row["purpose"]] = (row["key_id"], key)
    deks = {}
    for dek in ring["data_keys"]:
        kek_id, kek = keys[dek["compartment"]]
        same("kek", kek_id, dek["kek_id"])
        aad = lp("dv1/dek") + lp(deployment) + lp(uid(dek["subject"])) + struct.pack(">BII", dek["compartment"], dek["version"], kek_id)
        deks[dek["compartment"]] = unwrap(kek, aad, dek["wrapped"])
        same("drawn data key", take(drawn, 32), deks[dek["compartment"]].hex())
        same("drawn nonce", take(drawn, 12), dek["wrapped"][2:26])
    return deployment, keys, deks, drawn


def pad(value):
    text = struct.pack(">I", len(value)) + value
    bucket = 32 if len(text) <= 64 else 256
    return bucket, text + bytes(-len(text) % bucket)


def seal(key, version, place, table, column, value, salt, nonce):
    bucket, text = pad(value)
    prk = mac(salt, key)
    where = lp(table) + lp(column)
    head = struct.pack(">BBHI", 1, 1, bucket, version) + salt + nonce
    commitment = expand(prk, lp("dv1/commit") + where)
    return head + commitment + AESGCM(expand(prk, lp("dv1/enc") + where)).encrypt(nonce, text, place + head)


def field(v, deployment):
    return (
        lp("dv1/field") + lp(deployment) + bytes([v["compartment"]]) + lp(v["table"]) + lp(v["column"]) + lp(uid(v["row"]))
        + lp(uid(v["subject"])) + struct.pack(">I", v["schema"])
    )


def seals(deployment, keys, deks, drawn):
    pinned = load("seal.json")
    for v in pinned["values"]:
        same("data key", deks[v["compartment"]], v["key"])
        salt, nonce = take(drawn, 16), take(drawn, 12)
        sealed = seal(deks[v["compartment"]], v["key_version"], field(v, deployment), v["table"], v["column"], bytes.fromhex(v["plain"]), salt, nonce)
        same("sealed", sealed, v["sealed"])
    fact = pinned["fact"]
    place = lp("dv1/fact") + lp(deployment) + lp(uid(fact["id"]))
    key_id, key = keys[6]
    same("fact", seal(key, key_id, place, "fact", "sealed", bytes.fromhex(fact["plain"]), take(drawn, 16), take(drawn, 12)), fact["sealed"])
    total, sealed = bytes(32), b""
    v = dict(pinned["values"][0])
    for n in range(pinned["accumulated"]["count"]):
        compartment = [1, 2, 3, 4, 5][n % 5]
        v.update(compartment=compartment, row=str(uuid.UUID(int=n)), schema=n % 3)
        value = bytes((i + n) % 251 for i in range(n % 600))
        sealed = seal(deks[compartment], 1, field(v, deployment), v["table"], v["column"], value, take(drawn, 16), take(drawn, 12))
        total = sha(total, sealed)
    same("10,000 seals", total, pinned["accumulated"]["sha256"])
    same("the last of them", sealed, pinned["accumulated"]["last"])
    own = pinned["own"]
    place = (
        lp("dv1/own") + lp(deployment) + bytes([own["compartment"]]) + lp(own["table"]) + lp(own["column"]) + lp(uid(own["row"]))
        + struct.pack(">I", own["schema"])
    )
    key_id, key = keys[own["compartment"]]
    same("own key", key_id, own["key_id"])
    plain = bytes.fromhex(own["plain"])
    same("own", seal(key, key_id, place, own["table"], own["column"], plain, take(drawn, 16), take(drawn, 12)), own["sealed"])


def macs(deployment, keys):
    key_id, key = keys[21]
    pinned = load("mac.json")
    head = lp("dv1/row") + lp("enrolment") + lp(uuid.UUID(int=0x10).bytes) + struct.pack(">Q", 7)
    kinds = {"subject": 1, "status": 2, "day": 3, "b": 4, "f": 5, "s": 6}
    full = {
        "subject": uuid.UUID(int=2).bytes, "status": struct.pack(">q", -1), "day": b"2026-11-23", "b": b"\x00\xff", "f": b"\x01",
        "s": sha(b"\x01\x02\x03"),
    }
    rows = [{}, full, dict.fromkeys(full), {"day": b"", "b": b"", "f": b"\x00"}]
    for row, stored in zip(rows, pinned["rows"]):
        canonical = head
        for name, value in row.items():
            canonical += lp(name) + bytes([kinds[name]]) + (b"\x00" if value is None else b"\x01" + lp(value))
        same("canonical row", canonical, stored["canonical"])
        same("row MAC", struct.pack(">I", key_id) + mac(key, deployment, canonical), stored["mac"])


def blind(keys):
    key_id, key = keys[20]
    for v in load("blind.json")["indexes"]:
        sub = expand(key, lp("dv1/bidx") + lp(v["purpose"]))
        tag = mac(sub, lp("dv1/bidx/value") + struct.pack(">HB", v["norm_version"], v["kind"]) + lp(v["normal"]))
        index = tag[:16] if v["purpose"].endswith("claim") else bytes([tag[0], tag[1] & 0xF0])
        same("blind index", index, v["index"])


def others(deployment, keys):
    o = load("other.json")
    for kind, purpose in (("link", 24), ("session", 23)):
        token = o[kind]["token"].encode()
        hashed = sha(f"dv1/token/{kind}".encode(), token)
        same("token", hashed, o[kind]["hash"])
        same("keyed token", mac(keys[purpose][1], deployment, hashed), o[kind]["keyed"])
    f = o["fingerprint"]
    same("fingerprint", mac(keys[26][1], lp("dv1/idempotency") + lp(uid(f["actor"])) + lp(bytes.fromhex(f["body"]))), f["value"])
    k = o["keyed"]
    same("tag", mac(expand(keys[25][1], lp("dv1/keyed") + lp(k["label"])), bytes.fromhex(k["bytes"])), k["tag"])
    c = o["chain"]
    genesis = sha(lp("dv1/audit") + lp(deployment))
    first = sha(b"\x00", genesis, b"first")
    second = sha(b"\x00", first, b"second")
    for name, value in (("genesis", genesis), ("first", first), ("second", second)):
        same(name, value, c[name])
    body, check = o["node_file"].split("check ")
    same("node file", sha(b"dv1/node/file", body.encode()), check.strip())

    root = bytes.fromhex(load("keyring.json")["root"])
    symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    lines = [l.strip() for l in o["recovery_sheet"].splitlines() if l.startswith("    ")]
    for number, line in enumerate(lines, 1):
        data = root[8 * (number - 1) : 8 * number] if number < 5 else sha(b"dv1/sheet/key", root)[:8]
        bits = int.from_bytes(data + sha(b"dv1/sheet", bytes([number]), data)[:2], "big")
        text = "".join(symbols[(bits >> (75 - 5 * i)) & 31] for i in range(16))
        same("sheet line", f"{number}: " + " ".join(text[i : i + 4] for i in range(0, 16, 4)), line)


deployment, keys, deks, drawn = keyring()
seals(deployment, keys, deks, drawn)
macs(deployment, keys)
blind(keys)
others(deployment, keys)
print(f"{checked} values as pinned")
