"""Plan, log and cancel home visits (走访). A need found is handed over in the same transaction."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from community.accounts.colleagues import colleagues
from community.accounts.models import User
from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.access.permissions import Permission
from portal.attachments.store import attach_photos
from portal.forms.refusals import Refusal, WrongDate
from portal.handover.handover import hand_over
from portal.hooks.receive import HandoverDraft, HandoverKind, HandoverSource
from residents.homes.models import Household
from residents.visits.models import Visit

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
    """Plan a visit for each of `whom` (keys of person and household, category) on one day by one worker.

    Skips those who have a planned visit of the same category; returns the new visits and how many were skipped.
    """
    if on < timezone.localdate():
        raise WrongDate("计划日期不能早于今天", "planned_on")
    if worker not in colleagues(community_id, Permission.CARE):
        raise NotAWorker(f"{worker.name}在本社区没有查看走访内容的权限")
    set_change_context(action="安排走访")
    visits = _plan(community_id, whom, worker, on)
    return visits, len(whom) - len(visits)


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
    """Log a visit with its findings. A need is handed over in the same transaction.

    photos: uploaded files, stored all or none (raises FileRefused). next_on: plan the next visit of the same
    kind for that day.
    """
    visit = _lock_planned(visit)
    _check_day(done_on)
    visit.state, visit.done_on, visit.found, visit.need = State.DONE, done_on, found, need
    visit.version += 1
    set_change_context(action="登记走访")
    visit.save(update_fields=["state", "done_on", "found", "need", "version"])
    if need:
        _hand_over(visit, by)
    if next_on:
        next_visit = (visit.person_id, visit.household_id, visit.category)
        stays = visit.worker in colleagues(visit.community_id, Permission.CARE)
        _plan(visit.community_id, [next_visit], visit.worker if stays else by, next_on)
    attach_photos(visit, photos, by)  # last, because files are not rolled back
    return visit


@transaction.atomic
def log_unplanned(
    *, by: User, community_id: int, person: Person, household: Household | None, category: str, **visit_fields
) -> Visit:
    """Log an unplanned visit: as if it had been planned for its day, by whoever made it."""
    visit = Visit.objects.create(
        community_id=community_id,
        person=person,
        household=household,
        category=category,
        planned_on=visit_fields["done_on"],
        worker=by,
    )
    return log_visit(by=by, visit=visit, **visit_fields)


@transaction.atomic
def cancel_visit(*, by: User | None, visit: Visit, reason: str) -> Visit:
    """Cancel a planned visit. `by` is None where it follows from another operation, which has set its reason."""
    visit = _lock_planned(visit)
    visit.state, visit.reason = State.CANCELLED, reason
    visit.version += 1
    if by:
        set_change_context(action="取消走访")
    visit.save(update_fields=["state", "reason", "version"])
    return visit


def _plan(community_id: int, whom: Sequence[tuple], worker: User, on: datetime.date) -> list[Visit]:
    """Create visits for those of `whom` who have none of the same kind planned."""
    waiting = Visit.objects.filter(community_id=community_id).planned()
    planned_keys = set(waiting.values_list("person", "household", "category"))
    visits = {}
    for key in whom:
        if key not in planned_keys:
            person, household, category = key
            visits[key] = Visit(
                community_id=community_id,
                person_id=person,
                household_id=household,
                category=category,
                planned_on=on,
                worker=worker,
            )
    return Visit.objects.bulk_create(visits.values())


def _hand_over(visit: Visit, by: User) -> None:
    """The source names who was visited, never the category, which its recipients may not see."""
    kwargs = {"community": visit.community.code, "row": visit.uuid}
    source = HandoverSource(
        visit,
        f"走访{visit.who}",
        reverse("residents:visit_detail", kwargs=kwargs),
        Permission.CARE,
    )
    place = f"（{visit.place}）" if visit.place else ""
    title = f"{visit.who}{place}：{' '.join(visit.need.split())}"
    if len(title) > _TITLE:
        title = f"{title[: _TITLE - 1]}…"
    hand_over(HandoverKind.NEED, HandoverDraft(title, visit.need), source, by)


def _check_day(day: datetime.date) -> None:
    if day > timezone.localdate():
        raise WrongDate("走访日期不能晚于今天", "done_on")


def _lock_planned(visit: Visit) -> Visit:
    """The current visit, locked; raises VisitClosed unless it is planned."""
    visits = Visit.objects.filter(community_id=visit.community_id, pk=visit.pk)
    visits = visits.select_related("community", "person", "household__dwelling", "worker")
    visit = visits.select_for_update(of=("self",)).get()
    if visit.state != State.PLANNED:
        raise VisitClosed(f"这次走访已由他人办理（{visit.get_state_display()}）")
    return visit
