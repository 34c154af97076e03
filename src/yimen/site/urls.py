"""Which face answers which address."""

from django.urls import include, path

from yimen.site.titles import name_all

name_all()

urlpatterns = [
    path("", include("yimen.faces.portal.urls")),
    path("console/", include("yimen.faces.console.urls")),
    path("field/", include("yimen.faces.field.urls")),
    path("wall/", include("yimen.faces.wall.urls")),
    path("api/", include("yimen.faces.api.urls")),
    path("open311/v2/", include("yimen.faces.api.open311_urls")),
    path("design/", include("yimen.design.urls")),
]

handler400 = "yimen.design.views.bad_request"
handler403 = "yimen.faces.console.signin.refused"
handler404 = "yimen.design.views.not_found"
handler500 = "yimen.design.views.server_error"
