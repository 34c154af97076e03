"""The wall's addresses. An area is a township's nine digits; without one it is all the reader may watch."""

from django.urls import path, re_path

from yimen.faces.wall import views

app_name = "wall"

urlpatterns = [
    path("", views.wall, name="home"),
    path("live/", views.live, name="live"),
    re_path(r"^(?P<area>\d{6}|\d{9}|\d{12})/$", views.wall, name="area"),
    re_path(r"^(?P<area>\d{6}|\d{9}|\d{12})/board/$", views.board_now, name="board"),
    re_path(r"^(?P<area>\d{6}|\d{9}|\d{12})/trend/$", views.trend_now, name="trend"),
]
