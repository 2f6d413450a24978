"""Writes on activities: who is expected, sign-up, the record of who came, making up, cancellation."""

import datetime
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from community.accounts.models import User
from community.activities.models import Activity, Attendance
from community.bodies.models import BodyMember, PostHolder
from community.people.models import Person
from community.venues.slots import venue_problem
from portal.access.db_scope import set_change_context
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date, prose_moment

State, Came = Activity.State, Attendance.State


class ActivityClosed(Refusal):
    """The activity was held or cancelled meanwhile."""


# Who is expected


def participants_of(activity: Activity) -> set[int]:
    """Ids of the people who are expected by the kind: of a body's activity, its members and post holders on the day."""
    kind = activity.declared_kind
    if kind.participants is not None:
        return set(kind.participants(activity))
    if activity.body_id is None:
        return set()
    day = timezone.localdate(activity.starts_at)
    of_community = {"community_id": activity.community_id}
    members = BodyMember.objects.filter(**of_community, body=activity.body_id).current(day)
    holders = PostHolder.objects.filter(**of_community, post__body=activity.body_id).current(day)
    people = Person.objects.filter(**of_community, died_on__isnull=True)
    return {
        *people.filter(pk__in=members.values("person")).values_list("pk", flat=True),
        *people.filter(pk__in=holders.values("person")).values_list("pk", flat=True),
    }


@transaction.atomic
def expect(*, activity: Activity, people: Collection[int]) -> list[Attendance]:
    """Put people (ids) on the list of a planned activity; returns the new lines. Raises Refusal if it is full."""
    activity = _lock(activity)
    _check_planned(activity, "不能再增加应到人员")
    return _add(activity, people)


@transaction.atomic
def sign_up(*, activity: Activity, person: Person, at: datetime.datetime | None = None) -> Attendance:
    """Sign a person up for an activity, by default now. Raises Refusal after the deadline and if it is full."""
    at = at or timezone.now()
    activity = _lock(activity)
    _check_planned(activity, "不能再报名")
    if activity.signup_open_until is None:
        raise Refusal(f"{activity}不需要报名")
    if at > activity.signup_open_until:
        raise Refusal(f"报名已于{prose_moment(activity.signup_open_until)}截止")
    added = _add(activity, [person.pk], signed_up_at=at)
    if not added:
        raise Refusal(f"{person.name}已在名单中", "person")
    return added[0]


def _add(activity: Activity, people: Collection[int], **fields) -> list[Attendance]:
    """Add lines for those who have none; who had given up is expected again. The activity is locked."""
    lines = Attendance.objects.filter(community_id=activity.community_id, activity=activity)
    lines_by_person = {line.person_id: line for line in lines}
    returning = [
        lines_by_person[pk]
        for pk in people
        if pk in lines_by_person and lines_by_person[pk].state == Came.OFF
    ]
    new = sorted(set(people) - lines_by_person.keys())
    number = sum(line.state != Came.OFF for line in lines_by_person.values())
    _check_capacity(activity, number, len(returning) + len(new))
    for line in returning:
        _write(line, state=Came.EXPECTED, reason="", **fields)
    rows = [
        Attendance(community_id=activity.community_id, activity=activity, person_id=pk, **fields)
        for pk in new
    ]
    return [*returning, *Attendance.objects.bulk_create(rows)]


def _check_capacity(activity: Activity, number: int, more: int) -> None:
    if activity.capacity is None or number + more <= activity.capacity:
        return
    free = max(activity.capacity - number, 0)
    left = f"还剩{free}个，本次要加{more}人" if free else "已满"
    raise Refusal(f"名额{activity.capacity}个，已列入{number}人，{left}；请增加名额或减少人员", "person")


@transaction.atomic
def take_off(*, attendance: Attendance, reason: str = "") -> Attendance:
    """Take a person off the list of a planned activity; the line stays and says so."""
    activity = _lock(attendance.activity)
    _check_planned(activity, "名单不能再改")
    line = _lock_line(attendance)
    if line.state == Came.OFF:
        raise Refusal(f"{line.person.name}已不在名单中")
    return _write(line, state=Came.OFF, reason=reason)


# Who came


def list_version(lines: Collection[Attendance]) -> int:
    """Number that grows with every change of the list: sum of the versions of its lines."""
    return sum(line.version for line in lines)


