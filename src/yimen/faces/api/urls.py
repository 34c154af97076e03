"""The machines' addresses."""

from django.urls import path

from yimen.faces.api import views

app_name = "api"

urlpatterns = [
    path("incidents", views.report_incident_json, name="incidents"),
    path("incidents/<str:tracking_code>", views.incident_json, name="incident"),
]
