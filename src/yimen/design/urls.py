"""Addresses of the design system: display switches, the gallery, the accessibility statement."""

from django.urls import path
from django.views.i18n import set_language

from yimen.design import views

app_name = "design"

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/", set_language, name="language"),
    path("theme/", views.choose_theme, name="theme"),
    path("elder/", views.choose_elder, name="elder"),
]
