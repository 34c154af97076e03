"""Django's settings: from the environment, or from the data folder of the embedded database.

`YIMEN_DATA` names the data folder (default `var`), `DATABASE_URL` and `DATABASE_OWNER_URL` an outside
PostgreSQL (the app's role and the migrating role), `YIMEN_HOSTS` the host names served.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from yimen.kernel.access.passwords import PASSWORD_VALIDATORS
from yimen.kernel.ledger.entries import ALGORITHMS
from yimen.site import environment
from yimen.site.logs import without_address

PACKAGE = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("YIMEN_DATA", "var")).resolve()
YIMEN_DEMO = environment.is_on("YIMEN_DEMO")
YIMEN_FILES = Path(os.environ.get("YIMEN_FILES", DATA / "files"))
# Official documents: where the county is reached, the seals' keys, other type than ours, a time-stamp authority.
YIMEN_ADDRESS = environment.web_address("YIMEN_ADDRESS", "http://{host}:8000")
YIMEN_KEYS = Path(os.environ.get("YIMEN_KEYS", DATA / "keys"))
YIMEN_FONTS = os.environ.get("YIMEN_FONTS", "")
YIMEN_DOCUMENT_FONT = os.environ.get("YIMEN_DOCUMENT_FONT", "Noto Serif SC")
YIMEN_TIMESTAMPS = environment.web_address("YIMEN_TIMESTAMPS")
# The ledger: the hash of new entries, and where its day seals are published.
YIMEN_LEDGER_ALGO = environment.one_of("YIMEN_LEDGER_ALGO", "sha256", sorted(ALGORITHMS))
YIMEN_SEALS = os.environ.get("YIMEN_SEALS", "")
TESTING = os.environ.get("YIMEN_TESTING") == "1"


def _secrets() -> dict[str, str]:
    """The installation's own keys, made once and readable by its user alone."""
    kept = DATA / "secrets.json"
    if not kept.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        made = {"secret_key": secrets.token_urlsafe(48), "field_key": secrets.token_hex(32)}
        unfinished = DATA / f"secrets.{os.getpid()}"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(made))
        unfinished.rename(kept)
    try:
        found = json.loads(kept.read_text())
        return {"secret_key": str(found["secret_key"]), "field_key": str(found["field_key"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(
            f"{kept} cannot be read as this installation's keys; bring it back from your copy of the keys, for without "
            "it no sealed personal data can be read"
        ) from error


if _given := environment.all_or_none(("YIMEN_SECRET_KEY", "YIMEN_FIELD_KEY")):
    SECRET_KEY, FIELD_KEY = environment.keys(
        _given["YIMEN_SECRET_KEY"], _given["YIMEN_FIELD_KEY"], "YIMEN_SECRET_KEY and YIMEN_FIELD_KEY"
    )
else:
    _own = _secrets()
    SECRET_KEY, FIELD_KEY = environment.keys(
        _own["secret_key"], _own["field_key"], str(DATA / "secrets.json")
    )


def database(url: str) -> dict[str, Any]:
    """A libpq address as Django's database settings, served per county by django-tenants."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError as error:
        raise environment.wrong(
            "DATABASE_URL or DATABASE_OWNER_URL", f"is no address of a database: {error}"
        ) from error
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.lstrip("/"):
        raise environment.wrong(
            "DATABASE_URL or DATABASE_OWNER_URL", "must look like postgresql://user:password@host/database"
        )
    options = {k: v[-1] for k, v in parse_qs(parts.query).items()}
    host = options.pop("host", "") or unquote(parts.netloc.rpartition("@")[2].partition(":")[0])
    return {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port if not host.startswith("/") else "",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql://yimen_app@/yimen"))}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
TENANT_MODEL = "counties.County"
TENANT_DOMAIN_MODEL = "counties.CountyHost"
TENANT_LIMIT_SET_CALLS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SHARED_APPS = ("django_tenants", "yimen.kernel.counties", "yimen.kernel.calendar")
TENANT_APPS = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "yimen.kernel.ledger",
    "yimen.kernel.org",
    "yimen.kernel.access",
    "yimen.kernel.papers",
    "yimen.kernel.documents",
    "yimen.kernel.notices",
    "yimen.kernel.matters",
    "yimen.kernel.imports",
    "yimen.domains.grid",
    "yimen.domains.catalogue",
    "yimen.domains.services",
    "yimen.domains.hall",
    "yimen.domains.residents",
    "yimen.domains.duties",
    "yimen.domains.command",
)
INSTALLED_APPS = (
    *SHARED_APPS,
    *TENANT_APPS,
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "yimen.design",
    "yimen.faces.portal",
    "yimen.faces.console",
    "yimen.faces.field",
    "yimen.faces.wall",
    "yimen.faces.api",
)

MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "yimen.site.bounds.Bounds",
    "yimen.kernel.counties.tenancy.CountyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yimen.kernel.access.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "yimen.kernel.matters.reading.ReadsAreReadOnly",
)
ROOT_URLCONF = "yimen.site.urls"
WSGI_APPLICATION = "yimen.site.wsgi.application"
DEBUG = False
ALLOWED_HOSTS = environment.words("YIMEN_HOSTS", "127.0.0.1,localhost,.localhost")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "yimen.faces.portal.chrome.portal",
                "yimen.faces.console.chrome.console",
                "yimen.faces.field.chrome.field",
                "yimen.faces.wall.chrome.wall",
            ],
        },
    }
]

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ("axes.backends.AxesStandaloneBackend", "yimen.kernel.access.backend.LoginBackend")
PASSWORD_HASHERS = ("django.contrib.auth.hashers.Argon2PasswordHasher",)
AUTH_PASSWORD_VALIDATORS = PASSWORD_VALIDATORS
YIMEN_ROLES = "yimen.site.roles.ROLES"
YIMEN_IMPORTERS = (
    "yimen.domains.grid.importing.INCIDENTS",
    "yimen.domains.grid.legacy.LEGACY_GRIDS",
    "yimen.domains.catalogue.importing.SERVICE_ITEMS",
)
YIMEN_IDLE_SECONDS = 30 * 60
# Live screens a process serves at a time; each holds one of the threads of `yimen serve`.
YIMEN_STREAMS = environment.number("YIMEN_STREAMS", 16, 0, 1000)
# How many proxies of ours stand before the app; X-Forwarded-For is believed only that far.
YIMEN_PROXIES = environment.number("YIMEN_PROXIES", 0, 0, 9)
CSRF_FAILURE_VIEW = "yimen.design.views.csrf_failure"
LOGIN_URL = "console:sign_in"
LOGIN_REDIRECT_URL = "console:my_work"
# Wrong passwords: so many for one login from one address lock it there for a quarter of an hour, ...
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_CALLABLE = "yimen.faces.console.signin.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "yimen.kernel.access.throttle.address_of"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
# ... and so many an hour for one login from all addresses together shut it where it has not signed in of late.
YIMEN_FAILURES_PER_NAME = environment.number("YIMEN_FAILURES_PER_NAME", 25, 1, 10_000)
OTP_TOTP_ISSUER = "Yimen"
OTP_TOTP_SYNC = False

# GB/T 22239-2019 8.1.4.1: a session ends by itself, at the latest after a working day. Before that
# ActorMiddleware ends one left alone for YIMEN_IDLE_SECONDS, and the sign-in page says so.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if environment.is_on("YIMEN_HTTPS"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    6000  # a form may ask 5,000 questions (kernel.forms.schema), and a window asks them at once
)
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
LOCALE_PATHS = (PACKAGE / "locale",)
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING

# Residents may sign in by another house's account as well, where all of these are given.
_provider = environment.all_or_none(("YIMEN_OIDC_ISSUER", "YIMEN_OIDC_CLIENT_ID", "YIMEN_OIDC_SECRET"))
YIMEN_OIDC = (
    {
        "issuer": environment.web_address("YIMEN_OIDC_ISSUER"),
        "client_id": _provider["YIMEN_OIDC_CLIENT_ID"],
        "secret": _provider["YIMEN_OIDC_SECRET"],
        "label": os.environ.get("YIMEN_OIDC_LABEL", "政务服务账号登录"),
    }
    if _provider
    else {}
)

YIMEN_SMS_GATEWAY = os.environ.get("YIMEN_SMS_GATEWAY", "yimen.kernel.notices.gateways.FolderSmsGateway")
YIMEN_EMAIL_GATEWAY = os.environ.get(
    "YIMEN_EMAIL_GATEWAY", "yimen.kernel.notices.gateways.FolderEmailGateway"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "yimen.site.logs.Line", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"route": {"()": "django.utils.log.CallbackFilter", "callback": without_address}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["route"]}},
    "root": {
        "handlers": ["console"],
        "level": environment.one_of(
            "YIMEN_LOG", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
        ),
    },
    # What is refused is the asker's to mend: no line for each.
    "loggers": {
        "axes": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
        # Whoever scans the world with any Host gets a 400, and no page of traceback each time.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
