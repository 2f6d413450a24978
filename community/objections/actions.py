"""Objections (异议) to public notices: submitted by anybody, answered in public by the supervision committee."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.notices.models import PublicNotice
from community.notices.personal_data import TextFinding, TextPiece, scan_texts
from community.objections.models import Objection, ObjectionAnswer
from community.objections.tracking_codes import code_hash
from portal.forms.refusals import Refusal
from portal.values.dates import prose_date


class ObjectionError(Refusal):
    """An objection or answer that is refused."""


class NoticeClosed(ObjectionError):
    def __init__(self, notice: PublicNotice):
        super().__init__(
            f"公示期已于{prose_date(notice.until)}结束，不再接收异议；可以直接向居务监督委员会反映。"
        )


class ObjectionAlreadyAnswered(ObjectionError):
    def __init__(self, answer: ObjectionAnswer):
        super().__init__(f"{answer.answered_by.name}已答复这件异议，您填写的内容没有保存。")


class AnswerHasPersonalData(ObjectionError):
    """A public answer with personal data, which must be masked; there is no waiver for answers."""

    def __init__(self, findings: list[TextFinding]):
        super().__init__(f"答复会公开，请先隐去疑似个人信息：{'；'.join(map(str, findings))}。")


def take_objection(
    *,
    notice: PublicNotice,
    text: str,
    name: str = "",
    contact: str = "",
    code: str,
    at: datetime.datetime | None = None,
) -> None:
    """Record an objection; `code` is the tracking code by which its author reads the answer.

    Runs in the public database role, which may insert objections but read none. `ignore_conflicts` keeps Django from
    reading the new row's key back.
    """
    at = at or timezone.now()
    if not notice.is_open(timezone.localdate(at)):
        raise NoticeClosed(notice)
    objection = Objection(
        community_id=notice.community_id,
        notice=notice,
        text=text.strip(),
        name=name.strip(),
        contact=contact.strip(),
        code_hash=code_hash(code),
        objected_at=at,
    )
    Objection.objects.bulk_create([objection], ignore_conflicts=True)


def answer_objection(
    *, objection: Objection, gist: str, text: str, by: User, at: datetime.datetime | None = None
) -> ObjectionAnswer:
    """Publish the answer. The second of two concurrent answers is refused; an answer is immutable."""
    community = Community.objects.get(pk=objection.community_id)
    open_findings = scan_texts(community, [TextPiece("异议摘要", gist), TextPiece("答复", text)])
    if open_findings:
        raise AnswerHasPersonalData(open_findings)
    with transaction.atomic():
        objection = _lock(objection)
        return ObjectionAnswer.objects.create(
            community_id=objection.community_id,
            objection=objection,
            notice_id=objection.notice_id,
            gist=gist.strip(),
            text=text.strip(),
            answered_by=by,
            answered_at=at or timezone.now(),
        )


def hand_over(*, objection: Objection, by: User) -> Objection:
    """Hand the objection over to the director for an answer."""
    with transaction.atomic():
        objection = _lock(objection)
        if objection.handed_at is None:
            objection.handed_by, objection.handed_at = by, timezone.now()
            objection.version += 1
            objection.save(update_fields=["handed_by", "handed_at", "version"])
        return objection


def _lock(objection: Objection) -> Objection:
    """Lock and return the row; raises ObjectionAlreadyAnswered."""
    rows = Objection.objects.filter(community_id=objection.community_id, pk=objection.pk)
    objection = rows.select_for_update(of=("self",)).get()
    answer = objection.answers.select_related("answered_by").first()
    if answer:
        raise ObjectionAlreadyAnswered(answer)
    return objection
