"""The lean view's only address."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from benchmarks.rows import clock_row, entry_row, matter_row, message_row
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.notices.models import OutboxMessage


@csrf_exempt
def take(request: HttpRequest) -> HttpResponse:
    """Insert a matter, its entry, its clock and its message."""
    given: dict[str, Any] = orjson.loads(request.body)
    matter = matter_row(uuid4(), given["text"], given["lng"], given["lat"])
    entry = entry_row(matter, sha256(request.body).digest())
    with transaction.atomic():
        Matter(**matter).save(force_insert=True)
        Entry(**entry).save(force_insert=True)
        Clock(**clock_row(matter)).save(force_insert=True)
        OutboxMessage(**message_row(matter)).save(force_insert=True)
    answer = orjson.dumps({"number": matter["number"]})
    return HttpResponse(answer, status=201, headers={"Content-Length": str(len(answer))})


urlpatterns = [path("api/incidents", take)]
