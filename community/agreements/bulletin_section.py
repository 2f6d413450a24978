"""Bulletin section on co-building agreements (共建协议): promises fulfilled in the month, with last month and last year beside."""

import datetime
from collections import Counter
from collections.abc import Iterator

from django.db.models import Q

from community.agreements.models import Agreement, Promise
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.months import month_after, month_before, month_word, months_later

SECTION = "community.agreements"
_AGREEMENTS = f"{SECTION}.agreements"
_DAY = datetime.timedelta(days=1)


def _compared(month: datetime.date) -> dict[str, datetime.date]:
    """Key of each number → its month: this one, the one before, the same one last year."""
    return {
        SECTION: month,
        f"{SECTION}.before": month_before(month),
        f"{SECTION}.last_year": months_later(month, -12),
    }


def _fulfilled(community, month: datetime.date):
    """Promises that were fulfilled in the month."""
    promises = Promise.objects.of(community).filter(state=Promise.State.FULFILLED)
    return promises.filter(closed_on__range=(month, month_after(month) - _DAY))


def _agreements(community, month: datetime.date):
    """Agreements whose term includes the last day of the month; one that was ended later was in force then."""
    last = month_after(month) - _DAY
    in_term = Agreement.objects.of(community).filter(start__lte=last, end__gte=last, signed_on__lte=last)
    return in_term.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=last))


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """The section, for a community that has agreements. Two queries."""
    months = _compared(month)
    agreements = _agreements(community, month).count()
    within = Q()
    for each in months.values():
        within |= Q(closed_on__range=(each, month_after(each) - _DAY))
    fulfilled = Promise.objects.of(community).filter(within, state=Promise.State.FULFILLED)
    counts = {key: Counter() for key in months}
    keys = {each: key for key, each in months.items()}
    for closed_on, kind in fulfilled.order_by().values_list("closed_on", "kind"):
        counts[keys[closed_on.replace(day=1)]][kind] += 1
    totals = {key: sum(by_kind.values()) for key, by_kind in counts.items()}
    if not agreements and not any(totals.values()):
        return
    kinds = [kind for kind in Promise.Kind if any(by_kind[kind] for by_kind in counts.values())]
    table = [(kind.label, *(str(by_kind[kind]) for by_kind in counts.values())) for kind in kinds]
    before, last_year = (totals[key] for key in list(months)[1:])
    yield BulletinSection(
        key=SECTION,
        title="共建协议",
        order=62,
        header=("履行承诺（项）", "本月", "上月", "去年同月"),
        rows=(*table, ("合计", *(str(number) for number in totals.values()))),
        sentences=(
            f"到本月底期限内的共建协议{agreements}份。"
            f"本月双方履行承诺{totals[SECTION]}项，上月{before}项，去年同月{last_year}项。",
        ),
        numbers=(
            BulletinNumber("期限内的共建协议", agreements, "份", rows=_AGREEMENTS),
            BulletinNumber("本月履行承诺", totals[SECTION], "项", rows=SECTION),
            BulletinNumber("上月履行承诺", before, "项", rows=f"{SECTION}.before"),
            BulletinNumber("去年同月履行承诺", last_year, "项", rows=f"{SECTION}.last_year"),
        ),
    )


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The rows that one of these numbers counts; linked for those who may open them."""
    links = RowLinks(access, community)
    if key == _AGREEMENTS:
        agreements = _agreements(community, month).select_related("unit").order_by("unit__name", "id")
        table = [
            (links.link(each.unit), links.link(each, each.title), each.start, each.end) for each in agreements
        ]
        title = f"{month_word(month)}底期限内的共建协议：{len(table)}份"
        yield Panel(title, ("单位", "协议", "开始日期", "结束日期"), table)
        return
    if (counted := _compared(month).get(key)) is None:
        return
    promises = _fulfilled(community, counted).select_related("agreement__unit").order_by("closed_on", "id")
    table = [
        (
            each.closed_on,
            links.link(each.agreement.unit),
            each.get_side_display(),
            each.get_kind_display(),
            links.link(each, each.text),
            each.size,
        )
        for each in promises
    ]
    header = ("履行日期", "单位", "承诺方", "类别", "承诺事项", "数额")
    yield Panel(f"{month_word(counted)}履行的共建承诺：{len(table)}项", header, table)
