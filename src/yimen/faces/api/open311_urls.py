"""The addresses of GeoReport v2."""

from django.urls import path

from yimen.faces.api import open311

app_name = "open311"

urlpatterns = [
    path("discovery.<str:extension>", open311.discovery, name="discovery"),
    path("services.<str:extension>", open311.services, name="services"),
    path("services/<slug:service_code>.<str:extension>", open311.service, name="service"),
    path("requests.<str:extension>", open311.requests, name="requests"),
    path("requests/<str:number>.<str:extension>", open311.one_request, name="request"),
    path("tokens/<slug:token>.<str:extension>", open311.token, name="token"),
]
