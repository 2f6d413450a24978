"""Papers of members: 介绍信 with 回执, 党费收据, 党员年度纪实. Each printing is logged."""

from django.http import HttpResponse
from django.utils import timezone

from community.dated_rules.rules import value_of
from partybuilding.members.models import DuesPayment, Member, Transfer
from partybuilding.members.rules import LETTER_DAYS
from partybuilding.members.year import entries_of_year
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import render_pdf
from portal.values.months import month_word


def letter(request, transfer: Transfer) -> HttpResponse:
    """介绍信 on the upper half, 回执 to be cut off below. Raises PdfError."""
    person = transfer.member.person
    context = {
        "title": "中国共产党党员组织关系介绍信",
        "transfer": transfer,
        "member": transfer.member,
        "person": person,
        "sex": person.get_sex_display() or "　",
        "age": person.age_on(transfer.on),
        "organisation": _committee_of(transfer),
        "dated": transfer.on,
        "days": value_of(request.community, LETTER_DAYS, transfer.on),
        "dues_until": month_word(transfer.dues_until) if transfer.dues_until else "　　年　　月",
    }
    pdf = render_pdf("partybuilding/members/print_letter.html", context)
    log_request(request, AccessLog.Action.PRINT, Transfer, [transfer.pk], reason="组织关系介绍信")
    return download_of_today(pdf, f"介绍信{transfer.year}-{transfer.serial:03d}", "pdf")


def _committee_of(transfer: Transfer) -> str:
    """Who issues the letter: the highest party body above the branch."""
    body = transfer.from_branch
    while body is not None and body.parent_id is not None:
        body = body.parent
    return str(body)


def receipt(request, payment: DuesPayment) -> HttpResponse:
    """党费收据 in two copies. Raises PdfError."""
    context = {
        "title": "党费收据",
        "payment": payment,
        "member": payment.member,
        "organisation": str(payment.member.branch),
        "dated": payment.paid_on,
        "copies": ("交党员", "支部存档"),
    }
    pdf = render_pdf("partybuilding/members/print_receipt.html", context)
    log_request(request, AccessLog.Action.PRINT, DuesPayment, [payment.pk], reason="党费收据")
    return download_of_today(pdf, f"党费收据{payment.number}", "pdf")


def year_sheet(request, member: Member, year: int) -> HttpResponse:
    """党员年度纪实, one page. Raises PdfError."""
    person = member.person
    context = {
        "title": f"{year}年度党员纪实",
        "member": member,
        "person": person,
        "organisation": str(member.branch),
        "dated": timezone.localdate(),
        "entries": entries_of_year(member, year, request.access, request.community),
    }
    pdf = render_pdf("partybuilding/members/print_year.html", context)
    log_request(request, AccessLog.Action.PRINT, Member, [member.pk], reason=f"{year}年度党员纪实")
    return download_of_today(pdf, f"{year}年度党员纪实{member}", "pdf")
