"""The phone's addresses."""

from django.urls import path

from yimen.faces.field import tasks, views

app_name = "field"

urlpatterns = [
    path("", views.home, name="home"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/<uuid:round_id>/<slug:grid_code>/", tasks.answer, name="answer"),
]
