"""Two small counties for tests, drawn and peopled by the same code as the demo, without its year of incidents."""

import os

from shapely.geometry import box

from yimen.kernel.counties.models import County
from yimen.site import database
from yimen.site.demo import build, geography
from yimen.site.demo.people import COUNTY, SECOND_COUNTY, SECOND_TOWNSHIPS, village_names


def make_test_counties(owner_url: str) -> None:
    """云溪县 with 3 townships, 9 villages and 27 grids; 石桥县 with 2, 4 and 8."""
    os.environ["DATABASE_OWNER_URL"] = owner_url
    build.build_county(
        "yunxi", COUNTY, "云溪县", "Yunxi County", ["127.0.0.1", "localhost", "testserver", "yunxi.localhost"],
        geography.plan(
            COUNTY, box(119.0, 28.0, 119.3, 28.3), [("001", "城关街道"), ("100", "青石镇"), ("200", "竹坪乡")],
            village_names(9), villages=9, grids=27, seed=1,
        ),
        lambda _: None,
    )  # fmt: skip
    build.build_county(
        "shiqiao", SECOND_COUNTY, "石桥县", "Shiqiao County", ["shiqiao.localhost"],
        geography.plan(
            SECOND_COUNTY, box(120.0, 28.0, 120.1, 28.1), SECOND_TOWNSHIPS, village_names(4), villages=4, grids=8, seed=2
        ),
        lambda _: None,
    )  # fmt: skip
    County.objects.create(
        schema_name="kongbai", code="339903", name="空白县", name_en="Blank County", lng=121.0, lat=28.0
    )
    database.migrate(owner_url)
