"""The phone's addresses."""

from django.urls import path

from yimen.faces.field import report, tasks, views

app_name = "field"

urlpatterns = [
    path("", views.home, name="home"),
    path("report/", report.report, name="report"),
    path("report/classes/", report.suggested, name="suggested"),
    path("report/sent/<uuid:matter_id>/", report.sent, name="sent"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/<uuid:round_id>/<slug:grid_code>/", tasks.answer, name="answer"),
]
