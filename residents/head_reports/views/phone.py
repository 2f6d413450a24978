"""Phone pages of building heads: their stairwells, the doors of each, and one tap to verify that nothing changed."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from community.places.models import Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.hooks.registry import Hook, call_hooks
from residents.head_reports.door_people import DoorPerson, door_people
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling
from residents.verification.actions import undo_deadline, undo_verification, verify_door
from residents.verification.coverage import (
    Coverage,
    by_building,
    cutoff,
    door_counts,
    stairwell_coverage,
    with_last_verification,
)
from residents.verification.models import Verification

RETENTION_DAYS = 7
"""How long a phone stores a tap that could not be sent."""


@dataclass(frozen=True, slots=True)
class Door:
    """A dwelling as its card shows it."""

    dwelling: Dwelling
    people: list[DoorPerson]
    verified_at: datetime.datetime | None
    days: int | None
    """Days since the last verification; None for never."""
    is_fresh: bool
    waiting: int
    """Reports from this door that wait for review."""
    undo_seconds: int
    """How long the head's own verification can still be undone; 0 for not at all."""


@needs(Permission.DOORS)
@require_GET
def stairwells(request):
    """The head's stairwells by building, those with due doors first; a single one redirects to its doors."""
    own = list(stairwells_of(request).select_related("community"))
    if len(own) == 1:
        return redirect("residents:head_doors", stairwell=own[0].uuid)
    due, done, total = [], [], Coverage()
    for community in {s.community_id: s.community for s in own}.values():
        in_community = [stairwell for stairwell in own if stairwell.community_id == community.pk]
        for line in stairwell_coverage(
            in_community, doors_of(request).filter(community=community), community.fresh_days
        ):
            (due if line.covered.due else done).append(line)
            total.add(line.covered)
    context = {
        "due": by_building(due),
        "done": by_building(done),
        "due_count": len(due),
        "done_count": len(done),
        "total": total,
    }
    return page(request, "residents/head_reports/phone/stairwells.html", context)


@needs(Permission.DOORS)
@require_GET
def doors(request, stairwell):
    """The doors of a stairwell: residents, last verification, and the two buttons."""
    place = get_object_or_404(stairwells_of(request).select_related("community"), uuid=stairwell)
    cards = _cards(request, doors_of(request).filter(stairwell=place), place.community)
    due = [door for door in cards if not door.is_fresh]
    context = {
        "stairwell": place,
        "count": len(cards),
        "due": len(due),
        "only_due": "due" in request.GET,
        "doors": due if "due" in request.GET else cards,
        "fresh_days": place.community.fresh_days,
        "several": len(own_stairwells(request)) > 1,
    }
    return page(request, "residents/head_reports/phone/doors.html", context)


@needs(Permission.DOORS)
def verify(request, dwelling):
    """Verify a dwelling: nothing has changed."""

    def tap(door: Dwelling) -> str:
        first = verify_door(by=request.user, dwelling=door, at=_tapped_at(request))
        return "已记录，无变化" if first else "今天已经核实过"

    return _act_at_door(request, dwelling, tap)


@needs(Permission.DOORS)
def verify_undo(request, dwelling):
    """Undo the head's own verification of the last minute."""

    def take_back(door: Dwelling) -> str:
        undone = undo_verification(by=request.user, dwelling=door)
        return "已撤销，这户没有记为无变化" if undone else "已过一分钟，不能撤销；有变化请上报变动"

    return _act_at_door(request, dwelling, take_back)


def _act_at_door(request, dwelling, act):
    """Run `act` on a dwelling and show its result: htmx gets the door's card, other requests the page."""
    door = door_of(request, dwelling)
    url = reverse("residents:head_doors", kwargs={"stairwell": door.stairwell.uuid})
    if request.method != "POST":
        # Somebody who had to sign in again comes back by GET; nothing is written by that.
        return redirect(f"{url}#door-{door.uuid}")
    message = f"{door.label}：{act(door)}"
    if request.htmx:
        (card,) = _cards(request, doors_of(request).filter(pk=door.pk), door.community)
        doors_of_stairwell = doors_of(request).filter(stairwell=door.stairwell)
        count, fresh = door_counts(doors_of_stairwell, cutoff(door.community.fresh_days))[door.stairwell_id]
        context = {"door": card, "message": message, "count": count, "due": count - fresh}
        context["fresh_days"] = door.community.fresh_days
        return render(request, "residents/head_reports/phone/doors.html#door", context)
    messages.success(request, message)
    return redirect(f"{url}#door-{door.uuid}")


def _tapped_at(request) -> datetime.datetime | None:
    """Time of the tap, sent by a phone that was offline; None for now."""
    try:
        at = datetime.datetime.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        return None
    oldest = timezone.now() - datetime.timedelta(days=RETENTION_DAYS)
    return at if timezone.is_aware(at) and at > oldest else None


def page(request, template: str, context: dict, status: int = 200):
    """Render a phone page; its header counts the unseen results of the head's reports."""
    news = rows(ChangeReport, request.access, Permission.DOORS).unseen(request.user).count()
    pages = list(call_hooks(Hook.HEAD_PAGES))
    return render(request, template, {"news": news, "head_pages": pages, **context}, status=status)


def own_stairwells(request) -> frozenset[int]:
    """Ids of the stairwells whose doors this user may see."""
    return frozenset().union(*(holding.stairwells for holding in request.access.stairwell_roles))


def stairwells_of(request):
    return rows(Stairwell, request.access, Permission.DOORS).filter(pk__in=own_stairwells(request))


def doors_of(request):
    return rows(Dwelling, request.access, Permission.DOORS).filter(stairwell_id__in=own_stairwells(request))


def door_of(request, dwelling) -> Dwelling:
    return get_object_or_404(doors_of(request).select_related("stairwell", "community"), uuid=dwelling)


def _cards(request, dwellings, community) -> list[Door]:
    dwellings = list(with_last_verification(dwellings).select_related("stairwell").order_by("sort", "id"))
    people = door_people([dwelling.pk for dwelling in dwellings])
    pending = rows(ChangeReport, request.access, Permission.DOORS).waiting()
    waiting = list(pending.filter(dwelling__in=dwellings).values_list("dwelling_id", flat=True))
    undo = _undo_seconds(request, dwellings)
    today, since = timezone.localdate(), cutoff(community.fresh_days)
    return [
        Door(
            dwelling=dwelling,
            people=people.get(dwelling.pk, []),
            verified_at=dwelling.verified_at,
            days=(today - timezone.localdate(dwelling.verified_at)).days if dwelling.verified_at else None,
            is_fresh=dwelling.verified_at is not None and dwelling.verified_at >= since,
            waiting=waiting.count(dwelling.pk),
            undo_seconds=undo.get(dwelling.pk, 0),
        )
        for dwelling in dwellings
    ]


def _undo_seconds(request, dwellings: list[Dwelling]) -> dict[int, int]:
    """Dwelling id → seconds in which the head's own verification can still be undone."""
    now = timezone.now()
    mine = rows(Verification, request.access, Permission.DOORS).filter(by=request.user)
    mine = mine.filter(dwelling__in=dwellings, at__gt=now - datetime.timedelta(hours=1))
    seconds_left = {
        dwelling: int((undo_deadline(at) - now).total_seconds())
        for dwelling, at in mine.order_by("at").values_list("dwelling_id", "at")
    }
    return {dwelling: seconds for dwelling, seconds in seconds_left.items() if seconds > 0}
