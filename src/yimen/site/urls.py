"""Which face answers which address."""

from django.urls import include, path

from yimen.design.views import gallery

urlpatterns = [
    path("", include("yimen.faces.portal.urls")),
    path("console/", include("yimen.faces.console.urls")),
    path("field/", include("yimen.faces.field.urls")),
    path("api/", include("yimen.faces.api.urls")),
    path("design/", gallery, name="gallery"),
    path("language/", include("django.conf.urls.i18n")),
]
