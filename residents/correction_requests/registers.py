"""The register of correction requests (更正申请)."""

import django_filters

from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.correction_requests.models import CorrectionRequest


@register
class CorrectionRequestRegister(Register):
    """Open requests first. They are entered from a person's page and answered on their own."""

    model = CorrectionRequest
    noun = "correction"
    menu = DeskArea.PEOPLE
    menu_order = 52
    menu_line = "上报和核实"
    purpose = "受理和答复居民更正个人信息的申请（个人信息保护法第四十六条）"
    retention = Retention("答复", "decided_at", years=3)
    view, export_right = P.PEOPLE_VIEW, P.PEOPLE_EXPORT
    columns = (
        Column("person.name", "姓名", sort="person__name_key", width=10),
        Column("wrong", width=30),
        Column("wanted", width=30),
        Column("state", width=10),
        Column("received_on"),
        Column("due"),
        Column("asker", "申请人", listed=False),
        Column("channel", listed=False, optional=True),
        Column("answer", listed=False, optional=True, width=30),
        Column("taken_by.name", "登记人", listed=False, optional=True),
        Column("decided_by", listed=False, value=lambda r: r.decided_by.name if r.decided_by else ""),
    )
    search = ("person", "wrong", "wanted")
    filters = (
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态", empty_label="全部", choices=CorrectionRequest.State.choices
            ),
        ),
    )
    # PostgreSQL sorts nulls first when descending: open requests.
    order = ("-decided_at", "due")
    attachments = P.PEOPLE_EDIT

    def prepare(self, queryset):
        return queryset.select_related("person", "taken_by", "decided_by")

    def word_condition(self, name, word, access, community):
        if name == "person":
            return person_word_condition(word, access, community, "person__")
        return super().word_condition(name, word, access, community)
