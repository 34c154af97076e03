"""Tables of whatever kind are read as the same rows; what is no table is refused with its place."""

import io
import zipfile
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.imports.columns import Plan, Target, moment, suggested
from yimen.kernel.imports.tables import MOST_COLUMNS, harmless, opened
from yimen.kernel.words import Refusal, Text

ROWS = '编号,描述,时间\n1,桥头垃圾,2024-03-05\n\n2,"一句，有逗号\n还换行",\n'


def read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with opened(path) as table:
        return table.headings, [(line.number, list(line.cells.values())) for line in table.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_whatever_its_encoding_and_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(ROWS.replace(",", delimiter).encode(encoding))
    headings, rows = read(path)
    assert headings == ["编号", "描述", "时间"]
    assert rows == [(2, ["1", "桥头垃圾", "2024-03-05"]), (4, ["2", "一句，有逗号\n还换行", ""])]


def workbook(*rows: str) -> bytes:
    """A workbook of one sheet, written by hand after ECMA-376."""
    sheet = "".join(f"<row>{row}</row>" for row in rows)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{sheet}</sheetData></worksheet>",
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out.getvalue()


def words(text: str, at: str = "") -> str:
    place = f' r="{at}"' if at else ""
    return f'<c{place} t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_workbook_is_read_as_a_csv_is_and_its_formulas_as_values(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(workbook(words("编号") + words("经度"), "<c><v>7</v></c><c><f>1+1</f><v>119.5</v></c>"))
    assert read(path) == (["编号", "经度"], [(2, ["7", "119.5"])])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.empty"), (b"\n\n", "table.empty"), (b"a,,c\n1,2,3", "table.heading"), (b"a,b,a\n", "table.heading_twice"),
        (b"a,b\n1\x00,2", "table.binary"), (b"a,b\n\xff\xff\xfe\xff,2", "table.encoding"), (b'a,b\n"1,2\n3,4', "table.csv"),
        (b"a\n" + b"x" * 50_000, "table.csv"), (b"PK\x03\x04junk", "table.damaged"), (b"\xd0\xcf\x11\xe0old", "table.old_excel"),
        (",".join(f"c{n}" for n in range(MOST_COLUMNS + 1)).encode(), "table.columns"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        read(path)
    assert refused.value.code == code


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(600):
            part.write(b"\0" * (1 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(Refusal) as refused:
        read(path)
    assert refused.value.code == "table.too_large"


@pytest.mark.parametrize(
    ("far", "code"),
    [
        (words("x", "XFD1048576"), "table.too_large"),
        (words("x", "ZZZZZZ99999999999"), "table.damaged"),
        (words("a_x0000_b"), "table.binary"),
        (words("x" * 50_000), "table.csv"),
    ],
    ids=["cells at far corners", "a cell nowhere", "a NUL", "a cell too long"],
)
def test_a_hostile_workbook_is_refused_and_ends_no_process_but_its_own(
    tmp_path: Path, far: str, code: str
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook(words("编号", "A1"), far))
    with pytest.raises(Refusal) as refused:
        read(path)
    assert refused.value.code == code


def test_a_row_with_more_cells_than_headings_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2,,\n1,2,3\n")
    with opened(path) as table:
        assert [line.overflow for line in table.lines] == [False, True]


@pytest.mark.parametrize(
    "said",
    ["2024-03-05 08:30", "2024/3/5 8:30", "2024年3月5日 8时30分", "2024年03月05日08:30", "2024.3.5 8:30:00", "20240305083000", "2024-03-05T08:30:00"],
)  # fmt: skip
def test_instants_are_read_as_offices_write_them(said: str) -> None:
    assert moment(said) == datetime(2024, 3, 5, 8, 30, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize(
    "said", ["", "昨天", "2024-13-05", "2024-02-30", "99", "2024-03-05 25:00", "1", "２０２４"]
)
def test_what_is_no_instant_is_none(said: str) -> None:
    assert moment(said) is None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))
def test_every_instant_written_in_iso_is_read_back_to_the_second(at: datetime) -> None:
    assert moment(at.isoformat(" ", "seconds")) == at.replace(microsecond=0, tzinfo=LOCAL_ZONE)


def test_headings_are_recognised_and_none_is_used_twice() -> None:
    targets = (
        Target("number", Text("原编号", "Number"), aliases=("案件编号",)),
        Target("at", Text("上报时间", "Reported at")),
        Target("other", Text("上报时间点", "x")),
    )
    assert suggested(targets, ["案件编号", "上报 时间", "无关"]) == {"number": "案件编号", "at": "上报 时间"}


def test_a_plan_translates_and_survives_being_kept() -> None:
    plan = Plan({"class": "类别"}, {"class": {"垃圾": "0101"}}, {"source": "旧系统"})
    assert Plan.read(plan.plain()) == plan
    assert plan.laid({"类别": "垃圾"}) == {"class": "0101"}
    assert plan.laid({"类别": "路灯"}) == {"class": "路灯"}


@given(st.text(max_size=3), st.sampled_from("=+-@＝＋－＠\t\r\n"), st.sampled_from(["", " ", "\u3000 "]))
def test_nothing_given_out_begins_as_a_formula(rest: str, sign: str, blank: str) -> None:
    assert harmless(blank + sign + rest) == "'" + blank + sign + rest
    assert harmless("青石" + sign) == "青石" + sign


def test_rows_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a\n" + "1\n" * 100)
    with opened(path) as table:
        assert len(list(islice(table.lines, 3))) == 3
