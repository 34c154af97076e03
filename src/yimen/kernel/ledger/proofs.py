"""What an outsider recomputes: Merkle trees over a day's heads, seals, and proofs. Pure: no database, no Django.

The tree is that of RFC 6962 (section 2.1): leaf = H(0x00 ‖ …), node = H(0x01 ‖ left ‖ right), and a node without
a neighbour rises unchanged. `docs/ledger.md` gives the whole check in thirty lines for other languages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson

from yimen.kernel.ledger.entries import GENESIS, HASH_BYTES, canonical, digest, entry_hash

DAY_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The ledger's days: China has kept UTC+8 without summer time since 1992."""

FORMAT = "yimen-ledger-proof/1"
_KEYS = {"format", "entry", "prev", "later", "path", "seals"}
_SEAL_KEYS = {"day", "root", "entries", "heads", "previous_seal", "algo", "hash"}


@dataclass(frozen=True, slots=True)
class SealRow:
    """One day's seal, field for field the columns of `ledger_seal`."""

    day: date
    root: bytes
    entries: int
    heads: int
    previous_seal: bytes
    hash: bytes
    algo: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry stands under its day's root. `text` is the self-contained JSON for the outsider."""

    stream: UUID
    seq: int
    day: date
    root: bytes
    text: str


def day_of(at: datetime) -> date:
    """The ledger's day of an instant."""
    return at.astimezone(DAY_ZONE).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The instants from which and up to which (exclusive) the day runs."""
    start = datetime(day.year, day.month, day.day, tzinfo=DAY_ZONE)
    return start, start + timedelta(days=1)


def leaf(stream: UUID, seq: int, head: bytes, algo: str) -> bytes:
    """H(0x00 ‖ stream, 16 bytes ‖ seq, 8 bytes big-endian ‖ head): a stream's last hash of the day."""
    return digest(algo, b"\x00" + stream.bytes + seq.to_bytes(8, "big") + head)


def node(left: bytes, right: bytes, algo: str) -> bytes:
    """H(0x01 ‖ left ‖ right)."""
    return digest(algo, b"\x01" + left + right)


class Tree:
    """A Merkle root built leaf by leaf in logarithmic memory; leaves come in the order of their streams."""

    __slots__ = ("_peaks", "algo", "size")

    def __init__(self, algo: str) -> None:
        self.algo = algo
        self._peaks: list[tuple[int, bytes]] = []
        self.size = 0

    def add(self, hashed_leaf: bytes) -> None:
        """Add the next leaf."""
        self.size += 1
        height, top = 0, hashed_leaf
        while self._peaks and self._peaks[-1][0] == height:
            top = node(self._peaks.pop()[1], top, self.algo)
            height += 1
        self._peaks.append((height, top))

    def root(self) -> bytes:
        """The root; `GENESIS` for a tree without leaves."""
        if not self._peaks:
            return GENESIS
        top = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            top = node(left, top, self.algo)
        return top


