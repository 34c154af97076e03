"""What stands around the wall."""

from django.http import HttpRequest
from django.urls import reverse

from yimen.design.shapes import Chrome
from yimen.kernel.access.middleware import standing_of


def wall(request: HttpRequest) -> dict[str, Chrome]:
    """The wall is dark and live, on its own pages only."""
    match = request.resolver_match
    if match is None or match.app_name != "wall":
        return {}
    standing = standing_of(request)
    return {
        "chrome": Chrome(
            home_url=reverse("wall:home"),
            person=standing.actor.name if standing else "",
            sign_out_url=reverse("console:sign_out"),
            live_url=reverse("wall:live"),
            theme="dark",
        )
    }
