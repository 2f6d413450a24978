"""Tables and acts on the pages of donors, donations and receipts."""

from partybuilding.donations.balances import by_purpose_and_year
from partybuilding.donations.models import Donation, DonationReceipt, DonationUse, Donor, Standing
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks

_MOST = 50
"""Rows of a table on a page; the others are in the list."""


def links_of_donation(row: Donation, access, community) -> list[Link]:
    """The acts on a donation: finance receives money, holders of the donations' right do the rest."""

    def url(name: str) -> str:
        return community.url(f"partybuilding:donation_{name}", row=row.uuid)

    links = []
    if row.is_earlier:
        return links
    is_complete = row.booked + row.waiting >= row.amount
    if not is_complete and not row.lapsed_on and access.can(P.FINANCE, community):
        links.append(Link("登记收款", url("receive"), primary=True))
    if row.left:
        links.append(Link("登记使用", f"{url('use')}", primary=is_complete))
    if row.code_hash:
        links.append(Link("补发查询码", url("new_code"), hint="捐款人遗失查询码时"))
    if row.lapsed_on:
        links.append(Link("恢复捐款", url("restore")))
    elif not is_complete:
        links.append(Link("登记未兑现", url("lapse"), hint="承诺的款不再到账"))
    return links


def links_of_receipt(row: DonationReceipt, access, community) -> list[Link]:
    """Printing once the entry is approved, and what is left to be used."""
    if not row.is_booked:
        return []
    url = community.url("partybuilding:donationreceipt_print", row=row.uuid)
    links = [Link("打印收据", url, primary=True)]
    if row.left:
        use = community.url("partybuilding:donation_use", row=row.donation.uuid)
        links.append(Link("登记使用", f"{use}?receipt={row.pk}"))
    return links


def receipts(row: Donation, access, community) -> Panel:
    """Receipts of a donation, void ones too."""
    links = RowLinks(access, community)
    found = rows(DonationReceipt, access, P.DONATIONS, community).filter(donation=row)
    lines = [
        (
            links.link(each, each.number),
            each.on,
            each.amount,
            each.get_manner_display(),
            each.state_word,
            links.link(each.entry),
            each.voided_because,
        )
        for each in found.select_related("entry")[:_MOST]
    ]
    header = ("收据", "收款日期", "金额（元）", "收款方式", "状态", "收支记录", "作废原因")
    return Panel(
        "收款和收据", header, lines, empty="账本启用前已收，没有收据" if row.is_earlier else "还没有收款"
    )


def uses_of_donation(row: Donation, access, community) -> Panel:
    return _uses(access, community, receipt__donation=row)


def uses_of_receipt(row: DonationReceipt, access, community) -> Panel:
    return _uses(access, community, receipt=row)


def _uses(access, community, **conditions) -> Panel:
    links = RowLinks(access, community)
    found = rows(DonationUse, access, P.DONATIONS, community).filter(**conditions)
    lines = [
        (
            links.link(use, use.words),
            use.entry.on,
            use.amount,
            links.link(use.entry),
            links.link(use.receipt, use.receipt.number),
            f"已取消：{use.ended_because}" if use.ended_on else "",
        )
        for use in found.select_related("entry", "receipt").order_by("entry__on", "id")[:_MOST]
    ]
    header = ("用于", "支出日期", "金额（元）", "支出记录", "收据", "状态")
    return Panel("使用情况", header, lines, empty="还没有使用")


def balances_of(donor: Donor, access, community) -> Panel:
    """What a donor gave, by purpose and year: received is what was used and what is left."""
    found = rows(DonationReceipt, access, P.DONATIONS, community).filter(donation__donor=donor)
    lines = [
        (each.purpose or "未指定", f"{each.year}年", each.received, each.used, each.unspent)
        for each in by_purpose_and_year(found)
    ]
    header = ("用途", "收款年度", "已收（元）", "已用（元）", "结余（元）")
    return Panel("收款、使用和结余", header, lines, empty="还没有入账的捐款")


def donations_of(donor: Donor, access, community) -> Panel:
    """The donations of a donor, the newest first."""
    return donations_panel(
        rows(Donation, access, P.DONATIONS, community).filter(donor=donor),
        access,
        community,
        "捐款",
        "还没有捐款",
    )


def donations_panel(donations, access, community, title: str, empty: str = "") -> Panel:
    """A table of donations."""
    links = RowLinks(access, community)
    lines = [
        (
            links.link(each, f"{each.on:%Y-%m-%d}"),
            each.amount,
            each.booked,
            each.used,
            each.left,
            each.purpose,
            Standing(each.standing).label,
        )
        for each in donations.with_standing()[:_MOST]
    ]
    header = ("日期", "捐款金额", "已收", "已用", "结余", "用途", "状态")
    return Panel(title, header, lines, empty=empty)
