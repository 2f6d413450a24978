"""The page of a member: the way to membership, transfers, dues, and the acts."""

from django.utils import timezone

from partybuilding.members import dues
from partybuilding.members.actions import path_of
from partybuilding.members.choices import Relation, Stage, State
from partybuilding.members.models import DuesPayment, Member, Transfer
from partybuilding.members.path import SECTIONS
from partybuilding.members.path_state import PathLine
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.panels import EDIT, Link, Panel
from portal.registers.row_links import RowLinks
from portal.values.dates import prose_date

STATE_GROUP = "状态"
_RECEIPTS = 12
"""Receipts on the page of a member; the others are in their list."""


def of_member(member: Member, access, community) -> list[Panel]:
    """The tables of a member's page."""
    links = RowLinks(access, community)
    panels = [_path(member, community, links)]
    panels += [_transfers(member, access, community, links), _dues(member, access, community, links)]
    return [panel for panel in panels if panel]


def _path(member: Member, community, links: RowLinks) -> Panel | None:
    """The 25 steps; none of a full member of whom no step is recorded here."""
    path = path_of(member)
    if path.next is None and not path.rows:
        return None
    lines, section = [], None
    for line in path.lines():
        is_first, section = line.step.section != section, line.step.section
        lines.append(
            (
                _step_link(line, member, community),
                str(line.progress),
                _taken(line, links),
                line.earliest or "",
                line.latest or "",
                line.step.paper,
                SECTIONS[section] if is_first else "",
            )
        )
        if line.note:
            lines.append(("", "", "", "", "", line.note, ""))
    # The step first: a phone shows the first columns.
    header = ("步骤", "进度", "办理日期", "最早", "最晚", "应有材料", "阶段")
    return Panel("发展党员", header, lines)


def _step_link(line: PathLine, member: Member, community):
    """The step leads to its form where it can be taken now, or again."""
    label = f"{line.number} {line.step.label}"
    if member.is_over or not (line.is_open or (line.step.repeats and line.rows and line.latest)):
        return label
    return Link(label, step_url(member, line.step.code, community))


def step_url(member: Member, code: str, community) -> str:
    """Address of the form of a step."""
    return community.url("partybuilding:member_step", row=member.uuid, path_step=code)


def _taken(line: PathLine, links: RowLinks):
    """The day of the last time, which leads to the papers."""
    if not line.rows:
        return ""
    last = line.rows[-1]
    words = f"{last.on}" + (f"（共{len(line.rows)}次）" if len(line.rows) > 1 else "")
    return links.link(last, words)


def _transfers(member: Member, access, community, links: RowLinks) -> Panel | None:
    transfers = rows(Transfer, access, P.BRANCH, community).filter(member=member)
    lines = [
        (
            links.link(each, each.get_direction_display()),
            each.on,
            each.from_words,
            each.to_words,
            each.number,
            each.progress,
        )
        for each in transfers.select_related("from_branch", "to_branch")
    ]
    header = ("方向", "办理日期", "转出", "转入", "介绍信", "状态")
    return Panel("组织关系转接", header, lines) if lines else None


def _dues(member: Member, access, community, links: RowLinks) -> Panel | None:
    if member.dues_from is None:
        return None
    today = timezone.localdate()
    unpaid = dues.unpaid_months(member, dues.paid_months(member), today)
    monthly = dues.amounts_of(member, [today.replace(day=1)])[today.replace(day=1)]
    payments = rows(DuesPayment, access, P.BRANCH, community).filter(member=member)
    lines = [
        (
            links.link(each, each.number or "台账导入"),
            each.paid_on,
            each.period,
            each.amount,
            "已作废" if each.voided_on else "",
        )
        for each in payments[:_RECEIPTS]
    ]
    title = f"党费（每月{monthly}元）" if monthly is not None else f"党费（{today.year}年未核定）"
    if unpaid:
        title += f"，欠缴{dues.in_words(unpaid)}，共{len(unpaid)}个月"
    buttons = () if member.is_over else _dues_links(member, community)
    return Panel(
        title,
        ("收据", "缴纳日期", "缴纳月份", "金额（元）", "状态"),
        lines,
        empty="还没有缴纳记录",
        links=buttons,
    )


def _dues_links(member: Member, community) -> tuple[Link, ...]:
    return (
        Link("登记缴纳", community.url("partybuilding:member_pay", row=member.uuid)),
        Link("核定党费", community.url("partybuilding:member_dues", row=member.uuid)),
    )


def links_of_member(member: Member, access, community) -> list[Link]:
    """The acts on a member."""

    def url(name: str) -> str:
        return community.url(f"partybuilding:member_{name}", row=member.uuid)

    links = []
    if access.can(P.PARTY, community) and member.person.id_mask:
        links.append(Link("查看完整身份证号", url("reveal")))
    if Stage(member.stage).is_member:
        this_year = timezone.localdate().year
        for year in (this_year - 1, this_year):
            sheet = community.url("partybuilding:member_year", row=member.uuid, year=year)
            links.append(Link(f"打印{year}年纪实", sheet))
    if member.is_over:
        return [Link("恢复登记", url("restore")), *links]
    links += _main_links(member, access, community, url)
    return links


def _main_links(member: Member, access, community, url) -> list[Link]:
    links = []
    if (step := path_of(member).next) is not None:
        links.append(Link(f"办理：{step.label}", step_url(member, step.code, community), primary=True))
    if member.stage == Stage.PROBATIONARY and not member.extended_months:
        links.append(Link("延长预备期", url("extend")))
    if Stage(member.stage).is_member:
        hint = "流动出、失联、恢复正常"
        links.append(Link("改变状态", url("state"), group=EDIT, hint=hint))
        links += _transfer_links(member, access, community, url)
    links.append(Link("结束登记", url("end")))
    return links


def _transfer_links(member: Member, access, community, url) -> list[Link]:
    if not access.can(P.PARTY, community):
        return []
    links = [Link("转到另一支部", url("move"), group=EDIT, hint="本社区内互转，不用介绍信")]
    if member.relation == Relation.ON_ROLL:
        links.append(Link("转出组织关系", url("transfer_out"), group=EDIT, hint="开介绍信，等待回执"))
        links.append(Link("登记转入", url("arrival"), group=EDIT, hint="带介绍信转入的，记下原党组织"))
    return links


def words_of_state(member: Member) -> str:
    """在册，正常；失联自2026年1月1日"""
    words = f"{member.get_relation_display()}，{member.get_state_display()}"
    if member.state == State.LOST:
        return f"{words}，自{prose_date(member.lost_since)}"
    if member.state == State.MOBILE_OUT and member.where:
        return f"{words}，去向：{member.where}"
    return words
