"""The published text of a notice is read as an official reads it."""

import pytest

from yimen.kernel.calendar.notice_text import read_notice_text
from yimen.kernel.calendar.notices import read_notice
from yimen.kernel.calendar.official import shipped
from yimen.kernel.words import Refusal

NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def test_the_notice_for_2026_gives_the_year_that_is_shipped() -> None:
    assert read_notice_text(NOTICE_2026) == next(y for y in shipped().years if y.year == 2026)


def test_a_notice_saved_in_gb18030_is_read_the_same() -> None:
    assert read_notice(NOTICE_2026.encode("gb18030")) == read_notice(NOTICE_2026.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1月1日（周四）", "1月1日（周五）"),
        ("2026年部分", "2027年部分"),
        ("国办发明电〔2025〕7号", ""),
        ("2026年部分节假日安排", "部分节假日安排"),
        ("2月15日", "2月31日"),
        ("9月20日（周日）", "9月21日"),
        ("至7日（周三）", "至0日"),
    ],
)
def test_a_slip_in_the_text_is_refused_with_what_is_wrong(old: str, new: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_notice(NOTICE_2026.replace(old, new).encode())
    assert refused.value.code.startswith("calendar.")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xff", b"{}", b"[]", b"{", "放假".encode(), b'{"year": 1e999}']
)
def test_what_is_no_notice_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal):
        read_notice(content)
