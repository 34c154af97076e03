"""Keys and certificates of organs' seals (电子签名法 第十三条、第十四条).

A key lies in `YIMEN_KEYS` under the seal's id, encrypted with the installation's field key. It comes from an authority as PKCS#12, or, where none is given, from the installation's own authority: a technical seal, not the
national electronic seal (国家统一电子印章), as its certificate says.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from yimen.kernel.calendar.today import now
from yimen.kernel.files import write_whole
from yimen.kernel.sealing import seal, unseal
from yimen.kernel.words import Refusal

_TEN_YEARS, _FIVE_YEARS = timedelta(days=3652), timedelta(days=1826)
_LIST_LIVES = timedelta(days=7)
_AUTHORITY = "authority"


def kept_at(name: str) -> Path:
    """Where a key lies, encrypted, with its certificate."""
    return Path(str(settings.YIMEN_KEYS)) / f"{name}.sealed"


def _keep(name: str, key: Any, certificate: x509.Certificate) -> None:
    content = pkcs12.serialize_key_and_certificates(
        None, key, certificate, None, serialization.NoEncryption()
    )
    write_whole(kept_at(name), seal(content), mode=0o600)


def _opened(name: str) -> pkcs12.PKCS12KeyAndCertificates:
    return pkcs12.load_pkcs12(unseal(kept_at(name).read_bytes()), None)


def _name(common: str, unit: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common[:64])]
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit[:64]))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")])


def authority() -> x509.Certificate:
    """The certificate of the installation's own authority, made when first asked for."""
    if not kept_at(_AUTHORITY).exists():
        key = ec.generate_private_key(ec.SECP256R1())
        name, at = _name("一门 自建签章根证书", "技术演示，非国家统一电子印章"), now()
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(at - timedelta(days=1)).not_valid_after(at + _TEN_YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        _keep(_AUTHORITY, key, certificate)
    found = _opened(_AUTHORITY).cert
    assert found is not None
    return found.certificate


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=not signs_certificates, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def certify(seal_id: UUID, words: str, purpose: str, list_address: str) -> str:
    """Make a key for a seal with a certificate of our own authority; returns the certificate as PEM."""
    issuer, key, at = authority(), ec.generate_private_key(ec.SECP256R1()), now()
    signing = _opened(_AUTHORITY).key
    certificate = (
        x509.CertificateBuilder().subject_name(_name(words, purpose)).issuer_name(issuer.subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(at - timedelta(hours=1)).not_valid_after(at + _FIVE_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)  # type: ignore[arg-type]
        .add_extension(x509.CRLDistributionPoints([_at(list_address)]), critical=False)
        .sign(signing, hashes.SHA256())  # type: ignore[arg-type]
    )  # fmt: skip
    _keep(str(seal_id), key, certificate)
    return _pem(certificate)


def _at(address: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)


def take_key(seal_id: UUID, content: bytes, password: str) -> str:
    """Keep a key that an authority issued as PKCS#12; returns its certificate as PEM. Refuses what cannot be opened."""
    try:
        opened = pkcs12.load_pkcs12(content, password.encode() or None)
    except ValueError as error:
        raise Refusal.of(
            "seal.key", "密钥文件打不开：请检查是不是 .p12 或 .pfx 文件、口令对不对。",
            "The key file cannot be opened: is it a .p12 or .pfx file, and the password right?", field="key",
        ) from error  # fmt: skip
    if opened.key is None or opened.cert is None:
        raise Refusal.of("seal.key", "密钥文件里没有密钥或证书。", "The file has no key or no certificate.", field="key")  # fmt: skip
    certificate = opened.cert.certificate
    if not certificate.not_valid_before_utc <= now() < certificate.not_valid_after_utc:
        raise Refusal.of("seal.key", "证书不在有效期内。", "The certificate is not valid today.", field="key")
    _keep(str(seal_id), opened.key, certificate)
    return _pem(certificate)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint(pem: str) -> str:
    """SHA-256 of a certificate, hexadecimal."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()


def valid_until(pem: str) -> datetime:
    """The moment a certificate ends."""
    return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc


def revocation_list(ended: Iterable[tuple[str, datetime]]) -> bytes:
    """The list (DER) of our own certificates that hold no longer, from (PEM, since when)."""
    issuer, at = authority(), now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at)
        .next_update(at + _LIST_LIVES)
    )
    for pem, since in ended:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        if certificate.issuer == issuer.subject:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(certificate.serial_number)
                .revocation_date(since)
                .build()
            )
    signed = builder.sign(_opened(_AUTHORITY).key, hashes.SHA256())  # type: ignore[arg-type]
    return signed.public_bytes(serialization.Encoding.DER)
