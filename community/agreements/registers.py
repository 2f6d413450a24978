"""Register of agreements with units; the page of one has its promises and how they were fulfilled."""

import django_filters
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from community.agreements import actions, panels
from community.agreements.forms import AgreementForm
from community.agreements.models import Agreement, Promise, Standing
from community.units.models import Unit
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, ListTab, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.dates import prose_date

LINE = "共建单位"
State = Agreement.State


class StandingFilter(django_filters.ChoiceFilter):
    """Filter by how an agreement stands today."""

    def __init__(self):
        choices = [*Standing.choices, ("current", "期限内"), ("renew", "待续签和已到期")]
        super().__init__(label="状态", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == "current":
            return queryset.current()
        if value == "renew":
            return queryset.to_renew()
        return queryset.with_standing().filter(standing=value) if value else queryset


@register
class AgreementRegister(Register):
    """Agreements with units, by the end of their term."""

    model = Agreement
    create_label = "拟定共建协议"
    noun = "agreement"
    menu = DeskArea.PARTY
    menu_order = 45
    menu_line = LINE
    purpose = "签订共建协议，跟踪双方承诺的履行和续签"
    retention = Retention(
        "最后一份续签协议到期或终止",
        Coalesce("ended_on", "end"),
        years=5,
        # What was renewed stays as long as the agreement that names it.
        unless=Q(state=State.DRAFT) | Q(successors__isnull=False),
    )
    part_models = (Promise,)
    deleted_with_row = (Promise,)
    deletion_note = "承诺事项一并删除。"
    view = export_right = P.UNITS_VIEW
    edit = P.AGREEMENTS
    legend = "待续签：离结束日期不满期限规定的天数。承诺履行：已履行项数／全部项数"
    columns = (
        Column("unit.name", "单位", sort="unit__name", width=30),
        Column("title", width=24),
        Column("start"),
        Column("end", sort="end"),
        Column("standing", "状态", sort="standing", value=lambda row: Standing(row.standing).label, width=14),
        Column("fulfilled", "承诺履行", value=lambda row: f"{row.fulfilled}／{row.promised}", width=10),
        Column("signed_on", listed=False, optional=True),
        Column(
            "body",
            "社区一方",
            value=lambda row: str(row.body or "居民委员会"),
            listed=False,
            optional=True,
            width=24,
        ),
        Column("our_signer", listed=False, optional=True),
        Column("their_signer", listed=False, optional=True),
        Column("ended_on", listed=False, optional=True, detailed=False),
        Column("ended_because", listed=False, optional=True, detailed=False, width=30),
    )
    cell_targets = {"body": "body"}
    search = ("unit__name", "title", "our_signer", "their_signer", "text")
    filters = (("state", StandingFilter), "unit")
    form_class = AgreementForm
    form_fields = AgreementForm.Meta.fields
    bulk_fields = ()
    attachments = True

    def prepare(self, queryset):
        return (
            queryset.select_related("unit", "body")
            .with_standing()
            .annotate(
                promised=Count("promises", distinct=True),
                fulfilled=Count("promises", filter=Q(promises__state=Promise.State.FULFILLED), distinct=True),
            )
        )

    def list_tabs(self, access, community):
        agreements = rows(Agreement, access, self.view, community)
        standing = agreements.with_standing()
        tabs = [ListTab("期限内", {"state": "current"}, agreements.current())]
        shown = (Standing.DUE, Standing.EXPIRED, Standing.DRAFT)
        return tabs + [ListTab(each.label, {"state": each}, standing.filter(standing=each)) for each in shown]

    def list_links(self, access, community):
        units = f"{community.url('community:unit_list')}?kind={Unit.Kind.COBUILDING}"
        return [Link("共建单位", units)]

    def summary(self, row, access, community):
        term = f"{prose_date(row.start)}至{prose_date(row.end)}"
        parts = [row.title, term, Tag(Standing(row.standing).label)]
        if row.state == State.ENDED:
            parts.append(f"{prose_date(row.ended_on)}终止：{row.ended_because}")
        return parts

    def panels(self, row, access, community):
        return panels.of_agreement(row, access, community)

    def links(self, row, access, community):
        links = [Link("打印协议", self.url("paper", community, row))]
        if not access.can(P.AGREEMENTS, community):
            return links
        if row.state == State.DRAFT:
            return [Link("签订生效", self.url("sign", community, row), primary=True), *links]
        if row.state == State.ENDED:
            return [Link("恢复", self.url("restore", community, row)), *links]
        if row.state == State.RENEWED:
            return links
        is_due = row.standing in (Standing.DUE, Standing.EXPIRED)
        return [
            Link("续签", self.url("renew", community, row), primary=is_due),
            *links,
            Link("终止", self.url("end", community, row)),
            Link("退回草稿", self.url("unsign", community, row)),
        ]

    def delete(self, row, *, by):
        actions.delete_draft(row)

    def protecting_rows(self, row, access, community):
        signed = [] if row.state == State.DRAFT else ["签订"]
        return [*signed, *super().protecting_rows(row, access, community)]
