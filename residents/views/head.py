"""The phone pages of building heads: the doors of the own stairwells, and what is reported from them."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from community.models import Stairwell
from portal.once import once, result_of
from portal.permissions import Permission
from portal.scoping import rows
from portal.views.base import needs
from residents import actions
from residents.forms.head import ReportForm
from residents.models import ChangeReport, Dwelling
from residents.reports import DoorPerson, coverage, door_people, fresh_since

What = ChangeReport.What


@dataclass(frozen=True, slots=True)
class Door:
    """A door as its card shows it."""

    dwelling: Dwelling
    people: list[DoorPerson]
    verified_at: datetime.datetime | None
    days: int | None
    """Days since somebody looked; None for never."""
    is_fresh: bool
    waiting: int
    """Reports from this door that staff have not looked at yet."""


@needs(Permission.DOORS)
@require_GET
def stairwells(request):
    """The own stairwells with how many doors are due; a head of one goes straight to its doors."""
    found = list(_stairwells(request).select_related("community"))
    if len(found) == 1:
        return redirect("residents:head_doors", stairwell=found[0].uuid)
    lines = []
    for community in {s.community_id: s.community for s in found}.values():
        since = fresh_since(community)
        counts = coverage(_doors(request).filter(community=community), since)
        lines += [
            (stairwell, *counts.get(stairwell.pk, (0, 0)))
            for stairwell in found
            if stairwell.community_id == community.pk
        ]
    lines = [(stairwell, doors, doors - fresh) for stairwell, doors, fresh in lines]
    return render(request, "head/stairwells.html", {"lines": lines})


@needs(Permission.DOORS)
@require_GET
def doors(request, stairwell):
    """Door by door: who lives there, when somebody last looked, and the two buttons."""
    place = get_object_or_404(_stairwells(request).select_related("community"), uuid=stairwell)
    found = _cards(request, _doors(request).filter(stairwell=place), place.community)
    due = [door for door in found if not door.is_fresh]
    context = {
        "stairwell": place,
        "count": len(found),
        "due": len(due),
        "only_due": "due" in request.GET,
        "doors": due if "due" in request.GET else found,
        "fresh_days": place.community.fresh_days,
        "several": len(_own(request)) > 1,
    }
    return render(request, "head/doors.html", context)


@needs(Permission.DOORS)
def verify(request, dwelling):
    """Nothing has changed behind this door. htmx gets the door's card back, others the page."""
    door = _door(request, dwelling)
    url = reverse("residents:head_doors", kwargs={"stairwell": door.stairwell.uuid})
    if request.method != "POST":
        # Somebody who had to sign in again comes back by GET; nothing is written by that.
        return redirect(f"{url}#door-{door.uuid}")
    first = actions.verify_door(by=request.user, dwelling=door)
    said = f"{door.label}：{'已记录，无变化' if first else '今天已经核实过'}"
    if request.htmx:
        (card,) = _cards(request, _doors(request).filter(pk=door.pk), door.community)
        beside = _doors(request).filter(stairwell=door.stairwell)
        count, fresh = coverage(beside, fresh_since(door.community))[door.stairwell_id]
        context = {"door": card, "said": said, "count": count, "due": count - fresh}
        context["fresh_days"] = door.community.fresh_days
        return render(request, "head/doors.html#door", context)
    messages.success(request, said)
    return redirect(f"{url}#door-{door.uuid}")


@needs(Permission.DOORS)
@require_GET
def report_kind(request, dwelling):
    """What happened? Four large buttons."""
    door = _door(request, dwelling)
    return render(request, "head/kind.html", {"door": door, "kinds": What.choices})


@needs(Permission.DOORS)
def report(request, dwelling, what):
    """The form for one kind of change. A correction first asks who it is about."""
    if what not in What.values:
        raise Http404
    door = _door(request, dwelling)
    return _report_page(request, door, what)


