from django.urls import include, path

from portal.views.register import register_urls
from residents import registers
from residents.views import (
    event,
    family,
    filling,
    freshness,
    handing,
    head,
    head_report,
    household,
    person,
    report,
    undo,
)
from residents.views.person import FullExportView

app_name = "residents"

community_patterns = [
    path(
        "people/export/full/",
        FullExportView.as_view(register=registers.PersonRegister()),
        name="person_export_full",
    ),
    path("people/<uuid:row>/reveal/", person.reveal, name="person_reveal"),
    path("people/<uuid:row>/hand-over/", handing.person, name="person_hand_over"),
    path("people/<uuid:person>/move-in/", event.move_in, name="event_move_in"),
    path("dwellings/<uuid:dwelling>/move-in/", event.move_in, name="event_move_in"),
    path("people/<uuid:person>/move-out/", event.move_out, name="event_move_out"),
    path("people/<uuid:person>/death/", event.death, name="event_death"),
    path("people/<uuid:person>/correct/", event.correct, name="event_correct"),
    path("people/<uuid:person>/birth/", family.birth, name="event_birth"),
    path("people/<uuid:person>/marriage/", family.marriage, name="event_marriage"),
    path("people/<uuid:person>/transfer/", household.transfer, name="event_transfer"),
    path("households/<uuid:household>/split/", household.split, name="event_split"),
    path("households/<uuid:household>/merge/", household.merge, name="event_merge"),
    path("households/<uuid:household>/head/", household.head, name="event_head"),
    path("events/<uuid:row>/undo/", undo.undo, name="event_undo"),
    path("population/", event.statement, name="event_statement"),
    path("freshness/", freshness.freshness, name="freshness"),
    path("freshness/export/", freshness.freshness_export, name="freshness_export"),
    path("freshness/print/", freshness.round_print, name="round_print"),
    path("freshness/<uuid:stairwell>/", freshness.round_enter, name="round_enter"),
    path("reports/<uuid:row>/", report.detail, name="report_detail"),
    path("reports/<uuid:row>/accept/", report.accept, name="report_accept"),
    path("reports/<uuid:row>/return/", report.send_back, name="report_return"),
    path("reports/<uuid:row>/reject/", report.reject, name="report_reject"),
    path("reports/<uuid:row>/photos/<uuid:photo>/", report.photo, name="report_photo"),
    path("reports/<uuid:row>/hand-over/", handing.report, name="report_hand_over"),
    path("filling/", filling.FillingListView.as_view(), name="filling_list"),
    path("filling/<uuid:filling>/", filling.MatchView.as_view(), name="filling_match"),
    path("filling/<uuid:filling>/people/", filling.PeopleView.as_view(), name="filling_people"),
    path("filling/<uuid:filling>/check/", filling.CheckView.as_view(), name="filling_check"),
    path("filling/<uuid:filling>/file/", filling.FileView.as_view(), name="filling_file"),
    path("filling/<uuid:filling>/full/", filling.FullView.as_view(), name="filling_full"),
    path("filling/<uuid:filling>/discard/", filling.DiscardView.as_view(), name="filling_discard"),
    *register_urls(registers.PersonRegister),
    *register_urls(registers.DwellingRegister),
    *register_urls(registers.HouseholdRegister),
    *register_urls(registers.PopulationEventRegister),
    *register_urls(registers.ReportRegister),
]

head_patterns = [
    path("", head.stairwells, name="head_stairwells"),
    path("stairwells/<uuid:stairwell>/", head.doors, name="head_doors"),
    path("doors/<uuid:dwelling>/unchanged/", head.verify, name="head_verify"),
    path("doors/<uuid:dwelling>/unchanged/undo/", head.verify_undo, name="head_verify_undo"),
    path("doors/<uuid:dwelling>/report/", head_report.kind, name="head_report_kind"),
    path("doors/<uuid:dwelling>/report/<slug:what>/", head_report.report, name="head_report"),
    path("reports/", head_report.reports, name="head_reports"),
    path("reports/<uuid:report>/again/", head_report.again, name="head_report_again"),
    path("reports/<uuid:report>/photos/<uuid:photo>/", head_report.photo, name="head_report_photo"),
]

urlpatterns = [
    path("c/<slug:community>/", include(community_patterns)),
    path("head/", include(head_patterns)),
]
