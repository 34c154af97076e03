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
        ("老伴走了", "死亡登记"),
        ("老伴走了", "丧葬补助"),
        ("80岁", "高龄津贴"),
        ("瘫痪老人", "护理"),
        ("没钱上学", "临时救助"),
    ],
)
def test_everyday_words_find_what_is_meant(said: str, meant: str) -> None:
    found = SEARCH.find(said, 3)
    assert any(meant in i.name.zh for i in found), [i.name.zh for i in found]


def test_who_cannot_pay_the_doctor_is_shown_help_and_not_a_contribution() -> None:
    assert SEARCH.find("看病没钱")[0].name.zh.startswith("医疗救助")


@pytest.mark.parametrize("said", ["老人补贴", "残疾补贴", "修老屋补助"])
def test_a_word_that_many_items_share_brings_no_stranger(said: str) -> None:
    assert not any("农机" in i.name.zh for i in SEARCH.find(said))


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
