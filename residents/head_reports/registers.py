"""The register of building heads' reports (变动上报)."""

from django.db.models import Min, Window

from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.dates import table_moment
from residents.head_reports.models import ChangeReport


@register
class ReportRegister(Register):
    """Building heads' reports: pending ones first, door by door, the longest waiting on top. The detail page is the review."""

    model = ChangeReport
    noun = "report"
    menu = DeskArea.PEOPLE
    menu_order = 50
    menu_line = "上报和核实"
    purpose = "楼道长上报住户变动，由工作人员审核"
    retention = Retention("审核办结", "reviewed_at", years=2)
    view = P.REPORTS_REVIEW
    columns = (
        Column("who", "姓名", width=10),
        Column("what"),
        Column("dwelling.label", "房屋", sort="dwelling__sort", width=22),
        Column("state"),
        Column("proposer.name", "上报人"),
        Column("reported_at", value=lambda r: table_moment(r.reported_at)),
        Column("reviewer", value=lambda r: r.reviewer.name if r.reviewer else ""),
    )
    search = ("name", "person__name", "dwelling__label")
    filters = ("state", "what", "stairwell")
    # PostgreSQL sorts nulls first when descending: pending reports.
    order = ("-reviewed_at", "door_since", "dwelling", "reported_at")

    def prepare(self, queryset):
        door_since = Window(Min("reported_at"), partition_by=["dwelling", "state"])
        return queryset.select_related("dwelling", "proposer", "reviewer").annotate(door_since=door_since)
