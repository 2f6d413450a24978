"""Writes on party members: registration, the steps to membership, probation, lost contact, and the end."""

import datetime
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from community.dated_rules.rules import values_of
from community.people.models import Person
from partybuilding.members import rules
from partybuilding.members.choices import EndReason, Relation, Stage, State
from partybuilding.members.models import Member, MemberStep
from partybuilding.members.path import NUMBERS, STEPS, STEPS_BY_CODE, Step
from partybuilding.members.path_state import RULES, MemberPath
from partybuilding.members.posts_and_roles import end_with_membership, restore_with_membership
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date
from portal.values.months import months_later
from portal.working_days.calendar import working_calendar

VOTES = ("entitled", "present", "in_favour")


def locked(member: Member) -> Member:
    """The current row, locked against concurrent acts. Raises Refusal for one that has ended."""
    row = Member.objects.select_for_update(of=("self",)).select_related("person", "community", "branch")
    member = row.get(pk=member.pk)
    if member.is_over:
        raise Refusal(
            f"{member}的登记已于{prose_date(member.ended_on)}结束（{member.get_ended_because_display()}）"
        )
    return member


def save_changes(member: Member, *names: str) -> None:
    """Save these fields, with the next version."""
    member.version += 1
    member.save(update_fields=[*names, "version"])


def check_day(on: datetime.date) -> None:
    """Raise WrongDate for a day that has not come."""
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再办理")


def open_registration(person: Person) -> Member | None:
    """The registration of somebody that has not ended, at whatever branch."""
    members = Member.objects.filter(community_id=person.community_id, person=person).open()
    return members.select_related("person", "branch").first()


@transaction.atomic
def save_member(member: Member, person: Person | None, save: Callable[[], Member]) -> Member:
    """Save a registration by `save`; `person` is new and saved first."""
    if person is not None:
        person.save()
        member.person = person
    return save()


# The steps


def path_of(member: Member, today: datetime.date | None = None) -> MemberPath:
    """The way of one member, in four queries at most."""
    today = today or timezone.localdate()
    values = values_of(member.community, RULES, today)
    rows = MemberStep.objects.filter(community_id=member.community_id, member=member)
    return MemberPath(member, rows, values, working_calendar(), today)


@transaction.atomic
def take_step(
    *,
    member: Member,
    code: str,
    on: datetime.date,
    text: str = "",
    votes: Sequence[int] | None = None,
    today: datetime.date | None = None,
) -> MemberStep:
    """Record a step. votes: entitled, present, in favour, of a branch meeting. Raises Refusal.

    Refused out of order, too early, and where the meeting did not reach the majority.
    """
    member = locked(member)
    path, step = path_of(member, today), STEPS_BY_CODE[code]
    check_day(on)
    _check_order(path, step)
    _check_days(path, step, on)
    if step.asks and not text:
        raise Refusal(f"请填写{step.asks}", "text")
    if step.votes:
        _check_votes(votes)
    entitled, present, in_favour = votes if step.votes and votes else (None, None, None)
    row = MemberStep.objects.create(
        community_id=member.community_id,
        member=member,
        step=code,
        occasion=len(path.rows.get(code, ())) + 1,
        on=on,
        text=text,
        entitled=entitled,
        present=present,
        in_favour=in_favour,
    )
    if step.enters or code == "apply":
        _enter(member, step, on, path)
    return row


def _check_order(path: MemberPath, step: Step) -> None:
    if step.code in path.rows:
        if path.repeats_until_next(step):
            return
        raise Refusal(f"“{step.label}”已于{prose_date(path.rows[step.code][0].on)}办理，不用再办")
    expected = path.next
    if expected is None:
        raise Refusal("发展党员的各步都已办理，不用再办")
    if step is not expected:
        if NUMBERS[step.code] <= path.before:
            raise Refusal(f"“{step.label}”在登记前已办理，不用再办")
        raise Refusal(
            f"不能先办第{NUMBERS[step.code]}步“{step.label}”："
            f"第{NUMBERS[expected.code]}步“{expected.label}”还没有办理，请按顺序办理"
        )


