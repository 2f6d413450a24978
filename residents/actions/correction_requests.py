"""Requests to have put right what the register says of somebody (更正申请): taken down, then granted or refused."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.models import Community, Person, User
from portal.refusals import NoReason, Refusal, WrongDate
from portal.scope import note as say_why
from residents.models import CorrectionRequest, PopulationEvent
from residents.rules_corrections import correction_due

_State = CorrectionRequest.State


class AlreadyAnswered(Refusal):
    """Somebody else has answered the request."""

    def __init__(self, request: CorrectionRequest):
        super().__init__(f"{request.decided_by.name}已经答复这件申请（{request.get_state_display()}）")


class OwnEntry(Refusal):
    """Whoever took the request down refuses it, as a person."""

    def __init__(self):
        super().__init__("不予更正须由登记人以外的同事决定；可以更正的，您可以直接更正")


def take_request(*, by: User, person: Person, received_on: datetime.date, **said) -> CorrectionRequest:
    """Take down what somebody asks for; the day by which it is answered follows from the rule of the day."""
    if received_on > timezone.localdate():
        raise WrongDate("收到日期不能晚于今天", "received_on")
    community = Community.objects.get(pk=person.community_id)
    return CorrectionRequest.objects.create(
        community=community,
        person=person,
        received_on=received_on,
        due=correction_due(community, received_on),
        taken_by=by,
        **said,
    )


@transaction.atomic
def grant_request(
    *, by: User, request: CorrectionRequest, answer: str, event: PopulationEvent | None = None
) -> CorrectionRequest:
    """Say that it was put right, and how; `event` is the person's correction, where it was one."""
    return _answer(by, request, _State.GRANTED, answer, event=event)


@transaction.atomic
def refuse_request(*, by: User, request: CorrectionRequest, answer: str) -> CorrectionRequest:
    """Say that nothing is put right, and why. Another person decides that than the one who took it down."""
    if by.same_person_as(request.taken_by):
        raise OwnEntry
    return _answer(by, request, _State.REFUSED, answer)


def _answer(by, request, state: str, answer: str, **more) -> CorrectionRequest:
    if not answer.strip():
        raise NoReason("请写明更正了什么，或者不予更正的原因", "answer")
    found = CorrectionRequest.objects.select_for_update(of=("self",)).select_related("decided_by", "person")
    found = found.get(community_id=request.community_id, pk=request.pk)
    if found.state != _State.OPEN:
        raise AlreadyAnswered(found)
    say_why(action=f"更正申请：{state.label}", reason=answer.strip()[:200])
    fields = {"state": state, "answer": answer.strip(), "decided_by": by, "decided_at": timezone.now()} | more
    for name, value in fields.items():
        setattr(found, name, value)
    found.version += 1
    found.save(update_fields=[*fields, "version"])
    return found
