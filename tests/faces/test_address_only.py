"""A place may be given in words: every door takes an address that names one village, and says what is wrong with others."""

import orjson
import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import COUNTY, hired, signed_in
from tests.faces.api.test_incidents_json import body, key, send
from yimen.kernel.counties.models import Division
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid

__all__ = ["key"]
pytestmark = pytest.mark.usefixtures("db")


def a_place() -> tuple[str, str]:
    """The code of a village, and an address there."""
    code = Grid.objects.order_by("code").values_list("place_code", flat=True)[0]
    village, township = Division.objects.get(code=code), Division.objects.get(code=f"{code[:9]}000")
    return code, f"{township.name}{village.name}村口第二棵樟树下"


def lies_in(code: str) -> None:
    matter = Matter.objects.get()
    assert (matter.place_code, matter.grid_code, matter.lng, matter.lat) == (code, "", None, None)


def test_the_json_door(key: str) -> None:
    code, address = a_place()
    told = {k: v for k, v in body(address=address).items() if k not in ("lng", "lat")}
    assert send(key, orjson.dumps(told)).status_code == 201
    lies_in(code)
    for wrong, field in (
        ({**told, "address": "北京市东城区"}, "address"), ({**told, "address": ""}, "lng"), ({**told, "lng": 119.2}, "lat"),
        ({**told, "lng": None, "lat": None}, "lng"),
    ):  # fmt: skip
        answer = send(key, orjson.dumps(wrong))
        assert answer.status_code == 422
        assert field in {e["field"] for e in answer.json()["errors"]}
    assert Matter.objects.count() == 1


def test_the_open311_door(key: str) -> None:
    code, address = a_place()

    def post(**given: str) -> int:
        answer = Client().post(
            "/open311/v2/requests.json",
            {"service_code": "0801", "description": "井盖缺了", **given},
            headers={"Authorization": f"Bearer {key}"},
        )
        return answer.status_code

    assert post(address_string=address) == 201
    lies_in(code)
    assert post(address_string="火星") == 400
    assert post(address_string=address, lat="x") == 400
    assert post() == 400
    assert Matter.objects.count() == 1


def test_a_resident_without_a_map(client: Client) -> None:
    code, address = a_place()
    page = reverse("portal:report")
    assert "哪个村" in client.post(page, {"text": "井盖缺了"}).content.decode()
    refused = client.post(page, {"text": "井盖缺了", "address": "桥头"})
    assert refused.status_code == 422
    assert "没有认出" in refused.content.decode()
    assert client.post(page, {"text": "井盖缺了", "address": address}).status_code == 302
    lies_in(code)


def test_a_clerk_who_was_rung_up() -> None:
    code, address = a_place()
    clerk = signed_in(hired("shouli", role="command_clerk", area=COUNTY, organ="command"))
    page = reverse("console:report")
    assert clerk.post(page, {"text": "井盖缺了"}).status_code == 422
    taken = clerk.post(page, {"text": "井盖缺了", "address": address})
    assert taken.status_code == 302
    lies_in(code)
    shown = clerk.get(taken["Location"])
    assert shown.status_code == 200
    assert "第二棵樟树下" in shown.content.decode()
