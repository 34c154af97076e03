"""The codes under which a text is found are its pairs of neighbouring units, none over a blank, each once."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from yimen.kernel.matters.search import folded, terms, terms_of, words


def _plainly(text: str) -> set[int]:
    wide = text.encode("utf-16-be")
    units = [int.from_bytes(wide[n : n + 2], "big") for n in range(0, len(wide), 2)]
    codes = {a << 16 | b for a, b in pairwise(units) if ord(" ") not in (a, b)}
    return {code - (1 << 32) if code >= 1 << 31 else code for code in codes}


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_the_codes_are_the_pairs(text: str) -> None:
    found = terms_of(folded(text))
    assert found == sorted(_plainly(folded(text)))
    assert all(-(1 << 31) <= code < 1 << 31 for code in found)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_word_of_a_text_is_among_its_codes(before: str, after: str) -> None:
    held = set(terms(before + " 垃圾𠮷 " + after))
    assert words("垃圾𠮷") == ["垃圾𠮷"]
    assert set(terms("垃圾𠮷")) <= held