@transaction.atomic
def record(
    *,
    by: User,
    activity: Activity,
    states: Mapping[int, tuple[str, str]],
    also_present: Sequence[Person] = (),
    seen_version: int,
) -> Activity:
    """Record who came to an activity: person id → state and reason, and people who were not on the list.

    The activity has been held with it; recording again corrects the record. seen_version: `list_version` of the list
    as it was shown. Raises EditConflict if somebody else changed it meanwhile.
    """
    activity = _lock(activity)
    if activity.state == State.CANCELLED:
        raise ActivityClosed(f"{activity}已取消，不能登记到会")
    if (day := timezone.localdate(activity.starts_at)) > timezone.localdate():
        raise Refusal(f"活动在{prose_date(day)}举行，请到当天再登记到会")
    lines = Attendance.objects.filter(community_id=activity.community_id, activity=activity)
    lines = list(lines.select_related("person").select_for_update(of=("self",)))
    if list_version(lines) != seen_version:
        raise EditConflict(_differences(lines, states), list_version(lines))
    if not lines and not also_present:
        raise Refusal("名单上还没有人，请填写到会人员", "also_1")
    set_change_context(action="登记到会")
    now = timezone.now()
    by_person = {line.person_id: line for line in lines}
    for person in also_present:
        if person.pk in by_person and by_person[person.pk].state != Came.OFF:
            raise Refusal(f"{person.name}已在名单中，请在名单中登记", "also_1")
    written = []
    for line in lines:
        state, reason = states.get(line.person_id, (line.state, line.reason))
        if line.state in Attendance.NOT_IN_RECORD or (line.state, line.reason) == (state, reason):
            continue
        written.append(_set(line, state=state, reason=reason, recorded_by=by, recorded_at=now))
    Attendance.objects.bulk_update(written, [*_WRITTEN, "version"])
    _add_present(activity, also_present, by_person, by, now)
    if activity.state != State.HELD:
        _write(activity, state=State.HELD)
    return activity


_WRITTEN = ("state", "reason", "recorded_by", "recorded_at")


def _add_present(activity: Activity, people: Sequence[Person], lines: Mapping, by: User, now) -> None:
    came = {"state": Came.PRESENT, "recorded_by": by, "recorded_at": now}
    new = {person.pk for person in people} - lines.keys()
    for person in people:
        if person.pk in lines:
            _write(lines[person.pk], reason="", **came)
    Attendance.objects.bulk_create(
        Attendance(community_id=activity.community_id, activity=activity, person_id=pk, **came)
        for pk in sorted(new)
    )


def _differences(lines: Sequence[Attendance], states: Mapping) -> list[tuple[str, str, str]]:
    """(name, stored state, typed state) of the lines that differ."""
    return [
        (line.person.name, line.get_state_display(), str(Came(states[line.person_id][0]).label))
        for line in lines
        if line.person_id in states and states[line.person_id][0] != line.state
    ]


@transaction.atomic
def make_up(*, by: User, attendance: Attendance, on: datetime.date, how: str = "") -> Attendance:
    """Record that somebody who did not come has made up for it (补学)."""
    line = _lock_line(attendance)
    if line.state == Came.MADE_UP:
        raise Refusal(f"{line.person.name}已登记补学（{line.made_up_on}），不用再登记")
    if line.state not in Attendance.MISSED:
        raise Refusal(f"{line.person.name}的到会情况是“{line.get_state_display()}”，不需要补学")
    held_on = timezone.localdate(line.activity.starts_at)
    if on < held_on:
        raise WrongDate(f"补学日期不能早于活动日期{held_on}")
    if on > timezone.localdate():
        raise WrongDate("补学日期不能晚于今天")
    set_change_context(action="登记补学")
    more = {"recorded_by": by, "recorded_at": timezone.now()}
    return _write(line, state=Came.MADE_UP, made_up_on=on, made_up_how=how, **more)


# The activity


@transaction.atomic
def cancel(*, activity: Activity, reason: str) -> Activity:
    """Cancel a planned activity."""
    activity = _lock(activity)
    _check_planned(activity, "不能取消")
    set_change_context(action="取消活动")
    return _write(activity, state=State.CANCELLED, cancelled_because=reason)


@transaction.atomic
def restore(*, activity: Activity) -> Activity:
    """Take a cancellation back; its venue is held again. Raises Refusal if that is taken."""
    activity = _lock(activity)
    if activity.state != State.CANCELLED:
        raise ActivityClosed(f"{activity}没有取消，不用恢复")
    if activity.venue:
        times = activity.starts_at, activity.ends_at
        if wrong := venue_problem(activity.venue, *times, None, names=False):
            raise Refusal(f"{activity.venue}{wrong}，请先为活动换一个场地或时间")
    set_change_context(action="恢复活动")
    return _write(activity, state=State.PLANNED, cancelled_because="")


@transaction.atomic
def delete_planned(activity: Activity) -> None:
    """Delete an activity entered by mistake, with its list. Raises ProtectedError for one that was held."""
    activity = _lock(activity)
    if activity.state == State.HELD:
        raise ProtectedError("who came is on record", {activity})
    Attendance.objects.filter(community_id=activity.community_id, activity=activity).delete()
    activity.delete()


def _check_planned(activity: Activity, sentence: str) -> None:
    if activity.state != State.PLANNED:
        raise ActivityClosed(f"{activity}{activity.get_state_display()}，{sentence}")


def _lock(activity: Activity) -> Activity:
    """Lock and return the current row until the end of the transaction."""
    activities = Activity.objects.filter(community_id=activity.community_id, pk=activity.pk)
    return activities.select_for_update(of=("self",)).get()


def _lock_line(attendance: Attendance) -> Attendance:
    lines = Attendance.objects.filter(community_id=attendance.community_id, pk=attendance.pk)
    return lines.select_related("person", "activity").select_for_update(of=("self",)).get()


def _set(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    return row


def _write(row, **fields):
    """Set fields of a row and save it, also a new one; of others the version counts on."""
    if row.pk is None:
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
    else:
        _set(row, **fields).save(update_fields=[*fields, "version"])
    return row
