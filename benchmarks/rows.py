"""The rows of one intake as plain values, for the limits that write them without the one door, and for filling."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from yimen.kernel.ids import public_code

_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def matter_row(key: UUID, text: str, lng: float, lat: float, at: datetime = _AT) -> dict[str, Any]:
    """A matter's columns."""
    return {
        "id": key, "number": f"SJ-2026-{key.hex[-12:]}", "tracking_code": public_code(), "procedure": "incident",
        "version": 1, "state": "reported", "title": text[:40], "kind": "0101", "channel": "api", "source": "",
        "external_number": "", "request_key": None, "place_code": "339901100201", "township_code": "339901100",
        "grid_code": "339901100201001", "lng": lng, "lat": lat, "facts": {"text": text, "limit": [4, "working_hours"]},
        "private": None, "organ_code": "", "post_code": "", "person_id": None, "organs": [], "performers": {"report": None},
        "opened_by": None, "opened_at": at, "changed_at": at, "closed_at": None, "due_at": at + timedelta(hours=4),
        "amber_at": at + timedelta(hours=3), "related_id": None, "folded": text, "terms": random.sample(range(1 << 24), 24),
        "revision": 1, "head": b"0" * 32,
    }  # fmt: skip


def entry_row(matter: dict[str, Any], digest: bytes) -> dict[str, Any]:
    """A ledger entry's columns."""
    return {
        "stream": matter["id"], "seq": 1, "at": matter["opened_at"], "account_id": None, "person_id": None,
        "who_name": "bench", "post": "", "organ": "", "act": "report", "law": "滨州市网格化服务管理条例 第十一条",
        "from_state": "", "to_state": "reported", "payload": '{"given":{}}', "prev": b"\0" * 32, "body": digest,
        "hash": digest, "algo": "sha256",
    }  # fmt: skip


def clock_row(matter: dict[str, Any]) -> dict[str, Any]:
    """A clock's columns."""
    return {
        "id": uuid4(), "matter_id": matter["id"], "limit_code": "register", "number": 4, "unit": "working_hours",
        "rolls": False, "started_at": matter["opened_at"], "pauses": [], "due_at": matter["due_at"],
        "safe_at": matter["due_at"], "is_provisional": False, "edition": "2020-2026-00000000", "hours": [], "stopped_at": None,
    }  # fmt: skip


def message_row(matter: dict[str, Any]) -> dict[str, Any]:
    """An outgoing message's columns."""
    return {
        "id": uuid4(), "topic": "incident.reported", "payload": {"matter": str(matter["id"])}, "stream": matter["id"],
        "created_at": matter["opened_at"], "due_at": matter["opened_at"], "lease_until": None, "tries": 0,
        "state": "waiting", "last_error": "", "sent_at": None,
    }  # fmt: skip