@needs(Permission.DOORS)
def report_again(request, report):
    """A returned report, put right and sent as a new one."""
    old = get_object_or_404(
        _reports(request).filter(state=ChangeReport.State.RETURNED, replaced_by__isnull=True), uuid=report
    )
    return _report_page(request, _door(request, old.dwelling.uuid), old.what, replaces=old)


@needs(Permission.DOORS)
@require_GET
def reports(request):
    """What I reported, and what became of it."""
    found = _reports(request).filter(proposer=request.user).prefetch_related("replaced_by")[:100]
    return render(request, "head/reports.html", {"reports": found})


def _report_page(request, door: Dwelling, what: str, replaces: ChangeReport | None = None):
    if request.method == "POST" and (url := result_of(request.POST.get("token"))):
        return redirect(url)
    people = door_people([door.pk]).get(door.pk, [])
    person = None
    if what == What.CORRECTION:
        person = _described(request, people, replaces)
    if (what != What.MOVE_IN and not people) or (what == What.CORRECTION and person is None):
        return render(request, "head/who.html", {"door": door, "what": What(what), "people": people})
    form = ReportForm(request.POST or None, what=what, people=people, person=person, replaces=replaces)
    if request.method == "POST" and form.is_valid():
        try:
            url = once(form.cleaned_data["token"], request.user.pk, lambda: _submit(request, door, form))
        except actions.Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request, f"已上报：{door.label}，{What(what).label}。社区审核后会在这里告诉您结果。"
            )
            return redirect(url)
    context = {"form": form, "door": door, "what": What(what), "described": person, "replaces": replaces}
    return render(request, "head/report.html", context)


def _submit(request, door: Dwelling, form: ReportForm) -> str:
    chosen = form.chosen
    actions.submit_report(
        by=request.user,
        dwelling=door,
        what=form.what,
        said=form.said,
        person_id=chosen.person_id if chosen else None,
        replaces=form.replaces,
        token=form.cleaned_data["token"],
    )
    return f"{reverse('residents:head_reports')}?sent"


def _described(request, people: list[DoorPerson], replaces: ChangeReport | None) -> DoorPerson | None:
    """Who a correction is about: named in the address, or by the report it replaces."""
    if replaces is not None:
        return next((p for p in people if p.person_id == replaces.person_id), None)
    return next((p for p in people if str(p.person_uuid) == request.GET.get("person")), None)


def _own(request) -> frozenset[int]:
    """Ids of the stairwells whose doors this user may see."""
    return frozenset().union(*(holding.stairwells for holding in request.access.door_holdings))


def _stairwells(request):
    return rows(Stairwell, request.access, Permission.DOORS).filter(pk__in=_own(request))


def _doors(request):
    return rows(Dwelling, request.access, Permission.DOORS).filter(stairwell_id__in=_own(request))


def _door(request, dwelling) -> Dwelling:
    return get_object_or_404(_doors(request).select_related("stairwell", "community"), uuid=dwelling)


def _reports(request):
    found = rows(ChangeReport, request.access, Permission.DOORS).filter(stairwell_id__in=_own(request))
    return found.select_related("dwelling", "reviewer").order_by("-reported_at", "-id")


def _cards(request, dwellings, community) -> list[Door]:
    found = list(dwellings.with_last_verification().select_related("stairwell").order_by("sort", "id"))
    people = door_people([dwelling.pk for dwelling in found])
    pending = rows(ChangeReport, request.access, Permission.DOORS).waiting()
    waiting = list(pending.filter(dwelling__in=found).values_list("dwelling_id", flat=True))
    today, since = timezone.localdate(), fresh_since(community)
    return [
        Door(
            dwelling=dwelling,
            people=people.get(dwelling.pk, []),
            verified_at=dwelling.verified_at,
            days=(today - timezone.localdate(dwelling.verified_at)).days if dwelling.verified_at else None,
            is_fresh=dwelling.verified_at is not None and dwelling.verified_at >= since,
            waiting=waiting.count(dwelling.pk),
        )
        for dwelling in found
    ]
