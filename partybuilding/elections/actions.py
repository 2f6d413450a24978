"""Steps of an election, from its plan to the count, and back. Each compares the version that the clerk saw."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from community.activities.models import Activity
from community.ballots.actions import remove_ballot, save_ballot
from community.ballots.models import Ballot, BallotLine
from community.bodies.models import Post
from community.dated_rules.rules import value_of
from community.people.models import Person
from partybuilding.elections.models import Candidate, Contest, Election
from partybuilding.elections.results import ContestResult, results_of
from partybuilding.elections.rules import ELECTION_KIND, NOTICE_DAYS, QUORUM_PERCENT
from partybuilding.elections.tally import Quorum, Votes
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date

State = Election.State


def lock(election: Election, seen: int | None, *states: str, typed: str = "") -> Election:
    """The election, locked, in one of these states. Raises EditConflict if it changed since `seen`, or Refusal."""
    row = (
        Election.objects.select_for_update(of=("self",))
        .select_related("body", "community", "activity")
        .get(pk=election.pk)
    )
    if seen is not None and row.version != seen:
        raise EditConflict([("进展", row.get_state_display(), typed)], row.version)
    if row.body.ended_on is not None:
        raise Refusal(f"{row.body}已经撤销，换届选举不再办理")
    if row.state not in states:
        raise Refusal(f"{row}现在是“{row.get_state_display()}”，不能再办理这一步")
    return row


def move(row: Election, state: str, **changes) -> Election:
    """Write a locked election in its new state."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.state = state
    row.version += 1
    row.save(update_fields=["state", "version", *changes])
    return row


# Candidates


@transaction.atomic
def change_candidates(
    *,
    election: Election,
    post: Post | None = None,
    person: Person | None = None,
    remove: Collection[int] = (),
) -> None:
    """Add a candidate for a post, and remove others (ids), while the election is being prepared."""
    row = lock(election, None, State.PLANNED)
    of_election = {"community_id": row.community_id}
    Candidate.objects.filter(**of_election, contest__election=row, pk__in=remove).delete()
    if person is not None:
        contest, _ = Contest.objects.get_or_create(
            **of_election, election=row, post=post, round=1, defaults={"seats": post.seats}
        )
        others = Candidate.objects.filter(**of_election, contest=contest)
        if others.filter(person=person).exists():
            raise Refusal(f"{person.name}已是{post.title}候选人", "person")
        last = others.order_by("-order").values_list("order", flat=True).first()
        Candidate.objects.create(**of_election, contest=contest, person=person, order=(last or 0) + 1)
    Contest.objects.filter(**of_election, election=row, candidates__isnull=True).delete()


# The steps


@transaction.atomic
def post_notice(
    *,
    election: Election,
    seen: int | None,
    on: datetime.date,
    at: datetime.time,
    place: str,
    notice_place: str,
) -> Election:
    """Record the notice; the meeting is planned as an activity. Refused without candidates, or too late for the day."""
    row = lock(election, seen, State.PLANNED, typed="登记公告")
    _not_in_future(on)
    days = value_of(row.community, NOTICE_DAYS, on)
    if (row.planned_on - on).days < days:
        latest = row.planned_on - datetime.timedelta(days=days)
        raise WrongDate(
            f"公告到选举大会应不少于{days}天，{prose_date(row.planned_on)}的大会最迟{prose_date(latest)}公告；"
            "来不及的请先修改选举日期"
        )
    _check_candidates(row)
    starts_at = timezone.make_aware(datetime.datetime.combine(row.planned_on, at))
    activity = Activity.objects.create(
        community_id=row.community_id,
        kind=ELECTION_KIND,
        body=row.body,
        title=f"{row}大会"[:80],
        starts_at=starts_at,
        place=place,
        agenda="清点到会人数\n通过选举办法\n介绍候选人\n投票、计票\n宣布选举结果",
    )
    return move(row, State.NOTICED, noticed_on=on, notice_place=notice_place, place=place, activity=activity)


def _check_candidates(row: Election) -> None:
    contests = [each for each in results_of(row).contests if each.candidates]
    if not contests:
        raise Refusal("还没有候选人，请先填写候选人")
    for each in contests:
        seats = Post.objects.get(pk=each.contest.post_id).seats
        if seats != each.contest.seats:
            each.contest.seats = seats
            each.contest.version += 1
            each.contest.save(update_fields=["seats", "version"])
        if len(each.candidates) < seats:
            missing = seats - len(each.candidates)
            raise Refusal(
                f"{each.contest.post.title}应选{seats}名，候选人只有{len(each.candidates)}名，还缺{missing}名；"
                "请补充候选人或减少职数"
            )


def _not_in_future(on: datetime.date) -> None:
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再登记")


@transaction.atomic
def record_meeting(
    *,
    election: Election,
    seen: int | None,
    on: datetime.date,
    entitled: int,
    present: int,
    host: str = "",
    tellers: str = "",
) -> Election:
    """Record the meeting. Without the quorum of the day the election is void."""
    row = lock(election, seen, State.NOTICED, typed=f"应到{entitled}人，实到{present}人")
    _not_in_future(on)
    days = value_of(row.community, NOTICE_DAYS, row.noticed_on)
    if (on - row.noticed_on).days < days:
        raise WrongDate(f"{prose_date(row.noticed_on)}公告，满{days}天后才能选举，请核对大会日期")
    if present > entitled:
        raise Refusal(f"实到{present}人，比应到{entitled}人多{present - entitled}人，请核对", "present")
    quorum = Quorum(entitled, present, value_of(row.community, QUORUM_PERCENT, on))
    _write_activity(row, Activity.State.HELD, on=on, host=host)
    return move(
        row,
        State.HELD if quorum.is_met else State.VOID,
        held_on=on,
        entitled=entitled,
        present=present,
        host=host,
        tellers=tellers,
    )


