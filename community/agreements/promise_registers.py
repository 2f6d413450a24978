"""Registers of promises and of the records of their fulfilment."""

import django_filters

from community.agreements import actions, panels
from community.agreements.forms import FulfilmentForm, PromiseForm
from community.agreements.models import Fulfilment, Promise, PromiseStanding
from community.agreements.registers import LINE
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link, ListTab, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.values.dates import prose_date


class PromiseStandingFilter(django_filters.ChoiceFilter):
    """Filter by how a promise stands today."""

    def __init__(self):
        super().__init__(label="状态", empty_label="全部", choices=PromiseStanding.choices)

    def filter(self, queryset, value):
        return queryset.with_standing().filter(standing=value) if value else queryset


class _OfAgreements(Register):
    """Base: rows below an agreement, purged with it."""

    menu = DeskArea.PARTY
    menu_line = LINE
    view = export_right = P.UNITS_VIEW
    edit = P.AGREEMENTS
    bulk_fields = ()


@register
class PromiseRegister(_OfAgreements):
    """What units and the community promised each other."""

    model = Promise
    create_label = "登记承诺事项"
    noun = "promise"
    menu_order = 46
    columns = (
        Column("text", width=36),
        Column(
            "unit", "单位", value=lambda row: row.agreement.unit.name, sort="agreement__unit__name", width=26
        ),
        Column("side"),
        Column("kind"),
        Column("amount", number=True, total="amount"),
        Column("quantity", number=True),
        Column("measure", listed=False, optional=True),
        Column("due"),
        Column(
            "standing",
            "状态",
            sort="standing",
            value=lambda row: PromiseStanding(row.standing).label,
            width=12,
        ),
        Column("closed_on", listed=False, optional=True),
        Column("reason", listed=False, optional=True, detailed=False, width=30),
        Column(
            "term",
            "协议期限",
            value=lambda row: f"{row.agreement.start}至{row.agreement.end}",
            listed=False,
            optional=True,
            width=24,
        ),
    )
    cell_targets = {"unit": "agreement.unit", "term": "agreement"}
    search = ("agreement__unit__name", "text", "reason")
    filters = (
        ("state", PromiseStandingFilter),
        "side",
        "kind",
        "due",
        ("closed", lambda: date_range("履行或认定日期", field_name="closed_on")()),
    )
    form_class = PromiseForm
    form_fields = PromiseForm.Meta.fields

    def prepare(self, queryset):
        return queryset.select_related("agreement__unit").with_standing()

    def list_tabs(self, access, community):
        promises = rows(Promise, access, self.view, community).with_standing()
        shown = (
            PromiseStanding.OVERDUE,
            PromiseStanding.OPEN,
            PromiseStanding.FULFILLED,
            PromiseStanding.UNFULFILLED,
        )
        return [ListTab(each.label, {"state": each}, promises.filter(standing=each)) for each in shown]

    def may_change(self, row, access, community):
        return row.agreement.is_open

    def summary(self, row, access, community):
        parts = [f"{row.get_side_display()}承诺", row.size, Tag(PromiseStanding(row.standing).label)]
        if row.reason:
            parts.append(f"{prose_date(row.closed_on)}：{row.reason}")
        return [part for part in parts if part]

    def panels(self, row, access, community):
        return panels.of_promise(row, access, community)

    def links(self, row, access, community):
        if not access.can(P.AGREEMENTS, community) or not row.agreement.is_signed:
            return []
        if row.state != Promise.State.OPEN:
            return [Link("恢复待履行", self.url("reopen", community, row))]
        record = f"{FulfilmentRegister().url('create', community)}?promise={row.pk}"
        return [
            Link("登记履行", record, primary=True),
            Link("认定未履行", self.url("unfulfilled", community, row)),
        ]

    def save(self, form, *, by, community):
        return actions.save_promise(form.instance, form.save)

    def delete(self, row, *, by):
        actions.delete_promise(row)

    def protecting_rows(self, row, access, community):
        records = rows(Fulfilment, access, self.view, community).filter(promise=row).count()
        closed = ["未履行的认定"] if row.state == Promise.State.UNFULFILLED else []
        return [
            *([f"履行记录{records}条"] if records else closed),
            *super().protecting_rows(row, access, community),
        ]


@register
class FulfilmentRegister(_OfAgreements):
    """Records of fulfilment, the latest first; the evidence is attached."""

    model = Fulfilment
    create_label = "登记履行"
    noun = "fulfilment"
    menu_order = 47
    columns = (
        Column("on"),
        Column(
            "unit",
            "单位",
            value=lambda row: row.promise.agreement.unit.name,
            sort="promise__agreement__unit__name",
            width=26,
        ),
        Column("side", "承诺方", value=lambda row: row.promise.get_side_display(), sort="promise__side"),
        Column("kind", "类别", value=lambda row: row.promise.get_kind_display(), sort="promise__kind"),
        Column("promise", "承诺事项", value=lambda row: row.promise.text, sort="promise__text", width=30),
        Column("note", width=36),
        Column("amount", number=True, total="amount"),
        Column("quantity", number=True, listed=False, optional=True),
        Column("recorded_by.name", "登记人", sort="recorded_by__name", listed=False, optional=True),
    )
    cell_targets = {"unit": "promise.agreement.unit", "promise": "promise"}
    search = ("promise__agreement__unit__name", "promise__text", "note")
    filters = (
        "on",
        (
            "kind",
            lambda: django_filters.ChoiceFilter(
                label="类别", empty_label="全部", field_name="promise__kind", choices=Promise.Kind.choices
            ),
        ),
    )
    form_class = FulfilmentForm
    form_fields = FulfilmentForm.Meta.fields
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("promise__agreement__unit", "recorded_by")

    def save(self, form, *, by, community):
        completes = bool(form.cleaned_data.get("completes"))
        return actions.record_fulfilment(form.instance, form.save, by=by, completes=completes)

    def delete(self, row, *, by):
        actions.delete_fulfilment(row)
