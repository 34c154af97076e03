"""The wall's addresses. An area is a township's nine digits; without one it is all the reader may watch."""

from django.urls import path, re_path

from yimen.faces.wall import halls, views

app_name = "wall"

urlpatterns = [
    path("", views.wall, name="home"),
    path("live/", views.live, name="live"),
    path("halls/", halls.screens, name="hall_screens"),
    path("halls/live/", halls.live, name="hall_live"),
    path("halls/<slug:code>/", halls.display, name="hall_display"),
    path("halls/<slug:code>/now/", halls.display_now, name="hall_now"),
    path("halls/<slug:code>/kiosk/", halls.kiosk, name="kiosk"),
    path("halls/<slug:code>/kiosk/<slug:ticket_code>/", halls.kiosk_ticket, name="kiosk_ticket"),
    path("halls/<slug:code>/windows/<int:number>/rating/", halls.rating, name="rating"),
    path("halls/<slug:code>/windows/<int:number>/rating/now/", halls.rating_now, name="rating_now"),
    re_path(r"^(?P<area>\d{6}|\d{9}|\d{12})/$", views.wall, name="area"),
    re_path(r"^(?P<area>\d{6}|\d{9}|\d{12})/board/$", views.board_now, name="board"),
    re_path(r"^(?P<area>\d{6}|\d{9}|\d{12})/trend/$", views.trend_now, name="trend"),
]
