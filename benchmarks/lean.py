"""The limit that a Django developer knows: a bare view that inserts the same four rows with the ORM.

It has no middleware, no access, no calendar, no search codes and no hash; it only parses JSON and saves. Served
by the same web server as Yimen itself (`DJANGO_SETTINGS_MODULE=benchmarks.lean`).
"""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("YIMEN_SECRET_KEY", "bench-only-" + "x" * 40)
os.environ.setdefault("YIMEN_FIELD_KEY", "00" * 32)

from yimen.site.settings import *  # noqa: F403 - a settings module of its own
from yimen.site.settings import DATABASES

MIDDLEWARE = ()
ROOT_URLCONF = "benchmarks.lean_urls"
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "OPTIONS": {**DATABASES["default"]["OPTIONS"], "options": "-c search_path=yunxi,public"},
}


def application(environ: Any, start_response: Any) -> Any:
    """Made at the first request, since this module is the settings as well."""
    global _application
    if _application is None:
        _application = get_wsgi_application()
    return _application(environ, start_response)


_application: Any = None