def _check_days(path: MemberPath, step: Step, on: datetime.date) -> None:
    if step.code == "apply":
        _check_age(path, on)
    if step.code in path.rows:
        if on <= (last := path.rows[step.code][-1].on):
            raise WrongDate(f"应晚于上一次的日期{prose_date(last)}")
        return
    earliest = path.earliest(step)
    if earliest and on < earliest:
        raise WrongDate(f"“{step.label}”最早可在{prose_date(earliest)}办理：{_why(path, step, earliest)}")
    if step.latest and step.latest.rule == rules.APPROVAL_MONTHS:
        begun, most = path.day_of(step.latest.step), path.values[rules.APPROVAL_MONTHS_MOST]
        if begun and on > months_later(begun, most):
            raise WrongDate(
                f"{prose_date(begun)}的支部大会决议已超过{most}个月，上级不能再审批，需要重新召开支部大会"
            )


def _check_age(path: MemberPath, on: datetime.date) -> None:
    least, age = path.values[rules.APPLICANT_AGE], path.member.person.age_on(on)
    if age is not None and age < least:
        raise WrongDate(f"{path.member}在这一天{age}周岁，年满{least}周岁才能申请入党")


def _why(path: MemberPath, step: Step, earliest: datetime.date) -> str:
    if step.code == "development" and earliest != path._last_before(step):
        return f"确定为入党积极分子后应培养考察满{path.values[rules.ACTIVIST_MONTHS]}个月"
    if step.code == "full_meeting" and earliest == path.member.probation_ends_on:
        note = path.holiday_note(step)
        return f"预备期到{prose_date(earliest)}才满{f'；{note}' if note else ''}"
    before = STEPS[NUMBERS[step.code] - 2]
    return f"上一步“{before.label}”在这一天办理"


def _check_votes(votes: Sequence[int] | None) -> None:
    if votes is None or None in votes:
        raise Refusal("请填写应到、实到和赞成的人数", "entitled")
    entitled, present, in_favour = votes
    if present > entitled:
        raise Refusal(f"实到{present}人多于应到{entitled}人，请核对", "present")
    if in_favour > present:
        raise Refusal(f"赞成{in_favour}人多于实到{present}人，请核对", "in_favour")
    if present * 2 <= entitled:
        raise Refusal(f"实到{present}人没有超过应到{entitled}人的半数，支部大会不能表决", "present")
    if in_favour * 2 <= entitled:
        raise Refusal(
            f"赞成{in_favour}人没有超过应到{entitled}人的半数，没有通过；这一步待通过后再登记", "in_favour"
        )


def _enter(member: Member, step: Step, on: datetime.date, path: MemberPath) -> None:
    """Set what follows from a step: the stage, and the dates of membership."""
    names = []
    if step.code == "apply":
        member.applied_on = on
        names = ["applied_on"]
    if step.enters:
        member.stage = step.enters
        names.append("stage")
    if step.enters == Stage.PROBATIONARY:
        joined = path.day_of("meeting") or on
        member.joined_on = joined
        member.probation_ends_on = months_later(joined, path.values[rules.PROBATION_MONTHS])
        names += ["joined_on", "probation_ends_on"]
        if member.relation == Relation.ON_ROLL and member.dues_from is None:
            member.dues_from = joined.replace(day=1)
            names.append("dues_from")
    if step.enters == Stage.FULL:
        # Seniority counts from the end of probation, not from the day of the meeting.
        member.full_on = member.probation_ends_on or on
        names.append("full_on")
    save_changes(member, *names)


@transaction.atomic
def withdraw_step(*, row: MemberStep) -> None:
    """Delete the step that was recorded last, entered by mistake, with what followed from it. Raises Refusal."""
    member = locked(row.member)
    steps = MemberStep.objects.filter(community_id=member.community_id, member=member)
    row = steps.select_for_update(of=("self",)).get(pk=row.pk)
    step = STEPS_BY_CODE[row.step]
    later = [
        each for each in steps if (NUMBERS[each.step], each.occasion) > (NUMBERS[row.step], row.occasion)
    ]
    if later:
        raise Refusal(f"之后还办理了“{later[-1].label}”，请先撤回后面的步骤")
    row.delete()
    if step.enters and row.occasion == 1:
        _leave(member, step)


