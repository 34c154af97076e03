"""Everyday words find the item that is meant."""

import pytest

from yimen.domains.catalogue.files import read_files
from yimen.domains.catalogue.search import Search, Synonym, read_synonyms

SEARCH = Search(read_files(), read_synonyms())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("失业金", "失业保险金"),
        ("看病报销", "报销"),
        ("高血压", "慢特病"),
        ("外地看病", "异地"),
        ("盖房子", "宅基地"),
        ("unemployment", "失业"),
    ],
)
def test_everyday_words_find_what_is_meant(said: str, meant: str) -> None:
    found = SEARCH.find(said, 3)
    assert any(meant in i.name.zh for i in found), [i.name.zh for i in found]


@pytest.mark.parametrize("said", ["", "  ", "飞碟降落", "？？", "\0", "%_", "x" * 200])
def test_what_means_nothing_here_finds_nothing(said: str) -> None:
    assert SEARCH.find(said) == []


def test_a_synonym_leads_to_its_items() -> None:
    (first, *_) = read_files()
    search = Search(read_files(), [Synonym(("老头乐",), (first.code,))])
    assert search.find("我要办老头乐") == [first]


def test_the_whole_name_comes_first() -> None:
    for item in read_files():
        assert SEARCH.find(item.name.zh)[0] == item
