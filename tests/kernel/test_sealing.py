"""What is shown of a name or number where only part of it may be."""

import pytest

from yimen.kernel.sealing import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""), ("王", "王"), ("王明", "王*"), ("王小明", "王*明"), ("欧阳翠花", "欧**花"), ("买买提·阿卜杜热合曼", "买******曼"),
        ("John Smith", "J******h"), ("13800005678", "138****5678"), ("11010519491231002X", "110***********002X"),
    ],
)  # fmt: skip
def test_only_the_ends_are_shown(text: str, shown: str) -> None:
    assert masked(text) == shown
