"""Register of population events."""

from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, Panel
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks
from portal.retention.data_categories import DeletedWith
from residents.event_log.models import PopulationEvent


@register
class PopulationEventRegister(Register):
    model = PopulationEvent
    noun = "event"
    menu = DeskArea.PEOPLE
    menu_order = 40
    menu_line = "人口变动"
    purpose = "记录人口变动，编制人口变动月报"
    retention = DeletedWith("随居民档案一同保存和删除，月报只留人数")
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

    def word_condition(self, name, word, access, community):
        if name == "person":
            return person_word_condition(word, access, community, "person__")
        return super().word_condition(name, word, access, community)

    def panels(self, row, access, community):
        all_events, links = self.rows(access, community), RowLinks(access, community)
        related = [
            ("同一次办理", all_events.written_with(row).exclude(pk=row.pk)),
            ("撤销登记", all_events.filter(pk=row.undone_by_id)),
            ("撤销的变动", all_events.filter(undone_by=row)),
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
                        links.link(e.person, e.person.name),
                        e.note,
                        e.by.name if e.by else "",
                    )
                    for e in events
                ],
            )
            for title, events in related
            if events
        ]

    def links(self, row, access, community):
        return undo_links(row, access, community)


def undo_links(event: PopulationEvent, access, community) -> list[Link]:
    """The link to undo an event, if events of its kind can be; its page checks whether a later event depends on it."""
    acts = PopulationEvent.What
    if (
        event.undone_by_id
        or event.what in (acts.UNDO, acts.ENTRY, acts.DOUBLE)
        or not access.can(P.PEOPLE_EDIT, community)
    ):
        return []
    return [Link("撤销", community.url("residents:event_undo", row=event.uuid))]
