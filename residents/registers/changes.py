"""The registers of what changed: population events (人口变动) and heads' reports (变动上报)."""

from django.utils import timezone

from portal.permissions import Permission as P
from portal.registers import Column, Register, register
from residents.models import ChangeReport, PopulationEvent


@register
class PopulationEventRegister(Register):
    model = PopulationEvent
    noun = "event"
    menu = "人口与房屋"
    menu_order = 60
    view, export_right = P.PEOPLE_NAMES, P.PEOPLE_EXPORT
    columns = (
        Column("on"),
        Column("what"),
        Column("kind"),
        Column("person.name", "姓名", sort="person__name_key"),
        Column("note", width=30),
        Column("by.name", "登记人"),
    )
    search = ("person__haystack", "note")
    filters = ("what", "kind")

    def prepare(self, queryset):
        return queryset.select_related("person", "by")


@register
class ReportRegister(Register):
    """Building heads' reports; those that wait come first, the oldest on top. The detail page is the review."""

    model = ChangeReport
    noun = "report"
    menu = "日常"
    menu_order = 20
    view = P.REPORTS_REVIEW
    columns = (
        Column("who", "姓名", width=10),
        Column("what"),
        Column("dwelling.label", "房屋", sort="dwelling__sort", width=22),
        Column("state"),
        Column("proposer.name", "上报人"),
        Column("reported_at", value=lambda r: timezone.localtime(r.reported_at).strftime("%Y-%m-%d %H:%M")),
        Column("reviewer", value=lambda r: r.reviewer.name if r.reviewer else ""),
    )
    search = ("name", "dwelling__label")
    filters = ("state", "what", "stairwell")
    # PostgreSQL sorts what has no value first when descending: reports that nobody has reviewed.
    order = ("-reviewed_at", "reported_at")

    def prepare(self, queryset):
        return queryset.select_related("dwelling", "proposer", "reviewer")
