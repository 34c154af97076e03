"""The portal's addresses."""

from django.urls import path

from yimen.faces.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("report/", views.report, name="report"),
    path("report/<str:tracking_code>/received/", views.received, name="received"),
    path("track/", views.track, name="track"),
    path("track/<str:tracking_code>/", views.tracked, name="tracked"),
    path("procedure/<slug:code>/", views.procedure_sheet, name="procedure_sheet"),
    path("seals/", views.seals, name="seals"),
]
