"""Writes on agreements and promises: signature, renewal, end; fulfilment, and what was not fulfilled."""

import datetime
from collections.abc import Callable, Collection

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from community.accounts.models import User
from community.agreements.models import Agreement, Fulfilment, Promise
from community.units.models import Unit
from portal.access.db_scope import set_change_context
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date

State = Agreement.State


# Agreements


@transaction.atomic
def sign(*, agreement: Agreement, on: datetime.date) -> Agreement:
    """Put a draft into force. The unit becomes a co-building one, and the agreement that it renews is renewed with it."""
    row = _lock(agreement)
    if row.state != State.DRAFT:
        raise Refusal(f"{row}{row.get_state_display()}，不用再办理签订")
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请在签订后登记")
    if on > row.end:
        raise WrongDate(f"不能晚于协议的结束日期{prose_date(row.end)}")
    if not Promise.objects.filter(community_id=row.community_id, agreement=row).exists():
        raise Refusal("还没有承诺事项，请先登记双方的承诺")
    set_change_context(action="签订协议")
    if row.predecessor_id and (before := _lock_pk(row, row.predecessor_id)).state == State.IN_FORCE:
        _write(before, state=State.RENEWED)
    added = _add_kind(row.unit_id)
    return _write(row, state=State.IN_FORCE, signed_on=on, made_cobuilding=added)


def _add_kind(unit: int) -> bool:
    """List the unit as a co-building one; whether it was not listed so before."""
    row = Unit.objects.select_for_update(of=("self",)).get(pk=unit)
    if Unit.Kind.COBUILDING in row.kinds:
        return False
    _write(row, kinds=_kinds_field().ordered([*row.kinds, Unit.Kind.COBUILDING]))
    return True


@transaction.atomic
def take_back_signature(*, agreement: Agreement) -> Agreement:
    """Make an agreement that was signed by mistake a draft again, with what followed from the signature."""
    row = _lock(agreement)
    if row.state != State.IN_FORCE:
        raise Refusal(f"{row}{row.get_state_display()}，不能退回草稿")
    if Fulfilment.objects.filter(community_id=row.community_id, promise__agreement=row).exists():
        raise Refusal("已有履行记录，不能退回草稿；协议不再执行的请办理终止")
    if Promise.objects.filter(community_id=row.community_id, agreement=row, closed_on__isnull=False).exists():
        raise Refusal("已有认定未履行的承诺，不能退回草稿；请先恢复待履行")
    _refuse_with_successor(row)
    set_change_context(action="撤回签订")
    if row.predecessor_id and (before := _lock_pk(row, row.predecessor_id)).state == State.RENEWED:
        _write(before, state=State.IN_FORCE)
    if row.made_cobuilding:
        _remove_kind(row)
    return _write(row, state=State.DRAFT, signed_on=None, made_cobuilding=False)