def _leave(member: Member, step: Step) -> None:
    """Set back what `_enter` set."""
    stages = list(Stage)
    member.stage = stages[stages.index(step.enters) - 1]
    names = ["stage"]
    if step.enters == Stage.PROBATIONARY:
        member.joined_on = member.probation_ends_on = member.extended_months = None
        names += ["joined_on", "probation_ends_on", "extended_months"]
    if step.enters == Stage.FULL:
        member.full_on = None
        names.append("full_on")
    save_changes(member, *names)


@transaction.atomic
def extend_probation(*, member: Member, months: int, today: datetime.date | None = None) -> Member:
    """Extend probation, once, by the months that the rules allow. Raises Refusal."""
    member = locked(member)
    values = values_of(member.community, RULES, today or timezone.localdate())
    if member.stage != Stage.PROBATIONARY or member.probation_ends_on is None:
        raise Refusal("只有预备党员可以延长预备期")
    if member.extended_months:
        raise Refusal(f"预备期已经延长过{member.extended_months}个月，只能延长一次")
    least, most = values[rules.EXTENSION_LEAST], values[rules.EXTENSION_MOST]
    if not least <= months <= most:
        raise Refusal(f"延长预备期不少于{least}个月，不超过{most}个月", "months")
    member.extended_months = months
    member.probation_ends_on = months_later(member.probation_ends_on, months)
    save_changes(member, "extended_months", "probation_ends_on")
    return member


# State


@transaction.atomic
def set_state(*, member: Member, state: str, since: datetime.date | None = None, where: str = "") -> Member:
    """Set whether a member is here, away as a mobile member, or lost since a day. Raises Refusal."""
    member = locked(member)
    if state == State.ENDED:
        raise Refusal("结束登记请用“结束”办理", "state")
    if state == State.LOST:
        if since is None:
            raise Refusal("请填写失去联系的日期", "since")
        if since > timezone.localdate():
            raise Refusal("失去联系的日期不能晚于今天", "since")
    member.state = state
    member.lost_since = since if state == State.LOST else None
    member.where = where if state == State.MOBILE_OUT else ""
    save_changes(member, "state", "lost_since", "where")
    return member


@transaction.atomic
def end_member(*, member: Member, on: datetime.date, because: str) -> Member:
    """End a registration on that day. Raises Refusal."""
    member = locked(member)
    check_day(on)
    if member.came_on and on < member.came_on:
        raise WrongDate(f"不能早于转入日期{prose_date(member.came_on)}")
    if because == EndReason.TRANSFERRED and member.transfers.waiting().exists():
        raise Refusal("转出以回执为准，请在组织关系转接中登记回执")
    mark_ended(member, on, because)
    end_with_membership(member, on)
    return member


def mark_ended(member: Member, on: datetime.date, because: str) -> None:
    """Write the end. `on` is the last day."""
    member.state, member.ended_on, member.ended_because = State.ENDED, on, because
    save_changes(member, "state", "ended_on", "ended_because")


@transaction.atomic
def restore_member(*, member: Member) -> list[str]:
    """Take the end of a registration back; returns why posts did not come back. Raises Refusal where the person is registered anew."""
    row = Member.objects.select_for_update(of=("self",)).select_related("person").get(pk=member.pk)
    if not row.is_over:
        raise Refusal(f"{row}的登记没有结束，不用恢复")
    others = Member.objects.filter(community_id=row.community_id, person_id=row.person_id).open()
    if others.exists():
        raise Refusal(f"{row}已重新登记在党员名册中，不能恢复这一条")
    ended_on = row.ended_on
    row.state = State.LOST if row.lost_since else State.NORMAL
    row.ended_on, row.ended_because = None, ""
    save_changes(row, "state", "ended_on", "ended_because")
    return restore_with_membership(row, ended_on)
