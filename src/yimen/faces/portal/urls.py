"""The portal's addresses."""

from django.urls import path

from yimen.faces.portal import apply, following, grids, guides, halls, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("services/", guides.directory, name="services"),
    path("services/<slug:code>/", guides.guide, name="guide"),
    path("services/<slug:code>/apply/", apply.begin, name="apply"),
    path("apply/", apply.resume, name="resume"),
    path("apply/<slug:code>/", apply.person, name="apply_person"),
    path("apply/<slug:code>/<int:number>/", apply.page, name="apply_page"),
    path("apply/<slug:code>/materials/", apply.papers, name="apply_papers"),
    path("apply/<slug:code>/check/", apply.check, name="apply_check"),
    path("bundles/<slug:code>/", guides.bundle, name="bundle"),
    path("bundles/<slug:code>/apply/", apply.begin_bundle, name="apply_bundle"),
    path("report/", views.report, name="report"),
    path("report/<str:tracking_code>/received/", views.received, name="received"),
    path("track/", views.track, name="track"),
    path("track/<str:tracking_code>/", views.tracked, name="tracked"),
    path("track/<str:tracking_code>/do/<slug:step_code>/", following.act, name="follow_up"),
    path("track/<str:tracking_code>/rate/", following.rate_it, name="rate"),
    path("track/<str:tracking_code>/rate/<uuid:rating_id>/", following.rate_it_again, name="rate_again"),
    path("procedure/<slug:code>/", views.procedure_sheet, name="procedure_sheet"),
    path("grids/", grids.find, name="grids"),
    path("grids/tasks/", grids.task_list, name="grid_tasks"),
    path("grids/<slug:grid_code>/", grids.board, name="grid_board"),
    path("grids/<slug:grid_code>/sheet/", grids.sheet, name="grid_sheet"),
    path("halls/", halls.places, name="places"),
    path("halls/<slug:code>/book/", halls.book, name="book"),
    path("appointments/<slug:code>/", halls.booked, name="booked"),
    path("appointments/<slug:code>/cancel/", halls.cancel, name="cancel_booking"),
    path("tickets/<slug:code>/", halls.ticket, name="ticket"),
    path("seals/", views.seals, name="seals"),
]