def merkle_path(leaves: Sequence[bytes], index: int, algo: str) -> list[tuple[str, bytes]]:
    """The neighbours from leaf `index` up to the root, each with the side it stands on (`left`, `right`)."""
    path: list[tuple[str, bytes]] = []
    level = list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < index else "right", level[neighbour]))
        pairs = [node(level[i], level[i + 1], algo) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
        index //= 2
    return path


def seal_hash(day: date, root: bytes, entries: int, heads: int, previous_seal: bytes, algo: str) -> bytes:
    """H of the seal's canonical text."""
    text = canonical(
        {
            "algo": algo,
            "day": day,
            "entries": entries,
            "heads": heads,
            "previous_seal": previous_seal.hex(),
            "root": root.hex(),
        }
    )
    return digest(algo, text.encode())


def seal_words(seal: SealRow) -> dict[str, Any]:
    """A seal as it is published and as proofs carry it; hashes in lower-case hexadecimal."""
    return {
        "algo": seal.algo,
        "day": seal.day.isoformat(),
        "entries": seal.entries,
        "hash": seal.hash.hex(),
        "heads": seal.heads,
        "previous_seal": seal.previous_seal.hex(),
        "root": seal.root.hex(),
    }


def make_proof(
    entry: tuple[UUID, int, bytes, bytes],
    later: Sequence[tuple[str, bytes]],
    day_heads: Sequence[tuple[UUID, int, bytes]],
    chain: Sequence[SealRow],
) -> Proof:
    """Put a proof together.

    `entry` is (stream, seq, canonical text, prev); `later` the (algo, body hash) of the entries after it up to the
    stream's head of that day; `day_heads` the day's (stream, seq, hash) in the order of streams; `chain` the seals
    from that day on.
    """
    stream, seq, text, prev = entry
    day, algo = chain[0].day, chain[0].algo
    index = [head[0] for head in day_heads].index(stream)
    document = {
        "format": FORMAT,
        "entry": text.decode(),
        "prev": prev.hex(),
        "later": [[name, body.hex()] for name, body in later],
        "path": [
            [side, neighbour.hex()]
            for side, neighbour in merkle_path([leaf(*head, algo) for head in day_heads], index, algo)
        ],
        "seals": [seal_words(seal) for seal in chain],
    }
    return Proof(stream, seq, day, chain[0].root, orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def check_proof(proof_json: str, root: bytes, seal: bytes | None = None) -> bool:
    """Whether the proof's entry stands under `root`, the published Merkle root of its day.

    With `seal`, the hash of a seal the reader noted down himself (of that day or any later one), the proof's
    chain of seals must also pass through it. A malformed proof is False, never an exception.
    """
    try:
        return _check(orjson.loads(proof_json), root, seal)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        return False


def _check(proof: dict[str, Any], root: bytes, noted: bytes | None) -> bool:
    if set(proof) != _KEYS or proof["format"] != FORMAT:
        return False
    if not all(isinstance(proof[name], list) for name in ("later", "path", "seals")):
        return False
    text: bytes = proof["entry"].encode()
    entry = orjson.loads(text)
    head = entry_hash(_hash(proof["prev"]), digest(entry["algo"], text), entry["algo"])
    seq = int(entry["seq"])
    for algo, body in proof["later"]:
        head, seq = entry_hash(head, _hash(body), algo), seq + 1
    seals = proof["seals"]
    tree_algo = seals[0]["algo"]
    top = leaf(UUID(entry["stream"]), seq, head, tree_algo)
    for side, neighbour in proof["path"]:
        if side not in ("left", "right"):
            return False
        pair = (_hash(neighbour), top) if side == "left" else (top, _hash(neighbour))
        top = node(*pair, tree_algo)
    if top != root or top != _hash(seals[0]["root"]):
        return False
    if day_of(datetime.fromisoformat(entry["at"])).isoformat() != seals[0]["day"]:
        return False
    hashes = _chain(seals)
    return hashes is not None and (noted is None or noted in hashes)


def _chain(seals: list[dict[str, Any]]) -> list[bytes] | None:
    """The hashes of a run of seals, day after day; None where a link does not hold."""
    hashes: list[bytes] = []
    for number, words in enumerate(seals):
        if set(words) != _SEAL_KEYS or type(words["entries"]) is not int or type(words["heads"]) is not int:
            return None
        day = date.fromisoformat(words["day"])
        previous, hashed = _hash(words["previous_seal"]), _hash(words["hash"])
        if number and (
            previous != hashes[-1] or day - date.fromisoformat(seals[number - 1]["day"]) != timedelta(1)
        ):
            return None
        if hashed != seal_hash(
            day, _hash(words["root"]), words["entries"], words["heads"], previous, words["algo"]
        ):
            return None
        hashes.append(hashed)
    return hashes


def _hash(text: str) -> bytes:
    """A hash from its one spelling: 64 lower-case hexadecimal digits."""
    value = bytes.fromhex(text)
    if len(value) != HASH_BYTES or value.hex() != text:
        raise ValueError("a hash is 64 lower-case hexadecimal digits")
    return value
