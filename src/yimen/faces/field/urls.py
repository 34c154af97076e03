"""The phone's addresses."""

from django.urls import path

from yimen.faces.field import report, views

app_name = "field"

urlpatterns = [
    path("", views.home, name="home"),
    path("report/", report.report, name="report"),
    path("report/classes/", report.suggested, name="suggested"),
    path("report/sent/<uuid:matter_id>/", report.sent, name="sent"),
]
