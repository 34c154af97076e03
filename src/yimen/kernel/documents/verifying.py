"""Checking a document: by the code on it, and by the file itself. Anyone may ask; nobody is named in full."""

import hashlib
import io
from dataclasses import dataclass
from enum import StrEnum

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.general import SigningError, UnacceptableSignerError
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from yimen.kernel.documents.models import IssuedDocument, OfficialSeal

MOST_BYTES = 10 * 1024 * 1024
_UNREADABLE = (PdfError, SigningError, SignatureValidationError, UnacceptableSignerError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError, AssertionError)  # fmt: skip
"""What reading a stranger's file may end in."""


class Verdict(StrEnum):
    """What a check of a file found."""

    ISSUED = "issued"
    ALTERED = "altered"
    OURS_UNKNOWN = "ours_unknown"
    FOREIGN = "foreign"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict, the seal the signature names, and the document in our register, where there is one."""

    verdict: Verdict
    seal: OfficialSeal | None = None
    document: IssuedDocument | None = None


def check_code(typed: str) -> IssuedDocument | None:
    """The sealed document with a check code, however it was typed."""
    plain = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())[:12]
    code = f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"
    return (
        IssuedDocument.objects.select_related("seal").filter(check_code=code).exclude(paper_id=None).first()
    )


def check_file(content: bytes) -> Checked:
    """Whether a file is a document of ours, byte for byte; if not, what its signature says."""
    sha256 = hashlib.sha256(content).hexdigest()
    found = IssuedDocument.objects.select_related("seal").filter(sha256=sha256).first()
    if found:
        return Checked(Verdict.ISSUED, found.seal, found)
    try:
        signature = _last_signature(content)
        if signature is None:
            return Checked(Verdict.UNSIGNED)
        under = _seal_of(signature)
        is_whole = _is_whole(signature)
    except _UNREADABLE:
        return Checked(Verdict.UNREADABLE)
    if under is None:
        return Checked(Verdict.FOREIGN)
    return Checked(Verdict.OURS_UNKNOWN if is_whole else Verdict.ALTERED, under)


def _last_signature(content: bytes) -> EmbeddedPdfSignature | None:
    found = PdfFileReader(io.BytesIO(content), strict=False).embedded_signatures
    return found[-1] if found else None


def _seal_of(signature: EmbeddedPdfSignature) -> OfficialSeal | None:
    """The registered seal whose certificate signed."""
    digest = hashlib.sha256(signature.signer_cert.dump()).hexdigest()
    return OfficialSeal.objects.filter(fingerprint=digest).first()


def _is_whole(signature: EmbeddedPdfSignature) -> bool:
    """Whether the signature fits the bytes and nothing was added after it."""
    trusting = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    try:
        status = validate_pdf_signature(signature, trusting)
    except SuspiciousModification:
        return False
    return bool(status.intact and status.valid and status.bottom_line)
