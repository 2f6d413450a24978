"""What happens to a home visit (走访): planned, made, called off. A need found is handed over in the same act."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from community.models import Person, User
from community.reports import colleagues
from portal.offers import Draft, Handed, Source, hand_over
from portal.permissions import Permission
from portal.refusals import Refusal, WrongDate
from portal.scope import note as say_why
from residents.actions.photos import keep_photos
from residents.models import Household, Visit

State = Visit.State

_TITLE = 120
"""Characters of the title of what is handed over."""


class VisitClosed(Refusal):
    """Somebody else has logged the visit or called it off meanwhile."""


class NotAWorker(Refusal):
    """Whoever is to visit may not see what is written of it."""

    field = "worker"


@transaction.atomic
def plan_visits(
    *,
    by: User,
    community_id: int,
    whom: Sequence[tuple[int | None, int | None, str]],
    worker: User,
    on: datetime.date,
) -> tuple[list[Visit], int]:
    """A visit for each of `whom` (keys of person and household, category) on one day by one worker.

    Whoever has a planned visit of the same category already gets no second one; returned are the new visits
    and how many were left out.
    """
    if on < timezone.localdate():
        raise WrongDate("计划日期不能早于今天", "planned_on")
    if worker not in colleagues(community_id, Permission.CARE):
        raise NotAWorker(f"{worker.name}在本社区没有查看走访内容的权限")
    say_why(action="安排走访")
    made = _plan(community_id, whom, worker, on)
    return made, len(whom) - len(made)


@transaction.atomic
def log_visit(
    *,
    by: User,
    visit: Visit,
    done_on: datetime.date,
    found: str,
    need: str = "",
    photos: Sequence[bytes] = (),
    next_on: datetime.date | None = None,
) -> Visit:
    """The visit was made: what was found there. What is needed is handed over in the same act.

    photos: files as they were uploaded; all are kept, or the visit is not logged (FileRefused).
    next_on: plan the next visit of the same kind for that day.
    """
    visit = _planned(visit)
    _check_day(done_on)
    visit.state, visit.done_on, visit.found, visit.need = State.DONE, done_on, found, need
    visit.version += 1
    say_why(action="登记走访")
    visit.save(update_fields=["state", "done_on", "found", "need", "version"])
    if need:
        _hand_over(visit, by)
    if next_on:
        again = (visit.person_id, visit.household_id, visit.category)
        stays = visit.worker in colleagues(visit.community_id, Permission.CARE)
        _plan(visit.community_id, [again], visit.worker if stays else by, next_on)
    keep_photos(visit, photos, by)  # the last, because files do not go with the transaction
    return visit


@transaction.atomic
def log_unplanned(
    *, by: User, community_id: int, person: Person, household: Household | None, category: str, **said
) -> Visit:
    """A visit that nobody had planned: as if it had been planned for its day, by whoever made it."""
    visit = Visit.objects.create(
        community_id=community_id,
        person=person,
        household=household,
        category=category,
        planned_on=said["done_on"],
        worker=by,
    )
    return log_visit(by=by, visit=visit, **said)


@transaction.atomic
def cancel_visit(*, by: User | None, visit: Visit, reason: str) -> Visit:
    """Call a planned visit off, with the reason. `by` is nobody where it follows from another act, which says why."""
    visit = _planned(visit)
    visit.state, visit.reason = State.CANCELLED, reason
    visit.version += 1
    if by:
        say_why(action="取消走访")
    visit.save(update_fields=["state", "reason", "version"])
    return visit


def _plan(community_id: int, whom: Sequence[tuple], worker: User, on: datetime.date) -> list[Visit]:
    """New visits for those of `whom` who have none of the same kind planned."""
    waiting = Visit.objects.filter(community_id=community_id).planned()
    taken = set(waiting.values_list("person", "household", "category"))
    new = {}
    for key in whom:
        if key not in taken:
            person, household, category = key
            new[key] = Visit(
                community_id=community_id,
                person_id=person,
                household_id=household,
                category=category,
                planned_on=on,
                worker=worker,
            )
    return Visit.objects.bulk_create(new.values())


def _hand_over(visit: Visit, by: User) -> None:
    """The source names who was visited, never the category: those who take it on may not know of that."""
    kwargs = {"community": visit.community.code, "row": visit.uuid}
    source = Source(
        visit,
        f"走访{visit.who}",
        reverse("residents:visit_detail", kwargs=kwargs),
        Permission.CARE,
    )
    place = f"（{visit.place}）" if visit.place else ""
    title = f"{visit.who}{place}：{' '.join(visit.need.split())}"
    if len(title) > _TITLE:
        title = f"{title[: _TITLE - 1]}…"
    hand_over(Handed.NEED, Draft(title, visit.need), source, by)


def _check_day(day: datetime.date) -> None:
    if day > timezone.localdate():
        raise WrongDate("走访日期不能晚于今天", "done_on")


def _planned(visit: Visit) -> Visit:
    """The visit as it stands now, kept from others until the end of the transaction."""
    found = Visit.objects.filter(community_id=visit.community_id, pk=visit.pk)
    found = found.select_related("community", "person", "household__dwelling", "worker")
    visit = found.select_for_update(of=("self",)).get()
    if visit.state != State.PLANNED:
        raise VisitClosed(f"这次走访刚刚由别人处理（{visit.get_state_display()}）")
    return visit
