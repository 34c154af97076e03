"""A proof convinces an outsider, and a changed proof convinces nobody."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.ledger.chains import chain, day_heads, sealed
from yimen.kernel.ledger.entries import GENESIS, EntryRow, body_text, instant
from yimen.kernel.ledger.proofs import Proof, Tree, check_proof, day_of, make_proof, merkle_path, node

STREAMS = [UUID(int=n << 64) for n in range(1, 8)]
ENTRIES = [
    e
    for n, s in enumerate(STREAMS)
    for e in chain(s, 2 + n % 4, timedelta(hours=5), algo="sm3" if n == 2 else "sha256")
]
SEALS = sealed(ENTRIES)
DOCUMENT = Path(__file__).parents[3] / "docs" / "ledger.md"


def proof_of(entry: EntryRow) -> Proof:
    day = day_of(entry.at)
    heads = day_heads(ENTRIES, day)
    last = {h[0]: h[1] for h in heads}[entry.stream]
    text = body_text(
        entry.stream, entry.seq, instant(entry.at), entry.account_id, entry.person_id, entry.who_name, entry.post,
        entry.organ, entry.act, entry.law, entry.from_state, entry.to_state, entry.payload, entry.algo,
    )  # fmt: skip
    later = [(e.algo, e.body) for e in ENTRIES if e.stream == entry.stream and entry.seq < e.seq <= last]
    chain_of_seals = [s for s in SEALS if s.day >= day]
    return make_proof((entry.stream, entry.seq, text, entry.prev), later, heads, chain_of_seals)


def outsider() -> Any:
    """The check as printed in docs/ledger.md, run as it stands there."""
    source = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S)[0]
    names: dict[str, Any] = {}
    exec(source, names)
    return names["check"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.stream.int >> 64}-{e.seq}")
def test_every_entry_can_be_proved(entry: EntryRow) -> None:
    proof = proof_of(entry)
    assert check_proof(proof.text, proof.root)
    assert check_proof(proof.text, proof.root, SEALS[-1].hash)
    assert not check_proof(proof.text, bytes(32))
    assert not check_proof(proof.text, proof.root, bytes(32))


@pytest.mark.parametrize("entry", ENTRIES[::5], ids=lambda e: f"{e.stream.int >> 64}-{e.seq}")
def test_the_check_printed_in_the_documentation_agrees(entry: EntryRow) -> None:
    proof = proof_of(entry)
    check = outsider()
    assert check(proof.text, proof.root.hex())
    assert not check(proof.text.replace("王", "李"), proof.root.hex())
    assert not check(proof.text, "00" * 32)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every value in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for k, v in inner for p in leaves(v, (*path, k)))]


@settings(max_examples=300)
@given(st.data(), st.sampled_from(ENTRIES))
def test_a_proof_with_any_change_fails(data: st.DataObject, entry: EntryRow) -> None:
    proof = proof_of(entry)
    document = orjson.loads(proof.text)
    *path, last = data.draw(st.sampled_from(leaves(document)[1:]))
    place = document
    for key in path:
        place = place[key]
    value = place[last]
    if data.draw(st.booleans()):
        del place[last]
    elif isinstance(value, str):
        cut = data.draw(st.integers(0, len(value) - 1)) if value else 0
        place[last] = (
            value[:cut]
            + data.draw(st.sampled_from("0a ,}Ł").filter(lambda c: c != value[cut : cut + 1]))
            + value[cut + 1 :]
        )
    elif isinstance(value, int):
        place[last] = data.draw(st.sampled_from([value + 1, str(value), None, True]))
    else:
        place[last] = data.draw(st.sampled_from([None, "", [value]]))
    assert not check_proof(orjson.dumps(document).decode(), proof.root, SEALS[-1].hash)


@given(st.text() | st.binary().map(repr) | st.just("[]") | st.just("{}") | st.just("null"))
def test_nonsense_is_no_proof_and_no_crash(text: str) -> None:
    assert check_proof(text, SEALS[0].root) is False


def test_a_proof_shows_no_other_entrys_content() -> None:
    proof = proof_of(ENTRIES[0])
    assert "第 0 步" in proof.text
    assert all(f"第 {n} 步" not in proof.text for n in range(1, 5))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_tree_grown_leaf_by_leaf_has_the_root_its_paths_lead_to(hashes: list[bytes]) -> None:
    tree = Tree("sha256")
    for hashed in hashes:
        tree.add(hashed)
    if not hashes:
        assert tree.root() == GENESIS
    for index, top in enumerate(hashes):
        for side, neighbour in merkle_path(hashes, index, "sha256"):
            top = node(neighbour, top, "sha256") if side == "left" else node(top, neighbour, "sha256")
        assert top == tree.root()
