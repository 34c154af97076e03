"""The console's addresses: one act, one view, one URL."""

from django.urls import path

from yimen.faces.console import assessments, classes, indicators, people, registers, signin, upkeep, views

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
    path("people/new/", registers.new_person, name="new_person"),
    path("people/<uuid:person_id>/", people.person_page, name="person"),
    path("people/<uuid:person_id>/correct/", registers.correct_person, name="correct_person"),
    path("people/<uuid:person_id>/reveal/", registers.reveal_person, name="reveal_person"),
    path("people/<uuid:person_id>/appoint/", registers.appoint, name="appoint"),
    path("people/<uuid:person_id>/certificate/", registers.add_certificate, name="add_certificate"),
    path("appointments/<uuid:appointment_id>/end/", registers.end_appointment, name="end_appointment"),
    path("appointments/<uuid:appointment_id>/stand-in/", registers.stand_in, name="stand_in"),
    path("posts/", people.posts, name="posts"),
    path("posts/new/", registers.new_post, name="new_post"),
    path("posts/<slug:post_code>/close/", registers.close_post, name="close_post"),
    path("classes/", classes.class_list, name="classes"),
    path("classes/new/", classes.change_class, name="new_class"),
    path("classes/duties/", classes.change_duty, name="change_duty"),
    path("classes/<slug:code>/", classes.class_page, name="class"),
    path("classes/<slug:code>/change/", classes.change_class, name="change_class"),
    path("classes/<slug:code>/stop/", classes.stop_class, name="stop_class"),
    path("organs/", registers.organ_list, name="organs"),
    path("organs/new/", registers.new_organ, name="new_organ"),
    path("organs/<slug:organ_code>/duty-phone/", registers.set_duty_phone, name="set_duty_phone"),
    path("organs/hours/", registers.set_hours, name="set_hours"),
    path("calendar/", registers.calendar_page, name="calendar"),
    path("calendar/enter/", registers.enter_notice, name="enter_notice"),
    path("calendar/<int:year>/confirm/", registers.confirm_notice, name="confirm_notice"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/matters/", indicators.indicator_matters, name="indicator_matters"),
    path("assessments/", assessments.assessments, name="assessments"),
    path("assessments/publish/", assessments.publish_assessment, name="publish_assessment"),
    path("assessments/<uuid:assessment_id>/", assessments.assessment, name="assessment"),
    path(
        "assessments/<uuid:assessment_id>/correct/", assessments.correct_assessment, name="correct_assessment"
    ),
    path("assessments/<uuid:assessment_id>/appeal/<slug:code>/", assessments.new_appeal, name="new_appeal"),
    path("appeals/<uuid:appeal_id>/", assessments.appeal_page, name="appeal"),
    path("appeals/<uuid:appeal_id>/do/<slug:step_code>/", assessments.act_on_an_appeal, name="act_on_appeal"),
    *signin.urlpatterns,
]
