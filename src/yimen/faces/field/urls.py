"""The phone's addresses."""

from django.urls import path

from yimen.faces.field import views

app_name = "field"

urlpatterns = [path("", views.home, name="home")]
