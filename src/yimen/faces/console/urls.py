"""The console's addresses: one act, one view, one URL."""

from django.urls import path

from yimen.faces.console import people, signin, upkeep, views

app_name = "console"

urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("matters/", views.matter_list, name="matters"),
    path("matters/<uuid:matter_id>/", views.matter_page, name="matter"),
    path("matters/<uuid:matter_id>/do/<slug:step_code>/", views.act, name="act"),
    path("matters/<uuid:matter_id>/reveal/", views.reveal, name="reveal"),
    path("matters/<uuid:matter_id>/ledger/", views.matter_ledger, name="matter_ledger"),
    path("matters/<uuid:matter_id>/proof/<int:seq>.json", views.proof, name="proof"),
    path("matters/<uuid:matter_id>/papers/<uuid:paper_id>/", views.paper, name="paper"),
    path("matters/<uuid:matter_id>/papers/<uuid:paper_id>/small/", views.thumbnail, name="thumbnail"),
    path("report/", views.report, name="report"),
    path("ledger/", upkeep.ledger, name="ledger"),
    path("ledger/verify/", upkeep.verify, name="verify"),
    path("health/", upkeep.health, name="health"),
    path("health/messages/<uuid:message_id>/retry/", upkeep.retry_message, name="retry_message"),
    path("people/", people.people_list, name="people"),
    path("people/<uuid:person_id>/", people.person_page, name="person"),
    path("posts/", people.posts, name="posts"),
    *signin.urlpatterns,
]
