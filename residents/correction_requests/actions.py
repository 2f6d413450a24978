"""Correction requests (更正申请): record, grant or refuse them."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, Refusal, WrongDate
from residents.correction_requests.models import CorrectionRequest
from residents.correction_requests.rules import correction_deadline
from residents.event_log.models import PopulationEvent

_State = CorrectionRequest.State


class RequestAlreadyAnswered(Refusal):
    """Somebody else has answered the request."""

    starts_over = True

    def __init__(self, request: CorrectionRequest):
        super().__init__(f"{request.decided_by.name}已经答复这件申请（{request.get_state_display()}）")


class RefusalByRecorder(Refusal):
    """The person who recorded the request may not refuse it."""

    def __init__(self):
        super().__init__("不予更正须由登记人以外的同事决定；可以更正的，您可以直接更正")


def record_request(
    *, by: User, person: Person, received_on: datetime.date, **request_fields
) -> CorrectionRequest:
    """Record a request; its due date follows from the dated rule in force."""
    if received_on > timezone.localdate():
        raise WrongDate("收到日期不能晚于今天", "received_on")
    community = Community.objects.get(pk=person.community_id)
    return CorrectionRequest.objects.create(
        community=community,
        person=person,
        received_on=received_on,
        due=correction_deadline(community, received_on),
        taken_by=by,
        **request_fields,
    )


@transaction.atomic
def grant_request(
    *, by: User, request: CorrectionRequest, answer: str, event: PopulationEvent | None = None
) -> CorrectionRequest:
    """Grant a request; `event` is the correction of the person, if there was one."""
    return _answer(by, request, _State.GRANTED, answer, event=event)


@transaction.atomic
def refuse_request(*, by: User, request: CorrectionRequest, answer: str) -> CorrectionRequest:
    """Refuse a request with a reason. Decided by another person than the one who recorded it."""
    if by.same_person_as(request.taken_by):
        raise RefusalByRecorder
    return _answer(by, request, _State.REFUSED, answer)


def _answer(by, request, state: str, answer: str, **more) -> CorrectionRequest:
    if not answer.strip():
        raise NoReason("请写明更正的内容，或不予更正的原因", "answer")
    locked = CorrectionRequest.objects.select_for_update(of=("self",)).select_related("decided_by", "person")
    locked = locked.get(community_id=request.community_id, pk=request.pk)
    if locked.state != _State.OPEN:
        raise RequestAlreadyAnswered(locked)
    set_change_context(action=f"更正申请：{state.label}", reason=answer.strip()[:200])
    fields = {"state": state, "answer": answer.strip(), "decided_by": by, "decided_at": timezone.now()} | more
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.version += 1
    locked.save(update_fields=[*fields, "version"])
    return locked