def _write_activity(row: Election, state: str, *, on: datetime.date | None = None, **changes) -> None:
    """Bring the meeting in line with the election; `on` moves it to that day."""
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=row.activity_id)
    if on is not None:
        local = timezone.localtime(activity.starts_at)
        changes["starts_at"] = timezone.make_aware(datetime.datetime.combine(on, local.time()))
    for name, value in ({"state": state} | changes).items():
        setattr(activity, name, value)
    activity.version += 1
    activity.save(update_fields=["state", "version", *changes])


# The count


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of one contest: the numbers of its papers by field of `Ballot`, and the votes by candidate id."""

    papers: Mapping[str, int]
    votes: Mapping[int, Votes]

    def ballot_of(self, each: ContestResult, election: Election) -> tuple[dict, list[BallotLine]]:
        """Values and lines of the ballot that it makes."""
        values = {
            "kind": Ballot.Kind.ELECTION,
            "title": f"选举{each.contest.title}",
            "seats": each.contest.seats,
            "entitled": election.entitled,
            "present": election.present,
            **self.papers,
        }
        lines = [
            BallotLine(
                name=result.name,
                person_id=result.candidate.person_id,
                votes=votes.votes,
                against=votes.against,
                abstained=votes.abstained,
            )
            for result in each.candidates
            for votes in (self.votes[result.candidate.pk],)
        ]
        return values, lines


@transaction.atomic
def record_result(*, election: Election, seen: int | None, tallies: Mapping[int, Tally]) -> Election:
    """Record or correct the count of the latest round, by contest id.

    Two clerks at once: the later one gets EditConflict. Raises TallyRefused for numbers that contradict one another.
    """
    row = lock(election, None, State.HELD, State.COUNTED)
    current = results_of(row).current
    if seen is not None and row.version != seen:
        raise EditConflict(_differences(current, tallies), row.version)
    for each in current:
        values, lines = tallies[each.contest.pk].ballot_of(each, row)
        ballot = save_ballot(activity=row.activity, values=values, lines=lines, ballot=each.ballot)
        if each.ballot is None:
            _point_to(each.contest, ballot)
    return move(row, State.COUNTED)


def _differences(contests: list[ContestResult], tallies: Mapping[int, Tally]) -> list[tuple[str, str, str]]:
    """What the other clerk has stored, and what this one typed, where they differ."""
    pairs = []
    for each in contests:
        if (tally := tallies.get(each.contest.pk)) is None:
            continue
        for name, number in tally.papers.items():
            label = f"{each.contest.title}{Ballot._meta.get_field(name).verbose_name}"
            stored = str(getattr(each.ballot, name)) if each.ballot else "还没有"
            pairs.append((label, stored, str(number)))
        for result in each.candidates:
            stored = _votes_words(result.line) if result.line else "还没有"
            typed = _votes_words(tally.votes[result.candidate.pk])
            pairs.append((f"{each.contest.title} {result.name}", stored, typed))
    return [pair for pair in pairs if pair[1] != pair[2]]


def _votes_words(votes: Votes | BallotLine) -> str:
    return f"赞成{votes.votes}，反对{votes.against}，弃权{votes.abstained}"


def _point_to(contest: Contest, ballot: Ballot | None) -> None:
    contest.ballot = ballot
    contest.version += 1
    contest.save(update_fields=["ballot", "version"])


def _remove_ballot(contest: Contest) -> None:
    if (ballot := contest.ballot) is not None:
        _point_to(contest, None)
        remove_ballot(ballot=ballot)


@transaction.atomic
def call_second_ballot(*, election: Election, seen: int | None) -> Election:
    """A next round for those who are tied around the last seats."""
    row = lock(election, seen, State.COUNTED, typed="再次投票")
    ties = results_of(row).open_ties
    if not ties:
        raise Refusal("没有票数相等、不能确定当选人的候选人，不用再次投票")
    for each in ties:
        contest = Contest.objects.create(
            community_id=row.community_id,
            election=row,
            post=each.contest.post,
            round=each.contest.round + 1,
            seats=each.seats_left,
        )
        Candidate.objects.bulk_create(
            Candidate(community_id=row.community_id, contest=contest, person=tied.person, order=order)
            for order, tied in enumerate(each.tied, start=1)
        )
    return move(row, State.HELD)


# And back


@transaction.atomic
def take_back(*, election: Election, seen: int | None) -> Election:
    """Take the last step back, except the new term (`partybuilding.elections.new_term.take_back_term`)."""
    row = lock(election, seen, State.NOTICED, State.HELD, State.VOID, State.COUNTED, typed="撤回上一步")
    if row.state == State.COUNTED:
        for each in results_of(row).current:
            _remove_ballot(each.contest)
        return move(row, State.HELD)
    if row.state == State.HELD and (last := results_of(row).round) > 1:
        Contest.objects.filter(community_id=row.community_id, election=row, round=last).delete()
        return move(row, State.COUNTED)
    if row.state == State.NOTICED:
        _write_activity(row, Activity.State.CANCELLED, cancelled_because="选举公告撤回")
        return move(row, State.PLANNED, noticed_on=None, notice_place="", activity=None)
    others = Election.objects.filter(community_id=row.community_id, body=row.body).open()
    if others.exclude(pk=row.pk).exists():
        raise Refusal(f"{row.body}已重新组织换届选举，不能撤回")
    _write_activity(row, Activity.State.PLANNED)
    cleared = {"held_on": None, "entitled": None, "present": None, "host": "", "tellers": ""}
    return move(row, State.NOTICED, **cleared)
