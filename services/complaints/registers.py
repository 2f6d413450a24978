"""Register of complaints about staff (反映工作人员): no export, no form, no bulk change."""

from portal.access.permissions import Permission as P
from portal.cases.registers import CASE_COLUMNS, CaseFilter, CaseRegister
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from services.complaints.models import StaffComplaint, StaffComplaintStep


def _fact(name: str):
    return lambda complaint: complaint.facts[name]


def _words(complaint: StaffComplaint) -> str:
    return f"（疑似垃圾信息）{complaint.words}" if complaint.suspicion else complaint.words


@register
class ComplaintRegister(CaseRegister):
    """Complaints about staff, open ones first. Their page is `services.complaints.views`."""

    model = StaffComplaint
    noun = "complaint"
    menu = DeskArea.PUBLICITY
    menu_order = 25
    purpose = "受理和办理对社区工作人员的反映"
    retention = Retention("办结", "ended_at", years=10)
    part_models = (StaffComplaintStep,)
    view = work = P.COMPLAINTS
    columns = (
        Column(
            "number",
            "编号",
            value=lambda complaint: f"{complaint.year}-{complaint.number:04}",
            sort="year number",
            width=10,
        ),
        Column("words", "反映内容", value=_words, detailed=False, width=36),
        Column("about", width=14),
        Column("people", "被反映人", value=lambda c: "、".join(c.facts["people"]), width=24),
        *CASE_COLUMNS,
        Column("name", "反映人", value=_fact("name"), listed=False),
        Column("phone", "联系电话", value=_fact("phone"), listed=False, text=True),
    )
    search = ("words",)
    filters = (("state", lambda: CaseFilter(StaffComplaint.course)), "about")
    shares_lists = False
    attachments = True

    def links(self, row, access, community):
        return [Link("补发查询码", community.url("services:complaint_replace_code", row=row.uuid))]

    def prepare(self, queryset):
        return queryset.select_related("owner")

    def filter_by_words(self, queryset, words, access, community):
        """The words are sealed, so they are looked for in the rows: those of one committee are few."""
        found = [row.pk for row in queryset if _matches(row, words)]
        return queryset.filter(pk__in=found)


def _matches(row: StaffComplaint, words) -> bool:
    facts = row.facts
    text = " ".join(
        [
            str(row),
            f"{row.year}-{row.number:04}",
            facts["text"],
            facts["name"],
            facts["phone"],
            *facts["people"],
        ]
    ).lower()
    return all(any(each in text for each in (word, *spellings)) for word, spellings in words.words)
