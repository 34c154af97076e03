"""A document is its record, sealed once by the seal in force, and anyone can tell whether it is whole."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import LazySettings
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_for
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers

from tests.cast import COUNTY, HERE, THERE
from tests.kernel.documents.sealing_office import keeper, keys_in, manager, sealed_office
from yimen.kernel.calendar.today import now, today
from yimen.kernel.documents import sealing
from yimen.kernel.documents.document import (
    Document,
    Listing,
    Paragraph,
    Rows,
    data_of,
    document_from,
    said,
)
from yimen.kernel.documents.issuing import (
    compose,
    document_of,
    document_pdf,
    documents_of,
    waiting,
)
from yimen.kernel.documents.keys import kept_at
from yimen.kernel.documents.models import IssuedDocument, OfficialSeal
from yimen.kernel.documents.sealing import seal_waiting
from yimen.kernel.documents.seals import end_seal, hand_over, log_of, revoked_certificates, seals
from yimen.kernel.documents.setting import Face, set_pages
from yimen.kernel.documents.verifying import Verdict, check_code, check_file
from yimen.kernel.papers.models import Paper
from yimen.kernel.papers.store import path_of
from yimen.kernel.words import Refusal, Text

RARE = "喆堃玥赟龘"
DECISION = Document(
    title=Text("准予行政许可决定书", "Decision to grant a permit"), word="准许", to=RARE, holder=RARE, on=date(2026, 11, 24),
    body=(
        Paragraph(Text("你提出的申请，经审查，符合法定条件。", "Your application meets the conditions.")),
        Listing((said("第一项 #set text(red)"), said("第二项 $x$ *b* _c_ @d <e>"))),
        Rows(((Text("事项", "Item"), Text("农村宅基地审批", "Rural housing land")),)),
    ),
)  # fmt: skip
_words = st.builds(Text, st.text(max_size=40), st.text(max_size=40))
_blocks = st.one_of(
    st.builds(Paragraph, _words),
    st.builds(Listing, st.lists(_words, max_size=3).map(tuple)),
    st.builds(Rows, st.lists(st.tuples(_words, _words), max_size=3).map(tuple)),
)


@pytest.fixture
def office(db: None, tmp_path: Path, settings: LazySettings) -> OfficialSeal:
    keys_in(tmp_path, settings)
    return sealed_office()


def issued(document: Document = DECISION, organ: str = HERE) -> IssuedDocument:
    """A document that was composed, and sealed where that may be."""
    key = uuid4()
    compose(document, key=key, matter_id=uuid4(), kind="grant", organ_code=organ, asked_by="赵镇·负责人", law="第三十八条", at=now())  # fmt: skip
    seal_waiting()
    return IssuedDocument.objects.get(id=key)


def refusal_of(act: Callable[[], object]) -> str:
    """The code with which an act is refused."""
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def bytes_of(row: IssuedDocument) -> bytes:
    assert row.paper_id is not None
    return path_of(Paper.objects.get(id=row.paper_id).sha256).read_bytes()


def text_of(pdf: bytes) -> str:
    """What a reader of PDFs finds, without blanks and line ends."""
    pages = pypdfium2.PdfDocument(pdf)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in pages))


@settings_for(suppress_health_check=[HealthCheck.too_slow])  # the first text drawn reads all of Unicode
@given(
    st.builds(
        Document,
        title=_words,
        word=st.text(max_size=4),
        to=st.text(max_size=9),
        body=st.lists(_blocks, max_size=4).map(tuple),
        on=st.dates(),
        holder=st.text(max_size=9),
    )
)
def test_a_kept_document_is_the_same_again(document: Document) -> None:
    assert document_from(data_of(document)) == document


def test_the_page_says_what_the_record_says(office: OfficialSeal) -> None:
    row = issued()
    text = text_of(bytes_of(row))
    assert document_of(row) == DECISION
    for words in (
        RARE, "准予行政许可决定书", row.number, "你提出的申请，经审查，符合法定条件。", "第一项#settext(red)", "第二项$x$*b*_c_@d<e>",
        "农村宅基地审批", "2026年11月24日", row.check_code.replace("\n", ""),
    ):  # fmt: skip
        assert words in text, words


def test_it_is_a4_one_page_with_its_type_inside(office: OfficialSeal) -> None:
    pdf = pypdfium2.PdfDocument(bytes_of(issued()))
    assert len(pdf) == 1
    assert [round(side) for side in pdf[0].get_size()] == [595, 842]
    assert b"/Courier" not in bytes_of(issued()), (
        "the signature brings no type from outside into what is kept long"
    )


def test_a_signed_page_stays_what_it_calls_itself(office: OfficialSeal) -> None:
    root = PdfFileReader(io.BytesIO(bytes_of(issued()))).root
    named = root["/Metadata"].get_object().data.decode()
    assert 'pdfaid:part="2"' in named
    # PDF/A-2 is PDF 1.7: whoever keeps it must not find a later version or what only that one knows.
    assert root.get("/Version", "/1.7") == "/1.7"
    assert set(root["/Extensions"]) == {"/ESIC"}


def test_a_long_document_keeps_its_seal_with_the_organ(office: OfficialSeal) -> None:
    lines = Listing(tuple(said(f"第{n}项材料不符合要求，请补正。" * 2) for n in range(60)))
    row = issued(Document(DECISION.title, "补正", RARE, (lines,), DECISION.on, RARE))
    pdf = pypdfium2.PdfDocument(bytes_of(row))
    last = pdf[len(pdf) - 1].get_textpage().get_text_range()
    assert len(pdf) > 2
    assert row.check_code in last.replace("\r\n", "")


def test_numbers_run_without_a_gap_in_each_series(office: OfficialSeal) -> None:
    grants = [issued().number for _ in range(3)]
    other = issued(Document(DECISION.title, "补正", RARE, DECISION.body, DECISION.on, RARE)).number
    assert grants == [f"云青准许字〔2026〕{n}号" for n in (1, 2, 3)]
    assert other == "云青补正字〔2026〕1号"


def test_composed_twice_under_one_key_is_there_once(office: OfficialSeal) -> None:
    key, matter = uuid4(), uuid4()
    for _ in range(2):
        compose(
            DECISION, key=key, matter_id=matter, kind="grant", organ_code=HERE, asked_by="", law="", at=now()
        )
        seal_waiting()
    assert [d.number for d in documents_of(matter)] == ["云青准许字〔2026〕1号"]


@pytest.mark.usefixtures("db")
def test_without_a_seal_it_waits_and_is_sealed_when_there_is_one(
    tmp_path: Path, settings: LazySettings
) -> None:
    keys_in(tmp_path, settings)
    row = issued()
    assert row.paper_id is None
    assert list(waiting()) == [row]
    sealed_office()
    assert seal_waiting() == 1
    assert not waiting().exists()


def test_each_use_is_in_the_chain_with_who_asked_and_who_keeps_it(office: OfficialSeal) -> None:
    row = issued()
    used = log_of(office)[0]
    assert used.act == "use_seal"
    for words in (row.number, row.sha256, "赵镇·负责人", "印章管理人"):
        assert words in used.payload


def test_a_seal_that_ended_seals_nothing_more(office: OfficialSeal) -> None:
    end_seal(manager(), office, today(), "机构改革")
    assert issued().paper_id is None
    assert x509.load_der_x509_crl(revoked_certificates()).get_revoked_certificate_by_serial_number(
        x509.load_pem_x509_certificate(office.certificate.encode()).serial_number
    )


def test_one_seal_replaces_many_on_its_day(office: OfficialSeal) -> None:
    other = sealed_office("civil", words="云溪县民政局", number_word="云民")
    assert refusal_of(lambda: sealed_office(since=today())) == "one_seal_at_a_time"
    boss = manager(COUNTY)
    new = sealed_office(since=today(), replaces=(office.id,))
    assert issued().seal_id == new.id
    end_seal(boss, OfficialSeal.objects.get(id=other.id), today(), "划转审批局")
    assert issued(organ="civil").paper_id is None


def test_a_seal_that_stands_for_other_organs_is_made_on_the_article_that_lets_one_act_for_them(
    office: OfficialSeal,
) -> None:
    grounds = [log_of(office)[-1].law]
    own = sealed_office(since=today(), replaces=(office.id,))
    grounds.append(log_of(own)[-1].law)
    civil = sealed_office("civil", words="云溪县民政局", number_word="云民")
    bureau = sealed_office("water", words="审批局", number_word="云审", since=today(), replaces=(civil.id,))
    grounds.append(log_of(bureau)[-1].law)
    assert [("一枚印章" in g, "第二十五条" in g) for g in grounds] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_two_organs_never_number_their_documents_under_one_word(office: OfficialSeal) -> None:
    assert refusal_of(lambda: sealed_office("civil", words="云溪县民政局")) == "seal.number_word"
    end_seal(manager(), office, today(), "机构改革")
    assert refusal_of(lambda: sealed_office("civil", words="云溪县民政局")) == "seal.number_word"
    assert sealed_office(since=today(), number_word=office.number_word).number_word == "云青"


def test_a_handed_over_seal_is_answered_for_by_the_new_keeper(office: OfficialSeal) -> None:
    hand_over(manager(), office, keeper("新保管人"), today())
    issued()
    assert "新保管人" in log_of(office)[0].payload
    assert refusal_of(lambda: hand_over(manager(), office, keeper(), today())) == "seal.since"


def test_only_who_may_manages_seals(office: OfficialSeal) -> None:
    stranger = manager(THERE)
    assert list(seals(stranger)) == []
    assert list(seals(manager())) == [office]
    for act in (
        lambda: end_seal(stranger, office, today(), "x"),
        lambda: hand_over(stranger, office, keeper(), today()),
    ):
        assert refusal_of(act) == "access.elsewhere"
    assert OfficialSeal.objects.get(id=office.id).valid.upper is None


def test_no_day_in_the_past(office: OfficialSeal) -> None:
    assert refusal_of(lambda: end_seal(manager(), office, today() - timedelta(days=1), "x")) == "seal.on"


def test_the_file_is_ours_and_one_changed_byte_is_not(office: OfficialSeal) -> None:
    row = issued()
    whole = bytes_of(row)
    found = check_file(whole)
    assert (found.verdict, found.document, found.seal) == (Verdict.ISSUED, row, office)
    at = whole.index(b"stream") + 40
    changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    assert check_file(changed).verdict in (Verdict.ALTERED, Verdict.UNREADABLE)
    assert check_file(whole + b"\n% more").verdict != Verdict.ISSUED


def test_a_signature_of_ours_on_what_we_do_not_know_is_said_so(office: OfficialSeal) -> None:
    row = issued()
    whole = bytes_of(row)
    IssuedDocument.objects.filter(id=row.id).update(sha256="")
    assert check_file(whole).verdict == Verdict.OURS_UNKNOWN


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"\x89PNG", b"%PDF-1.7\n" + b"[" * 100_000, bytes(range(256)) * 50]
)
def test_what_is_no_document_is_refused_in_peace(office: OfficialSeal, content: bytes) -> None:
    assert check_file(content).verdict in (Verdict.UNREADABLE, Verdict.UNSIGNED)


def test_a_hostile_file_ends_its_reader_and_nobody_else(office: OfficialSeal) -> None:
    whole = bytes_of(issued())
    deep = whole.replace(b"/Type /Catalog", b"/Type /Catalog /X " + b"[" * 200_000)
    circle = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/AcroForm 1 0 R/Fields[1 0 R]/Kids[1 0 R]>>endobj\ntrailer<</Root 1 0 R>>"
    for content in (deep, circle, whole[: len(whole) // 2], whole * 20):
        assert check_file(content).verdict != Verdict.ISSUED


def test_an_unsigned_draft_says_so(office: OfficialSeal) -> None:
    draft = set_pages(DECISION, Face(Text("青石镇人民政府", "Qingshi")))
    assert check_file(draft).verdict == Verdict.UNSIGNED
    assert "预览" in text_of(draft)


@pytest.mark.parametrize("name", ["张😀", "张\U00020001", "张김", "张\ue000", "张\ufeff", "张1\ufe0f\u20e3"])
def test_a_character_that_no_type_has_does_not_keep_a_paper_from_being_sealed(
    office: OfficialSeal, name: str
) -> None:
    row = issued(replace(DECISION, to=f"{name}三", holder=name))
    assert re.search("张1?\ufe0f?〓+三", text_of(bytes_of(row)))
    assert "〓" in text_of(document_pdf(row, is_english=True)[0])
    assert document_of(row).holder == name


def test_what_fails_under_one_seal_does_not_hold_up_another(
    office: OfficialSeal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_AT_ONCE", 2)
    kept_at(str(office.id)).unlink()
    stuck = [issued() for _ in range(2)]
    sealed_office("civil", number_word="云民", words="云溪县民政局")
    assert issued(organ="civil").paper_id is not None
    assert [row.paper_id for row in stuck] == [None, None]


def test_each_line_of_a_reason_is_a_paragraph_of_its_own() -> None:
    lines = Document(
        title=Text("决定", "Decision"), word="准", to="", holder="", on=date(2026, 11, 24),
        body=(Paragraph(Text("甲段\n乙段", "One\nTwo")),),
    )  # fmt: skip
    page = pypdfium2.PdfDocument(set_pages(lines, Face(Text("镇政府", "Town"))))[0].get_textpage()
    text = page.get_text_range()
    first, second = (page.get_charbox(text.index(word))[0] for word in ("甲段", "乙段"))
    assert second == pytest.approx(first, abs=1)


def test_a_code_is_found_however_it_is_typed(office: OfficialSeal) -> None:
    row = issued()
    assert check_code(row.check_code.lower().replace("-", " ")) == row
    for wrong in ("", "AAAA", "' OR 1=1 --", "ＡＡＡＡ", row.check_code[:-1]):
        assert check_code(wrong) is None


def test_the_translation_bears_no_seal(office: OfficialSeal) -> None:
    english, name = document_pdf(issued(), is_english=True)
    assert name == "Decision to grant a permit.pdf"
    text = text_of(english)
    assert "Decisiontograntapermit" in text
    assert "TRANSLATION" in text
    assert check_file(english).verdict == Verdict.UNSIGNED


def own_key() -> tuple[bytes, bytes]:
    """A PKCS#12 of another authority, and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "国家电子印章（测试）")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=9)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, BestAvailableEncryption(b"pw")), certificate.fingerprint(hashes.SHA256())  # fmt: skip


