"""Panels of agreements: promises and fulfilment on the pages of agreements, promises and units."""

from collections.abc import Iterable

from django.db.models import Count, Q, Sum

from community.activities.models import Activity
from community.agreements.models import Agreement, Fulfilment, Promise, PromiseStanding, Standing
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.values.dates import table_day

_SHOWN = 50


def of_agreement(agreement: Agreement, access, community) -> list[Panel]:
    """The terms, the promises, the agreements before and after it, and the meeting at which it was agreed."""
    panels = [_promises_of(agreement, access, community)]
    if agreement.text:
        panels.append(
            Panel("共建内容", (), [(line,) for line in agreement.text.splitlines() if line.strip()])
        )
    panels += _chain(agreement, access, community)
    meetings = rows(Activity, access, P.ACTIVITIES, community) if access.can(P.ACTIVITIES, community) else ()
    if agreement.meeting_id and meetings != ():
        links = RowLinks(access, community)
        lines = [
            (table_day(each.starts_at), links.link(each)) for each in meetings.filter(pk=agreement.meeting_id)
        ]
        if lines:
            panels.append(Panel("议定会议", ("日期", "会议"), lines))
    return panels


def _promises_of(agreement: Agreement, access, community) -> Panel:
    promises = rows(Promise, access, P.UNITS_VIEW, community).filter(agreement=agreement)
    links = RowLinks(access, community)
    may_change = access.can(P.AGREEMENTS, community)
    create = f"{community.url('community:promise_create')}?agreement={agreement.pk}"
    header = ("承诺方", "类别", "承诺事项", "数额", "完成期限", "状态", "已履行")
    lines = [
        (
            promise.get_side_display(),
            promise.get_kind_display(),
            links.link(promise, promise.text),
            promise.size,
            promise.due or "",
            PromiseStanding(promise.standing).label,
            _done(promise),
        )
        for promise in _with_done(promises)
    ]
    add = (Link("登记承诺事项", create),) if may_change and agreement.is_open else ()
    return Panel("承诺事项", header, lines, empty="还没有承诺事项", links=add)


def _with_done(promises):
    """Promises with how they stand and what was done of each."""
    return (
        promises.select_related("agreement__unit")
        .with_standing()
        .annotate(
            times=Count("fulfilments"),
            done_amount=Sum("fulfilments__amount"),
            done_quantity=Sum("fulfilments__quantity"),
        )
    )


def _done(promise) -> str:
    """What was done of a promise, in words; empty where nothing was."""
    parts = [
        f"{promise.times}次" if promise.times else "",
        f"{promise.done_amount:,.2f}元" if promise.done_amount is not None else "",
        f"{promise.done_quantity.normalize():f}{promise.measure}"
        if promise.done_quantity is not None
        else "",
    ]
    return "，".join(filter(None, parts))


def _chain(agreement: Agreement, access, community) -> Iterable[Panel]:
    near = Q(pk=agreement.predecessor_id) | Q(predecessor=agreement.pk)
    others = rows(Agreement, access, P.UNITS_VIEW, community).filter(near)
    links = RowLinks(access, community)
    lines = [
        (
            "原协议" if each.pk == agreement.predecessor_id else "续签协议",
            links.link(each, each.title),
            f"{each.start}至{each.end}",
            Standing(each.standing).label,
        )
        for each in others.select_related("unit").with_standing()
    ]
    return [Panel("续签", ("", "协议", "期限", "状态"), lines)] if lines else []


def of_promise(promise: Promise, access, community) -> list[Panel]:
    """The records of fulfilment of a promise, and its agreement."""
    links = RowLinks(access, community)
    records = rows(Fulfilment, access, P.UNITS_VIEW, community).filter(promise=promise)
    lines = [
        (
            links.link(record, record.on),
            record.note,
            f"{record.amount:,.2f}" if record.amount is not None else "",
            f"{record.quantity.normalize():f}{promise.measure}" if record.quantity is not None else "",
            record.recorded_by.name,
        )
        for record in records.select_related("recorded_by")
    ]
    header = ("日期", "履行情况", "金额（元）", "数量", "登记人")
    agreement = promise.agreement
    term = f"{agreement.start}至{agreement.end}"
    return [
        Panel("履行记录", header, lines, empty="还没有履行记录"),
        Panel(
            "所属协议",
            ("单位", "协议", "期限", "状态"),
            [
                (
                    links.link(agreement.unit),
                    links.link(agreement, agreement.title),
                    term,
                    agreement.get_state_display(),
                )
            ],
        ),
    ]


def of_unit(unit, access, community) -> list[Panel]:
    """The agreements with a unit, and what was promised and done in them."""
    links = RowLinks(access, community)
    agreements = rows(Agreement, access, P.UNITS_VIEW, community).filter(unit=unit).order_by("-start", "-id")
    lines = [
        (links.link(each, each.title), each.start, each.end, Standing(each.standing).label)
        for each in agreements.select_related("unit").with_standing()
    ]
    may_change = access.can(P.AGREEMENTS, community)
    create = f"{community.url('community:agreement_create')}?unit={unit.pk}"
    add = (Link("拟定共建协议", create),) if may_change else ()
    panels = [
        Panel("共建协议", ("协议", "开始日期", "结束日期", "状态"), lines, empty="没有共建协议", links=add)
    ]
    promises = rows(Promise, access, P.UNITS_VIEW, community).filter(agreement__unit=unit)
    promises = promises.order_by("-agreement__start", "-side", "due", "id")
    promise_lines = [
        (
            promise.agreement.start.year,
            promise.get_side_display(),
            promise.get_kind_display(),
            links.link(promise, promise.text),
            promise.size,
            _done(promise),
            PromiseStanding(promise.standing).label,
        )
        for promise in _with_done(promises)[:_SHOWN]
    ]
    if promise_lines:
        header = ("协议年度", "承诺方", "类别", "承诺事项", "承诺数额", "已履行", "状态")
        panels.append(Panel("承诺和履行", header, promise_lines))
    return panels
