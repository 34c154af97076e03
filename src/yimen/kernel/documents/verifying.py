"""Checking a document: by the code on it, and by the file itself. Anyone may ask; nobody is named in full."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum

from yimen.kernel.documents.models import IssuedDocument, OfficialSeal

MOST_BYTES = 10 * 1024 * 1024
_READER = "yimen.kernel.documents.signature"
_LONGEST = 30
"""Seconds on the clock after which a reader that neither ends nor spends its time is ended."""


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
    said = _read_signature(content)
    if said is None:
        return Checked(Verdict.UNREADABLE)
    if not said["certificate"]:
        return Checked(Verdict.UNSIGNED)
    under = OfficialSeal.objects.filter(fingerprint=said["certificate"]).first()
    if under is None:
        return Checked(Verdict.FOREIGN)
    return Checked(Verdict.OURS_UNKNOWN if said["is_whole"] else Verdict.ALTERED, under)


def _read_signature(content: bytes) -> dict[str, object] | None:
    """What a process of its own finds in a stranger's file; None when it found no way through it."""
    order = [sys.executable, "-I", "-m", _READER]
    try:
        done = subprocess.run(order, input=content, capture_output=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return None
    return dict(json.loads(done.stdout)) if done.returncode == 0 else None
