"""The faces are also met from outside."""

from tests.site_fixture import site

__all__ = ["site"]
