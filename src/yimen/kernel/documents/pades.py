"""PAdES signatures over the seals of documents, by pyHanko. Apart from the rest, since it takes a second to load."""

import io
import os
from functools import cache
from pathlib import Path
from uuid import UUID

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from yimen.kernel.documents.keys import kept_at
from yimen.kernel.sealing import unseal

_FIELD = "Seal"
_ROOM, _ROOM_WITH_TIME = 8192, 32768
"""Room for the signature in hexadecimal digits, said beforehand: else it would be made twice, once to measure it."""
_BARE = StaticStampStyle(border_width=0)
"""What the signature's field shows by itself: nothing, not even in a type of its own, since it lies over the seal of the page."""


class _Archived(IncrementalPdfFileWriter):
    """Writes what PDF/A-2 allows: version 1.7 and no later one (ISO 19005-2, 6.1.2), though an elliptic key asks for 2.0."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        super().ensure_output_version(min(version, (1, 7)))  # type: ignore[no-untyped-call]

    def register_extension(self, ext: DeveloperExtension) -> None:
        if ext.base_version != "/2.0":
            super().register_extension(ext)


@cache
def _signer(path: Path, changed: float) -> signers.Signer:
    """The signer of a kept key; read once for each version of the file."""
    opened = pkcs12.load_pkcs12(unseal(path.read_bytes()), None)
    assert opened.key is not None
    assert opened.cert is not None
    raw = opened.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = asn1_x509.Certificate.load(opened.cert.certificate.public_bytes(serialization.Encoding.DER))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(certificate)
    return signers.SimpleSigner(
        signing_cert=certificate, signing_key=asn1_keys.PrivateKeyInfo.load(raw), cert_registry=store
    )


def sign(pdf: bytes, seal_id: UUID, *, place: str, reason: str) -> bytes:
    """The document with a PAdES signature whose field lies over its seal, for readers that show what stands behind it."""
    path = kept_at(str(seal_id))
    if not path.exists():
        raise LookupError(f"the key of seal {seal_id} is missing: restore {path}")
    writer = _Archived(io.BytesIO(pdf))
    page, box = _seal_box(writer)
    fields.append_signature_field(writer, fields.SigFieldSpec(_FIELD, on_page=page, box=box))
    stamper = HTTPTimeStamper(settings.YIMEN_TIMESTAMPS) if settings.YIMEN_TIMESTAMPS else None
    meta = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        location=place,
        reason=reason,
    )
    signer = signers.PdfSigner(
        meta, signer=_signer(path, os.stat(path).st_mtime), timestamper=stamper, stamp_style=_BARE
    )
    signed: io.BytesIO = signer.sign_pdf(writer, bytes_reserved=_ROOM_WITH_TIME if stamper else _ROOM)
    return signed.getvalue()


def _seal_box(writer: IncrementalPdfFileWriter) -> tuple[int, tuple[int, int, int, int]]:
    """Page and rectangle of the seal: the one link that the page has."""
    pages = int(writer.root["/Pages"]["/Count"])
    for number in range(pages - 1, -1, -1):
        page = writer.find_page_for_modification(number)[0].get_object()  # type: ignore[no-untyped-call]
        for each in page.get("/Annots", ()):
            left, low, right, high = (round(float(edge)) for edge in each.get_object()["/Rect"])
            return number, (left, low, right, high)
    raise ValueError("the document has no seal to sign over")
