"""Requests forwarded to the street: the page that copies one, and the answer that comes back."""

from collections.abc import Iterator

from django.utils import timezone

from community.forwarded.actions import forward
from community.forwarded.models import Forwarded, ForwardedAnswer, Kind
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.cases.actions import StepRefused, take_step
from portal.cases.views import StepPage
from portal.crypto.vault import SecretUnreadable
from portal.forms.refusals import Refusal
from portal.pdf.rendering import PdfError, render_pdf
from portal.registers.panels import Panel
from portal.values.dates import table_day, table_moment
from services.requests.models import Request
from services.requests.registers import RequestRegister

TO_STREET = "to_street"


class PaperFailed(Refusal):
    """The paper that goes along could not be laid out."""


class ToStreetPage(StepPage):
    """The step 转街道办理: copies what is declared, with a paper, and takes the step."""

    register = RequestRegister()

    def load(self, row, step):
        super().load(row, step)
        shown = "、".join(label for label, value in declared_fields(self.case, with_contact=False) if value)
        self.lead = f"街道看到：{shown}、转办意见，在系统里答复；期限继续计算。"

    def perform(self, form) -> str:
        with_contact = bool(form.cleaned_data.get("with_contact"))
        url = super().perform(form)
        text = form.cleaned_data["text"]
        fields = [*declared_fields(self.case, with_contact=with_contact), ("转办意见", text)]
        forward(
            by=self.request.user,
            community=self.case.community,
            kind=Kind.REQUEST,
            title=str(self.case),
            source_uuid=self.case.uuid,
            fields=fields,
            right=self.case.required_right,
            due=self.case.due,
            pdf=_paper(self.case, fields),
        )
        return url


def declared_fields(case: Request, *, with_contact: bool) -> list[tuple[str, str]]:
    """What the street gets to know of a request."""
    fields = [
        ("编号", f"{case.year}年第{case.number}号"),
        ("类别", case.get_category_display()),
        ("地点", case.place),
        ("收到日期", table_day(case.received_at)),
        ("诉求内容", case.text),
    ]
    return [*fields, ("姓名", case.name), ("联系电话", case.phone)] if with_contact else fields


def _paper(case: Request, fields: list[tuple[str, str]]) -> bytes:
    context = {
        "title": "居民诉求转办单",
        "organisation": f"{case.community.name}居民委员会",
        "dated": timezone.localdate(),
        "street": case.community.street.name,
        "fields": [(label, value) for label, value in fields if value],
        "due": case.due,
    }
    try:
        return render_pdf("services/requests/to_street_print.html", context)
    except PdfError as error:
        raise PaperFailed(str(error)) from error


def record_answer(forwarded: Forwarded, answer: ForwardedAnswer) -> Iterator[str]:
    """The street's answer as a step: that of the unit, or a note where the request has gone on meanwhile."""
    case = Request.objects.filter(community_id=forwarded.community_id, uuid=forwarded.source_uuid).first()
    if case is None:
        return
    details = {"承办单位": case.community.street.name, "答复方式": "系统"}
    for name in ("unit_answer", "note"):
        try:
            take_step(case, name, by=answer.answered_by, text=answer.read()["text"], details=details)
        except StepRefused:
            continue
        yield case.get_state_display()
        return


def street_panel(case: Request, access: Access, community: CommunityRef) -> list[Panel]:
    """What went to the street, and what it answered; nothing for a request that never did."""
    sent = rows(Forwarded, access, RequestRegister.work, community).filter(source_uuid=case.uuid)
    lines = [
        (table_moment(item.forwarded_at), item.forwarded_by.name, *_answer_cells(item))
        for item in sent.select_related("forwarded_by").prefetch_related("answers__answered_by")
    ]
    if not lines:
        return []
    return [Panel("转街道", ("转出时间", "转出人", "街道答复时间", "答复"), lines)]


def _answer_cells(item: Forwarded) -> tuple[str, str]:
    answer = next(iter(item.answers.all()), None)
    if answer is None:
        return "", "待答复"
    try:
        return table_moment(answer.answered_at), answer.read()["text"]
    except SecretUnreadable as problem:
        return table_moment(answer.answered_at), str(problem)
