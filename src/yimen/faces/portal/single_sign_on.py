"""Single sign-on by OpenID Connect, when the installation names a provider (`YIMEN_OIDC_ISSUER` and its fellows).

The provider's answer arrives by GET and may change nothing: it is kept in the session, and the resident confirms it.
"""

from functools import cache
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from joserfc.errors import JoseError
from requests import RequestException

from yimen.domains.residents.api import accounts
from yimen.faces.portal.residents import let_in

_CLAIMS = "oidc_claims"
_TROUBLE = (OAuthError, JoseError, RequestException, ValueError, KeyError)


@cache
def _provider(issuer: str, client_id: str, secret: str) -> Any:
    oauth = OAuth()
    return oauth.register(
        name="county", client_id=client_id, client_secret=secret, client_kwargs={"scope": "openid profile", "timeout": 10, "code_challenge_method": "S256"},
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
    )  # fmt: skip


def provider() -> Any:
    """The provider of the settings; 404 without one."""
    given = settings.YIMEN_OIDC
    if not given:
        raise Http404
    return _provider(given["issuer"], given["client_id"], given["secret"])


@require_safe
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    back = request.build_absolute_uri(reverse("portal:oidc_back"))
    try:
        answer: HttpResponse = provider().authorize_redirect(request, back)
    except _TROUBLE:
        return _failed(request)
    return answer


@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider: state, nonce, signature and audience are checked; nothing is written yet."""
    try:
        claims = provider().authorize_access_token(request)["userinfo"]
        request.session[_CLAIMS] = {
            "subject": f"{claims['iss']} {claims['sub']}",
            "name": str(claims.get("name") or "")[:60],
        }
    except _TROUBLE:
        return _failed(request)
    return redirect("portal:oidc_confirm")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """Enter as who the provider says one is."""
    claims = request.session.get(_CLAIMS)
    if not claims or not settings.YIMEN_OIDC:
        return redirect("portal:my_sign_in")
    if request.method == "POST":
        return let_in(request, accounts.enter_with_subject(claims["subject"], claims["name"]))
    return render(request, "portal/my_confirm.html", {"name": claims["name"] or _("您的账号")})


def _failed(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/my_confirm.html", {"failed": True}, status=502)
