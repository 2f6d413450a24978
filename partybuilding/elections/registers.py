"""The register of elections. A plan is edited; everything after it is a step."""

from partybuilding.elections import panels
from partybuilding.elections.forms import ElectionForm
from partybuilding.elections.models import Candidate, Contest, Election
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Unlimited

State = Election.State
NEXT = {
    State.PLANNED: ("notice", "登记公告", "去公告"),
    State.NOTICED: ("meeting", "登记选举大会", "去登记"),
    State.HELD: ("result", "登记计票", "去计票"),
    State.COUNTED: ("office", "办理到任", "去办理"),
}
"""State → the page of the step that follows, its button, and the button of the to-do."""


@register
class ElectionRegister(Register):
    """Elections of the party bodies, the latest first."""

    model = Election
    create_label = "筹备换届选举"
    noun = "election"
    path = "party/elections"
    view, edit, export_right = P.BRANCH, P.PARTY, P.BRANCH
    menu = DeskArea.PARTY
    menu_order = 12
    menu_line = "党组织"
    purpose = "党组织换届选举，留存选举过程和结果"
    retention = Unlimited("党组织选举的档案长期保存")
    part_models = (Contest, Candidate)
    deleted_with_row = (Contest, Candidate)
    deletion_note = "候选人一并删除。"
    columns = (
        Column("body.name", "党组织", sort="body__name", width=30),
        Column("planned_on", width=12),
        Column("state"),
        Column("noticed_on", width=12),
        Column("held_on", width=12),
        Column("entitled", number=True),
        Column("present", number=True),
        Column("in_office_on", width=12),
        Column("term_years", listed=False, optional=True, number=True),
        Column("place", listed=False, optional=True, width=24),
        Column("approval", listed=False, optional=True, width=24),
        Column("notice_place", listed=False, optional=True, width=24),
        Column("host", listed=False, optional=True),
        Column("tellers", listed=False, optional=True),
        Column("document", listed=False, optional=True, width=24),
        Column("note", listed=False, optional=True, width=30),
    )
    search = ("body__name",)
    filters = ("state", "body")
    form_class = ElectionForm
    form_fields = ElectionForm.Meta.fields
    bulk_fields = ()
    attachments = P.PARTY

    def rows(self, access, community, permission=None):
        queryset = super().rows(access, community, permission)
        return queryset.filter(state=State.PLANNED) if permission == self.edit else queryset

    def prepare(self, queryset):
        return queryset.select_related("body", "activity", "community")

    def may_change(self, row, access, community):
        return row.state == State.PLANNED

    def summary(self, row, access, community):
        return [Tag(row.get_state_display()), *panels.summary_of(row)]

    def panels(self, row, access, community):
        return panels.of_election(row, access, community)

    def links(self, row, access, community):
        printed = []
        if row.state in (State.COUNTED, State.FILLED, State.VOID):
            printed = [Link("打印选举结果", self.url("print", community, row))]
        if not access.can(P.PARTY, community):
            return printed
        return [*self._steps(row, community), *printed]

    def _steps(self, row, community) -> list[Link]:
        links = []
        if row.state == State.COUNTED and panels.has_open_ties(row):
            links.append(Link("再次投票", self.url("second", community, row), primary=True))
        elif row.state in NEXT:
            page, label, _ = NEXT[row.state]
            links.append(Link(label, self.url(page, community, row), primary=True))
        if row.state == State.PLANNED:
            links.append(Link("候选人", self.url("candidates", community, row), primary=True))
        if row.state == State.COUNTED:
            links.append(Link("更正计票", self.url("result", community, row)))
        if row.state == State.VOID:
            again = f"{self.url('create', community)}?body={row.body_id}"
            links.append(Link("重新组织选举", again, primary=True))
        if row.state != State.PLANNED:
            links.append(Link("撤回上一步", self.url("back", community, row)))
        return links