def test_what_was_added_after_our_seal_is_never_said_to_be_ours(office: OfficialSeal, tmp_path: Path) -> None:
    whole = bytes_of(issued())
    added = IncrementalPdfFileWriter(io.BytesIO(whole))
    added.root["/Names"] = generic.DictionaryObject(
        {generic.pdf_name("/EmbeddedFiles"): generic.DictionaryObject()}
    )
    added.update_root()
    out = io.BytesIO()
    added.write(out)
    assert check_file(out.getvalue()).verdict == Verdict.ALTERED
    strangers = tmp_path / "strangers.p12"
    strangers.write_bytes(own_key()[0])
    signer = signers.SimpleSigner.load_pkcs12(str(strangers), passphrase=b"pw")
    twice = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(whole)), signers.PdfSignatureMetadata(field_name="Second"), signer
    )
    assert check_file(twice.getvalue()).verdict == Verdict.FOREIGN
    draft = set_pages(DECISION, Face(Text("青石镇人民政府", "Qingshi")))
    forged = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(draft)), signers.PdfSignatureMetadata(field_name="Seal"), signer
    )
    assert check_file(forged.getvalue()).verdict == Verdict.FOREIGN


@pytest.mark.usefixtures("db")
def test_an_authoritys_key_seals_as_well(tmp_path: Path, settings: LazySettings) -> None:
    keys_in(tmp_path, settings)
    content, digest = own_key()
    for bad, password in ((b"junk", "pw"), (content, "wrong")):
        assert refusal_of(lambda: sealed_office(key=bad, password=password)) == "seal.key"  # noqa: B023
    office = sealed_office(key=content, password="pw")
    assert office.fingerprint == digest.hex()
    row = issued()
    IssuedDocument.objects.filter(id=row.id).update(sha256="")
    assert check_file(bytes_of(row)).verdict == Verdict.OURS_UNKNOWN
    assert b"PRIVATE" not in b"".join(f.read_bytes() for f in (tmp_path / "keys").iterdir())


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
def test_an_outside_reader_accepts_the_signature_and_sees_a_change(
    office: OfficialSeal, tmp_path: Path
) -> None:
    whole, changed = tmp_path / "whole.pdf", tmp_path / "changed.pdf"
    whole.write_bytes(bytes_of(issued()))
    content = bytearray(whole.read_bytes())
    content[len(content) // 4] ^= 1
    changed.write_bytes(content)
    said_of = [
        subprocess.run(["pdfsig", str(f)], capture_output=True, text=True, check=False).stdout
        for f in (whole, changed)
    ]
    assert "Signature is Valid" in said_of[0]
    assert "ETSI.CAdES.detached" in said_of[0]
    assert "Signature is Valid" not in said_of[1]


def test_a_missing_key_leaves_it_waiting(
    office: OfficialSeal, settings: LazySettings, tmp_path: Path
) -> None:
    settings.YIMEN_KEYS = tmp_path / "elsewhere"
    row = issued()
    assert row.paper_id is None
    assert row.number == ""
    settings.YIMEN_KEYS = tmp_path / "keys"
    assert seal_waiting() == 1
    assert IssuedDocument.objects.get(id=row.id).number == "云青准许字〔2026〕1号"


def test_a_seal_has_a_keeper(office: OfficialSeal) -> None:
    assert (
        refusal_of(lambda: sealed_office("civil", number_word="云民", custodian=UUID(int=1)))
        == "seal.custodian"
    )
