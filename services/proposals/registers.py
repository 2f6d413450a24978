"""Registers of proposals (建议提案) and of the inspections by deputies."""

import django_filters

from portal.access.permissions import Permission as P
from portal.cases.registers import CASE_COLUMNS, CaseFilter, CaseRegister
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.dates import table_day
from services.proposals.choices import AnswerClass
from services.proposals.importer import ProposalImporter
from services.proposals.models import DeputyInspection, Proposal, ProposalStep

_LINE = "建议提案"


@register
class ProposalRegister(CaseRegister):
    """Proposals, open ones first, the most urgent first."""

    model = Proposal
    noun = "proposal"
    menu = DeskArea.SERVICES
    menu_order = 30
    menu_line = _LINE
    purpose = "办理和答复人大代表建议、政协提案"
    retention = Retention("办结", "ended_at", years=10)
    part_models = (ProposalStep,)
    view = work = export_right = import_right = P.PROPOSALS
    importer = ProposalImporter
    columns = (
        Column("number", width=12, text=True),
        Column("kind", width=10),
        Column("title", width=36),
        Column("proposer", width=12),
        *(column for column in CASE_COLUMNS if column.name != "received_at"),
        Column("received_at", "收到日期", value=lambda proposal: table_day(proposal.received_at), width=12),
        Column("answer_class", width=18),
        Column("opinion", width=10),
        Column("proposer_post", listed=False, optional=True, width=20),
    )
    search = ("number", "title", "text", "proposer", "proposer_post")
    filters = (
        ("state", lambda: CaseFilter(Proposal.course)),
        "kind",
        (
            "answer_class",
            lambda: django_filters.ChoiceFilter(
                label="答复类别", empty_label="全部", choices=AnswerClass.choices
            ),
        ),
        ("received_at", date_range("收到日期", field_name="received_at__date")),
    )
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("owner")

    def list_links(self, access, community):
        return [Link("登记建议提案", community.url("services:proposal_create"))]


@register
class DeputyInspectionRegister(Register):
    """Inspections by deputies."""

    model = DeputyInspection
    noun = "inspection"
    create_label = "登记视察活动"
    menu = DeskArea.SERVICES
    menu_order = 31
    menu_line = _LINE
    purpose = "记录代表、委员的视察活动和意见"
    retention = Retention("视察", "held_on", years=10)
    view = edit = export_right = import_right = P.PROPOSALS
    columns = (
        Column("held_on", width=12),
        Column("subject", width=36),
        Column("deputies", width=24),
        Column("opinion", width=36),
    )
    search = ("subject", "deputies", "opinion")
    filters = (("held_on", date_range("视察日期")),)
    form_fields = ("held_on", "subject", "deputies", "opinion")
    import_key = ("held_on", "subject")
    attachments = True
