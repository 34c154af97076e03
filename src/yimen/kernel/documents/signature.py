"""What the last signature of a PDF says, as JSON on standard output: a program of its own, run as `python -m` by `verifying`.

The file comes from anybody on standard input. A hostile one may send a reader round in circles or ask for all memory; so it is read
by this process, with bounds on memory and time, and never by one that serves people.
"""

import hashlib
import io
import json
import resource
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

_MOST_MEMORY = 1024 * 1024 * 1024
_MOST_SECONDS = 10


def _is_whole(signature: EmbeddedPdfSignature) -> bool:
    """Whether the signature fits the bytes and nothing was added after it."""
    trusting = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    try:
        status = validate_pdf_signature(signature, trusting)
    except SuspiciousModification:
        return False
    return bool(status.intact and status.valid and status.bottom_line)


def main(content: bytes) -> dict[str, object]:
    """`certificate`: SHA-256 of the signer's, empty for an unsigned file; `is_whole`: whether the signature fits."""
    found = PdfFileReader(io.BytesIO(content), strict=False).embedded_signatures
    if not found:
        return {"certificate": "", "is_whole": False}
    digest = hashlib.sha256(found[-1].signer_cert.dump()).hexdigest()
    return {"certificate": digest, "is_whole": _is_whole(found[-1])}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    sys.stdout.write(json.dumps(main(sys.stdin.buffer.read())))
