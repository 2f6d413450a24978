"""The new term: who is elected takes office, the old holders leave; taken back while nothing follows."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.bodies.actions import save_holder, start_term
from community.bodies.models import Body, PostHolder
from partybuilding.elections.actions import lock, move
from partybuilding.elections.models import Candidate, Election
from partybuilding.elections.results import results_of
from portal.forms.refusals import Refusal, UndoRefused, WrongDate
from portal.values.dates import prose_date
from portal.values.months import months_later

State = Election.State


@transaction.atomic
def take_office(*, election: Election, seen: int | None, on: datetime.date, document: str = "") -> Election:
    """Fill the posts by the result: holders of before leave on the day, the elected begin, the term is set."""
    row = lock(election, seen, State.COUNTED, typed="办理到任")
    results = results_of(row)
    if ties := results.open_ties:
        names = "、".join(candidate.person.name for candidate in ties[0].tied)
        raise Refusal(f"{ties[0].contest.title}{names}票数相等，请先再次投票")
    elected = results.elected
    if not elected:
        raise Refusal("没有人当选，不能办理到任，请重新组织选举")
    _check_day(row, on, elected)
    body = row.body
    before = {
        "term": [_text(body.term_began_on), _text(body.term_ends_on)],
        "ends": {holder.pk: _text(holder.end) for holder in _holders(row).not_over(on)},
    }
    ends_on = months_later(on, 12 * row.term_years)
    relieved = start_term(body=body, began_on=on, ends_on=ends_on, relieve=True)
    began = [_begin(row, candidate, on, document) for candidate in elected]
    replaced = {
        "term": before["term"],
        "ends_on": _text(ends_on),
        "ended": [[holder.pk, before["ends"][holder.pk], holder.version] for holder in relieved],
        "began": [[holder.pk, holder.version] for holder in began],
    }
    return move(row, State.FILLED, in_office_on=on, document=document, replaced=replaced)


def _check_day(row: Election, on: datetime.date, elected: list[Candidate]) -> None:
    if on < row.held_on:
        raise WrongDate(f"不能早于选举大会日期{prose_date(row.held_on)}")
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再办理")
    if dead := [each.person.name for each in elected if each.person.died_on]:
        raise Refusal(f"{'、'.join(dead)}已登记死亡，不能到任，请撤回计票后核对")


def _holders(row: Election):
    return PostHolder.objects.filter(community_id=row.community_id, post__body=row.body)


def _begin(row: Election, candidate: Candidate, on: datetime.date, document: str) -> PostHolder:
    holder = PostHolder(
        community_id=row.community_id,
        post=candidate.contest.post,
        person=candidate.person,
        start=on,
        manner=PostHolder.Manner.ELECTED,
        document=document,
    )

    def save() -> PostHolder:
        holder.save()
        return holder

    return save_holder(holder, save)


@transaction.atomic
def take_back_term(*, election: Election, seen: int | None) -> Election:
    """Take the new term back. Raises UndoRefused once a holding or the term was changed, or somebody else came in."""
    row = lock(election, seen, State.FILLED, typed="撤回到任")
    body = Body.objects.select_for_update(of=("self",)).get(pk=row.body_id)
    replaced = row.replaced
    if (_text(body.term_began_on), _text(body.term_ends_on)) != (
        _text(row.in_office_on),
        replaced["ends_on"],
    ):
        raise UndoRefused(f"{body}的本届起止日期在到任后已经修改，不能撤回")
    holders = {
        holder.pk: holder
        for holder in _holders(row).select_for_update(of=("self",)).select_related("person", "post__body")
    }
    versions = {pk: version for pk, *_, version in (*replaced["ended"], *replaced["began"])}
    for pk, version in versions.items():
        if pk not in holders or holders[pk].version != version:
            name = str(holders[pk]) if pk in holders else "一条任职记录"
            raise UndoRefused(f"{name}在到任后已经修改，不能撤回")
    for pk, holder in holders.items():
        if pk not in versions and (holder.end is None or holder.end > row.in_office_on):
            raise UndoRefused(f"{holder}的任职在到任后登记，不能撤回；请先处理这条任职")
    _restore(body, row, holders)
    return move(row, State.COUNTED, in_office_on=None, document="", replaced=None)


def _restore(body: Body, row: Election, holders: dict[int, PostHolder]) -> None:
    for pk, _ in row.replaced["began"]:
        holders[pk].delete()
    for pk, end, _ in row.replaced["ended"]:
        holder = holders[pk]
        holder.end = _day(end)
        holder.version += 1
        holder.save(update_fields=["end", "version"])
    body.term_began_on, body.term_ends_on = map(_day, row.replaced["term"])
    body.version += 1
    body.save(update_fields=["term_began_on", "term_ends_on", "version"])


def _text(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
