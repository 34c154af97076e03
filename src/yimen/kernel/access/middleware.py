"""From a request to its actor, and the doors of views.

`request.actor` is worked out at first use and costs one query beside the session's own: a page that asks
nothing about its reader stays cacheable. `request.user` exists for Django's sake only; no rule reads it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django_otp import DEVICE_ID_SESSION_KEY

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import NOT_STAFF, holds
from yimen.kernel.access.machines import machine_actor
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import Standing, load_standing
from yimen.kernel.calendar.today import now
from yimen.kernel.words import Finding

POST_KEY = "post"
SEEN_KEY = "seen_at"
SINCE_KEY = "signed_in_at"
_SEEN_GRAIN = 60
"""The session's last use is noted at most once a minute, so that reading pages seldom writes."""


class ActingRequest(HttpRequest):
    """A request behind `ActorMiddleware`; views annotate it to say that they use these."""

    actor: Actor


class AccessDenied(PermissionDenied):
    """A door stayed shut; `finding` says why. Shown by the site's `handler403`."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.sentence.zh)


class ActorMiddleware:
    """Sets `request.actor` and `request.user`, both lazy. Comes after sessions and county."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hang the lazy actor on the request and answer it."""
        renew(request)
        return self.get_response(request)


def renew(request: HttpRequest) -> None:
    """Work out anew who acts, at the next use; after a sign-in changed the session."""
    request.standing = SimpleLazyObject(lambda: _standing(request))  # type: ignore[attr-defined]
    request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
    request.user = cast(Account, SimpleLazyObject(lambda: _user(request)))


def actor_of(request: HttpRequest) -> Actor:
    """The request's actor, for code that is handed a plain request."""
    return cast(ActingRequest, request).actor


def standing_of(request: HttpRequest) -> Standing | None:
    """Where the signed-in account stands; None for the public, machines and sessions gone idle."""
    standing = cast(Standing | None, request.standing)  # type: ignore[attr-defined]
    return standing or None


def is_idle(request: HttpRequest) -> bool:
    """Whether the session was signed in but has been left alone for too long, or has lasted a working day."""
    seen = request.session.get(SEEN_KEY)
    if seen is None or SESSION_KEY not in request.session:
        return False
    at = now().timestamp()
    began = float(request.session.get(SINCE_KEY, seen))
    return at - float(seen) > float(settings.YIMEN_IDLE_SECONDS) or at - began > float(
        settings.SESSION_COOKIE_AGE
    )


def _standing(request: HttpRequest) -> Standing | None:
    session = request.session
    account_id = session.get(SESSION_KEY)
    if account_id is None or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    if is_idle(request):
        return None
    standing = load_standing(
        UUID(account_id), session.get(POST_KEY, ""), second_factor=DEVICE_ID_SESSION_KEY in session
    )
    if standing is None or not constant_time_compare(
        session.get(HASH_SESSION_KEY, ""), standing.session_hash
    ):
        return None
    seen = int(now().timestamp())
    if seen - int(session.get(SEEN_KEY, 0)) >= _SEEN_GRAIN:
        session[SEEN_KEY] = seen
    return standing


def session_ends_at(request: HttpRequest) -> datetime | None:
    """The instant at which the session ends at the latest, however busy; None without one."""
    since = request.session.get(SINCE_KEY) or request.session.get(SEEN_KEY)
    if since is None:
        return None
    return datetime.fromtimestamp(float(since) + settings.SESSION_COOKIE_AGE, UTC)


def asked_by_itself(request: HttpRequest) -> None:
    """The page asked, nobody touched it: the request is no use of the session, which goes idle as if it had not come."""
    if standing_of(request) is not None:
        request.session.modified = False


def machine_of(request: HttpRequest) -> Actor:
    """The machine whose key the request carries, else the public. A browser's session opens no machine's door."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    known = machine_actor(key.strip()) if scheme.lower() == "bearer" else None
    return known or Actor.resident()


def _actor(request: HttpRequest) -> Actor:
    standing = standing_of(request)
    return standing.actor if standing else Actor.resident()


def _user(request: HttpRequest) -> Account | AnonymousUser:
    account_id = standing.actor.account_id if (standing := standing_of(request)) else None
    account = Account.objects.filter(pk=account_id).first() if account_id else None
    return account or AnonymousUser()


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_door(request: HttpRequest) -> HttpResponseBase | None:
    """Where a member of staff must go first: None when signed in, verified and with a password of their own.

    The sign-in address leads on to what is missing. Residents' accounts are refused.
    """
    standing = standing_of(request)
    if standing is not None and standing.actor.kind != "staff":
        raise AccessDenied(NOT_STAFF)
    if standing is None or not standing.actor.second_factor or standing.must_change_password:
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    return None


def staff_only(view: View[P]) -> View[P]:
    """A view for members of staff who have proved both factors."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return staff_door(request) or view(request, *args, **kwargs)

    return guarded


def needs(permission: str) -> Callable[[View[P]], View[P]]:
    """A view for those who hold the permission somewhere; others see why not (403).

    The public is led to sign in. Whether the permission reaches the thing at hand is for the view to ask: a
    thing outside one's sight is answered with 404, as if it were not there.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if elsewhere := staff_door(request):
                return elsewhere
            finding = holds(actor_of(request), permission)
            if finding:
                raise AccessDenied(finding)
            return view(request, *args, **kwargs)

        return guarded

    return guard
