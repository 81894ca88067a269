#!/usr/bin/env python3
"""Counts a bundle a second time, by nothing but what docs/polls.md says of its form: no code of Samvad is used.

usage: recount.py BUNDLE KEY... [ROLL]

KEY is the file of the whole key, or the files of as many shares as are needed; files are known by their first line.

Writes one JSON document: by seat who might answer, who did, what was chosen, the order by the method of Schulze and the
possible winners of the instant run-off; and the head of the roll. With `cryptography` installed it is fast, without it
some thousand envelopes a minute.
"""
import hashlib
import hmac
import json
import multiprocessing
import os
import struct
import sys

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
except ImportError:
    ChaCha20Poly1305 = None

OTHER = 31


def h(about, *parts):
    """SHA-256 over a name and parts, each behind its length in eight bytes."""
    whole = hashlib.sha256()
    for part in (about, *parts):
        whole.update(struct.pack(">Q", len(part)) + part)
    return whole.digest()


# X25519 (RFC 7748), ChaCha20-Poly1305 (RFC 8439), for where `cryptography` is not installed.
P = 2**255 - 19


def x25519(secret, public):
    k = bytearray(secret)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    scalar = int.from_bytes(k, "little")
    u = int.from_bytes(public, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for bit in range(254, -1, -1):
        now = scalar >> bit & 1
        if now != swap:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = now
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def chacha_block(key, counter, nonce):
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce))
    w = state[:]

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            w[x] = w[x] + w[y] & 0xFFFFFFFF
            v = w[z] ^ w[x]
            w[z] = (v << turn | v >> 32 - turn) & 0xFFFFFFFF

    for _ in range(10):
        for q in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                  (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(*q)
    return struct.pack("<16I", *((x + y) & 0xFFFFFFFF for x, y in zip(w, state)))


def aead_open(key, nonce, sealed, aad):
    if ChaCha20Poly1305:
        try:
            return ChaCha20Poly1305(key).decrypt(nonce, sealed, aad)
        except InvalidTag:
            return None
    text, tag = sealed[:-16], sealed[-16:]
    one_time = chacha_block(key, 0, nonce)[:32]
    r = int.from_bytes(one_time[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = int.from_bytes(one_time[16:], "little")
    pad = lambda part: part + bytes(-len(part) % 16)
    data = pad(aad) + pad(text) + struct.pack("<QQ", len(aad), len(text))
    total = 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at:at + 16] + b"\1", "little")) * r % (2**130 - 5)
    if (total + s & 2**128 - 1).to_bytes(16, "little") != tag:
        return None
    stream = b"".join(chacha_block(key, 1 + at, nonce) for at in range((len(text) + 63) // 64))
    return bytes(a ^ b for a, b in zip(text, stream))


# HPKE in base mode (RFC 9180).
KEM = b"KEM" + struct.pack(">H", 0x20)
SUITE = b"HPKE" + struct.pack(">HHH", 0x20, 1, 3)


def mac(key, text):
    return hmac.new(key, text, hashlib.sha256).digest()


def extract(suite, salt, label, secret):
    return mac(salt or bytes(32), b"HPKE-v1" + suite + label + secret)


def expand(suite, secret, label, info, length):
    info = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    return mac(secret, info + b"\1")[:length]


class Opener:
    def __init__(self, secret, public, info):
        self.secret, self.public = secret, public
        self.own = X25519PrivateKey.from_private_bytes(secret) if ChaCha20Poly1305 else None
        self.context = (b"\0" + extract(SUITE, b"", b"psk_id_hash", b"")
                        + extract(SUITE, b"", b"info_hash", info))

    def open(self, envelope, aad):
        sender, sealed = envelope[:32], envelope[32:]
        if self.own:
            try:
                dh = self.own.exchange(X25519PublicKey.from_public_bytes(sender))
            except ValueError:
                return None
        else:
            dh = x25519(self.secret, sender)
        prk = extract(KEM, b"", b"eae_prk", dh)
        shared = expand(KEM, prk, b"shared_secret", sender + self.public, 32)
        secret = extract(SUITE, shared, b"secret", b"")
        key = expand(SUITE, secret, b"key", self.context, 32)
        nonce = expand(SUITE, secret, b"base_nonce", self.context, 12)
        return aead_open(key, nonce, sealed, aad)


def judged(plain, rules, candidates):
    """None: invalid; "refused"; or the names, the best first."""
    if plain is None or plain[0] != 1:
        return None
    length = struct.unpack(">H", plain[1:3])[0]
    if length == 0xFFFF:
        return "refused"
    names = list(plain[3:3 + length])
    if not names or any(name >= candidates and not (name == OTHER and rules["other"]) for name in names):
        return None
    method, kept = rules["method"], []
    for name in names:
        if name in kept:
            if rules["repeated"] == "reject" or method == "choose_one":
                return None
            if method == "rank":
                break
            continue
        kept.append(name)
    if method == "choose_one" and len(kept) != 1:
        return None
    most = rules["approve_at_most"]
    if method == "approve" and most is not None and len(kept) > most:
        return None
    if method == "rank" and len(kept) < rules["rank_at_least"]:
        return None
    return kept


def schulze(rankings, n):
    d = [[0] * n for _ in range(n)]
    for names, times in rankings.items():
        behind = set(range(n))
        for name in names:
            behind.discard(name)
            if name < n:
                for other in behind:
                    d[name][other] += times
    p = [[d[i][j] if d[i][j] > d[j][i] else 0 for j in range(n)] for i in range(n)]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if len({i, j, k}) == 3:
                    p[i][j] = max(p[i][j], min(p[i][k], p[k][j]))
    left, order = set(range(n)), []
    while left:
        first = sorted(i for i in left if not any(p[j][i] > p[i][j] for j in left))
        order.append(first)
        left -= set(first)
    return order


def run_off(rankings, left):
    """All who win in some way of breaking ties."""
    counts = {name: 0 for name in left}
    for names, times in rankings.items():
        first = next((name for name in names if name in left), None)
        if first is not None:
            counts[first] += times
    total = sum(counts.values())
    for name, count in counts.items():
        if 2 * count > total:
            return {name}
    least = min(counts.values())
    last = {name for name, count in counts.items() if count == least}
    if last == set(left):
        return last
    if least == 0:
        return run_off(rankings, left - last)
    return set().union(*(run_off(rankings, left - {name}) for name in last))


WORK = {}


def opened(line):
    words = line.split(" ")
    origin = [int(word) for word in words[1:6]]
    envelope = bytes.fromhex(words[6])
    aad = b"c" + struct.pack(">5H", *origin)
    return origin[0], WORK["opener"].open(envelope, aad)


def fields(path, names):
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.strip().partition(" ")
            if key in names:
                found[key] = value.replace(" ", "") if key != "poll" else value
    return found


def times(one, other):
    """The product in the field of 256 elements of AES."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one, other = one << 1, other >> 1
        if one & 256:
            one ^= 0x11B
    return product


def joined(shares):
    """What Shamir's shares give: the value at 0 of the polynomial through them, byte by byte."""
    secret = bytes(32)
    for number, data in shares.items():
        weight = 1
        for other in shares:
            if other != number:
                inverse = next(i for i in range(1, 256) if times(i, other ^ number) == 1)
                weight = times(weight, times(other, inverse))
        secret = bytes(byte ^ times(part, weight) for byte, part in zip(secret, data))
    return secret


def first_line(path):
    with open(path, encoding="utf-8") as lines:
        return next((line.strip() for line in lines if line.strip() and not line.startswith("#")), "")


def read_key(paths):
    """The secret of a whole key, or of shares."""
    shares, needed = {}, 1
    for path in paths:
        found = fields(path, {"secret", "needs", "share", "data"})
        if "secret" in found:
            return bytes.fromhex(found["secret"])
        if "data" not in found:
            sys.exit(f"{path}: neither a key nor a share of one")
        needed = int(found["needs"].split("of")[0])
        shares[int(found["share"])] = bytes.fromhex(found["data"])
    if len(shares) < needed:
        sys.exit(f"{needed} different shares are needed, and {len(shares)} are here")
    return joined(shares)


def files(paths):
    """Bundle, keys and roll, by their first lines."""
    if not paths or {"-h", "--help"} & set(paths):
        sys.exit(__doc__.strip())
    kinds = {"samvad-bundle": [], "samvad-roll": [], "samvad-poll-key": [], "samvad-poll-share": []}
    for path in paths:
        try:
            kind = first_line(path).split(" ")[0]
        except OSError as error:
            sys.exit(f"{path} cannot be read: {error.strerror}")
        if kind not in kinds:
            sys.exit(f"{path} is neither a bundle, a key, a share nor a roll of a poll")
        kinds[kind].append(path)
    bundles, rolls = kinds["samvad-bundle"], kinds["samvad-roll"]
    keys = kinds["samvad-poll-key"] or kinds["samvad-poll-share"]
    if len(bundles) != 1 or not keys or len(rolls) > 1:
        sys.exit(__doc__.strip())
    return bundles[0], keys, rolls[0] if rolls else None


def main():
    bundle, key, roll = files(sys.argv[1:])
    digest, choices, last, count = hashlib.sha256(), [], b"", 0
    seats, rules, head = {}, None, None
    with open(bundle, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            line = line.rstrip("\n")
            if line.startswith("end "):
                _, total, said = line.split(" ")
                assert int(total) == number and said == digest.hexdigest(), "the bundle was changed"
                break
            digest.update(line.encode() + b"\n")
            if number == 0:
                assert line == "samvad-bundle 1"
            elif number == 1:
                head = json.loads(line)
                rules = head["rules"]
                poll, roster, public = (head["poll"].encode(), bytes.fromhex(head["roster"]),
                                        bytes.fromhex(head["key"]))
                # What bundles of before do not have.
                told = bytes.fromhex(head.get("electorate", ""))
                chain = h(b"samvad roll 1", poll, roster, public, *([told] if told else []))
                electorate = h(b"samvad electorate 1", poll)
                for seat in head["seats"]:
                    seats[seat["number"]] = {
                        "eligible": 0, "answered": 0, "refused": 0, "invalid": 0, "valid": 0, "other": 0,
                        "chosen": [0] * len(seat["candidates"]), "rankings": {}}
            elif line.startswith("e "):
                words = line.split(" ")
                seats[int(words[1])]["eligible"] += int(words[6])
                electorate = h(b"samvad electorate link 1", electorate, line.encode())
            elif line.startswith("c "):
                own = h(b"samvad envelope 1", b"c", bytes.fromhex(line.rsplit(" ", 1)[1]))
                assert own > last, "the envelopes do not ascend"
                chain, last, count = h(b"samvad roll link 1", chain, own), own, count + 1
                choices.append(line)
        else:
            sys.exit("the bundle is cut off")
    assert not told or told == electorate, "the numbers of people are not those of the opening"
    secret = read_key(key)
    WORK["opener"] = Opener(secret, public, h(b"samvad poll 1", poll, roster))
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for number, plain in pool.imap(opened, choices, chunksize=500):
            seat = seats[number]
            n = len(seat["chosen"])
            seat["answered"] += 1
            names = judged(plain, rules, n)
            if names is None:
                seat["invalid"] += 1
            elif names == "refused":
                seat["refused"] += 1
            else:
                seat["valid"] += 1
                for name in names if rules["method"] == "approve" else names[:1]:
                    if name == OTHER:
                        seat["other"] += 1
                    else:
                        seat["chosen"][name] += 1
                ranking = tuple(names)
                seat["rankings"][ranking] = seat["rankings"].get(ranking, 0) + 1
    for seat in seats.values():
        rankings, n = seat.pop("rankings"), len(seat["chosen"])
        if rules["method"] == "rank":
            seat["schulze"] = schulze(rankings, n)
            seat["run_off"] = sorted(run_off(rankings, frozenset(range(n))))
    result = {"poll": head["poll"], "choices": count, "head": chain.hex(), "bundle": digest.hexdigest(), "seats": seats,
              "electorate": told.hex(), "missing": head.get("missing", 0), "torn": head.get("torn", 0)}
    if roll:
        with open(roll, encoding="utf-8") as lines:
            end = [line for line in lines if line.startswith("head ")][-1].split()
        assert end == ["head", str(count), chain.hex()], "the roll is of other envelopes"
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
