"""What stands around the wall."""

from django.http import HttpRequest
from django.urls import reverse

from yimen.design.shapes import Chrome
from yimen.kernel.access.middleware import standing_of


def wall(request: HttpRequest) -> dict[str, Chrome]:
    """The wall and a hall's display are dark and live; a kiosk and a counter's screen are light, and offer nothing else."""
    match = request.resolver_match
    if match is None or match.app_name != "wall":
        return {}
    standing = standing_of(request)
    if (match.url_name or "").startswith(("kiosk", "rating")):
        return {"chrome": Chrome(theme="light")}
    live = "wall:hall_live" if (match.url_name or "").startswith("hall_") else "wall:live"
    return {
        "chrome": Chrome(
            home_url=reverse("wall:home"),
            person=standing.actor.name if standing else "",
            sign_out_url=reverse("console:sign_out"),
            live_url=reverse(live),
            theme="dark",
        )
    }