def _remove_kind(agreement: Agreement) -> None:
    """Take the kind back that the signature gave, unless the unit has another agreement in force or no other kind."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=agreement.unit_id)
    others = Agreement.objects.filter(community_id=unit.community_id, unit=unit).in_force()
    kinds = [kind for kind in unit.kinds if kind != Unit.Kind.COBUILDING]
    if kinds and kinds != unit.kinds and not others.exclude(pk=agreement.pk).exists():
        _write(unit, kinds=kinds)


@transaction.atomic
def renew(
    *, agreement: Agreement, start: datetime.date, end: datetime.date, promises: Collection[Promise]
) -> Agreement:
    """Draft the agreement that follows, with these promises again. The old one counts as renewed when it is signed."""
    row = _lock(agreement)
    if row.state != State.IN_FORCE:
        raise Refusal(f"{row}{row.get_state_display()}，不能续签")
    _refuse_with_successor(row)
    if start <= row.start:
        raise Refusal(f"应晚于原协议的开始日期{prose_date(row.start)}", "start")
    if end < start:
        raise Refusal("结束日期不能早于开始日期", "end")
    set_change_context(action="续签协议")
    kept = ("unit_id", "title", "body_id", "text", "our_signer", "their_signer")
    new = Agreement.objects.create(
        community_id=row.community_id,
        predecessor=row,
        start=start,
        end=end,
        **{name: getattr(row, name) for name in kept},
    )
    Promise.objects.bulk_create(_again(promise, row, new) for promise in promises)
    return new


def _again(promise: Promise, old: Agreement, new: Agreement) -> Promise:
    """The same promise in the next term: due as long after its start, within the term."""
    due = promise.due and min(new.end, new.start + (promise.due - old.start))
    kept = ("side", "kind", "text", "amount", "quantity", "measure")
    values = {name: getattr(promise, name) for name in kept}
    return Promise(community_id=new.community_id, agreement=new, due=due, **values)


@transaction.atomic
def end(*, agreement: Agreement, on: datetime.date, reason: str) -> Agreement:
    """End an agreement in force; `on` is its last day. Promises that are still open end with it."""
    row = _lock(agreement)
    if row.state != State.IN_FORCE:
        raise Refusal(f"{row}{row.get_state_display()}，不能终止")
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再办理")
    if on < row.start:
        raise WrongDate(f"不能早于协议的开始日期{prose_date(row.start)}")
    _refuse_with_successor(row)
    set_change_context(action="终止协议")
    return _write(row, state=State.ENDED, ended_on=on, ended_because=reason)


@transaction.atomic
def restore(*, agreement: Agreement) -> Agreement:
    """Take the end of an agreement back; its open promises are to be fulfilled again."""
    row = _lock(agreement)
    if row.state != State.ENDED:
        raise Refusal(f"{row}没有终止，不用恢复")
    set_change_context(action="恢复协议")
    return _write(row, state=State.IN_FORCE, ended_on=None, ended_because="")


def _refuse_with_successor(agreement: Agreement) -> None:
    successors = Agreement.objects.filter(community_id=agreement.community_id, predecessor=agreement)
    if new := successors.first():
        words = "草稿" if new.state == State.DRAFT else new.get_state_display()
        raise Refusal(f"已有续签的协议（{words}），请先办理那份协议")


@transaction.atomic
def delete_draft(agreement: Agreement) -> None:
    """Delete a draft with its promises. Raises ProtectedError for an agreement that was signed."""
    row = _lock(agreement)
    if row.state != State.DRAFT:
        raise ProtectedError("the agreement was signed", {row})
    Promise.objects.filter(community_id=row.community_id, agreement=row).delete()
    row.delete()


# Promises


@transaction.atomic
def save_promise(promise: Promise, save: Callable[[], Promise]) -> Promise:
    """Save a promise by `save`. Raises Refusal for an agreement that is over, and for a day outside its term."""
    agreement = _lock_pk(promise, promise.agreement_id)
    if not agreement.is_open:
        raise Refusal(f"{agreement}{agreement.get_state_display()}，承诺事项不能再改")
    if promise.due and not agreement.start <= promise.due <= agreement.end:
        term = f"{prose_date(agreement.start)}至{prose_date(agreement.end)}"
        raise Refusal(f"应在协议期限内（{term}）", "due")
    return save()


@transaction.atomic
def delete_promise(promise: Promise) -> None:
    """Delete a promise entered by mistake. Raises ProtectedError for one of which something is on record."""
    row = _lock_promise(promise.pk)
    records = Fulfilment.objects.filter(community_id=row.community_id, promise=row)
    if row.state != Promise.State.OPEN or records.exists():
        raise ProtectedError("its fulfilment is on record", {row})
    row.delete()


@transaction.atomic
def record_fulfilment(
    fulfilment: Fulfilment, save: Callable[[], Fulfilment], *, by: User, completes: bool
) -> Fulfilment:
    """Save a record of fulfilment by `save`; with `completes` the promise is fulfilled by it. Raises Refusal."""
    promise = _lock_promise(fulfilment.promise_id)
    agreement = promise.agreement
    if fulfilment.pk is None:
        if not agreement.is_signed:
            raise Refusal(f"{agreement}{agreement.get_state_display()}，不能登记履行", "promise")
        if promise.state == Promise.State.UNFULFILLED:
            raise Refusal("这项承诺已认定未履行，请先恢复待履行", "promise")
        fulfilment.recorded_by = by
    if fulfilment.on > timezone.localdate():
        raise WrongDate("不能晚于今天，请在履行后登记")
    if fulfilment.on < min(agreement.start, agreement.signed_on or agreement.start):
        raise WrongDate(f"不能早于协议的开始日期{prose_date(agreement.start)}")
    set_change_context(action="登记履行")
    row = save()
    if completes and promise.state == Promise.State.OPEN:
        _write(promise, state=Promise.State.FULFILLED, closed_on=row.on)
    return row


@transaction.atomic
def delete_fulfilment(fulfilment: Fulfilment) -> None:
    """Delete a record entered by mistake. Without any record left, the promise is not fulfilled either."""
    promise = _lock_promise(fulfilment.promise_id)
    fulfilment.delete()
    left = Fulfilment.objects.filter(community_id=promise.community_id, promise=promise)
    if promise.state == Promise.State.FULFILLED and not left.exists():
        _write(promise, state=Promise.State.OPEN, closed_on=None)


@transaction.atomic
def mark_unfulfilled(*, promise: Promise, on: datetime.date, reason: str) -> Promise:
    """Record that a promise was not fulfilled, and will not be."""
    row = _lock_promise(promise.pk)
    if row.state != Promise.State.OPEN:
        raise Refusal(f"这项承诺{row.get_state_display()}，不用再认定")
    if not row.agreement.is_signed:
        raise Refusal(f"{row.agreement}{row.agreement.get_state_display()}，不用认定")
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天")
    if on < row.agreement.start:
        raise WrongDate(f"不能早于协议的开始日期{prose_date(row.agreement.start)}")
    set_change_context(action="认定未履行")
    return _write(row, state=Promise.State.UNFULFILLED, closed_on=on, reason=reason)


@transaction.atomic
def reopen(*, promise: Promise) -> Promise:
    """Make a promise that was fulfilled or not one that is to be fulfilled."""
    row = _lock_promise(promise.pk)
    if row.state == Promise.State.OPEN:
        raise Refusal("这项承诺待履行，不用恢复")
    set_change_context(action="恢复待履行")
    return _write(row, state=Promise.State.OPEN, closed_on=None, reason="")


def _lock(agreement: Agreement) -> Agreement:
    return _lock_pk(agreement, agreement.pk)


def _lock_pk(row, pk: int) -> Agreement:
    """Lock and return the agreement with this key in the community of `row`."""
    agreements = Agreement.objects.filter(community_id=row.community_id, pk=pk)
    return agreements.select_related("unit").select_for_update(of=("self",)).get()


def _lock_promise(pk: int) -> Promise:
    promises = Promise.objects.select_related("agreement__unit").select_for_update(of=("self",))
    return promises.get(pk=pk)


def _kinds_field():
    return Unit._meta.get_field("kinds")


def _write(row, **fields):
    """Set fields of a row and save it with its next version."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*fields, "version"])
    return row
