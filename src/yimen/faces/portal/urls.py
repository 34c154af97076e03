"""The portal's addresses."""

from django.urls import path

from yimen.faces.portal import (
    apply,
    checking,
    following,
    grids,
    guides,
    halls,
    residents,
    single_sign_on,
    views,
)

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
    path("my/", residents.mine, name="mine"),
    path("my/sign-in/", residents.sign_in, name="my_sign_in"),
    path("my/send-code/", residents.send_code, name="my_send_code"),
    path("my/code/", residents.enter_code, name="my_code"),
    path("my/sign-out/", residents.sign_out, name="my_sign_out"),
    path("my/follow/", residents.follow, name="follow"),
    path("my/data/", residents.data, name="my_data"),
    path("my/data/reveal/", residents.reveal, name="my_reveal"),
    path("my/data/export/", residents.export, name="my_export"),
    path("my/data/consent/", residents.consent, name="my_consent"),
    path("my/data/close/", residents.close, name="my_close"),
    path("my/represent/", residents.represent, name="represent"),
    path(
        "my/represent/<uuid:representation_id>/end/", residents.end_representation, name="end_representation"
    ),
    path("my/sso/", single_sign_on.leave, name="oidc_leave"),
    path("my/sso/back/", single_sign_on.back, name="oidc_back"),
    path("my/sso/confirm/", single_sign_on.confirm, name="oidc_confirm"),
    path("report/", views.report, name="report"),
    path("report/<str:tracking_code>/received/", views.received, name="received"),
    path("track/", views.track, name="track"),
    path("track/<str:tracking_code>/", views.tracked, name="tracked"),
    path("track/<str:tracking_code>/do/<slug:step_code>/", following.act, name="follow_up"),
    path("track/<str:tracking_code>/rate/", following.rate_it, name="rate"),
    path("track/<str:tracking_code>/documents/<uuid:document_id>/", following.document, name="document"),
    path("check/", checking.check, name="check"),
    path("check/<str:code>/", checking.checked, name="checked"),
    path("official-seals/revoked.crl", checking.revoked, name="revoked_certificates"),
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
