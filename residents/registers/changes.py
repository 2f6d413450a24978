"""The registers of what changed: population events (人口变动) and heads' reports (变动上报)."""

from django.urls import reverse
from django.utils import timezone

from community.finding import person_has
from portal.permissions import Permission as P
from portal.registers import Column, Link, Panel, Register, register
from portal.retention import Along, Retention
from residents.models import ChangeReport, PopulationEvent


@register
class PopulationEventRegister(Register):
    model = PopulationEvent
    noun = "event"
    menu = "人口与房屋"
    menu_order = 60
    purpose = "记录人口变动，编制人口变动月报"
    retention = Along("随居民档案一同保存和删除，月报只留人数")
    view, export_right = P.PEOPLE_NAMES, P.PEOPLE_EXPORT
    columns = (
        Column("on"),
        Column("what"),
        Column("state", "状态", width=10, detailed=False),
        Column("kind"),
        Column("person.name", "姓名", sort="person__name_key"),
        Column("note", width=30),
        Column("by.name", "登记人"),
    )
    search = ("person", "note")
    filters = ("what", "kind")

    def prepare(self, queryset):
        return queryset.select_related("person", "by")

    def has_word(self, name, word, access, community):
        if name == "person":
            return person_has(word, access, community, "person__")
        return super().has_word(name, word, access, community)

    def panels(self, row, access, community):
        everything = self.rows(access, community)
        found = [
            ("同一次办理", everything.written_with(row).exclude(pk=row.pk)),
            ("撤销登记", everything.filter(pk=row.undone_by_id)),
            ("撤销的变动", everything.filter(undone_by=row)),
        ]
        return [
            Panel(
                title,
                ("日期", "变动", "类别", "姓名", "说明", "登记人"),
                [
                    (
                        Link(str(e.on), self.url("detail", community, e)),
                        e.get_what_display(),
                        e.get_kind_display(),
                        e.person.name,
                        e.note,
                        e.by.name if e.by else "",
                    )
                    for e in events
                ],
            )
            for title, events in found
            if events
        ]

    def links(self, row, access, community):
        return undo_links(row, access, community)


def undo_links(event: PopulationEvent, access, community) -> list[Link]:
    """The way to take an event back, for what can be: the page says whether something later rests on it."""
    what = PopulationEvent.What
    if (
        event.undone_by_id
        or event.what in (what.UNDO, what.ENTRY, what.DOUBLE)
        or not access.can(P.PEOPLE_EDIT, community)
    ):
        return []
    kwargs = {"community": community.code, "row": event.uuid}
    return [Link("撤销", reverse("residents:event_undo", kwargs=kwargs))]


@register
class ReportRegister(Register):
    """Building heads' reports; those that wait come first, the oldest on top. The detail page is the review."""

    model = ChangeReport
    noun = "report"
    menu = "日常"
    menu_order = 20
    purpose = "楼道长上报住户变动，由工作人员审核"
    retention = Retention("审核办结", "reviewed_at", years=2)
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
    search = ("name", "person__name", "dwelling__label")
    filters = ("state", "what", "stairwell")
    # PostgreSQL sorts what has no value first when descending: reports that nobody has reviewed.
    order = ("-reviewed_at", "reported_at")

    def prepare(self, queryset):
        return queryset.select_related("dwelling", "proposer", "reviewer")
